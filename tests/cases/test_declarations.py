"""Who may come near a case: conflicted never again, possible once another officer decides, offices until their day."""

from datetime import timedelta
from typing import Any

import pytest
from freezegun import freeze_time

from app import clock
from app.audit.log import SYSTEM
from app.cases import door, queries, staffing
from app.errors import Forbidden, Invalid
from app.people import queries as people
from tests.branch import DEPUTY, PANEL, SECRETARY, STAND_IN, Branch
from tests.cases.surfaces import found_by
from tests.shared_branch import kept, shared_branch

__all__ = ["shared_branch"]

DECLARE, CLEAR = "conflict-declarations", "conflict-clearances"


def seen(branch: Branch, email: str, reference: str) -> dict[str, Any]:
    viewer = branch.viewer(email)
    return door.read_case(branch.home, viewer, reference, "api", lambda _, desk: queries.describe(desk))


def doubtful(branch: Branch) -> tuple[str, str]:
    """A case whose handler declared `possible`, and the id of that declaration."""
    reference = branch.report()
    return reference, branch.keep(SECRETARY, reference, DECLARE, answer="possible", describe="Neighbours.")


def decide(branch: Branch, by: str, reference: str, declaration: str, decision: str) -> None:
    branch.keep(by, reference, CLEAR, declaration=declaration, decision=decision, reason="They met once.")


@pytest.mark.parametrize("state", ["received", "under_review", "referred"])
def test_conflicted_passes_the_case_on_at_once(shared_branch: Branch, state: str) -> None:  # X7
    branch = shared_branch
    reference = branch.at(state)
    branch.keep(SECRETARY, reference, DECLARE, answer="conflicted", describe="My sister.")
    assert branch.handler(reference) == DEPUTY
    assert branch.events(reference)[-2:] == ["record_added", "handler_assigned"]
    assert found_by(branch, SECRETARY, reference) == set()
    assert seen(branch, DEPUTY, reference)["view"] == "card"
    branch.keep(DEPUTY, reference, DECLARE, answer="none")
    assert seen(branch, DEPUTY, reference)["view"] == "full"
    branch.keep(DEPUTY, reference, DECLARE, answer="conflicted")
    assert branch.handler(reference) == STAND_IN
    branch.keep(STAND_IN, reference, DECLARE, answer="conflicted")
    assert branch.case(reference).handler_id is None


def test_before_declaring_there_is_only_the_card(shared_branch: Branch) -> None:
    reference = shared_branch.report(reporter={"name": "Pat Teller", "email": "pat@example.org"})
    view = seen(shared_branch, SECRETARY, reference)
    assert view["view"] == "card"
    assert view["card"]["about"] == ["Ward organiser (example)"]
    assert "Pat Teller" not in str(view)
    assert "names I will not repeat" not in str(view)
    shared_branch.keep(SECRETARY, reference, DECLARE, answer="none")
    assert "names I will not repeat" in str(seen(shared_branch, SECRETARY, reference))


def test_possible_waits_for_another_officer(shared_branch: Branch) -> None:
    branch = shared_branch
    reference, declaration = doubtful(branch)
    assert {seen(branch, email, reference)["view"] for email in (SECRETARY, DEPUTY, STAND_IN)} == {"card"}
    with pytest.raises(Forbidden):
        decide(branch, DEPUTY, reference, declaration, "cleared")  # has not declared
    branch.keep(DEPUTY, reference, DECLARE, answer="none")
    decide(branch, DEPUTY, reference, declaration, "cleared")
    assert seen(branch, SECRETARY, reference)["view"] == "full"
    for email in (DEPUTY, STAND_IN):
        assert found_by(branch, email, reference) == set()
    assert branch.handler(reference) == SECRETARY


def test_excluded_passes_the_case_on(shared_branch: Branch) -> None:
    branch = shared_branch
    reference, declaration = doubtful(branch)
    branch.keep(STAND_IN, reference, DECLARE, answer="none")
    decide(branch, STAND_IN, reference, declaration, "excluded")
    assert branch.handler(reference) == DEPUTY
    assert found_by(branch, SECRETARY, reference) == set()


def test_nobody_clears_themself(shared_branch: Branch) -> None:
    branch = shared_branch
    reference, declaration = doubtful(branch)
    for answer in ("none", "possible"):
        branch.keep(DEPUTY, reference, DECLARE, answer=answer)
    own = branch.rows(reference, DECLARE)[-1].id
    before = kept(branch, reference)
    for by, which in ((SECRETARY, declaration), (DEPUTY, declaration), (DEPUTY, own)):
        with pytest.raises(Forbidden):
            decide(branch, by, reference, which, "cleared")
    branch.keep(STAND_IN, reference, DECLARE, answer="none")
    with pytest.raises(Forbidden):
        decide(branch, STAND_IN, reference, branch.rows(reference, DECLARE)[-1].id, "cleared")
    assert kept(branch, reference)["case"]["handler_id"] == before["case"]["handler_id"]


