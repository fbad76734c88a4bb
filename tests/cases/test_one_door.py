"""One door for every change: nothing gets past it, nobody goes through twice, and what is kept stays as it was."""

from typing import Any

import pytest
from freezegun import freeze_time
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app import clock
from app.cases import actions, door, queries
from app.errors import Invalid, Refused, Stale, WrongState
from app.oversight.checking import check
from tests.branch import DEPUTY, PANEL, REFERRAL, REPORT, SECRETARY, STATES, Branch
from tests.cases.rivals import rivals
from tests.shared_branch import LOG, counts, entry_ids, events_after, kept, shared_branch

__all__ = ["shared_branch"]

KEY = "a-form-sent-twice"


def sql(branch: Branch, statement: str, **values: Any) -> None:
    with branch.home.db.engine.begin() as connection:
        connection.execute(text(statement), values)


def ready(branch: Branch) -> str:
    """A case under review with everything that `refer` asks for."""
    reference = branch.at("referred")
    back = {"reason_code": "more_evidence", "missing": "A thread.", "requested_on": clock.today().isoformat()}
    branch.act(SECRETARY, reference, "refer_back", **back)
    note = {"established": "A.", "not_established": "B.", "mitigation": "C.", "recommends": "refer", "reasons": "D."}
    branch.keep(SECRETARY, reference, "review-notes", **note)
    return reference


def take(branch: Branch, reference: str, version: int | None, key: str | None = None, **more: str) -> dict[str, Any]:
    viewer = branch.viewer(SECRETARY)
    return door.take_action(branch.home, viewer, reference, "refer", REFERRAL | more, version, "api", key)


@pytest.mark.parametrize("state", STATES)
def test_no_state_changes_by_sql(shared_branch: Branch, state: str) -> None:  # X1
    reference = shared_branch.at(state)
    for other in {*STATES, "expelled", ""} - {state}:
        with pytest.raises(IntegrityError, match="newest entry"):
            sql(shared_branch, "UPDATE cases SET state = :to WHERE reference = :it", to=other, it=reference)
    known = shared_branch.at("received")
    with pytest.raises(IntegrityError, match="newest entry"):
        sql(shared_branch, "UPDATE cases SET state = 'closed', version = version + 1, outcome = 'no_breach'")
    assert shared_branch.case(known).state == "received"
    assert shared_branch.case(reference).state == state


def test_a_case_put_in_by_sql_is_named(branch: Branch) -> None:  # X1
    reference = branch.at("received")
    columns = ", ".join(column for column in branch.case(reference).model_dump() if column not in ("id", "reference"))
    other = columns.replace("state", "'closed'").replace("access_lookup", "'other'")
    sql(branch, f"INSERT INTO cases (id, reference, {columns}) SELECT 'forged', '2026-F2R3D', {other} FROM cases")
    with branch.home.db.read() as session:
        faults = check(branch.home, session)
    assert [fault.where for fault in faults] == ["case 2026-F2R3D"]


@pytest.mark.parametrize("name", ["force", "conditions", "state", "version", "skip"])
def test_no_word_skips_a_condition(shared_branch: Branch, name: str) -> None:  # X2
    reference = shared_branch.at("received")
    before = kept(shared_branch, reference)
    with pytest.raises(Invalid):
        shared_branch.act(SECRETARY, reference, "acknowledge", **{name: "yes"})
    with pytest.raises(Refused):
        shared_branch.act(SECRETARY, reference, "acknowledge")
    assert kept(shared_branch, reference) == before


def test_what_is_shown_as_missing_is_what_is_refused(shared_branch: Branch) -> None:  # X2
    branch = shared_branch
    for state, inputs in (("received", {}), ("acknowledged", {}), ("under_review", REFERRAL)):
        reference = branch.at(state)
        with branch.home.db.read() as session:
            desk = actions.sit_down(session, branch.home, branch.viewer(SECRETARY), reference, "api", lock=False)
            step = queries.actions_json(desk)[0]
        with pytest.raises(Refused) as caught:
            branch.act(SECRETARY, reference, step["trigger"], **inputs)
        assert [vars(item) for item in caught.value.unmet] == step["unmet"]


def test_a_refused_step_is_one_entry_that_names_what_was_missing(shared_branch: Branch) -> None:  # X6
    branch = shared_branch
    reference = branch.at("acknowledged")
    before, rows = kept(branch, reference), counts(branch)
    with pytest.raises(Refused):
        branch.act(SECRETARY, reference, "begin_review")
    last = branch.entries(reference)[-1]
    assert last.event == "step_refused"
    assert b'"unmet":["scope_noted","has_allegation_or_reason"]' in last.entry
    assert kept(branch, reference) == before
    more = {name: n - rows[name] for name, n in counts(branch).items() if n != rows[name]}
    assert {name: n for name, n in more.items() if name not in LOG} == {"audit_entry": 1}
    assert more.get("audit_pending", 0) + more.get("log_entry", 0) == 1


