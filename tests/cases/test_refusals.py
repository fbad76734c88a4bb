"""What the door refuses on a real case: every condition at once, blank answers, wrong choices, days to come."""

from datetime import timedelta
from typing import Any

import pytest
from freezegun import freeze_time

from app import clock
from app.audit.log import SYSTEM
from app.cases import lists
from app.cases.lists import Filter
from app.errors import Invalid, Refused, WrongState
from app.people import actions
from app.workflow.definition import Field
from tests.branch import CLOSING, PANEL, REFERRAL, SECRETARY, Branch, in_days, library
from tests.shared_branch import embedded_branch, kept

__all__ = ["embedded_branch"]

REFER = [
    "has_referable_allegation",
    "respondent_is_named_member",
    "every_allegation_was_put",
    "reply_or_time_passed",
    "review_recommends_referral",
    "panel_is_quorate",
    "panel_is_clear",
]
BLANKS = ["", "   ", "\n\t", "\u200b", "\u2060 \u00a0", None]
PROCEDURE = library().default()


def refused(branch: Branch, reference: str, trigger: str, **inputs: Any) -> list[str]:
    with pytest.raises(Refused) as caught:
        branch.act(branch.handler(reference), reference, trigger, **inputs)
    return [item.condition for item in caught.value.unmet]


def wrong(branch: Branch, reference: str, what: str, **answers: Any) -> list[str]:
    """The fields that were refused when a step or record is sent by the handler; nothing may have changed."""
    by, before = branch.handler(reference), kept(branch, reference)
    with pytest.raises(Invalid) as caught:
        (branch.keep if what in PROCEDURE.records else branch.act)(by, reference, what, **answers)
    assert kept(branch, reference) == before
    return [error.field for error in caught.value.errors]


def test_a_refusal_names_every_condition(embedded_branch: Branch) -> None:
    branch = embedded_branch
    reference = branch.report()
    assert refused(branch, reference, "acknowledge") == [
        "handler_is_clear",
        "acknowledged_or_impossible",
        "risks_answered",
    ]
    branch.acknowledged(reference)
    assert refused(branch, reference, "begin_review") == ["scope_noted", "has_allegation_or_reason"]
    branch.keep(
        SECRETARY, reference, "scope-notes", in_scope="unsure", note="No post is shown.", national_route="not_needed"
    )
    assert refused(branch, reference, "begin_review") == ["has_allegation_or_reason"]
    branch.under_review(reference, clauses=("2.2",))
    assert refused(branch, reference, "refer", **REFERRAL) == [c for c in REFER if c != "respondent_is_named_member"]
    not_told = {"outcome": "advice_given", "reasons": "A word is enough.", "respondent_told": "no"}
    assert refused(branch, reference, "close_after_review", **not_told) == [
        "every_allegation_has_result",
        "respondent_told_or_reason",
        "outcome_fits_path",
    ]


def test_section_2_alone_is_refused_with_all_else_done(embedded_branch: Branch) -> None:  # X11
    branch = embedded_branch
    reference = branch.at("acknowledged")
    branch.under_review(reference, clauses=("2.1", "2.5"))
    with pytest.raises(Refused) as caught:
        branch.referred(reference)
    assert [item.condition for item in caught.value.unmet] == ["has_referable_allegation"]


def test_an_allegation_after_the_reply_is_refused(embedded_branch: Branch) -> None:  # X20
    branch = embedded_branch
    reference = branch.at("under_review")
    branch.heard(reference)
    member = branch.rows(reference, "parties")[0].id
    branch.keep(SECRETARY, reference, "allegations", clause="3.2a", respondent=member, conduct="More posts.")
    with pytest.raises(Refused) as caught:
        branch.referred(reference)
    assert [item.condition for item in caught.value.unmet] == ["every_allegation_was_put", "reply_or_time_passed"]


def test_no_reply_waits_for_its_day_and_a_reminder(embedded_branch: Branch) -> None:
    branch = embedded_branch
    with freeze_time("2026-03-02 12:00") as frozen:
        reference = branch.at("under_review")
        put = [row.id for row in branch.rows(reference, "allegations")]
        member = branch.rows(reference, "parties")[0].id
        notice = branch.keep(
            SECRETARY,
            reference,
            "notices",
            respondent=member,
            allegations=put,
            sent_on="2026-03-02",
            how="post",
            reply_by="2026-03-16",
        )
        branch.handed_over(reference)
        with pytest.raises(Refused):
            branch.referred(reference)
        frozen.move_to("2026-03-18 12:00")  # the last day: fourteen after two working days in the post
        assert refused(branch, reference, "refer", **REFERRAL) == ["reply_or_time_passed"]
        branch.keep(SECRETARY, reference, "reminders", notice=notice, sent_on="2026-03-18", how="email")
        branch.handed_over(reference, "in_person", name="reminder")
        assert refused(branch, reference, "refer", **REFERRAL) == ["reply_or_time_passed"]
        frozen.move_to("2026-03-25 23:30")  # seven days with the reminder
        assert refused(branch, reference, "refer", **REFERRAL) == ["reply_or_time_passed"]
        frozen.move_to("2026-03-26 00:30")
        branch.act(SECRETARY, reference, "refer", **REFERRAL)
    assert branch.case(reference).state == "referred"


