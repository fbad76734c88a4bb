"""Accounts: what is stored, what is sealed, who may change what, and one entry for each change."""

from pathlib import Path

import pytest
from freezegun import freeze_time
from sqlmodel import select

from app import clock
from app.audit.log import SYSTEM, Actor
from app.audit.models import AuditEntry
from app.db import Database
from app.errors import Forbidden, Invalid, NotFound
from app.people import actions, links, queries, sessions
from app.people.models import Person
from app.people.profiles import Profile
from app.people.tokens import tokens
from app.vault.vault import Vault
from tests.people.conftest import PASSWORD, AddPerson, Events

ZED = Profile("Zedekiah Quillfeather", "Zed.Q@Example.org", "0191 555 0142", "7 Nowhere Row\nDurham", ("@zedq", "zq77"))


def add_zed(db: Database, vault: Vault) -> str:
    with db.write() as session:
        return actions.add_person(
            session,
            vault,
            name=ZED.name,
            email=ZED.email,
            phone=ZED.phone,
            address=ZED.address,
            handles=ZED.handles,
            actor=SYSTEM,
            via="cli",
        ).id


def test_a_copy_of_the_database_shows_no_names(db: Database, vault: Vault, events: Events) -> None:
    zed = add_zed(db, vault)
    with db.write() as session:
        actions.give_office(session, zed, "secretary", actor=SYSTEM, via="cli")
        actions.issue_token(session, vault, zed, "Zedekiah's laptop", actor=SYSTEM, via="cli")
        sessions.sign_in(session, vault, ZED.email, "wrong wrong wrong", "203.0.113.77")
    assert events() == ["person_added", "office_given", "token_issued", "sign_in_failed"]
    if db.dialect == "sqlite":
        file = Path(str(db.engine.url.database))
        raw = b"".join(path.read_bytes() for path in file.parent.glob(file.name + "*"))  # the WAL too
        assert zed.encode() in raw
    else:
        with db.engine.connect() as connection:
            rows = [
                connection.exec_driver_sql(f"SELECT row_to_json(t)::text FROM {table} t").scalars().all()
                for table in ("person", "office", "api_token", "throttle", "audit_entry")
            ]
        raw = repr(rows).encode()
    for part in (
        b"edekiah",
        b"uillfeather",
        b"zed.q",
        b"Zed.Q",
        b"555 0142",
        b"Nowhere",
        b"zedq",
        b"laptop",
        b"203.0.113",
    ):
        assert part not in raw
        assert part.hex().encode() not in raw


def test_a_person_is_found_by_any_writing_of_the_address_and_by_id(db: Database, vault: Vault) -> None:
    zed = add_zed(db, vault)
    with db.read() as session:
        for key in (zed, "zed.q@example.org", " ZED.Q@EXAMPLE.ORG ", "ｚed.q@example.org"):
            found = queries.find_person(session, vault, key)
            assert found is not None
            assert found.id == zed
        for key in ("", "nobody@example.org", "\ud800@x", "a\x00b", "0" * 32):
            assert queries.find_person(session, vault, key) is None
        viewer = queries.by_email(session, vault, ZED.email, clock.today())
    assert viewer is not None
    assert (viewer.name, viewer.email) == (ZED.name, ZED.email)
    assert viewer.office_words == []
    assert viewer.actor().role == "no_office"


def test_holders_carry_every_contact_for_matching(db: Database, vault: Vault) -> None:
    zed = add_zed(db, vault)
    with db.write() as session:
        actions.give_office(session, zed, "deputy", actor=SYSTEM, via="cli")
        (held,) = queries.holders(session, vault, clock.today())
    assert Profile(held.name, held.email, held.phone, held.address, held.handles) == ZED
    assert (held.person_id, held.role) == (zed, "deputy")


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("name", {"name": "  "}),
        ("name", {"name": "x" * 201}),
        ("name", {"name": "a\x00b"}),
        ("email", {"email": "not an address"}),
        ("email", {"email": "@example.org"}),
        ("email", {"email": "a" * 250 + "@example.org"}),
        ("address", {"address": "x" * 501}),
        ("handles", {"handles": [f"h{n}" for n in range(21)]}),
        ("phone", {"phone": "1\ud800"}),
    ],
)
def test_wrong_parts_are_named_and_nothing_is_stored(
    db: Database, vault: Vault, field: str, values: dict[str, str]
) -> None:
    given = {"name": "Ann", "email": "ann@example.org", **values}
    with pytest.raises(Invalid) as refused, db.write() as session:
        actions.add_person(session, vault, **given, actor=SYSTEM, via="cli")
    assert {error.field for error in refused.value.errors} == {field}
    with db.read() as session:
        assert session.exec(select(Person)).all() == []
        assert session.exec(select(AuditEntry)).all() == []


