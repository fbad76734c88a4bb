"""A random sample: the same numbers give the same cases, for us and for a stranger with a copy of the log."""

import hashlib
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from freezegun import freeze_time

from app import clock
from app.audit import log_tables, old_logs
from app.audit.entries import decode
from app.audit.log_state import state_of
from app.audit.models import AuditPending
from app.cli.asking import auditor_of
from app.errors import Forbidden, Invalid, NotFound
from app.oversight import sampling
from app.oversight.sampling import draw, place, sample
from tests.api.answers import fields, good, problem
from tests.branch import AUDITOR, SECRETARY, Branch
from tests.web.conftest import Enter, enter, shown

__all__ = ["enter"]
API = "/api/v1/trail/samples"
IDS = [f"{number:032x}" for number in range(200)]


def test_the_order_is_the_one_that_the_documentation_gives() -> None:
    by_hand = hashlib.sha256(b"casetrail/sample/v1\x00" + b"20260511" + b"\x00" + b"a" * 32).hexdigest()
    assert place(20260511, "a" * 32) == by_hand


def test_the_same_numbers_give_the_same_cases_and_others_do_not() -> None:
    assert sample(7, 20, IDS) == sample(7, 20, reversed(IDS))
    assert sample(7, 10, IDS) == sample(7, 20, IDS)[:10]
    assert sample(7, 20, IDS) != sample(8, 20, IDS)
    assert len(sample(7, 500, IDS)) == len(IDS)


def test_every_case_has_about_the_same_chance() -> None:
    drawn = Counter(case for start in range(1, 401) for _, case in sample(start, 20, IDS))
    assert set(drawn) == set(IDS)
    assert max(drawn.values()) < 80  # 40 on average


def drawn(branch: Branch, **answers: Any) -> tuple[Any, list[str], int]:
    viewer = branch.viewer(AUDITOR)
    drawing, cases, known = sampling.again(
        branch.home, viewer, draw(branch.home, viewer, answers, via="api"), via="api"
    )
    return drawing, [one.reference for one in cases], known


def test_a_declared_loss_takes_no_case_out_of_a_sample(branch: Branch) -> None:
    first = {branch.report() for _ in range(3)}
    before = signed_sample(branch)
    for _ in range(2):  # logs that end one after the other
        with branch.home.db.engine.begin() as connection:
            old_logs.end_log(connection)
        with branch.home.db.write() as session:
            session.add_all(AuditPending(entry_id=one) for one in old_logs.waiting(session))
        first.add(branch.report())
        branch.home.log.catch_up()
        drawing, cases, known = drawn(branch, count="9", start="42")
        assert (set(cases), known) == (first, len(first))
        _, again, of = sampling.again(branch.home, branch.viewer(AUDITOR), before[0].id, via="api")
        assert ([one.reference for one in again], of) == before[1:]
        with branch.home.db.write() as session:
            log_tables.add_checkpoint(session, log_tables.size_of(session), "host/log\n", clock.now())
        before = drawing, cases, known
    told = [decode(one.entry)["subject"]["id"] for one in branch.entries() if one.event == "sample_drawn"]
    assert sorted(one.count(":") for one in told) == [1, 2, 2]


def signed_sample(branch: Branch) -> tuple[Any, list[str], int]:
    """A sample of a log that was signed, with all that it looks at."""
    branch.home.log.catch_up()
    found = drawn(branch, count="9", start="42")
    with freeze_time(clock.now() + timedelta(minutes=1)):
        branch.home.log.catch_up()
    return found


def test_later_cases_change_nothing_and_the_entry_says_how(branch: Branch) -> None:
    first = {branch.report() for _ in range(4)}
    drawing, cases, known = drawn(branch, count="3", start="42")
    assert (drawing.start, drawing.count, known) == (42, 3, 4)
    assert set(cases) < first
    document = decode(branch.entries()[-2].entry)
    assert (document["event"], document["subject"]["id"], document["count"]) == (
        "sample_drawn",
        f"42:{drawing.size}",
        3,
    )
    ids = {branch.case(reference).id: reference for reference in first}
    assert cases == [ids[case_id] for _, case_id in sample(42, 3, ids)]
    for _ in range(3):
        branch.report()
    branch.home.log.catch_up()
    _, later, known = sampling.again(branch.home, branch.viewer(AUDITOR), drawing.id, via="api")
    assert ([one.reference for one in later], known) == (cases, 4)
    with branch.home.db.read() as session:
        assert state_of(session).size > drawing.size


