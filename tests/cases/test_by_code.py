"""Somebody at the door by a code: what they may send, and their session."""

import json
from datetime import timedelta
from typing import Any

import pytest
from freezegun import freeze_time
from sqlmodel import select

from app import clock
from app.cases import codes, door, reporter
from app.cases.models import CodeSession, IdempotentAnswer
from app.errors import Forbidden, Invalid, NotFound, TooMany
from tests.branch import SECRETARY, Branch
from tests.cases.by_code import QUESTION, own, send
from tests.shared_branch import embedded_branch, entry_ids, events_after, kept, shared_branch

__all__ = ["embedded_branch", "shared_branch"]


def test_a_message_is_one_record_with_its_entry_and_a_receipt_without_a_name(shared_branch: Branch) -> None:
    branch, reference = shared_branch, shared_branch.report()
    known, version = entry_ids(branch), branch.case(reference).version
    answer = send(branch, reference, **QUESTION)
    assert events_after(branch, known) == ["record_added", "receipt_given"]
    assert answer.keys() == {"id", "recorded_at", "reference", "receipt"}
    row = branch.rows(reference, "messages")[0]
    assert (row.by_person, row.by_role, row.plain) == (None, "reporter", {"kind": "question"})
    assert branch.case(reference).version == version + 1
    entry = json.loads(branch.entries(reference)[-1].entry)
    assert entry["role"] == "reporter"
    assert "actor" not in entry
    assert "What happens" not in json.dumps(entry)


def test_the_same_key_sends_once(shared_branch: Branch) -> None:
    branch, reference = shared_branch, shared_branch.report()
    answers = [send(branch, reference, by_key="one", **QUESTION) for _ in range(2)]
    assert answers[0] == answers[1]
    other = branch.report()
    assert send(branch, other, by_key="one", **QUESTION)["id"] != answers[0]["id"]
    assert [len(branch.rows(one, "messages")) for one in (reference, other)] == [1, 1]
    with branch.home.db.read() as session:
        kept_answers = session.exec(select(IdempotentAnswer)).all()
    assert all(b"What happens" not in (row.sealed or b"") for row in kept_answers)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "question", "text": " "}, "text"),
        ({"kind": "question", "text": "x" * 10_001}, "text"),
        ({"kind": "question", "text": "a\0b"}, "text"),
        ({"kind": "update", "text": "It goes well."}, "kind"),
        ({"text": "What now?"}, "kind"),
        ({**QUESTION, "how": "email"}, "how"),
        ({**QUESTION, "replaces": "0" * 32}, "replaces"),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_is_stored(
    embedded_branch: Branch, values: dict[str, Any], field: str
) -> None:
    reference = embedded_branch.report()
    before = kept(embedded_branch, reference)
    with pytest.raises(Invalid) as wrong:
        send(embedded_branch, reference, **values)
    assert [error.field for error in wrong.value.errors] == [field]
    assert kept(embedded_branch, reference) == before


@pytest.mark.parametrize("kind", ["notes", "parties", "conflict-declarations", "influence-contacts", "code-reissues"])
def test_a_code_opens_no_other_record(embedded_branch: Branch, kind: str) -> None:
    reference = embedded_branch.report()
    before = kept(embedded_branch, reference)
    with pytest.raises(Forbidden):
        send(embedded_branch, reference, kind, text="x")
    assert kept(embedded_branch, reference) == before


def test_nobody_rewrites_a_message_of_either_side(embedded_branch: Branch) -> None:
    branch, reference = embedded_branch, embedded_branch.at("acknowledged")
    theirs = send(branch, reference, **QUESTION)["id"]
    ours = branch.keep(SECRETARY, reference, "messages", kind="answer", text="We look into it.")
    for row in (theirs, ours):
        with pytest.raises(Invalid):
            branch.keep(SECRETARY, reference, "messages", kind="answer", text="Another.", replaces=row)
        with pytest.raises(Invalid):
            send(branch, reference, **QUESTION, replaces=row)
    assert [one.text for one in own(branch, reference).messages] == ["What happens now?", "We look into it."]


def test_a_wrong_code_leaves_a_denial_and_opens_nothing(embedded_branch: Branch) -> None:
    known = entry_ids(embedded_branch)
    with pytest.raises(NotFound):
        reporter.by_code(embedded_branch.home, "0000 0000 0000 0000", "api")
    assert events_after(embedded_branch, known) == ["access_denied"]


def test_a_code_may_be_typed_in_any_way_it_can_be_read_out(embedded_branch: Branch) -> None:
    code = embedded_branch.codes[embedded_branch.report()]
    groups = code.split(" ")
    assert [len(group) for group in groups] == [4, 4, 4, 4]  # 16 signs of five bits
    misread = code.replace("0", "o").replace("1", "I").lower()
    for typed in (
        code.lower(),
        "".join(groups),
        "-".join(groups),
        f" {misread} ",
        "–".join(groups),
        ".".join(groups),
        misread.replace("i", "l"),
    ):
        assert reporter.by_code(embedded_branch.home, typed, "api").case_id


def test_more_than_thirty_an_hour_wait(embedded_branch: Branch) -> None:
    reference = embedded_branch.report()
    for _ in range(door.SENT_BY_CODE):
        send(embedded_branch, reference, **QUESTION)
    with pytest.raises(TooMany):
        send(embedded_branch, reference, **QUESTION)
    assert len(embedded_branch.rows(reference, "messages")) == door.SENT_BY_CODE
    send(embedded_branch, embedded_branch.report(), **QUESTION)


def test_a_session_ends_after_ten_idle_minutes_and_not_while_it_is_used(shared_branch: Branch) -> None:
    branch, reference = shared_branch, shared_branch.report()
    start = clock.now()
    token = reporter.enter(branch.home, branch.codes[reference], reference, None)
    with branch.home.db.read() as session:
        found = codes.by_session(session, branch.home, token, "reporter")
    assert found is not None
    for minutes in (9, 18):
        with freeze_time(start + timedelta(minutes=minutes)):
            assert reporter.by_session(branch.home, token) == found
            reporter.read(branch.home, found, "page")
    with freeze_time(start + timedelta(minutes=28, seconds=1)):
        assert reporter.by_session(branch.home, token) is None
        with pytest.raises(NotFound):
            door.add_record_by_code(branch.home, found, "messages", QUESTION, "page")
    assert branch.rows(reference, "messages") == []


def test_only_a_digest_of_the_token_is_kept_and_the_last_one_ends(shared_branch: Branch) -> None:
    branch, reference = shared_branch, shared_branch.report()
    first = reporter.enter(branch.home, branch.codes[reference], reference, None)
    second = reporter.enter(branch.home, branch.codes[reference], reference, first)
    assert reporter.by_session(branch.home, first) is None
    with branch.home.db.read() as session:
        case_id = branch.case(reference).id
        rows = session.exec(select(CodeSession).where(CodeSession.case_id == case_id)).all()
    assert len(rows) == 1
    assert second not in rows[0].model_dump_json()
    reporter.leave(branch.home, second)
    assert reporter.by_session(branch.home, second) is None
    assert timedelta(minutes=10) == codes.IDLE


def test_sent_while_the_case_moves_both_stand(embedded_branch: Branch) -> None:
    branch, reference = embedded_branch, embedded_branch.at("under_review")
    branch.heard(reference)
    seen = branch.case(reference).version
    send(branch, reference, **QUESTION)
    note = {"text": "Rang them.", "audience": "handlers"}
    with pytest.raises(Exception, match="changed this case"):
        door.add_record(branch.home, branch.viewer(SECRETARY), reference, "notes", note, seen, "api")
