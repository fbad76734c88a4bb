"""The day's checkpoint is stamped by an authority on this computer; nobody is asked without the setting."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from asn1crypto import tsp
from freezegun import freeze_time

from app import clock
from app.audit.log import SYSTEM
from app.audit.timestamps import digest_of
from app.installation import Installation
from app.outbox.timestamp_server import TimestampServer
from app.outgoing import Unanswered
from app.oversight import stamping
from app.oversight.checking import check, record_check
from app.oversight.models import CheckpointStamp
from app.worker import tick
from tests.audit.record import by_owner
from tests.authority import Authority, Served, authority, served
from tests.branch import Branch
from tests.cli.computers import newest

__all__ = ["authority", "served"]
NOON = "2026-05-12 12:00:00"


def with_authority(branch: Branch, url: str) -> Installation:
    return replace(branch.home, settings=branch.home.settings.model_copy(update={"timestamp_url": url}))


@pytest.fixture
def home(branch: Branch, served: Served) -> Installation:
    newest(branch)
    return with_authority(branch, served.url)


def noon(days: int = 1) -> datetime:
    return (clock.now() + timedelta(days=days)).replace(hour=12)


def kept(home: Installation) -> list[CheckpointStamp]:
    with home.db.read() as session:
        return [stamping.stamped(session, one.day) for one in stamping.stamps(session)]


def said(home: Installation) -> list[str]:
    with home.db.read() as session:
        return [str(fault) for fault in check(home, session)]


def test_the_checkpoint_of_a_day_is_stamped_once(branch: Branch, home: Installation, served: Served) -> None:
    note = newest(branch)
    early = noon().replace(hour=5)
    tick(home, early)
    assert served.authority.asked == []
    for hour in (12, 12, 20):
        with freeze_time(noon().replace(hour=hour)):
            tick(home, clock.now())
    (row,) = kept(home)
    assert (row.note, row.size) == (note, int(note.split("\n")[1]))
    assert served.authority.accepts(row.note, row.answer)
    assert len(served.authority.asked) == 1
    assert branch.events().count("checkpoint_stamped") == 1
    entry = next(one for one in branch.entries() if one.event == "checkpoint_stamped")
    assert entry.subject_id == digest_of(note).hex()
    with freeze_time(noon(2)):
        tick(home, clock.now())
    assert [one.day for one in kept(home)] == [noon(2).date(), noon().date()]
    assert said(home) == []


def test_only_a_hash_goes_out(home: Installation, served: Served) -> None:
    assert stamping.stamp_due(home, noon())
    (query,) = served.authority.asked
    (row,) = kept(home)
    asked = tsp.TimeStampReq.load(query, strict=True).native
    assert set(asked) == {"version", "message_imprint", "req_policy", "nonce", "cert_req", "extensions"}
    assert asked["message_imprint"]["hashed_message"] == digest_of(row.note)
    assert (asked["req_policy"], asked["extensions"]) == (None, None)
    assert row.note.split("\n")[0].encode() not in query


def test_nobody_is_asked_without_the_setting(branch: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    newest(branch)

    def asked(*_: object) -> bytes:
        pytest.fail("somebody was asked")

    monkeypatch.setattr(TimestampServer, "ask", asked)
    assert not stamping.stamp_due(branch.home, noon())
    tick(branch.home, noon())
    assert kept(branch.home) == []


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        ("refuses", "the authority refused"),
        ("rubbish", "the answer was no time stamp"),
        ("nothing", "the answer was no time stamp"),
        ("huge", "the answer was no time stamp"),
        ("something else", "the time stamp was for something else"),
        ("another request", "the time stamp was not for this request"),
        ("broken", "the authority answered with 503"),
        ("moved", "the authority answered with 302"),
    ],
)
def test_whatever_else_comes_is_no_stamp_and_tried_again_later(
    branch: Branch, home: Installation, served: Served, behaviour: str, words: str
) -> None:
    served.behaviour = behaviour
    with freeze_time(noon()):
        assert not stamping.stamp_due(home, clock.now())
        assert kept(home) == []
        with home.db.read() as session:
            failure = stamping.last_failure(session)
        assert failure is not None
        assert failure.why == words
        served.behaviour = "honest"
    with freeze_time(noon() + timedelta(hours=2)):
        assert not stamping.stamp_due(home, clock.now())
    with freeze_time(noon() + timedelta(hours=4)):
        assert stamping.stamp_due(home, clock.now())
        assert branch.events().count("stamp_failed") == 1
        with home.db.read() as session:
            assert stamping.last_failure(session) is None


def test_a_slow_one_is_left_and_one_that_is_away(served: Served) -> None:
    served.behaviour = "slow"
    with pytest.raises(Unanswered, match="timed_out"):
        TimestampServer(served.url, timeout=0.2).ask(b"\x30\x00")
    with pytest.raises(Unanswered, match="unreachable"):
        TimestampServer("http://127.0.0.1:9/tsa").ask(b"")


def test_an_edited_stamp_and_one_of_another_record_are_faults(
    branch: Branch, home: Installation, authority: Authority
) -> None:
    assert stamping.stamp_due(home, noon())
    assert said(home) == []
    (row,) = kept(home)
    changed = row.note.replace("\n", "\n ", 1)
    by_owner(home.db, "UPDATE checkpoint_stamp SET note = ?", changed)
    found = "\n".join(said(home))
    assert (
        f"the time stamp of {row.day}: it does not fit its checkpoint: the time stamp was for something else" in found
    )
    by_owner(home.db, "UPDATE checkpoint_stamp SET note = ?, answer = ?", row.note, row.answer[:-1])
    assert "it does not fit its checkpoint: the answer was no time stamp" in "\n".join(said(home))
    by_owner(home.db, "UPDATE checkpoint_stamp SET answer = ?", row.answer)
    by_owner(
        home.db, "UPDATE log_hash SET hash = (SELECT hash FROM log_hash WHERE idx = 1 AND level = 0) WHERE idx = 0"
    )
    assert any(line.startswith(f"the time stamp of {row.day}: No. The first") for line in said(home))


def test_the_database_keeps_stamps_as_they_are(home: Installation) -> None:
    assert stamping.stamp_due(home, noon())
    for statement in ("UPDATE checkpoint_stamp SET size = 1", "DELETE FROM checkpoint_stamp"):
        with pytest.raises(Exception, match="append-only"), home.db.write() as session:
            session.connection().exec_driver_sql(statement)
    assert record_check(home, actor=SYSTEM, via="cli") == []
