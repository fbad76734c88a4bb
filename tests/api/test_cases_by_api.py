"""Cases 4 and 5 of the procedure (section 10) from the report to the end, by API only; 1 and 3 are in test_walks."""

from typing import Any

from tests.api.answers import good, problem, unmet
from tests.api.test_walks import sound
from tests.api.walk import URL, Walk
from tests.branch import AUDITOR, DEPUTY, PANEL, REFERRAL, SECRETARY, Branch, in_days

AGAIN = {"ground": "new_evidence", "reasons": "The holder of the account wrote to us."}


def begin(walk: Walk, by: str, **respondent: Any) -> tuple[str, str]:
    """From received to under review with one allegation of 3.1; ids of respondent and allegation."""
    walk.keep(by, "conflict-declarations", answer="none")
    walk.keep(by, "acknowledgements", how="email", sent_on=in_days(0))
    walk.keep(by, "risks", threat="no", child="no", vulnerable="no")
    walk.step(by, "acknowledge")
    member = walk.keep(by, "parties", role="respondent", **respondent)
    alleged = walk.keep(by, "allegations", clause="3.1", respondent=member, conduct="The posts.")
    walk.keep(by, "scope-notes", in_scope="yes", note="A public page.", national_route="not_needed")
    walk.step(by, "begin_review")
    return member, alleged


def hear(walk: Walk, by: str, member: str, alleged: str) -> None:
    """Puts the allegation to the member and enters a reply."""
    dates = {"sent_on": in_days(0), "reply_by": in_days(14)}
    notice = walk.keep(by, "notices", respondent=member, allegations=[alleged], how="email", **dates)
    answer = {"received_on": in_days(0), "text": "It was a joke.", "disputes_attribution": "no"}
    walk.keep(by, "replies", notice=notice, **answer)


def denials(branch: Branch, email: str) -> list[str | None]:
    """The cases at which this person was turned away, in order."""
    person = branch.ids[email]
    return [one.case_id for one in branch.entries() if one.event == "access_denied" and one.actor_id == person]


def does_not_exist(walk: Walk, by: str) -> None:
    """Neither the case nor anything of it answers, in the words of a reference that nobody has."""
    unknown = walk.client.get(f"{URL}/cases/2026-22222", headers={"Authorization": f"Bearer {walk.tokens[by]}"})
    calls = (("GET", ""), ("GET", "/actions"), ("GET", "/trail"), ("GET", "/notes"), ("POST", "/actions/acknowledge"))
    for method, tail in calls:
        answer = walk.call(by, method, tail, {"version": 1} if method == "POST" else None)
        assert problem(answer, 404) == problem(unknown, 404)
    for query in ("", "?state=closed", "?kind=target", f"?handler={walk.branch.ids[DEPUTY]}", "?clause=3.1"):
        listed = walk.client.get(f"{URL}/cases{query}", headers={"Authorization": f"Bearer {walk.tokens[by]}"})
        assert good(listed) == {"items": [], "next": None}


def test_case_4_about_the_secretary(branch: Branch) -> None:
    report = {"kind": "target", "statement": "The branch's page made fun of me.", "involves_secretary": "yes"}
    walk = Walk(branch, report)
    walk.tokens[SECRETARY] = branch.token(SECRETARY)
    does_not_exist(walk, SECRETARY)
    hidden = branch.case(walk.reference).id
    assert denials(branch, SECRETARY) == [None, *[hidden] * 5]
    member, alleged = begin(walk, DEPUTY, name="The branch secretary", identified="named", member_then="yes")
    closing = {"outcome": "advice_given", "reasons": "What the page is for.", "respondent_told": "yes"}
    walk.keep(DEPUTY, "findings", allegation=alleged, result="proved", reasons="It stands there.")
    assert unmet(walk.try_step(DEPUTY, "close_after_review", **closing)) == {"outcome_fits_path"}
    hear(walk, DEPUTY, member, alleged)
    closed = walk.step(DEPUTY, "close_after_review", **closing)
    assert (closed["state"], closed["outcome"]) == ("closed", "advice_given")
    does_not_exist(walk, SECRETARY)
    assert denials(branch, SECRETARY) == [None, *[hidden] * 5] * 2
    assert walk.moves() == ["received", "acknowledged", "under_review", "closed"]
    assert walk.see(AUDITOR)["view"] == "trail"
    assert sound(branch)


def test_case_5_pseudonymous_account(branch: Branch) -> None:
    report = {"kind": "third_party", "statement": "An account insults members.", "clauses": ["3.1"]}
    walk = Walk(branch, report | {"how_seen": "On the ward page.", "respondent": {"handle": "@nobody_example"}})
    account = {"handle": "@nobody_example", "identified": "account_only", "member_then": "unknown"}
    member, alleged = begin(walk, SECRETARY, **account)
    walk.keep(SECRETARY, "findings", allegation=alleged, result="not_determined", reasons="Nobody knows.")
    ended = {"outcome": "respondent_unidentified", "reasons": "Nobody knows who it is.", "respondent_told": "no"}
    assert unmet(walk.try_step(SECRETARY, "close_after_review", **ended)) == {"respondent_told_or_reason"}
    walk.step(SECRETARY, "close_after_review", **ended, respondent_not_told_reason="Nobody to tell.")
    walk.keep(SECRETARY, "conflict-declarations", answer="none")
    assert unmet(walk.try_step(SECRETARY, "reopen", **AGAIN)) == {"reopener_is_not_closer"}
    assert walk.see(DEPUTY)["view"] == "card"
    assert unmet(walk.try_step(DEPUTY, "reopen", **AGAIN)) == {"reopener_is_clear"}
    walk.keep(DEPUTY, "conflict-declarations", answer="none")
    assert walk.step(DEPUTY, "reopen", **AGAIN)["state"] == "under_review"
    does_not_exist(walk, SECRETARY)
    named = {"name": "Ward organiser (example)", "identified": "named", "member_then": "yes", "basis": "They wrote."}
    walk.keep(DEPUTY, "parties", role="respondent", replaces=member, **(account | named))
    hear(walk, DEPUTY, member, alleged)
    notes = {"established": "Who it is.", "not_established": "Why.", "mitigation": "They came forward."}
    walk.keep(DEPUTY, "review-notes", recommends="refer", reasons="Serious.", **notes)
    for email in PANEL[:3]:
        walk.keep(DEPUTY, "panel", person=email)
        walk.keep(email, "conflict-declarations", answer="none")
    walk.step(DEPUTY, "refer", **REFERRAL)
    said = {"outcome": "not_upheld", "measures": ["none"], "reasons": "Heated, and no more."}
    decision = walk.keep(DEPUTY, "panel-decisions", decided_on=in_days(0), members=list(PANEL[:3]), **said)
    walk.keep(DEPUTY, "findings", allegation=alleged, result="not_proved", reasons="So.", panel_decision=decision)
    assert walk.step(DEPUTY, "close_after_panel", reasons="Heated, and no more.")["outcome"] == "not_upheld"
    first, second = ["received", "acknowledged", "under_review", "closed"], ["under_review", "referred", "closed"]
    assert walk.moves() == first + second
    assert sound(branch)
