"""One-time links: sign-in without a password, and setting up a new database; who may set a password."""

from datetime import timedelta

import pytest
from freezegun import freeze_time

from app.audit.log import SYSTEM
from app.db import Database
from app.errors import NotFound, WrongState
from app.people import actions, links
from app.vault.vault import Vault
from tests.people.conftest import HERE, AddPerson, Enter, Events, See

NEW = "seven lanterns over basalt"


def test_a_link_works_once_and_past_the_delay(
    db: Database, vault: Vault, add_person: AddPerson, events: Events, enter: Enter, viewer: See
) -> None:
    ann = add_person("ann")
    for _ in range(5):
        enter("wrong wrong wrong")
    events()
    with db.write() as session:
        secret = actions.issue_link(session, ann, actor=SYSTEM, via="cli")
    with db.write() as session:
        assert links.link_is_open(session, secret)
        assert not links.setup_is_open(session, secret)
        token = actions.redeem_link(session, secret, address=HERE)
        assert not links.link_is_open(session, secret)
        with pytest.raises(NotFound):
            actions.redeem_link(session, secret)
    found = viewer(token)
    assert found is not None
    assert found.id == ann
    with db.write() as session:
        actions.set_password(session, vault, ann, NEW, actor=found.actor(), via="page", session_id=found.session_id)
    assert enter(NEW) is not None
    assert events() == ["link_issued", "signed_in", "password_set", "signed_in"]


def test_a_link_ends_after_a_day_or_with_the_next_link(db: Database, add_person: AddPerson) -> None:
    ann = add_person("ann")
    with freeze_time("2026-05-01 08:00:00") as time, db.write() as session:
        first = actions.issue_link(session, ann, actor=SYSTEM, via="cli")
        second = actions.issue_link(session, ann, actor=SYSTEM, via="cli")
        time.tick(timedelta(hours=23, minutes=59))
        assert not links.link_is_open(session, first)
        assert links.link_is_open(session, second)
        time.tick(timedelta(minutes=1))
        for spent in (first, second, "made up"):
            with pytest.raises(NotFound):
                actions.redeem_link(session, spent)


def test_the_set_up_link_opens_an_empty_database_once(db: Database, events: Events) -> None:
    with db.write() as session:
        old = actions.setup_link(session)
        new = actions.setup_link(session)
    assert events() == ["link_issued"] * 2
    with db.write() as session:
        assert not links.setup_is_open(session, old)
        assert links.setup_is_open(session, new)
        with pytest.raises(NotFound):
            actions.redeem_link(session, new)
        with pytest.raises(NotFound):
            actions.redeem_setup(session, old)
        actions.redeem_setup(session, new)
        with pytest.raises(NotFound):
            actions.redeem_setup(session, new)


def test_no_set_up_link_works_once_there_is_a_person(db: Database, add_person: AddPerson) -> None:
    with db.write() as session:
        secret = actions.setup_link(session)
    add_person("ann")
    with db.write() as session:
        assert not links.setup_is_open(session, secret)
        with pytest.raises(NotFound):
            actions.redeem_setup(session, secret)
        with pytest.raises(WrongState):
            actions.setup_link(session)
