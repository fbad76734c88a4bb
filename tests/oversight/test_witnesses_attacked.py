"""Signatures of witnesses handed in many times, at once, from the future, and around a clock that was wrong."""

import threading
from datetime import datetime, timedelta

import pytest
from freezegun import freeze_time
from sqlmodel import Session

from app import clock
from app.audit.checkpoints import cosign
from app.audit.log import SYSTEM
from app.audit.notes import COSIGNATURE, Signer, Verifier, encoded
from app.errors import Invalid
from app.installation import Installation
from app.oversight import comparing, soundness, witnesses
from tests.audit.record import by_owner
from tests.branch import AUDITOR, Branch
from tests.cli.computers import later, newest
from tests.oversight.test_witnesses import ONE, bring, name, said, seen

STRANGER = Signer("other.example/x", bytes(32))


def at(hours: float) -> int:
    return int((clock.now() + timedelta(hours=hours)).timestamp())


def last(branch: Branch) -> datetime | None:
    (one,) = seen(branch)
    return one.signed_at


def test_many_signatures_of_one_witness_are_one_entry_with_the_newest(branch: Branch) -> None:
    name(branch)
    note, times = newest(branch), [at(-hours) for hours in (3, 1, 2)]
    for time in times:
        note = cosign(note, ONE, time)
    assert bring(branch, note) == ["good"] * 3
    assert branch.events().count("witness_signed") == 1
    assert last(branch) == datetime.fromtimestamp(max(times), clock.LONDON)
    assert bring(branch, note + note.split("\n\n")[1]) == ["good"] * 3  # the same lines once more


def test_handed_in_twice_at_once_is_one_entry(branch: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    name(branch)
    note, both, real = cosign(newest(branch), ONE, at(-1)), threading.Barrier(2), comparing.with_note

    def together(home: Installation, session: Session, kept: str) -> comparing.Compared:
        found = real(home, session, kept)
        both.wait(5)
        return found

    monkeypatch.setattr(comparing, "with_note", together)
    threads = [threading.Thread(target=bring, args=(branch, note)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert branch.events().count("witness_signed") == 1


def test_a_time_that_is_still_to_come_is_said_and_does_not_count(branch: Branch) -> None:
    name(branch)
    note = cosign(newest(branch), ONE, at(1))
    with branch.home.db.read() as session:
        (found,) = witnesses.judged(branch.home, session, note)
    assert str(found).endswith("is good, but that time is still to come here: one of both clocks is wrong.")
    assert bring(branch, note) == ["good"]
    assert last(branch) is None
    assert bring(branch, cosign(newest(branch), ONE, at(0.1))) == ["good"]
    assert last(branch) is not None


def test_a_clock_that_was_years_ahead_for_a_moment_hides_no_witness(branch: Branch) -> None:
    name(branch)
    first, second = cosign(newest(branch), ONE, at(-5)), cosign(newest(branch), ONE, at(-4))
    with freeze_time(clock.now() + timedelta(days=900)):
        assert bring(branch, first) == ["good"]
    assert bring(branch, second) == bring(branch, second) == bring(branch, first) == ["good"]
    assert branch.events().count("witness_signed") == 2
    known = last(branch)
    assert known is not None
    assert abs(known + timedelta(hours=4) - clock.now()) < timedelta(minutes=1)


def test_a_witness_that_was_ahead_with_it_counts_again_afterwards(branch: Branch) -> None:
    name(branch)
    note = newest(branch)
    with freeze_time(clock.now() + timedelta(days=900)):
        assert bring(branch, cosign(note, ONE, at(0))) == ["good"]
        assert last(branch) is not None
    assert last(branch) is None
    assert bring(branch, cosign(note, ONE, at(-1))) == ["good"]
    assert last(branch) is not None
    assert branch.events().count("witness_signed") == 2
    assert said(branch) == []


def test_a_witness_is_counted_once_however_often_it_signed(branch: Branch) -> None:
    name(branch)
    note = newest(branch)
    later(branch, 1)
    for hours in (-1, -2, -3):
        note = cosign(cosign(note, ONE, at(hours)), STRANGER, at(hours))
    viewer = branch.viewer(AUDITOR)
    soundness.compare_note(branch.home, viewer, note, via="page")
    with branch.home.db.read() as session:
        found = soundness.soundness(branch.home, session).compared
    assert found is not None
    assert (found.others, found.verified) == (2, 1)


def test_a_signature_for_a_checkpoint_nobody_signed_is_never_counted(branch: Branch) -> None:
    name(branch)
    note = newest(branch)
    origin, size, root = note.split("\n")[:3]
    forged = note.replace(f"\n{size}\n", f"\n{int(size) + 5}\n")
    other = note.replace(root, encoded(bytes(32)))
    for text in (forged, other, note.replace(origin, "other.example/log")):
        assert bring(branch, cosign(text, ONE, at(-1))) in ([], ["good"], ["unknown", "good"])
    assert "witness_signed" not in branch.events()


def test_an_entry_edited_past_the_trail_stops_neither_page_nor_check(branch: Branch) -> None:
    name(branch)
    assert bring(branch, cosign(newest(branch), ONE, at(-1))) == ["good"]
    (entry,) = [one for one in branch.entries() if one.event == "witness_signed"]
    branch.home.log.catch_up()
    for sizes in (
        b'"sizes":7',
        b'"sizes":{"signed_at":1e300}',
        b'"sizes":{"signed_at":"x","size":1}',
        b'\xff"sizes":{}',
    ):
        edited = entry.entry[: entry.entry.index(b'"sizes"')] + sizes + b"}"
        by_owner(branch.home.db, "UPDATE audit_entry SET entry = ? WHERE id = ?", edited, entry.id)
        assert last(branch) is None
        assert any(entry.id in line for line in said(branch))


def test_neither_the_log_itself_nor_one_key_twice_is_a_witness(branch: Branch) -> None:
    newest(branch)
    name(branch)
    own = branch.home.log.folder.verifiers()[-1]
    for key in (
        Verifier("watch.example/x", own.public, COSIGNATURE),
        Verifier("another.example/x", ONE.verifier().public, COSIGNATURE),
        Verifier("x\u202e.example/x", bytes(range(32)), COSIGNATURE),
    ):
        with pytest.raises(Invalid) as refused:
            witnesses.name_witness(branch.home, str(key), actor=SYSTEM, via="cli")
        assert refused.value.errors[0].field == witnesses.FIELD
    assert [one.key.name for one in seen(branch)] == [ONE.name]
    assert branch.events().count("witness_named") == 1
