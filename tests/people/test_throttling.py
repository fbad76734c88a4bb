"""Delays after failures, which fade by themselves, and the throttle that others use."""

from datetime import timedelta

import pytest
from freezegun import freeze_time
from sqlmodel import select

from app.audit.log import SYSTEM
from app.db import Database
from app.errors import TooMany
from app.people import actions, sessions, throttling
from app.people.models import Throttle
from app.vault.vault import Vault
from tests.people.conftest import HERE, PASSWORD, THERE, AddPerson, Enter, Events

NEW = "seven lanterns over basalt"


def test_five_failures_delay_an_account_at_one_address_and_the_delay_fades(
    add_person: AddPerson, events: Events, enter: Enter
) -> None:
    add_person("ann")
    add_person("ben")
    events()
    with freeze_time("2026-05-01 08:00:00") as time:
        for _ in range(5):
            assert enter("wrong wrong wrong") is None
        time.tick(timedelta(minutes=3))
        with pytest.raises(TooMany, match="Wait 7 minutes"):
            enter()
        assert enter(email="ben@example.org") is not None
        time.tick(timedelta(minutes=7))
        assert enter() is not None
        for _ in range(4):  # the success took the failures back
            assert enter("wrong wrong wrong") is None
        assert enter() is not None
    assert sorted(events()) == ["sign_in_failed"] * 9 + ["signed_in"] * 3


def test_nobody_keeps_an_officer_out_from_another_address(add_person: AddPerson, enter: Enter) -> None:
    add_person("ann")
    for number in range(19):
        for _ in range(5):
            assert enter("wrong wrong wrong", address=f"203.0.113.{number}") is None
        with pytest.raises(TooMany):
            enter(address=f"203.0.113.{number}")
    assert enter(address=THERE) is not None
    with pytest.raises(TooMany):  # the success at one address takes nothing back at another
        enter(address="203.0.113.0")


def test_a_hundred_failures_from_anywhere_delay_an_account(add_person: AddPerson, enter: Enter) -> None:
    add_person("ann")
    with freeze_time("2026-05-01 08:00:00") as time:
        for number in range(100):
            assert enter("wrong wrong wrong", address=f"203.0.113.{number}") is None
        with pytest.raises(TooMany):
            enter(address=THERE)
        time.tick(timedelta(minutes=10))
        assert enter(address=THERE) is not None


def test_unknown_accounts_are_delayed_alike(enter: Enter) -> None:
    for _ in range(5):
        assert enter(email="stranger@example.org") is None
    with pytest.raises(TooMany):
        enter(email="Stranger@example.org")


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_a_whole_ipv6_network_counts_as_one_address(address: str, counted: str) -> None:
    assert throttling.place_of(address) == counted


def test_thirty_failures_delay_a_network_address(add_person: AddPerson, enter: Enter) -> None:
    add_person("ann")
    with freeze_time("2026-05-01 08:00:00") as time:
        for number in range(30):
            assert enter(email=f"person{number}@example.org") is None
        with pytest.raises(TooMany):
            enter()
        assert enter(address=THERE) is not None
        time.tick(timedelta(minutes=10))
        assert enter() is not None


def test_tries_that_were_under_way_together_are_counted_too(db: Database, vault: Vault, add_person: AddPerson) -> None:
    add_person("ann")
    with db.read() as session:
        wrong = [sessions.check_password(session, vault, "ann@example.org", "no no no no", HERE) for _ in range(5)]
        right = sessions.check_password(session, vault, "ann@example.org", PASSWORD, HERE)
    for attempt in wrong:
        with db.write() as session:
            assert sessions.finish_sign_in(session, attempt) is None
    with pytest.raises(TooMany), db.write() as session:
        sessions.finish_sign_in(session, right)


def test_a_password_changed_meanwhile_no_longer_counts(db: Database, vault: Vault, add_person: AddPerson) -> None:
    ann = add_person("ann")
    with db.read() as session:
        attempt = sessions.check_password(session, vault, "ann@example.org", PASSWORD, HERE)
    with db.write() as session:
        actions.set_password(session, vault, ann, NEW, actor=SYSTEM, via="cli")
        assert sessions.finish_sign_in(session, attempt) is None


def test_a_throttle_counts_by_purpose_and_key_and_begins_anew(db: Database) -> None:
    def tries(purpose: str, key: str) -> bool:
        with db.write() as session:
            try:
                throttling.throttle(session, purpose, key, 3, 60)
            except TooMany:
                return False
            return True

    with freeze_time("2026-05-01 08:00:00") as time:
        assert [tries("report", HERE) for _ in range(5)] == [True, True, True, False, False]
        assert tries("report", THERE)
        assert tries("lookup", HERE)
        time.tick(timedelta(seconds=59))
        assert not tries("report", HERE)
        time.tick(timedelta(seconds=1))
        assert [tries("report", HERE) for _ in range(4)] == [True, True, True, False]
        time.move_to("2026-05-01 07:00:00")  # a clock set back opens rather than locks
        assert tries("report", HERE)


def test_throttle_keys_change_every_day_and_old_ones_go(db: Database) -> None:
    with freeze_time("2026-05-01 12:00:00") as time:
        found = []
        for _ in range(2):
            with db.write() as session:
                throttling.throttle(session, "report", HERE, 3, 60)
            with db.read() as session:
                (row,) = session.exec(select(Throttle)).all()
            found.append(row.key)
            time.tick(timedelta(days=1))
    assert found[0] != found[1]
