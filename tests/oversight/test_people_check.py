"""People, offices and tokens that came in, went or came back past the trail are named by the check."""

import pytest
from sqlmodel import select

from app.audit.log import SYSTEM
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
