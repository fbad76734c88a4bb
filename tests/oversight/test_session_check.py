"""Whoever is signed in, or may be by a link, past the trail: the check names it; a code's session cannot be made."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from freezegun import freeze_time
from sqlmodel import col, select

from app import clock
from app.audit.log import SYSTEM
from app.cases import reporter
from app.cases.models import Case, CodeSession
from app.db import new_id
from app.people import actions, links, sessions
from app.people.models import Person, SignInLink, SignInSession
from app.people.queries import by_session_token, digest
from tests.branch import NOBODY, SECRETARY, Branch
from tests.oversight.test_people_check import said

NEW = "a-long-and-quiet-sentence"


def sign_in(branch: Branch, email: str = NOBODY) -> str:
    with branch.home.db.write() as session:
        person = session.get_one(Person, branch.ids[email])
        return sessions.open_session(session, person, via="page")


def link(branch: Branch, email: str = NOBODY) -> str:
    with branch.home.db.write() as session:
        return links.issue_link(session, branch.ids[email], actor=SYSTEM, via="cli")


def put_in(branch: Branch, row: Any) -> None:
    with branch.home.db.write() as session:
        session.add(row)


def edit(branch: Branch, table: type[Any], **values: Any) -> str:
    """Sets columns of the newest row; its id."""
    with branch.home.db.write() as session:
        row = session.exec(select(table).order_by(col(table.created_at).desc()).limit(1)).one()
        for name, value in values.items():
            setattr(row, name, value)
        return str(row.id)


def test_what_anybody_does_to_come_in_is_sound(branch: Branch) -> None:
    vault = branch.home.vault
    sign_in(branch, SECRETARY)
    link(branch)
    opened = link(branch)
    with branch.home.db.write() as session:
        token = links.redeem_link(session, opened)
    assert said(branch) == []
    with branch.home.db.write() as session:
        viewer = by_session_token(session, vault, token)
        assert viewer is not None
        me = viewer.actor()
        actions.set_password(session, vault, viewer.id, NEW, actor=me, via="page", session_id=viewer.session_id)
        sessions.open_session(session, session.get_one(Person, viewer.id), via="page")
    assert said(branch) == []
    with branch.home.db.write() as session:
        sessions.sign_out(session, viewer)
        actions.disable_person(session, branch.ids[NOBODY], actor=SYSTEM, via="cli")
    assert said(branch) == []
    with freeze_time(clock.now() + timedelta(days=2)):
        sign_in(branch, SECRETARY)
        link(branch, SECRETARY)
        assert said(branch) == []


def test_a_session_that_was_put_in(branch: Branch) -> None:
    put_in(
        branch,
        made := SignInSession(
            token_hash=digest("mine"), person_id=branch.ids[SECRETARY], expires_at=clock.now() + timedelta(hours=9)
        ),
    )
    assert said(branch) == [f"session {made.id}: no entry tells of it: it was put in"]


@pytest.mark.parametrize("column", ["person_id", "token_hash", "expires_at"])
@pytest.mark.parametrize(("table", "kind"), [(SignInSession, "session"), (SignInLink, "link")])
def test_a_column_of_a_session_or_link(branch: Branch, table: type[Any], kind: str, column: str) -> None:
    sign_in(branch)
    link(branch)
    other = {
        "person_id": branch.ids[SECRETARY],
        "token_hash": digest("mine"),
        "expires_at": clock.now() + timedelta(days=400),
    }
    row = edit(branch, table, **{column: other[column]})
    (fault,) = said(branch)
    assert f"{kind} {row}" in fault
    assert f"the column {column} of its row is not what this entry says" in fault


def test_a_session_by_a_link_that_may_do_everything(branch: Branch) -> None:
    secret = link(branch)
    with branch.home.db.write() as session:
        links.redeem_link(session, secret)
    row = edit(branch, SignInSession, by_link=False)
    (fault,) = said(branch)
    assert f"session {row}" in fault
    assert "the column by_link of its row" in fault


def test_a_password_of_just_before_frees_no_session(branch: Branch) -> None:
    with branch.home.db.write() as session:
        actions.set_password(
            session, branch.home.vault, branch.ids[NOBODY], NEW, actor=SYSTEM, via="cli"
        )  # by an administrator at the command line, say
    secret = link(branch)
    with branch.home.db.write() as session:
        links.redeem_link(session, secret)
    edit(branch, SignInSession, by_link=False)
    (fault,) = said(branch)
    assert "the column by_link of its row" in fault


def test_two_links_that_are_over_are_no_fault(branch: Branch) -> None:
    link(branch)
    link(branch)
    with branch.home.db.write() as session:
        for row in session.exec(select(SignInLink)):
            row.used_at = None
    assert len(said(branch)) == 2
    with freeze_time(clock.now() + timedelta(days=2)):
        assert said(branch) == []


def test_a_session_that_had_ended(branch: Branch) -> None:
    token = sign_in(branch)
    with branch.home.db.write() as session:
        viewer = by_session_token(session, branch.home.vault, token)
        assert viewer is not None
        kept = session.get_one(SignInSession, viewer.session_id).model_copy()
        kept_values = kept.model_dump()
        sessions.sign_out(session, viewer)
    assert said(branch) == []
    put_in(branch, SignInSession(**kept_values))
    (fault,) = said(branch)
    assert f"session {kept.id}" in fault
    assert "this entry ended it, but its row" in fault


def test_a_link_that_was_put_in(branch: Branch) -> None:
    made = SignInLink(token_hash=digest("x"), person_id=branch.ids[SECRETARY], expires_at=clock.now())
    put_in(branch, made)
    assert said(branch) == [f"link {made.id}: no entry tells of it: it was put in"]


def used(branch: Branch) -> None:
    secret = link(branch)
    with branch.home.db.write() as session:
        links.redeem_link(session, secret)


def replaced(branch: Branch) -> None:
    link(branch)
    link(branch)


@pytest.mark.parametrize(
    ("over", "says"), [(used, "this entry ended it"), (replaced, "another link of theirs is open")]
)
def test_a_link_that_was_over_is_open_again(branch: Branch, over: Callable[[Branch], None], says: str) -> None:
    over(branch)
    assert said(branch) == []
    with branch.home.db.write() as session:
        row = session.exec(select(SignInLink).where(col(SignInLink.used_at).is_not(None))).one()
        row.used_at = None
        again = row.id
    found = said(branch)
    assert any(f"link {again}" in fault and says in fault for fault in found)


def test_a_session_by_code_cannot_be_made_from_what_the_database_holds(branch: Branch) -> None:
    mine, theirs = branch.report(), branch.report()
    token = reporter.enter(branch.home, branch.codes[mine], mine, None)
    with branch.home.db.write() as session:
        other = session.exec(select(Case).where(Case.reference == theirs)).one()
        row = session.exec(select(CodeSession)).one()
        now = clock.now()
        for proof in (other.access_lookup, row.proof):
            secret = new_id()
            session.add(
                CodeSession(
                    token_hash=digest(secret),
                    case_id=other.id,
                    part="reporter",
                    proof=proof,
                    last_seen_at=now,
                    expires_at=now + timedelta(hours=1),
                )
            )
            session.flush()
            assert reporter.by_session(branch.home, secret) is None
    assert reporter.by_session(branch.home, token) is not None
    with branch.home.db.write() as session:
        moved = session.exec(select(CodeSession).where(CodeSession.token_hash == digest(token))).one()
        moved.case_id = other.id
        moved.proof = other.access_lookup
    assert reporter.by_session(branch.home, token) is None