def test_one_account_for_one_address(db: Database, vault: Vault, add_person: AddPerson) -> None:
    add_zed(db, vault)
    with pytest.raises(Invalid, match="already"), db.write() as session:
        actions.add_person(session, vault, name="Other", email="ZED.q@example.org", actor=SYSTEM, via="cli")
    ann = add_person("ann")
    with pytest.raises(Invalid, match="already"), db.write() as session:
        actions.change_person(session, vault, ann, ZED, actor=SYSTEM, via="cli")


def test_changing_contacts_is_one_entry_and_no_change_is_none(db: Database, vault: Vault, events: Events) -> None:
    zed = add_zed(db, vault)
    events()
    with db.write() as session:
        actions.change_person(session, vault, zed, ZED, actor=SYSTEM, via="page")
    assert events() == []
    moved = Profile(ZED.name, "zq@example.net")
    with db.write() as session:
        actions.change_person(session, vault, zed, moved, actor=SYSTEM, via="page")
    assert events() == ["person_changed"]
    with db.read() as session:
        assert queries.find_by_email(session, vault, ZED.email) is None
        assert queries.by_email(session, vault, "zq@example.net", clock.today()) is not None


def test_a_disabled_person_is_out_at_once_and_keeps_a_name(
    db: Database, vault: Vault, add_person: AddPerson, events: Events
) -> None:
    ann, ben = add_person("ann", "secretary"), add_person("ben", "administrator")
    with db.write() as session:
        token = sessions.sign_in(session, vault, "ann@example.org", PASSWORD, "198.51.100.1")
        secret = actions.issue_token(session, vault, ann, "script", actor=SYSTEM, via="cli")
        link = actions.issue_link(session, ann, actor=SYSTEM, via="cli")
    assert token is not None
    events()
    with db.write() as session:
        actions.disable_person(session, ann, actor=Actor(ben, "administrator"), via="page")
    assert events() == ["person_disabled"]
    with db.write() as session:
        assert queries.by_session_token(session, vault, token) is None
        assert queries.by_api_token(session, vault, secret) is None
        assert queries.viewer_for(session, vault, ann, clock.today()) is None
        assert sessions.sign_in(session, vault, "ann@example.org", PASSWORD, "198.51.100.1") is None
        with pytest.raises(NotFound):
            actions.redeem_link(session, link)
        assert queries.acting(session, vault, clock.today())["secretary"] == []
        assert queries.actors_by_id(session, vault, [ann, ben, "0" * 32]) == {ann: "Ann", ben: "Ben"}
        for again in (actions.issue_link, actions.disable_person):
            with pytest.raises((NotFound, Invalid)):
                again(session, ann, actor=SYSTEM, via="cli")
        with pytest.raises(Invalid):
            actions.give_office(session, ann, "panel", actor=SYSTEM, via="cli")


def test_nobody_disables_themself(db: Database, add_person: AddPerson) -> None:
    ann = add_person("ann", "administrator")
    add_person("ben", "administrator")
    with pytest.raises(Forbidden), db.write() as session:
        actions.disable_person(session, ann, actor=Actor(ann, "administrator"), via="page")


