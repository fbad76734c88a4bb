"""Views and denials do not flood the record, and none is lost from its counts."""

from datetime import UTC, datetime, timedelta

from freezegun import freeze_time
from sqlmodel import select

from app.audit.entries import decode
from app.audit.limits import denied, flush_denials, viewed
from app.audit.log import PUBLIC, Actor
from app.audit.models import AuditEntry, AuditLimit
from app.db import Database, new_id
from tests.audit.record import PERSON, case_ref

START = datetime(2026, 11, 2, 10, tzinfo=UTC)
OTHER = Actor("b" * 32, "auditor")


def entries(db: Database, event: str) -> list[AuditEntry]:
    with db.read() as session:
        return list(session.exec(select(AuditEntry).where(AuditEntry.event == event)))


def view(
    db: Database, at: datetime, actor: Actor = PERSON, sign_in: str | None = "s1", case_id: str = "c" * 32
) -> bool:
    with freeze_time(at), db.write() as session:
        return viewed(session, actor, sign_in, case_ref(case_id), "page") is not None


def deny(db: Database, at: datetime, times: int = 1, actor: Actor = PERSON) -> int:
    with freeze_time(at), db.write() as session:
        return sum(denied(session, actor, None, "page") is not None for _ in range(times))


def test_a_view_is_written_once_in_fifteen_minutes(db: Database) -> None:
    minutes = [0, 1, 14.99, 15, 16, 30]
    written = [view(db, START + timedelta(minutes=minute)) for minute in minutes]
    assert written == [True, False, False, True, False, True]
    assert len(entries(db, "case_viewed")) == 3


def test_views_are_limited_for_each_person_case_and_sign_in(db: Database) -> None:
    assert view(db, START)
    assert view(db, START, actor=OTHER)
    assert view(db, START, sign_in="s2")
    assert view(db, START, sign_in=None)
    assert view(db, START, case_id=new_id())
    assert not view(db, START)


def test_a_clock_set_back_does_not_hide_views(db: Database) -> None:
    assert view(db, START)
    assert view(db, START - timedelta(days=1))


def test_twenty_denials_a_minute_are_written_and_the_rest_counted_by_the_next_call(db: Database) -> None:
    assert deny(db, START, 25) == 20
    assert deny(db, START + timedelta(seconds=59), 5) == 0
    assert entries(db, "denials_counted") == []
    assert deny(db, START + timedelta(seconds=60)) == 1
    (counted,) = entries(db, "denials_counted")
    document = decode(counted.entry)
    assert (document["count"], document["actor"], document["role"], document["via"]) == (
        10,
        PERSON.id,
        "secretary",
        "page",
    )
    assert len(entries(db, "access_denied")) == 21


def test_counts_are_written_when_the_minute_is_over_though_nobody_calls(db: Database) -> None:
    deny(db, START, 23)
    deny(db, START, 3, actor=OTHER)
    with freeze_time(START), db.write() as session:
        flush_denials(session, START + timedelta(seconds=59))
    assert entries(db, "denials_counted") == []
    for _ in range(2):
        with freeze_time(START), db.write() as session:
            flush_denials(session, START + timedelta(seconds=60))
    (counted,) = entries(db, "denials_counted")
    assert decode(counted.entry)["count"] == 3
    with db.read() as session:
        assert session.exec(select(AuditLimit)).all() == []


def test_the_public_shares_one_limit_and_leaves_others_alone(db: Database) -> None:
    assert deny(db, START, 30, actor=PUBLIC) == 20
    assert deny(db, START, 1) == 1
    assert deny(db, START + timedelta(minutes=2), 1, actor=PUBLIC) == 1
    (counted,) = entries(db, "denials_counted")
    assert "actor" not in decode(counted.entry)


def test_a_denial_on_a_case_is_in_its_chain_and_names_its_subject(db: Database) -> None:
    with db.write() as session:
        row = denied(session, PERSON, case_ref("c" * 32), "api", ("case", "c" * 32))
    assert row is not None
    assert (row.case_id, row.seq, row.subject_id) == ("c" * 32, 1, "c" * 32)


def test_limits_on_views_are_forgotten_after_fifteen_minutes(db: Database) -> None:
    view(db, START)
    for minutes, left in ((14, 1), (15, 0)):
        with db.write() as session:
            flush_denials(session, START + timedelta(minutes=minutes))
            assert len(session.exec(select(AuditLimit)).all()) == left