@pytest.mark.parametrize("correcting", [False, True])
def test_possible_never_becomes_none_by_saying_so(shared_branch: Branch, correcting: bool) -> None:
    branch = shared_branch
    reference, declaration = doubtful(branch)
    before = kept(branch, reference)
    more = {"replaces": declaration} if correcting else {}
    with pytest.raises(Invalid):
        branch.keep(SECRETARY, reference, DECLARE, answer="none", **more)
    assert kept(branch, reference) == before
    branch.keep(SECRETARY, reference, DECLARE, answer="conflicted", **more)
    assert branch.handler(reference) == DEPUTY


def test_a_decision_stands_once(shared_branch: Branch) -> None:
    branch = shared_branch
    reference = branch.at("under_review")
    branch.keep(SECRETARY, reference, "panel", person=PANEL[0])
    declaration = branch.keep(SECRETARY, reference, DECLARE, answer="possible")
    other = branch.keep(PANEL[0], reference, DECLARE, answer="possible")
    branch.keep(DEPUTY, reference, DECLARE, answer="none")
    decide(branch, DEPUTY, reference, declaration, "cleared")
    with pytest.raises(Invalid):
        decide(branch, DEPUTY, reference, declaration, "excluded")
    decide(branch, DEPUTY, reference, other, "excluded")
    assert found_by(branch, PANEL[0], reference) == set()
    assert branch.handler(reference) == SECRETARY


def test_nobody_corrects_another_persons_declaration(shared_branch: Branch) -> None:
    branch = shared_branch
    reference, declaration = doubtful(branch)
    with pytest.raises(Invalid):
        branch.keep(DEPUTY, reference, DECLARE, answer="none", replaces=declaration)


def test_declared_after_reading_by_whoever_enters_a_letter(shared_branch: Branch) -> None:
    branch = shared_branch
    given = {"channel": "letter", "declaration": {"answer": "conflicted", "describe": "My sister."}}
    reference = branch.report(SECRETARY, **given)
    assert branch.handler(reference) == DEPUTY
    assert found_by(branch, SECRETARY, reference) == set()
    assert branch.rows(reference, DECLARE)[0].plain == {"answer": "conflicted", "after_reading": "yes"}


def test_a_former_secretary_loses_every_case_that_day(branch: Branch) -> None:
    mine, done = branch.at("under_review"), branch.at("closed")
    today = clock.today()
    branch.add("new@example.org")
    with branch.home.db.write() as session:
        serving = people.holders(session, branch.home.vault, today)
        office = next(one.office_id for one in serving if one.role == "secretary")
        last, new = today + timedelta(days=10), branch.ids["new@example.org"]
        staffing.end_office(session, branch.home, office, actor=SYSTEM, via="cli", ends_on=last)
        staffing.give_office(session, branch.home, new, "secretary", actor=SYSTEM, via="cli", starts_on=last)
    with freeze_time(f"{today + timedelta(days=9)} 23:00"):
        assert "detail" in found_by(branch, SECRETARY, mine)
        assert found_by(branch, "new@example.org", mine) == set()
        assert staffing.catch_up(branch.home) == 0
    with freeze_time(f"{today + timedelta(days=10)} 01:00"):
        for reference in (mine, done):
            assert found_by(branch, SECRETARY, reference) == set()
        assert staffing.catch_up(branch.home) == 1
        assert staffing.catch_up(branch.home) == 0
        assert branch.handler(mine) == "new@example.org"
        assert seen(branch, "new@example.org", mine)["view"] == "card"
        assert seen(branch, "new@example.org", done)["view"] == "card"
    assert branch.events(mine).count("handler_assigned") == 1


def test_whoever_keeps_another_office_still_hands_over(branch: Branch) -> None:
    reference = branch.at("acknowledged")
    with branch.home.db.write() as session:
        staffing.give_office(session, branch.home, branch.ids[SECRETARY], "panel", actor=SYSTEM, via="cli")
        serving = people.holders(session, branch.home.vault, clock.today())
        office = next(one.office_id for one in serving if one.role == "secretary")
        tomorrow = clock.today() + timedelta(days=1)
        staffing.end_office(session, branch.home, office, actor=SYSTEM, via="cli", ends_on=tomorrow)
    with freeze_time(f"{tomorrow} 12:00"):
        assert found_by(branch, SECRETARY, reference) == set()
        assert staffing.catch_up(branch.home) == 1
        assert branch.handler(reference) == DEPUTY


def test_a_stand_in_of_later_takes_what_nobody_could(branch: Branch) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    reference = branch.report()
    for email in (SECRETARY, DEPUTY, STAND_IN):
        branch.keep(email, reference, DECLARE, answer="conflicted")
    branch.add("guest@example.org")
    with branch.home.db.write() as session:
        guest, case = branch.ids["guest@example.org"], branch.case(reference).id
        staffing.give_office(
            session, branch.home, guest, "stand_in", actor=SYSTEM, via="cli", starts_on=tomorrow, case_id=case
        )
    assert branch.case(reference).handler_id is None
    with freeze_time(f"{tomorrow} 12:00"):
        assert staffing.catch_up(branch.home) == 1
        assert branch.handler(reference) == "guest@example.org"
        other = branch.report()
        assert found_by(branch, "guest@example.org", other) == set()
