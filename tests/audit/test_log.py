"""Writing entries: chained per case, gap-free, strictly later, and never with free text."""

import json
import threading
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from freezegun import freeze_time
from sqlmodel import Session, col, select

from app.audit.entries import decode, leaf_hash
from app.audit.events import Event
from app.audit.log import PUBLIC, SYSTEM, Actor, append
from app.audit.models import AuditEntry, AuditPending, AuditTip
from app.db import Database, new_id
from tests.audit.record import PERSON, case_ref

CASE, ROW = "c" * 32, "e" * 32
STEP = {
    "v": 1,
    "case": CASE,
    "seq": 1,
    "event": "step_taken",
    "case_version": 3,
    "workflow": "social-media-conduct",
    "workflow_version": 1,
    "rules": "d" * 64,
    "trigger": "refer",
    "from": "under_review",
    "to": "referred",
    "held": ["panel_is_quorate"],
    "actor": PERSON.id,
    "role": "secretary",
    "via": "page",
    "record": {"kind": "step", "id": ROW},
    "recorded_at": "2026-11-02T10:00:00.000007Z",
    "occurred_on": "2026-10-30",
    "commits": {"reason": "f" * 64},
}


def chain(session: Session, case_id: str) -> list[AuditEntry]:
    return list(session.exec(select(AuditEntry).where(AuditEntry.case_id == case_id).order_by(col(AuditEntry.seq))))


def assert_whole(entries: list[AuditEntry]) -> None:
    """Gap-free, chained, strictly rising."""
    documents = [decode(row.entry) for row in entries]
    assert [row.seq for row in entries] == list(range(1, len(entries) + 1))
    assert "prev" not in documents[0]
    assert [later["prev"] for later in documents[1:]] == [leaf_hash(row.entry).hex() for row in entries[:-1]]
    times = [document["recorded_at"] for document in documents]
    assert all(before < after for before, after in pairwise(times))


@freeze_time("2026-11-02 10:00:00.000007")
def test_an_entry_holds_what_happened_and_plain_copies(db: Database) -> None:
    parts: dict[str, Any] = {"trigger": "refer", "source": "under_review", "dest": "referred"}
    parts |= {"held": ["panel_is_quorate"], "record": ("step", ROW), "commits": {"reason": "f" * 64}}
    parts |= {"occurred_on": date(2026, 10, 30)}
    with db.write() as session:
        written = append(session, Event.STEP_TAKEN, actor=PERSON, via="page", case=case_ref(CASE, 3), **parts)
    with db.read() as session:
        row = session.get_one(AuditEntry, written.id)
        assert session.get(AuditPending, written.id) is not None
    assert json.loads(row.entry) == {"id": row.id, **STEP}
    assert row.leaf == leaf_hash(row.entry)
    assert (row.event, row.actor_id, row.to_state) == ("step_taken", PERSON.id, "referred")
    assert row.recorded_at == datetime(2026, 11, 2, 10, 0, 0, 7, tzinfo=UTC)
    assert PERSON.name.encode() not in row.entry


def test_entries_about_the_system_have_no_chain(db: Database) -> None:
    with db.write() as session:
        row = append(session, Event.SETTING_CHANGED, actor=SYSTEM, via="cli", subject=("setting", "mode"))
        assert session.exec(select(AuditTip)).all() == []
    assert (row.case_id, row.seq, row.subject_id) == (None, None, "mode")
    assert not {"case", "seq", "prev", "actor"} & set(decode(row.entry))


def test_each_entry_names_the_leaf_before_it_in_its_own_case(db: Database) -> None:
    one, two = new_id(), new_id()
    with db.write() as session:
        for case_id in (one, two, one, one, two):
            append(session, Event.CASE_VIEWED, actor=PERSON, via="page", case=case_ref(case_id))
    with db.read() as session:
        assert_whole(chain(session, one))
        assert_whole(chain(session, two))
        tip = session.get_one(AuditTip, one)
        assert (tip.seq, tip.leaf) == (3, chain(session, one)[-1].leaf)