def test_two_tabs(shared_branch: Branch) -> None:  # X3
    branch = shared_branch
    reference = ready(branch)
    shown, known = branch.case(reference).version, entry_ids(branch)
    take(branch, reference, shown)
    with pytest.raises(Stale) as caught:
        take(branch, reference, shown)
    assert caught.value.current_version == shown + 1
    note = {"text": "From the other tab.", "audience": "everyone"}
    with pytest.raises(Stale):
        door.add_record(branch.home, branch.viewer(SECRETARY), reference, "notes", note, shown, "api")
    assert events_after(branch, known) == ["step_taken", "letter_prepared"]
    assert branch.rows(reference, "notes") == []


def test_a_view_makes_no_form_stale(shared_branch: Branch) -> None:
    branch = shared_branch
    reference = ready(branch)
    shown = branch.case(reference).version
    door.note_view(branch.home, branch.viewer(SECRETARY), reference, "page")
    with pytest.raises(WrongState):
        branch.act(SECRETARY, reference, "acknowledge")
    assert take(branch, reference, shown)["state"] == "referred"


def test_a_step_sent_twice(shared_branch: Branch) -> None:  # X4
    branch = shared_branch
    reference = ready(branch)
    shown, known = branch.case(reference).version, entry_ids(branch)
    first = take(branch, reference, shown, KEY)
    assert take(branch, reference, shown, KEY) == first
    assert take(branch, reference.lower(), shown, KEY) == first
    with pytest.raises(Stale):
        take(branch, reference, shown, "another-key")
    with pytest.raises(Stale):
        take(branch, reference, shown, KEY, recommendation="Other words under the same key.")
    assert sorted(set(events_after(branch, known))) == [
        "case_viewed",
        "letter_prepared",
        "step_taken",
    ]  # a repeat reads the case
    assert events_after(branch, known).count("step_taken") == 1


def test_a_record_sent_twice(shared_branch: Branch) -> None:  # X4
    branch = shared_branch
    reference = branch.at("received")
    note = {"text": "Once.", "audience": "everyone"}
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="none")

    def send() -> dict[str, Any]:
        return door.add_record(branch.home, branch.viewer(SECRETARY), reference, "notes", note, None, "api", KEY)

    assert send() == send()
    assert len(branch.rows(reference, "notes")) == 1


def test_a_report_sent_twice(shared_branch: Branch) -> None:  # X4
    branch = shared_branch
    with freeze_time("2026-03-02 12:00") as frozen:
        known = entry_ids(branch)
        first = door.open_case(branch.home, REPORT, None, "api", KEY)
        frozen.move_to("2026-03-03 11:59")
        assert door.open_case(branch.home, REPORT, None, "api", KEY) == first
        assert events_after(branch, known) == ["case_opened"]
        frozen.move_to("2026-03-03 12:01")
        assert door.open_case(branch.home, REPORT, None, "api", KEY)["reference"] != first["reference"]
    other = door.open_case(branch.home, REPORT | {"statement": "Another."}, None, "api", KEY)
    mine = door.open_case(branch.home, REPORT, branch.viewer(DEPUTY), "api", KEY)
    assert len({first["reference"], other["reference"], mine["reference"]}) == 3


def test_two_processes_refer_at_once(shared_branch: Branch) -> None:  # X3
    branch = shared_branch
    with rivals(branch, SECRETARY) as both:
        for turn in range(4):
            reference = ready(branch)
            version = branch.case(reference).version if turn % 2 else None
            known = entry_ids(branch)
            for rival in both:
                rival.tell(reference, version)
            assert sorted(rival.says() for rival in both) == ["200", "409"]
            assert events_after(branch, known) == ["step_taken", "letter_prepared"]
            assert branch.case(reference).state == "referred"


TABLES = (
    "audit_entry",
    "case_record",
    "case_deadline",
    "workflow_text",
    "vault",
    "cases",
    "person",
    "office",
    "api_token",
)
UPDATES = {
    "audit_entry": "entry = entry",
    "case_record": "plain = plain",
    "case_deadline": "due_on = due_on",
    "workflow_text": "rules = rules",
    "vault": "sealed = sealed",
}


@pytest.fixture(scope="module")
def finished(shared_branch: Branch) -> tuple[Branch, str]:
    """A branch with a row in every table that is never edited, and its case that is closed."""
    shared_branch.token(PANEL[0])
    return shared_branch, shared_branch.at("closed")


@pytest.mark.parametrize("table", TABLES)
def test_what_is_kept_is_never_edited_or_deleted(finished: tuple[Branch, str], table: str) -> None:  # X5
    branch, reference = finished
    rows = counts(branch)
    assert rows[table] > 0
    attempts = [f"UPDATE {table} SET {UPDATES[table]}"] if table in UPDATES else []
    attempts += [f"DELETE FROM {table}"] if table != "vault" else []
    if branch.home.db.dialect == "sqlite":
        attempts += [f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1"]
        attempts += [f"REPLACE INTO {table} SELECT * FROM {table}"]
    else:
        attempts += [f"TRUNCATE {table} CASCADE"]
    for statement in attempts:
        with pytest.raises(IntegrityError, match="append-only"):
            sql(branch, statement)
    assert counts(branch) == rows
    assert branch.case(reference).state == "closed"
