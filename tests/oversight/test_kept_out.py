"""Whom a report or a party names is kept out, and an entry holds who: an edit of that past the trail is named."""

from typing import Any

import pytest
from sqlalchemy import text

from app.audit.entries import document_of
from app.audit.log import SYSTEM
from app.cases import codes, staffing
from app.cases.models import CaseStanding
from app.cases.references import new_code
from app.cases.standing import INVOLVED
from app.people.profiles import Profile
from tests.branch import DEPUTY, NOBODY, PANEL, SECRETARY, STAND_IN, Branch
from tests.cases.test_tamper import faults, owner

NAMED = {"name": "Secretary (test)"}
PARTY = {"role": "respondent", "identified": "named", "member_then": "yes"}
TOLD = "people_kept_out"
GONE = "DELETE FROM case_standing WHERE case_id = :case AND person_id = :person"


def said(branch: Branch) -> list[str]:
    return [fault.message for fault in faults(branch)]


def changed(branch: Branch, statement: str, **values: Any) -> None:
    with owner(branch, "case_standing") as connection:
        connection.execute(text(statement), values)


def out_of(branch: Branch, reference: str) -> set[str]:
    with branch.home.db.read() as session:
        case_id = branch.case(reference).id
        rows = session.connection().execute(
            text("SELECT person_id FROM case_standing WHERE case_id = :case AND answer = :it"),
            {"case": case_id, "it": INVOLVED},
        )
        return set(rows.scalars())


@pytest.fixture
def about_the_secretary(branch: Branch) -> str:
    return branch.report(respondent=NAMED)


def test_somebody_named_in_a_report_who_is_let_in_by_sql(branch: Branch, about_the_secretary: str) -> None:
    case_id, person = branch.case(about_the_secretary).id, branch.ids[SECRETARY]
    assert out_of(branch, about_the_secretary) == {person}
    assert faults(branch) == []
    let_in = "UPDATE case_standing SET answer = {} WHERE case_id = :case AND person_id = :person"
    for edit in (let_in.format("NULL"), let_in.format("'none'"), GONE):
        changed(branch, edit, case=case_id, person=person)
        assert any(person in words for words in said(branch)), edit
        changed(branch, GONE, case=case_id, person=person)
        with branch.home.db.write() as session:
            session.add(CaseStanding(case_id=case_id, person_id=person, part="other", answer=INVOLVED))
    assert faults(branch) == []


def test_somebody_kept_out_by_sql_whom_nobody_named(branch: Branch) -> None:
    case_id, person = branch.case(branch.report()).id, branch.ids[DEPUTY]
    with branch.home.db.write() as session:
        session.add(CaseStanding(case_id=case_id, person_id=person, part="other", answer=INVOLVED))
    assert any(person in words for words in said(branch))


def test_a_party_recorded_later_is_told_by_an_entry_without_a_name(branch: Branch) -> None:
    reference = branch.at("acknowledged")
    known = len(branch.events(reference))
    branch.keep(SECRETARY, reference, "parties", **PARTY, **NAMED)
    assert branch.events(reference)[known:][:2] == ["record_added", TOLD]
    told = next(one for one in branch.entries(reference) if one.event == TOLD)
    assert branch.ids[SECRETARY] not in str({**document_of(told.entry), "actor": None})
    assert faults(branch) == []
    changed(branch, "UPDATE case_standing SET answer = 'none' WHERE answer = 'involved'")
    assert any(branch.ids[SECRETARY] in words for words in said(branch))


def test_an_account_that_comes_to_match_is_told_on_the_case(branch: Branch) -> None:
    reference = branch.report(respondent={"name": "Newcomer of the branch"})
    known = len(branch.events(reference))
    with branch.home.db.write() as session:
        profile = Profile("Newcomer of the branch", NOBODY)
        staffing.change_person(session, branch.home, branch.ids[NOBODY], profile, actor=SYSTEM, via="cli")
    assert branch.events(reference)[known:] == [TOLD]
    assert out_of(branch, reference) == {branch.ids[NOBODY]}
    assert faults(branch) == []


def test_an_older_case_of_which_no_entry_tells_stays_sound(branch: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.cases.intake.seal_kept_out", lambda *_: {})
    reference = branch.report(respondent=NAMED)
    assert out_of(branch, reference) == {branch.ids[SECRETARY]}
    branch.keep(DEPUTY, reference, "conflict-declarations", answer="none")
    branch.keep(DEPUTY, reference, "parties", **PARTY, name="Stand in (test)")
    assert faults(branch) == []
    changed(branch, "UPDATE case_standing SET answer = NULL WHERE person_id = :it", it=branch.ids[STAND_IN])
    assert any(branch.ids[STAND_IN] in words for words in said(branch)), "of whom an entry tells, it is asked"


def test_whether_somebody_is_kept_out_shows_in_no_number_of_entries(branch: Branch) -> None:
    counts = []
    for respondent in (NAMED, {"name": "Ward organiser (example)"}):
        before = len(branch.entries())
        reference = branch.report(respondent=respondent)
        counts.append((len(branch.entries()) - before, branch.events(reference)))
    assert counts[0] == counts[1]


def test_who_declared_a_conflict_and_was_named_as_well(branch: Branch) -> None:
    reference, member = branch.at("under_review"), PANEL[0]
    branch.keep(SECRETARY, reference, "panel", person=member)
    branch.keep(member, reference, "conflict-declarations", answer="conflicted")
    branch.keep(SECRETARY, reference, "parties", **PARTY, name="A cousin", email=member)
    assert out_of(branch, reference) == {branch.ids[member]}
    assert faults(branch) == []
    changed(branch, "UPDATE case_standing SET answer = 'conflicted' WHERE person_id = :it", it=branch.ids[member])
    assert any(branch.ids[member] in words for words in said(branch))


def test_nothing_is_asked_of_a_case_that_was_erased(branch: Branch, about_the_secretary: str) -> None:
    case_id = branch.case(about_the_secretary).id
    with owner(branch, "vault") as connection:
        connection.execute(text("DELETE FROM vault WHERE owner_id = :case"), {"case": case_id})
    with owner(branch, "case_key") as connection:
        erase = text("UPDATE case_key SET wrapped = NULL, erased = true WHERE owner_id = :case")
        connection.execute(erase, {"case": case_id})
    assert [words for words in said(branch) if "standing" in words] == []


def test_a_reporters_new_code_is_held_by_its_entry(branch: Branch) -> None:
    reference = branch.at("acknowledged", reporter={"name": "Ward member (example)"})
    branch.keep(SECRETARY, reference, "code-reissues", checked="known", basis="We know each other.")
    assert branch.events(reference)[-2:].count("access_code_renewed") == 1
    assert faults(branch) == []
    with branch.home.db.write() as session:
        mine = codes.lookup(session, branch.home, new_code())
    with owner(branch, "cases") as connection:
        connection.execute(text("UPDATE cases SET access_lookup = :mine"), {"mine": mine})
    assert any("access_lookup" in words for words in said(branch))
