"""For whoever a case is about, it does not exist: not in a list, a count, a page, a trail, nor by its address."""

from typing import Any

import pytest

from app.audit.log import SYSTEM
from app.audit.models import AuditEntry
from app.cases.trails import TrailFilter
from app.people import actions, queries
from app.people.profiles import Profile
from tests.branch import AUDITOR, DEPUTY, PANEL, SECRETARY, STAND_IN, Branch
from tests.cases.surfaces import UNKNOWN, answer, attempts, found_by, on_trail
from tests.shared_branch import embedded_branch, entry_ids, opened, shared_branch

__all__ = ["embedded_branch", "shared_branch"]

CONTACTS = {
    SECRETARY: Profile("Ann Example-Moor", SECRETARY, "0191 496 0001", "1 Test Street, Durham DH1 1AA", ("@annm",)),
    DEPUTY: Profile("Bob Sample", DEPUTY, "+44 191 496 0002", "2 Test Street, Durham DH1 1AA", ("bobs", "@bob_2")),
    STAND_IN: Profile("Cay Trial", STAND_IN, "0191 496 0003", "3 Test Street, Durham DH1 1AA", ("@cayt",)),
    AUDITOR: Profile("Dee Probe", AUDITOR, "0191 496 0004", "4 Test Street, Durham DH1 1AA", ("@deep",)),
    PANEL[0]: Profile("Eve Draft", PANEL[0], "0191 496 0005", "5 Test Street, Durham DH1 1AA", ("@eved",)),
}


def reachable(branch: Branch) -> Branch:
    """The branch, its officers with full contacts."""
    for email, profile in CONTACTS.items():
        with branch.home.db.write() as session:
            person = branch.ids[email]
            actions.change_person(session, branch.home.vault, person, profile, actor=SYSTEM, via="cli")
    return branch


@pytest.fixture(scope="module")
def known(shared_branch: Branch) -> Branch:
    """One on each kind of database."""
    return reachable(shared_branch)


@pytest.fixture(scope="module")
def known_here(embedded_branch: Branch) -> Branch:
    """One on SQLite: a database has no part in how somebody is recognised."""
    return reachable(embedded_branch)


def ways(profile: Profile) -> dict[str, dict[str, Any]]:
    """Reports that give this person away by one thing alone, written otherwise than in their account."""
    return {
        "name": {"respondent": {"name": profile.name.upper() + " "}},
        "name among others": {"respondent": {"name": f"Cllr {profile.name} (ward)"}},
        "email": {"reporter": {"name": "Somebody", "email": profile.email.upper()}},
        "phone": {"reporter": {"phone": "+44 " + profile.phone.replace("+44 ", "0").replace(" ", "-")[1:]}},
        "address": {"reporter": {"address": profile.address.replace(", ", "\n").lower()}},
        "handle": {"respondent": {"handle": profile.handles[-1].lstrip("@").upper()}},
        "handle of a post": {"items": [{"handle": profile.handles[0]}]},
    }


WHO_AND_HOW = [(SECRETARY, way) for way in ways(CONTACTS[SECRETARY])] + [
    (email, way) for email in CONTACTS if email != SECRETARY for way in ("phone", "handle")
]


@pytest.mark.parametrize(("email", "way"), WHO_AND_HOW)
def test_whoever_is_named_in_the_report_is_out(known_here: Branch, email: str, way: str) -> None:  # X7
    reference = known_here.report(**ways(CONTACTS[email])[way])
    assert known_here.handler(reference) == (DEPUTY if email == SECRETARY else SECRETARY)
    assert found_by(known_here, email, reference) == set()
    assert found_by(known_here, known_here.handler(reference), reference)


@pytest.mark.parametrize("tick", ["yes", "unknown", True])
def test_the_tick_sends_it_to_the_deputy(known: Branch, tick: str | bool) -> None:  # X7
    reference = known.report(involves_secretary=tick)
    assert known.handler(reference) == DEPUTY
    assert found_by(known, SECRETARY, reference) == set()
    assert known.handler(known.report(involves_secretary="no")) == SECRETARY


@pytest.mark.parametrize("title", ["The secretary", "branch secretary", "Secretary"])
def test_the_title_is_as_good_as_the_name(known: Branch, title: str) -> None:
    assert known.handler(known.report(respondent={"name": title})) == DEPUTY


