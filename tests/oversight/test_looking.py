"""Lists are narrowed by the database: none misses a case for that, and what few entries hold is found by an index."""

from dataclasses import replace

import pytest
from freezegun import freeze_time
from sqlalchemy import text

from app.audit.models import CLOCK_BACK, OCCURRED_ON, holding
from app.oversight.checking import entry_count
from app.oversight.exceptions import LOOKOUTS
from app.oversight.looking import look_through
from tests.branch import AUDITOR, DEPUTY, SECRETARY, Branch, in_days


def found(branch: Branch, name: str) -> list[dict[str, object]]:
    return [one.as_json() for one in look_through(branch.home, branch.viewer(AUDITOR), name, via="api")]


def test_no_list_misses_a_case_that_was_not_looked_at(branch: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    narrowed = {name: one for name, one in LOOKOUTS.items() if one.among is not None}
    assert len(narrowed) == 8
    said = dict.fromkeys(narrowed, 0)
    with freeze_time("2027-03-02 12:00") as frozen:
        closed, referred, replied = branch.at("closed"), branch.at("referred"), branch.report()
        branch.report()
        branch.keep(SECRETARY, replied, "conflict-declarations", answer="none")
        branch.keep(SECRETARY, replied, "acknowledgements", how="impossible", reason="Nobody to write to.")
        contact = {"who": "Cllr", "happened_on": in_days(0), "how": "telephone", "to_whom": "handler", "asked": "x"}
        branch.keep(SECRETARY, referred, "influence-contacts", **contact)
        branch.keep(DEPUTY, closed, "conflict-declarations", answer="none")
        branch.act(DEPUTY, closed, "reopen", ground="new_evidence", reasons="A picture came.")
        for day in ("2027-03-02", "2027-03-12", "2027-03-30", "2027-05-01"):
            frozen.move_to(f"{day} 12:00")
            if day == "2027-03-12":
                branch.keep(SECRETARY, replied, "late-reasons", clock="acknowledge", reason="I was away.")
            for name, one in narrowed.items():
                few = found(branch, name)
                said[name] += len(few)
                with monkeypatch.context() as patch:
                    patch.setitem(LOOKOUTS, name, replace(one, among=None))
                    assert found(branch, name) == few, (name, day)
    assert {name for name, count in said.items() if not count} <= {"unheard"}


@pytest.mark.parametrize("key", [CLOCK_BACK, OCCURRED_ON])
def test_what_few_entries_hold_is_found_by_its_index(branch: Branch, key: str) -> None:
    sqlite = branch.home.db.dialect == "sqlite"
    query = f"SELECT id FROM audit_entry WHERE {holding(key, branch.home.db.dialect)} ORDER BY recorded_at DESC"
    with branch.home.db.read() as session:
        if not sqlite:
            session.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")
            session.connection().exec_driver_sql("SET LOCAL enable_sort = off")
        plan = session.connection().execute(text(f"EXPLAIN {'QUERY PLAN ' if sqlite else ''}{query}")).all()
    name = {CLOCK_BACK: "ix_audit_entry_clock_back", OCCURRED_ON: "ix_audit_entry_occurred_on"}[key]
    assert name in str(plan)


def test_entries_are_counted_by_their_places(branch: Branch) -> None:
    branch.at("acknowledged")
    with branch.home.db.read() as session:
        assert entry_count(session) == len(branch.entries())
    branch.home.log.catch_up()
    with branch.home.db.read() as session:
        assert entry_count(session) == len(branch.entries())