def test_time_rises_though_the_clock_stands_still(db: Database) -> None:
    case_id = new_id()
    with freeze_time("2026-11-02 10:00:00"):
        for _ in range(3):
            with db.write() as session:
                append(session, Event.CASE_VIEWED, actor=PERSON, via="page", case=case_ref(case_id))
    with db.read() as session:
        entries = chain(session, case_id)
    assert_whole(entries)
    assert [row.recorded_at.microsecond for row in entries] == [0, 1, 2]


@pytest.mark.parametrize(("back", "flagged"), [(timedelta(hours=3), True), (timedelta(seconds=1), False)])
def test_a_clock_set_back_is_never_refused_and_flagged_beyond_two_seconds(
    db: Database, back: timedelta, flagged: bool
) -> None:
    case_id, moment = new_id(), datetime(2026, 11, 2, 10, tzinfo=UTC)
    for now in (moment, moment - back):
        with freeze_time(now), db.write() as session:
            append(session, Event.CASE_VIEWED, actor=PERSON, via="page", case=case_ref(case_id))
    with db.read() as session:
        entries = chain(session, case_id)
    assert_whole(entries)
    assert entries[1].recorded_at == moment + timedelta(microseconds=1)
    expected = back // timedelta(microseconds=1) if flagged else None
    assert decode(entries[1].entry).get("clock_back_us") == expected


@pytest.mark.parametrize(
    "parts",
    [
        {"trigger": "because I say so"},
        {"subject": ("person", "someone@example.org")},
        {"unmet": ["The panel has no chair"]},
        {"commits": {"the reason": "f" * 64}},
        {"record": ("note", "naïve")},
        {"actor": Actor("A Name", "secretary")},
    ],
)
def test_free_text_never_enters_an_entry(db: Database, parts: dict[str, Any]) -> None:
    with db.write() as session:
        with pytest.raises(ValueError, match="free text"):
            append(session, Event.STEP_REFUSED, **{"actor": PUBLIC, "via": "page", **parts})
        assert session.exec(select(AuditEntry)).all() == []


def test_an_unknown_event_is_refused(db: Database) -> None:
    with db.write() as session, pytest.raises(ValueError, match="tea_made"):
        append(session, "tea_made", actor=PUBLIC, via="page")  # type: ignore[arg-type]  # wrong on purpose


def test_an_entry_too_large_leaves_nothing(db: Database) -> None:
    case_id = new_id()
    unmet = [f"condition_{number}" for number in range(6000)]
    with pytest.raises(ValueError, match="at most"), db.write() as session:
        append(session, Event.STEP_REFUSED, actor=PERSON, via="page", case=case_ref(case_id), unmet=unmet)
    with db.read() as session:
        assert session.exec(select(AuditEntry)).all() == []
        assert session.exec(select(AuditTip)).all() == []


def test_a_rolled_back_change_leaves_no_entry_and_no_gap(db: Database) -> None:
    case_id = new_id()
    for kept in (True, False, True):
        with db.write() as session:
            append(session, Event.CASE_VIEWED, actor=PERSON, via="page", case=case_ref(case_id))
            if not kept:
                session.rollback()
    with db.read() as session:
        entries = chain(session, case_id)
        assert len(session.exec(select(AuditPending)).all()) == 2
    assert len(entries) == 2
    assert_whole(entries)


def test_concurrent_writers_on_one_case_yield_one_gap_free_chain(db: Database, database_url: str) -> None:
    case_id, failures = new_id(), list[BaseException]()
    ready = threading.Barrier(3)

    def write_some() -> None:
        own = Database(database_url)  # as another process would: no lock is shared
        try:
            ready.wait()
            for _ in range(12):
                with own.write() as session:
                    append(session, Event.CASE_VIEWED, actor=PERSON, via="page", case=case_ref(case_id))
        except BaseException as failure:  # noqa: BLE001 reported by the test itself
            failures.append(failure)
        finally:
            own.close()

    threads = [threading.Thread(target=write_some) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with db.read() as session:
        entries = chain(session, case_id)
    assert len(entries) == 36
    assert_whole(entries)
