"""Signing in and out: what a session is, when it ends, what is written."""

from datetime import timedelta

import pytest
from freezegun import freeze_time
from sqlmodel import select

from app.audit.log import SYSTEM, Actor
from app.audit.models import AuditEntry
from app.db import Database
from app.errors import Forbidden, Invalid
from app.people import actions, passwords, sessions
from app.people.models import SignInSession
from app.people.queries import digest
from app.vault.vault import Vault
from tests.people.conftest import PASSWORD, AddPerson, Enter, Events, See

NEW = "seven lanterns over basalt"


def test_in_and_out_with_one_entry_each(
    db: Database, add_person: AddPerson, events: Events, enter: Enter, viewer: See
) -> None:
    ann = add_person("ann", "administrator", "secretary")
    events()
    token = enter()
    found = viewer(token)
    assert found is not None
    assert found.id == ann
    assert found.office_words == ["secretary", "administrator"]
    with db.write() as session:
        sessions.sign_out(session, found)
        sessions.sign_out(session, found)
    assert viewer(token) is None
    with db.read() as session:
        (entry,) = session.exec(select(AuditEntry).where(AuditEntry.event == "signed_in")).all()
    assert (entry.actor_id, entry.case_id) == (ann, None)
    assert b'"role":"secretary"' in entry.entry
    assert events() == ["signed_in", "signed_out"]


def test_only_a_digest_of_the_token_is_stored(db: Database, add_person: AddPerson, enter: Enter, viewer: See) -> None:
    add_person("ann")
    token = enter()
    with db.read() as session:
        (row,) = session.exec(select(SignInSession)).all()
    assert token is not None
    assert len(token) == 43
    assert row.token_hash == digest(token)
    assert token not in repr(row)
    assert viewer(row.token_hash) is None
    assert viewer(row.id) is None


def test_a_failure_names_the_account_only_where_it_is_known(
    db: Database, add_person: AddPerson, events: Events, enter: Enter
) -> None:
    ann = add_person("ann")
    events()
    assert enter("wrong wrong wrong") is None
    assert enter(email="stranger@example.org") is None
    with db.read() as session:
        rows = session.exec(select(AuditEntry).where(AuditEntry.event == "sign_in_failed")).all()
    assert {row.subject_id for row in rows} == {ann, None}
    assert all(row.actor_id is None and b"example" not in row.entry for row in rows)
    assert events() == ["sign_in_failed"] * 2


@pytest.mark.parametrize("email", ["ann@example.org", "stranger@example.org", "nopass@example.org", "\ud800"])
def test_every_sign_in_does_one_verification(
    add_person: AddPerson, monkeypatch: pytest.MonkeyPatch, email: str, enter: Enter
) -> None:
    add_person("ann")
    add_person("nopass", password=None)
    real, calls = passwords.HASHER.verify_and_update, []

    def spy(password: str | bytes, stored_hash: str | bytes) -> tuple[bool, str | None]:
        calls.append(stored_hash)
        return real(password, stored_hash)

    monkeypatch.setattr(passwords.HASHER, "verify_and_update", spy)
    assert enter("wrong wrong wrong", email=email) is None
    assert len(calls) == 1


def test_a_session_ends_after_thirty_idle_minutes(add_person: AddPerson, enter: Enter, viewer: See) -> None:
    add_person("ann")
    with freeze_time("2026-05-01 08:00:00") as time:
        token = enter()
        for _ in range(3):
            time.tick(timedelta(minutes=29))
            assert viewer(token) is not None
        time.tick(timedelta(minutes=30))
        assert viewer(token) is None


def test_a_busy_session_ends_after_twelve_hours(db: Database, add_person: AddPerson, enter: Enter, viewer: See) -> None:
    add_person("ann")
    with freeze_time("2026-05-01 08:00:00") as time:
        token = enter()
        for _ in range(35):
            time.tick(timedelta(minutes=20))
            assert viewer(token) is not None
        time.tick(timedelta(minutes=20))
        assert viewer(token) is None
        enter()
        with db.read() as session:
            assert len(session.exec(select(SignInSession)).all()) == 1  # the old row went with the next sign-in


def test_being_seen_is_noted_at_most_once_a_minute(add_person: AddPerson, enter: Enter, viewer: See) -> None:
    add_person("ann")
    with freeze_time("2026-05-01 08:00:00") as time:
        token = enter()
        due = []
        for _ in range(5):
            found = viewer(token)
            assert found is not None
            due.append(found.needs_touch)
            time.tick(timedelta(seconds=30))
    assert due == [False, False, True, False, True]


def test_signing_in_again_replaces_the_session_of_that_browser(
    add_person: AddPerson, events: Events, enter: Enter, viewer: See
) -> None:
    add_person("ann")
    first, elsewhere = enter(), enter()
    events()
    second = enter(previous=first)
    assert second != first
    assert viewer(first) is None
    assert viewer(second) is not None
    assert viewer(elsewhere) is not None
    assert events() == ["signed_in"]


def test_sessions_can_be_ended_by_others(
    db: Database, add_person: AddPerson, events: Events, enter: Enter, viewer: See
) -> None:
    ann = add_person("ann")
    kept, lost = enter(), enter()
    found = viewer(kept)
    assert found is not None
    events()
    with db.write() as session:
        assert sessions.end_sessions(session, ann, actor=SYSTEM, via="cli", keep=found.session_id) == 1
        assert sessions.end_sessions(session, ann, actor=SYSTEM, via="cli", keep=found.session_id) == 0
    assert viewer(kept) is not None
    assert viewer(lost) is None
    assert events() == ["session_ended"]


def test_who_may_set_a_password(
    db: Database, vault: Vault, add_person: AddPerson, events: Events, enter: Enter, viewer: See
) -> None:
    ann, ben = add_person("ann"), add_person("ben", "administrator")
    token, other = enter(), enter()
    found = viewer(token)
    assert found is not None
    events()

    def change(by: Actor, password: str = NEW, current: str | None = None) -> None:
        with db.write() as session:
            actions.set_password(
                session,
                vault,
                ann,
                password,
                actor=by,
                via="page",
                current=current,
                session_id=found.session_id,
            )

    with pytest.raises(Forbidden):
        change(Actor(ben, "administrator"))
    for wrong in (None, "", "wrong wrong wrong"):
        with pytest.raises(Invalid, match="present password"):
            change(found.actor(), current=wrong)
    with pytest.raises(Invalid, match="easily guessed"):
        change(found.actor(), "ann@example.org", current=PASSWORD)
    assert events() == []
    change(found.actor(), current=PASSWORD)
    assert events() == ["password_set"]
    assert viewer(token) is not None
    assert viewer(other) is None
    assert enter(PASSWORD) is None
    assert enter(NEW) is not None
