"""Giving and ending offices on both databases: exclusions, X19, dates, one entry each."""

import threading
from datetime import date

import pytest
from freezegun import freeze_time
from sqlmodel import select

from app import clock
from app.audit.log import SYSTEM, Actor
from app.db import Database
from app.errors import Forbidden, Invalid, NotFound
from app.people import actions, queries
from app.people.models import Office
from app.vault.vault import Vault
from tests.people.conftest import AddPerson, Events


def give(
    db: Database,
    person_id: str,
    role: str,
    actor: Actor = SYSTEM,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> str:
    with db.write() as session:
        return actions.give_office(
            session, person_id, role, actor=actor, via="page", starts_on=starts_on, ends_on=ends_on
        ).id


def end(db: Database, office_id: str, actor: Actor = SYSTEM, ends_on: date | None = None) -> None:
    with db.write() as session:
        actions.end_office(session, office_id, actor=actor, via="page", ends_on=ends_on)


def offices_of(db: Database, vault: Vault, person_id: str, on: date) -> set[str]:
    with db.read() as session:
        viewer = queries.viewer_for(session, vault, person_id, on)
        assert viewer is not None
        return set(viewer.offices)


def admin(person_id: str) -> Actor:
    return Actor(person_id, "administrator")


def test_giving_and_ending_write_one_entry_each(db: Database, add_person: AddPerson, events: Events) -> None:
    ann = add_person("ann")
    events()
    office = give(db, ann, "panel")
    assert events() == ["office_given"]
    end(db, office)
    assert events() == ["office_ended"]


def test_a_refused_office_is_not_stored_and_not_on_the_trail(
    db: Database, add_person: AddPerson, events: Events
) -> None:
    ann = add_person("ann", "auditor")
    events()
    for role in ("panel", "auditor", "chief"):
        with pytest.raises(Invalid):
            give(db, ann, role)
    with pytest.raises(NotFound):
        give(db, "0" * 32, "panel")
    with db.read() as session:
        assert len(session.exec(select(Office)).all()) == 1
    assert events() == []


@pytest.mark.parametrize("role", ["secretary", "deputy"])
def test_one_secretary_and_one_deputy(db: Database, add_person: AddPerson, role: str) -> None:
    add_person("ann", role)
    ben = add_person("ben")
    with pytest.raises(Invalid, match="at a time"):
        give(db, ben, role)


def test_two_at_once_do_not_both_become_secretary(db: Database, add_person: AddPerson) -> None:
    people, refused = [add_person("ann"), add_person("ben")], []
    together = threading.Barrier(2)

    def run(person_id: str) -> None:
        together.wait()
        try:
            give(db, person_id, "secretary")
        except Invalid as error:
            refused.append(error)

    threads = [threading.Thread(target=run, args=(person_id,)) for person_id in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    with db.read() as session:
        assert len(session.exec(select(Office)).all()) == 1


def test_x19_an_administrator_changes_others_but_never_themself(db: Database, add_person: AddPerson) -> None:
    ann, ben = add_person("ann", "administrator"), add_person("ben", "administrator")
    with pytest.raises(Forbidden):
        give(db, ann, "secretary", actor=admin(ann))
    given = give(db, ann, "secretary", actor=admin(ben))
    with pytest.raises(Forbidden):
        end(db, given, actor=admin(ann))
    end(db, given, actor=admin(ben))


@freeze_time("2026-06-30 22:30:00")  # 23:30 in London, still June
def test_a_former_secretary_loses_access_that_day(db: Database, vault: Vault, add_person: AddPerson) -> None:
    ann = add_person("ann")
    give(db, ann, "secretary", starts_on=date(2026, 1, 1), ends_on=date(2026, 7, 1))
    assert offices_of(db, vault, ann, date(2025, 12, 31)) == set()
    assert offices_of(db, vault, ann, date(2026, 1, 1)) == {"secretary"}
    assert offices_of(db, vault, ann, date(2026, 6, 30)) == {"secretary"}
    assert offices_of(db, vault, ann, date(2026, 7, 1)) == set()


def test_ending_today_ends_at_once_and_the_next_may_begin(db: Database, vault: Vault, add_person: AddPerson) -> None:
    with freeze_time("2026-05-01 12:00:00"):
        ann, ben = add_person("ann"), add_person("ben")
        office = give(db, ann, "secretary")
    with freeze_time("2026-07-01 12:00:00"):
        end(db, office)
        assert offices_of(db, vault, ann, date(2026, 7, 1)) == set()
        give(db, ben, "secretary")
        with db.read() as session:
            acting = queries.acting(session, vault, date(2026, 7, 1))
            before = queries.acting(session, vault, date(2026, 6, 30))
    assert [holder.person_id for holder in acting["secretary"]] == [ben]
    assert [holder.person_id for holder in before["secretary"]] == [ann]
    assert acting["deputy"] == []


@freeze_time("2026-07-01 12:00:00")
def test_an_end_is_never_in_the_past_never_later_and_never_twice(db: Database, add_person: AddPerson) -> None:
    ann = add_person("ann")
    office = give(db, ann, "panel", starts_on=date(2026, 6, 1), ends_on=date(2026, 9, 1))
    for wrong in (date(2026, 6, 30), date(2026, 9, 2)):
        with pytest.raises(Invalid):
            end(db, office, ends_on=wrong)
    end(db, office, ends_on=date(2026, 8, 1))
    end(db, office)
    with pytest.raises(Invalid):
        end(db, office)
    with pytest.raises(NotFound):
        end(db, "0" * 32)


@freeze_time("2026-07-01 12:00:00")
def test_an_office_that_has_not_begun_can_be_taken_back(db: Database, vault: Vault, add_person: AddPerson) -> None:
    ann, ben = add_person("ann"), add_person("ben")
    office = give(db, ann, "deputy", starts_on=date(2026, 8, 1))
    end(db, office)
    assert offices_of(db, vault, ann, date(2026, 8, 1)) == set()
    give(db, ben, "deputy", starts_on=date(2026, 8, 1))


def test_a_guest_for_one_case_counts_for_that_case_only(db: Database, vault: Vault, add_person: AddPerson) -> None:
    ann, case_id = add_person("ann"), "c" * 32
    with db.write() as session:
        actions.give_office(session, ann, "stand_in", actor=SYSTEM, via="cli", case_id=case_id)
    with db.read() as session:
        today = clock.today()
        viewer = queries.viewer_for(session, vault, ann, today)
        assert viewer is not None
        assert viewer.offices == frozenset()
        assert viewer.case_offices == {case_id: frozenset({"stand_in"})}
        assert viewer.office_words == ["guest stand-in"]
        assert viewer.actor().role == "stand_in"
        assert queries.acting(session, vault, today)["stand_in"] == []
        assert [(held.person_id, held.case_id) for held in queries.holders(session, vault, today)] == [(ann, case_id)]


def test_the_last_administrator_stays_except_by_the_command_line(db: Database, add_person: AddPerson) -> None:
    ann, ben = add_person("ann"), add_person("ben")
    office = give(db, ann, "administrator")
    with pytest.raises(Forbidden, match="last administrator"):
        end(db, office, actor=admin(ben))
    with pytest.raises(Forbidden, match="last administrator"), db.write() as session:
        actions.disable_person(session, ann, actor=admin(ben), via="page")
    give(db, ben, "administrator")
    end(db, office, actor=admin(ben))
    with db.write() as session:
        actions.disable_person(session, ben, actor=SYSTEM, via="cli")