def test_a_case_the_auditor_is_out_of_is_in_no_sample(branch: Branch) -> None:
    hidden = branch.report(respondent={"name": "Auditor (test)", "is_member": "yes"})
    mine = branch.report()
    assert hidden
    assert drawn(branch, count="9")[1:] == ([mine], 1)


def test_a_start_number_is_made_up_where_none_is_given(branch: Branch) -> None:
    branch.report()
    assert drawn(branch, count="1")[0].start != drawn(branch, count="1")[0].start


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"count": "0"}, "count"),
        ({"count": "201"}, "count"),
        ({"count": "two"}, "count"),
        ({"count": "²"}, "count"),
        ({"count": "1", "start": "0"}, "start"),
        ({"count": "1", "start": "-4"}, "start"),
    ],
)
def test_numbers_that_cannot_be_used_are_named(branch: Branch, answers: dict[str, str], field: str) -> None:
    branch.report()
    with pytest.raises(Invalid) as wrong:
        draw(branch.home, branch.viewer(AUDITOR), answers, via="api")
    assert [error.field for error in wrong.value.errors] == [field]
    assert "sample_drawn" not in branch.events()


def test_by_page(branch: Branch, enter: Enter) -> None:
    references = {branch.report() for _ in range(3)}
    client = enter(AUDITOR)
    assert "Drawn before" not in client.get("/trail/samples").text
    wrong = client.post("/trail/samples", data={"count": "none"})
    assert (wrong.status_code, "Write a whole number from 1 to 200" in wrong.text) == (422, True)
    answer = client.post("/trail/samples", data={"count": "2", "start": "11"})
    page = client.get(answer.headers["location"]).text
    assert sum(reference in page for reference in references) == 2
    assert "casetrail/sample/v1" in page
    assert "Auditor (test)" in shown(client.get("/trail/samples").text)
    assert client.get(f"/trail/samples/{'0' * 32}").status_code == 404
    assert client.get(f"/trail/samples/{branch.entries()[0].id}").status_code == 404
    assert enter(SECRETARY).get("/trail/samples").status_code == 403
    assert enter(SECRETARY).post("/trail/samples", data={"count": "2"}).status_code == 403


def test_by_program(branch: Branch) -> None:
    branch.report()
    client = branch.client(AUDITOR)
    made = good(client.post(API, json={"count": "1", "start": "5"}), 201)
    assert good(client.get(f"{API}/{made['id']}")) == made
    assert good(client.get(API))["items"] == [{k: v for k, v in made.items() if k not in ("known", "items")}]
    assert good(client.post(API, json={"count": 1, "start": 5}), 201)["items"] == made["items"]  # as answers have them
    assert fields(client.post(API, json={"start": "5"})) == {"count"}
    assert fields(client.post(API, json={"count": True, "start": [5]})) == {"count", "start"}
    problem(client.get(f"{API}/nonsense"), 404)
    problem(branch.client(SECRETARY).post(API, json={"count": "1"}), 403)


def test_a_stranger_draws_the_same_from_an_export(branch: Branch) -> None:
    import json

    from app.audit.log import SYSTEM
    from app.oversight.exporting import export_lines

    for _ in range(5):
        branch.report()
    drawing, cases, _ = drawn(branch, count="2", start="7")
    branch.report()
    branch.home.log.catch_up()
    told = [json.loads(line) for line in export_lines(branch.home, "jsonl", actor=SYSTEM, via="cli")]
    opened = [one["case"] for one in told if one.get("event") == "case_opened" and one["index"] < drawing.size]
    ids = {branch.case(reference).id for reference in cases}
    assert {case for _, case in sample(7, 2, opened)} == ids


def test_nobody_else_draws_at_the_command_line(branch: Branch) -> None:
    with pytest.raises(Forbidden):
        auditor_of(branch.home, SECRETARY)
    with pytest.raises(NotFound):
        sampling.again(branch.home, branch.viewer(AUDITOR), "0" * 32, via="cli")