@pytest.mark.parametrize("measure", ["expulsion", "suspension", "suspended", "expelled", "formal_reprimand"])
def test_a_branch_expels_and_suspends_nobody(embedded_branch: Branch, measure: str) -> None:  # X10
    branch = embedded_branch
    reference = branch.at("referred")
    decision = {"decided_on": in_days(0), "members": list(PANEL[:3]), "outcome": "upheld_with_measure"}
    given = {"reasons": "As written.", "measures": ["training", measure]}
    assert wrong(branch, reference, "panel-decisions", **decision, **given) == ["measures"]
    for outcome in ("expulsion", "suspension"):
        assert wrong(branch, reference, "panel-decisions", **decision | given | {"outcome": outcome})


def test_what_the_panel_decided_and_found_must_agree(branch: Branch) -> None:
    reference = branch.at("referred")
    decision = branch.decided(reference, result="not_proved")
    assert refused(branch, reference, "close_after_panel", reasons="As written.") == ["outcome_fits_findings"]
    finding = branch.rows(reference, "findings")[-1].id
    said = {"allegation": branch.rows(reference, "allegations")[0].id, "result": "proved", "reasons": "As written."}
    branch.keep(SECRETARY, reference, "findings", replaces=finding, panel_decision=decision, **said)
    assert branch.act(SECRETARY, reference, "close_after_panel", reasons="As written.")["state"] == "closed"


def test_who_may_decide(embedded_branch: Branch) -> None:  # X9
    branch = embedded_branch
    reference = branch.at("referred")
    given = {"decided_on": in_days(0), "outcome": "not_upheld", "measures": ["none"], "reasons": "As written."}
    for members in ([*PANEL[:2], PANEL[3]], [*PANEL[:2], SECRETARY], [*PANEL[:3], "nobody@example.org"]):
        assert wrong(branch, reference, "panel-decisions", **given, members=members) == ["members"]
    both = {"members": list(PANEL[:3]), "recused": [PANEL[0]]}
    assert wrong(branch, reference, "panel-decisions", **given, **both) == ["recused"]
    before = given | {"decided_on": in_days(-1)}
    assert wrong(branch, reference, "panel-decisions", **before, members=list(PANEL[:3])) == ["decided_on"]
    two = branch.keep(SECRETARY, reference, "panel-decisions", **given, members=list(PANEL[:2]))
    branch.found(reference, panel_decision=two)
    assert refused(branch, reference, "close_after_panel", reasons="As written.") == ["has_panel_decision"]
    three = branch.keep(SECRETARY, reference, "panel-decisions", **given, members=list(PANEL[:3]))
    assert refused(branch, reference, "close_after_panel", reasons="As written.") == ["every_allegation_has_result"]
    allegation = branch.rows(reference, "allegations")[0].id
    finding = {"allegation": allegation, "result": "not_proved", "reasons": "As written."}
    assert wrong(branch, reference, "findings", **finding) == ["panel_decision"]
    branch.keep(SECRETARY, reference, "findings", **finding, panel_decision=three)
    branch.act(SECRETARY, reference, "close_after_panel", reasons="As written.")
    assert branch.case(reference).outcome == "not_upheld"


def test_the_handler_never_sits_on_the_panel(embedded_branch: Branch) -> None:  # X9
    branch = embedded_branch
    if "panel" not in branch.viewer(SECRETARY).offices:
        with branch.home.db.write() as session:
            actions.give_office(session, branch.ids[SECRETARY], "panel", actor=SYSTEM, via="cli")
    reference = branch.at("under_review")
    assert wrong(branch, reference, "panel", person=SECRETARY) == ["person"]
    branch.keep(SECRETARY, reference, "panel", person=PANEL[0])
    assert wrong(branch, reference, "panel", person=PANEL[0]) == ["person"]
    branch.keep(PANEL[0], reference, "conflict-declarations", answer="conflicted")
    assert wrong(branch, reference, "panel", person=PANEL[0]) == ["person"]


@pytest.mark.parametrize("blank", BLANKS)
def test_blank_reasons_are_no_reasons(embedded_branch: Branch, blank: str | None) -> None:  # X12
    branch = embedded_branch
    reference = branch.at("under_review")
    branch.found(reference)
    assert wrong(branch, reference, "close_after_review", **CLOSING | {"reasons": blank}) == ["reasons"]
    untold = CLOSING | {"respondent_told": "no", "respondent_not_told_reason": blank}
    assert refused(branch, reference, "close_after_review", **untold) == ["respondent_told_or_reason"]
    scope = CLOSING | {"outcome": "out_of_scope", "sub_reason": blank}
    assert wrong(branch, reference, "close_after_review", **scope) == ["sub_reason"]
    assert wrong(branch, reference, "refer", **REFERRAL | {"informal_considered": blank}) == ["informal_considered"]


