"""Stamps edited, taken out, put in or exchanged past the trail; authorities and clocks that say a wrong time."""

from datetime import datetime, timedelta

import pytest
from freezegun import freeze_time

from app import clock
from app.audit.events import Event
from app.audit.log import SYSTEM, append
from app.audit.timestamps import digest_of, request_for
from app.installation import Installation
from app.oversight import stamping
from app.oversight.checking import check
from app.oversight.stamp_check import stamp_columns
from tests.audit.record import by_owner
from tests.authority import Served, authority, served
from tests.branch import Branch
from tests.forged_tokens import Forger, at
from tests.oversight.test_stamping import home, kept, noon, said

__all__ = ["authority", "home", "served"]


def why(home: Installation) -> str:
    with home.db.read() as session:
        failure = stamping.last_failure(session)
    return failure.why if failure is not None else ""


def stamped_on(home: Installation, moment: datetime) -> bool:
    with freeze_time(moment):
        return stamping.stamp_due(home, clock.now())


def test_every_change_past_the_trail_names_the_stamp(home: Installation) -> None:
    assert stamped_on(home, noon())
    assert stamped_on(home, noon(2))
    second, first = kept(home)
    assert said(home) == []
    late, day = second.stamped_at + timedelta(days=1), noon(9).date()
    for change, back in (
        (("size = size + 1", ()), ("size = ?", (second.size,))),
        (("made_at = ?", (late,)), ("made_at = ?", (second.made_at,))),
        (("stamped_at = ?", (late,)), ("stamped_at = ?", (second.stamped_at,))),
        (("note = ?, answer = ?", (first.note, first.answer)), ("note = ?, answer = ?", (second.note, second.answer))),
    ):
        by_owner(home.db, f"UPDATE checkpoint_stamp SET {change[0]} WHERE day = ?", *change[1], second.day)
        assert any(line.startswith(f"the time stamp of {second.day}") for line in said(home)), change
        by_owner(home.db, f"UPDATE checkpoint_stamp SET {back[0]} WHERE day = ?", *back[1], second.day)
        assert said(home) == []
    by_owner(home.db, "UPDATE checkpoint_stamp SET day = ? WHERE day = ?", day, second.day)
    found = said(home)
    assert f"the time stamp of {day}: no entry names it: it was put in or moved" in found
    assert any(line.startswith(f"the time stamp of {second.day} [") and "it was taken out" in line for line in found)


def test_a_stamp_taken_out_and_one_put_in_are_named(branch: Branch, home: Installation) -> None:
    assert stamped_on(home, noon())
    (row,) = kept(home)
    entry = next(one for one in branch.entries() if one.event == "checkpoint_stamped")
    by_owner(home.db, "DELETE FROM checkpoint_stamp")
    with home.db.read() as session:
        (found,) = check(home, session)
    assert (found.where, found.entry_id) == (f"the time stamp of {row.day}", entry.id)
    assert "it was taken out" in found.message


def test_a_token_of_another_key_in_the_place_of_the_real_one_is_named(home: Installation, served: Served) -> None:
    assert stamped_on(home, noon())
    (row,) = kept(home)
    own = Forger(served.authority, own=True, content=at(row.stamped_at))
    forged = own.token(served.authority.reply(request_for(digest_of(row.note), 5)))
    by_owner(home.db, "UPDATE checkpoint_stamp SET answer = ?", forged)
    (found,) = said(home)
    assert found.startswith(f"the time stamp of {row.day}")
    assert "it is not the one that its entry names" in found


def test_a_second_entry_for_the_token_that_was_put_in_hides_nothing(
    branch: Branch, home: Installation, served: Served
) -> None:
    """Whoever may write entries adds one that fits what they exchanged."""
    assert stamped_on(home, noon())
    (row,) = kept(home)
    own = Forger(served.authority, own=True, content=at(row.stamped_at))
    row.answer = own.token(served.authority.reply(request_for(digest_of(row.note), 5)))
    by_owner(home.db, "UPDATE checkpoint_stamp SET answer = ?", row.answer)
    subject, columns = ("checkpoint", digest_of(row.note).hex()), stamp_columns(row)
    with freeze_time(noon()), home.db.write() as session:
        event = Event.CHECKPOINT_STAMPED
        append(session, event, actor=SYSTEM, via="system", subject=subject, columns=columns)
    assert any(line.startswith(f"the time stamp of {row.day}") for line in said(home))


def test_stamps_from_before_entries_told_of_them_are_held_to_their_checkpoint(
    home: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(stamping, "stamp_columns", lambda _: {})
        assert stamped_on(home, noon())
    assert stamped_on(home, noon(2))
    assert said(home) == []
    by_owner(home.db, "DELETE FROM checkpoint_stamp WHERE day = ?", noon().date())
    (found,) = said(home)
    assert "it was taken out: its entry still names it" in found


@pytest.mark.parametrize("fast", [timedelta(minutes=11), timedelta(days=900), timedelta(minutes=-11)])
def test_a_time_far_from_this_computers_is_no_stamp(home: Installation, served: Served, fast: timedelta) -> None:
    served.fast = fast
    with freeze_time(noon()):
        if fast > timedelta(days=30):
            assert not stamping.stamp_due(home, clock.now())
            assert "the certificate of the time stamp was not valid" in why(home)
        else:
            assert not stamping.stamp_due(home, clock.now())
            assert why(home) == "the time stamp and this computer are more than ten minutes apart: one clock is wrong"
        assert kept(home) == []
        served.fast = fast / abs(fast) * timedelta(minutes=9)
    assert stamped_on(home, noon() + timedelta(hours=4))


def test_a_clock_that_was_years_ahead_for_a_moment_stops_no_stamp(home: Installation, served: Served) -> None:
    served.behaviour = "broken"
    assert not stamped_on(home, noon(900))
    served.behaviour = "honest"
    assert stamped_on(home, noon())
    with freeze_time(noon() + timedelta(minutes=1)):
        assert why(home) == ""


def test_after_such_a_moment_a_failing_authority_is_left_alone_all_the_same(
    branch: Branch, home: Installation, served: Served
) -> None:
    assert stamped_on(home, noon(20))  # the clock was ahead, and so was the authority's
    served.behaviour = "broken"
    for minutes in (0, 1, 2):
        assert not stamped_on(home, noon() + timedelta(minutes=minutes))
    assert branch.events().count("stamp_failed") == 1
    with freeze_time(noon() + timedelta(minutes=3)):
        assert why(home) == "the authority answered with 503"


def test_a_history_written_anew_cannot_have_old_stamps(home: Installation, served: Served) -> None:
    """Whoever has all keys and an authority's real token of today cannot say that it is of last month."""
    with freeze_time(noon()):
        served.fast = timedelta(minutes=-9)
        assert stamping.stamp_due(home, clock.now())
    assert said(home) == []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "APART", timedelta(minutes=5))
        assert any("it says a time far from that of its entry" in line for line in said(home))
