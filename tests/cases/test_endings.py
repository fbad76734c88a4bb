"""When an account or its last office ends, so does everything that opens something in that person's name."""

from datetime import timedelta

from freezegun import freeze_time

from app import clock
from app.audit.log import SYSTEM
from app.cases import feeds, staffing
from app.people import actions, links, queries, sessions
from tests.branch import PASSWORD, SECRETARY, Branch, in_days
from tests.shared_branch import entry_ids, events_after, shared_branch

__all__ = ["shared_branch"]
NEW = "lantern harbour sixty violet"


def calendar(branch: Branch, email: str) -> str:
    with branch.home.db.write() as session:
        return feeds.issue(session, branch.home, branch.ids[email], actor=SYSTEM, via="cli")


def opens(branch: Branch, secret: str) -> bool:
    with branch.home.db.read() as session:
        return feeds.owner(session, branch.home, secret) is not None


def by_token(branch: Branch, token: str) -> bool:
    with branch.home.db.read() as session:
        return queries.by_api_token(session, branch.home.vault, token) is not None


def by_session(branch: Branch, token: str) -> bool:
    with branch.home.db.read() as session:
        return queries.by_session_token(session, branch.home.vault, token) is not None


def signed_in(branch: Branch, email: str) -> str:
    branch.give_password(email)
    with branch.home.db.write() as session:
        token = sessions.sign_in(session, branch.home.vault, email, PASSWORD, "192.0.2.1")
    assert token
    return token


def test_a_closed_account_opens_nothing_and_nothing_comes_back_with_it(shared_branch: Branch) -> None:
    branch, email = shared_branch, "closing@example.org"
    branch.add(email, "stand_in")
    secret, token, seat = calendar(branch, email), branch.token(email), signed_in(branch, email)
    with branch.home.db.write() as session:
        link = links.issue_link(session, branch.ids[email], actor=SYSTEM, via="cli")
    assert opens(branch, secret)
    known = entry_ids(branch)
    with branch.home.db.write() as session:
        staffing.disable_person(session, branch.home, branch.ids[email], actor=SYSTEM, via="cli")
    assert sorted(events_after(branch, known)) == ["calendar_revoked", "person_disabled"]
    with branch.home.db.write() as session:
        actions.enable_person(session, branch.ids[email], actor=SYSTEM, via="cli")
    assert not opens(branch, secret)
    assert not by_token(branch, token)
    assert not by_session(branch, seat)
    with branch.home.db.read() as session:
        assert not links.link_is_open(session, link)


def test_the_calendar_ends_with_the_last_office_and_not_before(shared_branch: Branch) -> None:
    branch, email = shared_branch, "two.offices@example.org"
    branch.add(email)
    with branch.home.db.write() as session:
        held = [
            actions.give_office(session, branch.ids[email], role, actor=SYSTEM, via="cli").id
            for role in ("stand_in", "administrator")
        ]
    secret = calendar(branch, email)
    for office, left in zip(held, (True, False), strict=True):
        with branch.home.db.write() as session:
            staffing.end_office(session, branch.home, office, actor=SYSTEM, via="cli")
        assert opens(branch, secret) is left
    with branch.home.db.write() as session:
        staffing.give_office(session, branch.home, branch.ids[email], "stand_in", actor=SYSTEM, via="cli")
    assert not opens(branch, secret)


def test_an_office_that_ran_out_by_the_calendar_ends_it_too(shared_branch: Branch) -> None:
    branch, email = shared_branch, "dated@example.org"
    branch.add(email)
    until = clock.today() + timedelta(days=5)
    with branch.home.db.write() as session:
        staffing.give_office(
            session, branch.home, branch.ids[email], "stand_in", actor=SYSTEM, via="cli", ends_on=until
        )
    secret = calendar(branch, email)
    assert opens(branch, secret)
    with freeze_time(clock.now() + timedelta(days=6)):
        assert not opens(branch, secret)
        with branch.home.db.write() as session:
            staffing.give_office(session, branch.home, branch.ids[email], "stand_in", actor=SYSTEM, via="cli")
        assert not opens(branch, secret)


def test_an_end_to_come_takes_nothing_away_yet(shared_branch: Branch) -> None:
    branch, email = shared_branch, "leaving@example.org"
    branch.add(email)
    with branch.home.db.write() as session:
        office = actions.give_office(session, branch.ids[email], "stand_in", actor=SYSTEM, via="cli").id
    secret = calendar(branch, email)
    with branch.home.db.write() as session:
        day = clock.today() + timedelta(days=3)
        staffing.end_office(session, branch.home, office, actor=SYSTEM, via="cli", ends_on=day)
    assert opens(branch, secret), in_days(0)


def test_a_password_set_by_a_one_time_link_ends_keys_and_calendar_and_every_other_session(
    shared_branch: Branch,
) -> None:
    branch, email = shared_branch, "locked.out@example.org"
    branch.add(email, "stand_in")
    secret, token, elsewhere = calendar(branch, email), branch.token(email), signed_in(branch, email)
    with branch.home.db.write() as session:
        link = links.issue_link(session, branch.ids[email], actor=SYSTEM, via="cli")
    client = branch.client()
    assert client.post(f"/sign-in/link/{link}").status_code == 303
    answer = client.post("/account/password", data={"password": NEW, "again": NEW})
    assert answer.status_code == 303, answer.text
    assert not by_token(branch, token)
    assert not opens(branch, secret)
    assert not by_session(branch, elsewhere)
    assert client.get("/account").status_code == 200


def test_who_knows_the_old_password_keeps_their_keys_and_loses_other_sessions(shared_branch: Branch) -> None:
    branch, email = shared_branch, SECRETARY
    secret, token, elsewhere = calendar(branch, email), branch.token(email), signed_in(branch, email)
    client = branch.client()
    client.post("/sign-in", data={"email": email, "password": PASSWORD})
    answer = client.post("/account/password", data={"current": PASSWORD, "password": NEW, "again": NEW})
    assert answer.status_code == 303, answer.text
    assert by_token(branch, token)
    assert opens(branch, secret)
    assert not by_session(branch, elsewhere)