def test_outcomes_that_are_not_in_the_list(embedded_branch: Branch) -> None:
    branch = embedded_branch
    reference = branch.at("under_review")
    branch.found(reference)
    for outcome in ("expelled", "suspended", "upheld_with_measure", "merged", "passed_to_national", ""):
        assert wrong(branch, reference, "close_after_review", **CLOSING | {"outcome": outcome}) == ["outcome"]


def test_gross_misconduct_only_where_the_guidance_mentions_it(embedded_branch: Branch) -> None:
    branch = embedded_branch
    reference = branch.at("under_review")
    member = branch.rows(reference, "parties")[0].id
    claim = {"respondent": member, "conduct": "A post.", "gross": "yes", "gross_reason": "Day after day."}
    assert wrong(branch, reference, "allegations", clause="3.1", **claim) == ["gross"]
    assert wrong(branch, reference, "allegations", clause="3.9", respondent=member, conduct="A post.") == [
        "explanation"
    ]
    assert branch.keep(SECRETARY, reference, "allegations", clause="3.2a", **claim)


def dated() -> list[tuple[str, Field]]:
    """Every question for a day that is over, of every record and step."""
    records = [(kind.name, one) for kind in PROCEDURE.records.values() for one in kind.fields]
    steps = [(arrow.trigger, one) for arrow in PROCEDURE.transitions for one in arrow.inputs]
    return [(what, one) for what, one in records + steps if one.type == "date" and not one.future]


@pytest.mark.parametrize(("what", "question"), dated(), ids=lambda value: getattr(value, "name", value))
def test_nothing_has_happened_tomorrow(embedded_branch: Branch, what: str, question: Field) -> None:  # X13
    branch = embedded_branch
    arrow = next((one for one in PROCEDURE.transitions if one.trigger == what), None)
    state = arrow.source if arrow else PROCEDURE.records[what].states[-1]
    reference = branch.at(state)
    branch.keep(branch.handler(reference), reference, "conflict-declarations", answer="none")
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    assert question.name in wrong(branch, reference, what, **{question.name: tomorrow})
    assert question.name in wrong(branch, reference, what, **{question.name: "2026-02-31"})


def test_a_report_is_not_from_tomorrow_and_the_servers_time_is_its_own(embedded_branch: Branch) -> None:  # X13
    branch = embedded_branch
    with pytest.raises(Invalid):
        branch.report(SECRETARY, channel="letter", received_on=in_days(1))
    with pytest.raises(Invalid):
        branch.report(received_on=in_days(-1))  # only an account says when it came
    with freeze_time("2026-05-20 10:00"):
        reference = branch.report(SECRETARY, channel="letter", received_on="2026-05-04")
    entry = branch.entries(reference)[0]
    assert entry.recorded_at.isoformat() == "2026-05-20T10:00:00+00:00"
    assert b'"occurred_on":"2026-05-04"' in entry.entry
    assert branch.case(reference).next_due_on.isoformat() == "2026-05-11"  # type: ignore[union-attr]  # a date that is not there fails the test


def test_time_never_moves_a_case(embedded_branch: Branch) -> None:  # X14
    branch = embedded_branch
    with freeze_time("2026-01-05 10:00"):
        cases = {
            state: branch.at(state) for state in ("received", "acknowledged", "under_review", "referred", "closed")
        }
        before = {reference: (kept(branch, reference), branch.events(reference)) for reference in cases.values()}
    with freeze_time("2028-01-05 10:00"):
        for state, reference in cases.items():
            viewer = branch.viewer(SECRETARY)
            with branch.home.db.read() as session:
                listed = lists.list_cases(session, branch.home, viewer, Filter(state=state, overdue=state != "closed"))
            assert reference in [item["reference"] for item in listed["items"]]
            assert branch.case(reference).state == state
        assert before == {ref: (kept(branch, ref), branch.events(ref)) for ref in cases.values()}


def test_no_step_leads_anywhere_else(embedded_branch: Branch) -> None:  # X1
    moves = {(arrow.trigger, arrow.source, arrow.dest) for arrow in PROCEDURE.transitions}
    assert moves == {
        ("acknowledge", "received", "acknowledged"),
        ("begin_review", "acknowledged", "under_review"),
        ("refer", "under_review", "referred"),
        ("close_after_review", "under_review", "closed"),
        ("close_after_panel", "referred", "closed"),
        ("refer_back", "referred", "under_review"),
        ("reopen", "closed", "under_review"),
    }
    branch = embedded_branch
    reference = branch.at("received")
    for trigger, source, _ in moves - {("acknowledge", "received", "acknowledged")}:
        with pytest.raises(WrongState):
            branch.act(SECRETARY, reference, trigger)
        assert branch.case(reference).state == "received", source
