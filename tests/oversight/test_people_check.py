"""People, offices and tokens that came in, went or came back past the trail are named by the check."""

from datetime import timedelta

import pytest
from sqlmodel import select

from app import clock
from app.audit.log import SYSTEM
from app.cases import feeds
from app.cases.models import CalendarFeed
from app.db import new_id
from app.oversight.checking import check
from app.people import actions, offices, tokens
from app.people.models import ApiToken, Office
from tests.audit.record import by_owner
from tests.branch import NOBODY, SECRETARY, Branch
from tests.cases.test_tamper import owner

STARTS = "2020-01-01"


def said(branch: Branch) -> list[str]:
    with branch.home.db.read() as session:
        return [str(fault) for fault in check(branch.home, session)]


def test_an_office_that_somebody_gave_themself(branch: Branch) -> None:
    made = new_id()
    statement = (
        f"INSERT INTO office (id, person_id, role, starts_on, created_at) VALUES (?, ?, 'auditor', '{STARTS}', ?)"
    )
    by_owner(branch.home.db, statement, made, branch.ids[NOBODY], f"{STARTS} 00:00:00.000000")
    assert said(branch) == [f"office {made}: no entry tells of it: it was put in"]


@pytest.mark.parametrize("kind", ["office", "token"])
def test_what_had_ended_lasts_again(branch: Branch, kind: str) -> None:
    with branch.home.db.write() as session:
        tokens.issue_token(session, branch.home.vault, branch.ids[SECRETARY], "calendar", actor=SYSTEM, via="cli")
        token = session.exec(select(ApiToken)).one()
        office = session.exec(select(Office).where(Office.person_id == branch.ids[SECRETARY])).one()
        tokens.revoke_token(session, token.id, actor=SYSTEM, via="cli")
        offices.end_office(session, office.id, actor=SYSTEM, via="cli")
        gone = {"office": office.id, "token": token.id}[kind]
    assert said(branch) == []
    column, table = {"office": ("ends_on", "office"), "token": ("revoked_at", "api_token")}[kind]
    by_owner(branch.home.db, f"UPDATE {table} SET {column} = NULL WHERE id = ?", gone)
    (fault,) = said(branch)
    assert f"{kind} {gone}" in fault
    assert "says that it lasts" in fault


def test_an_office_that_was_removed(branch: Branch) -> None:
    with branch.home.db.write() as session:
        office = session.exec(select(Office).where(Office.person_id == branch.ids[SECRETARY])).one().id
    with owner(branch, "office") as connection:
        connection.exec_driver_sql(f"DELETE FROM office WHERE id = '{office}'")
    (fault,) = said(branch)
    assert f"office {office}" in fault
    assert "it was removed" in fault


def test_an_account_that_was_closed_and_opened_past_the_trail(branch: Branch) -> None:
    person = branch.ids[NOBODY]
    with branch.home.db.write() as session:
        actions.disable_person(session, person, actor=SYSTEM, via="cli")
    assert said(branch) == []
    by_owner(branch.home.db, "UPDATE person SET disabled_at = NULL WHERE id = ?", person)
    (fault,) = said(branch)
    assert f"person {person}" in fault
    assert "this entry closed the account" in fault
    by_owner(branch.home.db, "UPDATE person SET disabled_at = created_at")
    assert len(said(branch)) == len(branch.ids) - 1  # the one that an entry did close is as it says
    by_owner(branch.home.db, "UPDATE person SET disabled_at = NULL WHERE id <> ?", person)
    with branch.home.db.write() as session:
        actions.enable_person(session, person, actor=SYSTEM, via="cli")
    assert said(branch) == []


def the_row(branch: Branch, table: str) -> str:
    """A row of the secretary, made as anybody would; with an end, where it can have one."""
    person = branch.ids[SECRETARY]
    with branch.home.db.write() as session:
        if table == "api_token":
            tokens.issue_token(session, branch.home.vault, person, "for a script", actor=SYSTEM, via="cli")
            return session.exec(select(ApiToken.id)).one()
        if table == "calendar_feed":
            feeds.issue(session, branch.home, person, actor=SYSTEM, via="cli")
            return session.exec(select(CalendarFeed.id)).one()
        if table == "person":
            vault, new = branch.home.vault, "a-long-and-quiet-sentence"
            actions.set_password(session, vault, person, new, actor=SYSTEM, via="cli")
            return person
        return session.exec(select(Office.id).where(Office.person_id == person)).one()


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("office", "person_id", None),
        ("office", "role", "auditor"),
        ("office", "starts_on", "2019-12-31"),
        ("office", "ends_on", "2031-01-01"),
        ("office", "case_id", "0" * 32),
        ("api_token", "token_hash", "0" * 64),
        ("api_token", "person_id", None),
        ("calendar_feed", "lookup", "0" * 64),
        ("calendar_feed", "person_id", None),
        ("person", "password_hash", "another"),
        ("person", "email_lookup", "0" * 64),
        ("person", "profile", b"other"),
    ],
)
def test_a_column_of_who_comes_in(branch: Branch, table: str, column: str, value: object) -> None:
    row = the_row(branch, table)
    assert said(branch) == []
    by_owner(branch.home.db, f"UPDATE {table} SET {column} = ? WHERE id = ?", value or branch.ids[NOBODY], row)
    (fault,) = said(branch)
    assert row in fault
    assert f"the column {column} of its row" in fault


def test_an_end_of_an_office_that_was_moved(branch: Branch) -> None:
    office, end = the_row(branch, "office"), clock.today() + timedelta(days=9)
    with branch.home.db.write() as session:
        offices.end_office(session, office, actor=SYSTEM, via="cli", ends_on=end)
        offices.end_office(session, office, actor=SYSTEM, via="cli", ends_on=end - timedelta(days=4))
    assert said(branch) == []
    by_owner(branch.home.db, "UPDATE office SET ends_on = ? WHERE id = ?", end.isoformat(), office)
    (fault,) = said(branch)
    assert "the column ends_on of its row" in fault


def test_a_password_given_to_an_account_that_has_none(branch: Branch) -> None:
    with branch.home.db.write() as session:
        person = actions.add_person(
            session, branch.home.vault, name="N. New", email="n@x.example", actor=SYSTEM, via="cli"
        )
        new = person.id
    assert said(branch) == []
    by_owner(branch.home.db, "UPDATE person SET password_hash = 'mine' WHERE id = ?", new)
    assert said(branch) == [f"person {new}: no entry tells of a password for this account: it was put in"]


def test_an_office_of_a_time_when_entries_did_not_tell_is_no_fault(
    branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr("app.people.offices.office_columns", lambda _: {})
        with branch.home.db.write() as session:
            person = branch.ids[NOBODY]
            given = offices.give_office(
                session, person, "panel", actor=SYSTEM, via="cli", ends_on=clock.today() + timedelta(days=9)
            )
            office = given.id
    assert said(branch) == []
    by_owner(branch.home.db, "UPDATE office SET role = 'auditor' WHERE id = ?", office)
    assert said(branch) == []