def test_enabling_gives_the_offices_back_unless_someone_else_has_them(
    db: Database, vault: Vault, add_person: AddPerson, events: Events
) -> None:
    ann = add_person("ann", "secretary", "panel")
    with db.write() as session:
        token = sessions.sign_in(session, vault, "ann@example.org", PASSWORD, "198.51.100.1")
        secret = actions.issue_token(session, vault, ann, "script", actor=SYSTEM, via="cli")
        link = actions.issue_link(session, ann, actor=SYSTEM, via="cli")
        actions.disable_person(session, ann, actor=SYSTEM, via="cli")
        actions.enable_person(session, ann, actor=SYSTEM, via="cli")
        viewer = queries.viewer_for(session, vault, ann, clock.today())
        assert viewer is not None
        assert viewer.offices == {"secretary", "panel"}
        assert queries.by_session_token(session, vault, token or "") is None
        assert queries.by_api_token(session, vault, secret) is None
        assert not links.link_is_open(session, link)
        actions.disable_person(session, ann, actor=SYSTEM, via="cli")
    add_person("ben", "secretary")
    events()
    with pytest.raises(Invalid, match="at a time"), db.write() as session:
        actions.enable_person(session, ann, actor=SYSTEM, via="cli")
    with db.read() as session:
        assert queries.viewer_for(session, vault, ann, clock.today()) is None
    assert events() == []


def test_the_page_of_users(db: Database, vault: Vault, add_person: AddPerson) -> None:
    with freeze_time("2026-05-01 12:00:00"):
        add_person("zoe", "panel", password=None)
        ann = add_person("ann", "secretary", "administrator")
        with db.write() as session:
            sessions.sign_in(session, vault, "ann@example.org", PASSWORD, "198.51.100.1")
    with freeze_time("2026-05-02 12:00:00"), db.read() as session:
        first, second = queries.people_list(session, vault)
    assert (first.id, first.name, first.email, first.has_password) == (ann, "Ann", "ann@example.org", True)
    assert {row.words for row in first.offices} == {"secretary", "administrator"}
    assert all(row.in_force for row in first.offices)
    assert first.last_sign_in_at is not None
    assert first.last_sign_in_at.isoformat() == "2026-05-01T12:00:00+00:00"
    assert (second.name, second.has_password, second.last_sign_in_at) == ("Zoe", False, None)


def test_tokens_are_shown_once_work_and_can_be_revoked(
    db: Database, vault: Vault, add_person: AddPerson, events: Events
) -> None:
    ann, ben = add_person("ann", "secretary"), add_person("ben", "administrator")
    events()
    with db.write() as session:
        secret = actions.issue_token(
            session, vault, ann, " month-end  script ", actor=Actor(ann, "secretary"), via="cli"
        )
    assert events() == ["token_issued"]
    assert secret.startswith("ct_")
    assert len(secret) == 46
    with db.read() as session:
        viewer = queries.by_api_token(session, vault, secret)
        assert viewer is not None
        assert viewer.id == ann
        assert viewer.session_id is None
        (row,) = tokens(session, vault, ann)
        assert row.label == "month-end script"
        assert secret not in repr(row)
        assert queries.by_api_token(session, vault, secret[:-1] + "~") is None
        assert queries.by_api_token(session, vault, row.id) is None
    with db.write() as session:
        with pytest.raises(NotFound):
            actions.revoke_token(session, row.id, actor=SYSTEM, via="cli", person_id=ben)
        actions.revoke_token(session, row.id, actor=SYSTEM, via="cli", person_id=ann)
        actions.revoke_token(session, row.id, actor=SYSTEM, via="cli")
    assert events() == ["token_revoked"]
    with db.read() as session:
        assert queries.by_api_token(session, vault, secret) is None


def test_nobody_makes_a_token_for_someone_else(db: Database, vault: Vault, add_person: AddPerson) -> None:
    ann, ben = add_person("ann", "secretary"), add_person("ben", "administrator")
    with pytest.raises(Forbidden), db.write() as session:
        actions.issue_token(session, vault, ann, "script", actor=Actor(ben, "administrator"), via="page")
    for label in ("", "x" * 101, "a\x00b"):
        with pytest.raises(Invalid), db.write() as session:
            actions.issue_token(session, vault, ann, label, actor=SYSTEM, via="cli")


def test_last_use_of_a_token_is_noted_at_most_once_a_minute(db: Database, vault: Vault, add_person: AddPerson) -> None:
    ann = add_person("ann")
    with freeze_time("2026-05-01 12:00:00") as time, db.write() as session:
        secret = actions.issue_token(session, vault, ann, "script", actor=SYSTEM, via="cli")
        due = []
        for _ in range(4):
            viewer = queries.by_api_token(session, vault, secret)
            assert viewer is not None
            due.append(viewer.needs_touch)
            if viewer.needs_touch:
                sessions.touch(session, viewer)
            time.tick(30)
    assert due == [True, False, True, False]