def test_both_officers_involved_leave_it_to_the_stand_in(known: Branch) -> None:  # X7
    reference = known.report(involves_secretary="yes", respondent={"name": "Bob Sample"})
    assert known.handler(reference) == STAND_IN
    for email in (SECRETARY, DEPUTY):
        assert found_by(known, email, reference) == set()
    assert found_by(known, STAND_IN, reference)


def test_nobody_is_left(known: Branch) -> None:
    reference = known.report(
        involves_secretary="yes", respondent={"name": "Bob Sample"}, reporter={"name": "Cay Trial"}
    )
    assert known.case(reference).handler_id is None
    for email in (SECRETARY, DEPUTY, STAND_IN):
        assert found_by(known, email, reference) == set()
    assert "detail" in found_by(known, AUDITOR, reference)


@pytest.mark.parametrize("way", ["name", "email", "phone", "address", "handle"])
def test_a_party_recorded_later_ends_access_at_once(known: Branch, way: str) -> None:  # X7
    reference = known.at("acknowledged")
    profile = CONTACTS[SECRETARY]
    details = {"name": profile.name, "email": profile.email, "phone": profile.phone, "address": profile.address}
    details["handle"] = profile.handles[0]
    party = {"role": "witness", "identified": "named", "member_then": "yes", way: details[way]}
    known.keep(SECRETARY, reference, "parties", **party)
    assert known.handler(reference) == DEPUTY
    assert known.events(reference)[-3:] == ["record_added", "people_kept_out", "handler_assigned"]
    assert found_by(known, SECRETARY, reference) == set()


@pytest.mark.parametrize("email", [SECRETARY, DEPUTY, AUDITOR, PANEL[0], "member@example.org"])
def test_a_hidden_case_answers_like_an_unknown_one(known: Branch, email: str) -> None:  # X7
    reference = known.report(involves_secretary="yes", items=[{"handle": "@bob_2"}, {"handle": "@deep"}])
    for name, hidden in attempts(known, email, reference).items():
        unknown = attempts(known, email, UNKNOWN)[name]
        assert answer(hidden) == answer(unknown), name
        assert answer(hidden)[0] == 404, name


def test_every_denial_is_on_the_trail(known: Branch) -> None:
    reference = known.report(involves_secretary="yes")
    for who, address in (("curious@example.org", reference), ("other@example.org", UNKNOWN)):
        known.add(who, "panel")  # beyond 20 denials a minute those of one person are only counted
        for attempt in attempts(known, who, address).values():
            before = entry_ids(known)
            assert answer(attempt)[0] == 404
            with known.home.db.read() as session:
                (made,) = (session.get_one(AuditEntry, one) for one in entry_ids(known) - before)
            assert (made.event, made.actor_id) == ("access_denied", known.ids[who])
            assert made.case_id == (known.case(reference).id if address == reference else None)


def test_an_auditor_sees_codes_only_and_not_what_concerns_them(known: Branch) -> None:
    theirs = known.report(reporter={"name": "Dee Probe"})
    other = known.report(statement="A sentence that no auditor reads.")
    known.keep(SECRETARY, other, "conflict-declarations", answer="possible", describe="We were at school together.")
    entries = on_trail(known, AUDITOR)
    cases = {entry["case"] for entry in entries}
    assert other in cases
    assert theirs not in cases
    assert on_trail(known, AUDITOR, TrailFilter(case=theirs)) == []
    declared = next(e for e in entries if e["case"] == other and (e["record"] or {})["kind"] == "conflict-declarations")
    assert declared["details"] == {"answer": "possible"}
    read = attempts(known, AUDITOR, other)
    assert read["detail"]().keys().isdisjoint({"report", "card", "my_declaration"})
    everything = f"{entries} {[read[name]() for name in ('detail', 'records')]}"
    for secret in ("no auditor reads", "at school together", "Ward organiser"):
        assert secret not in everything


def test_two_auditors_do_not_share_a_blind_spot(request: pytest.FixtureRequest, tmp_path_factory: Any) -> None:
    with opened(request, "sqlite", tmp_path_factory.mktemp("auditors")) as branch:
        branch.add("second@example.org", "auditor")
        with branch.home.db.write() as session:
            person = queries.find_person(session, branch.home.vault, AUDITOR)
            assert person is not None
            actions.change_person(session, branch.home.vault, person.id, CONTACTS[AUDITOR], actor=SYSTEM, via="cli")
        reference = branch.report(respondent={"name": "Dee Probe"})
        assert found_by(branch, AUDITOR, reference) == set()
        assert "/trail" in found_by(branch, "second@example.org", reference)
