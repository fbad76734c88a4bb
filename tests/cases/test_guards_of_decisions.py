"""The conditions about panel, findings, outcomes and reopening, on a case file."""

import pytest

from tests.cases.papers import HANDLER, SOMEBODY, Papers


def test_three_on_the_panel() -> None:  # X9
    papers = Papers()
    assert papers.unmet("panel_is_quorate")
    papers.panel("none", "none")
    assert "2" in str(papers.unmet("panel_is_quorate"))
    papers.panel("none", "none", "conflicted", "excluded", "involved")
    assert "2" in str(papers.unmet("panel_is_quorate"))
    members = papers.panel("none", None, "cleared")
    assert papers.unmet("panel_is_quorate") is None
    papers.serving = frozenset(members)
    assert papers.unmet("panel_is_quorate") is None
    papers.serving = frozenset(members[1:])  # one of them holds the office no longer
    assert papers.unmet("panel_is_quorate")


def test_the_handler_is_no_panel_member() -> None:  # X9
    papers = Papers()
    papers.panel("none", "none")
    papers.stands(HANDLER, "panel", "none")
    papers.stands(SOMEBODY, "officer", "none")
    assert papers.unmet("panel_is_quorate")


@pytest.mark.parametrize("answer", [None, "possible"])
def test_everyone_on_the_panel_has_declared_and_is_clear(answer: str | None) -> None:
    papers = Papers()
    assert papers.unmet("panel_is_clear")
    papers.panel("none", "none", "none", answer)
    assert "1 to come" in str(papers.unmet("panel_is_clear"))
    papers.panel("none", "none", "none", "cleared")
    assert papers.unmet("panel_is_clear") is None
    papers.panel("none", "none", "none", "conflicted")
    assert papers.unmet("panel_is_clear") is None


def test_every_allegation_has_a_result() -> None:  # X12
    papers = Papers()
    one, two = papers.alleged("3.1"), papers.alleged("3.4")
    papers.finding(one)
    assert "3.4" in str(papers.unmet("every_allegation_has_result"))
    papers.alleged("3.4", replaces=two)
    papers.finding(two)
    assert papers.unmet("every_allegation_has_result") is None


def test_with_the_panel_only_findings_of_its_latest_decision_count() -> None:
    papers = Papers()
    allegation = papers.alleged()
    papers.finding(allegation)
    papers.step("refer", "referred")
    assert papers.unmet("every_allegation_has_result")
    first = papers.decision(["a", "b", "c"])
    papers.finding(allegation)
    assert papers.unmet("every_allegation_has_result")
    papers.finding(allegation, panel_decision=first)
    assert papers.unmet("every_allegation_has_result") is None
    papers.decision(["a", "b", "c"], replaces=first)
    assert papers.unmet("every_allegation_has_result") is None
    second = papers.decision(["a", "b", "c"])
    assert papers.unmet("every_allegation_has_result")
    papers.finding(allegation, panel_decision=second)
    assert papers.unmet("every_allegation_has_result") is None


def test_a_decision_from_before_the_last_referral_is_no_decision() -> None:
    papers = Papers()
    members = papers.panel("none", "none", "none")
    papers.step("refer", "referred")
    papers.decision(members)
    assert papers.unmet("has_panel_decision") is None
    papers.step("refer_back", "under_review")
    papers.step("refer", "referred")
    assert papers.unmet("has_panel_decision")


def test_three_clear_members_decide() -> None:  # X9
    papers = Papers()
    members = papers.panel("none", "cleared", "none", "possible")
    papers.step("refer", "referred")
    assert papers.unmet("has_panel_decision")
    decision = papers.decision(members[:2])
    for wrong in (members[:2], [*members[:3], members[3]], [*members[:3], SOMEBODY], [*members[:2], HANDLER]):
        decision = papers.decision(wrong, replaces=decision)
        assert papers.unmet("has_panel_decision"), wrong
    papers.decision(members[:3], replaces=decision)
    assert papers.unmet("has_panel_decision") is None
    papers.stands(members[0], "panel", "conflicted")
    assert papers.unmet("has_panel_decision")


def test_the_handler_decides_nothing_even_from_a_seat() -> None:  # X9
    papers = Papers()
    members = papers.panel("none", "none")
    papers.stands(HANDLER, "panel", "none")
    papers.step("refer", "referred")
    papers.decision([*members, HANDLER])
    assert papers.unmet("has_panel_decision")


def test_the_member_was_told_or_there_is_a_reason() -> None:
    papers = Papers()
    for inputs in ({}, {"respondent_told": "no"}, {"respondent_told": "no", "respondent_not_told_reason": "  "}):
        assert papers.unmet("respondent_told_or_reason", **inputs)
    assert papers.unmet("respondent_told_or_reason", respondent_told="yes") is None
    reason = {"respondent_told": "no", "respondent_not_told_reason": "The police asked us to wait."}
    assert papers.unmet("respondent_told_or_reason", **reason) is None


@pytest.mark.parametrize("outcome", ["no_breach", "insufficient_evidence"])
def test_something_proved_does_not_end_as(outcome: str) -> None:
    papers = Papers()
    allegation = papers.alleged()
    finding = papers.finding(allegation, "not_proved")
    assert papers.unmet("outcome_fits_path", outcome=outcome) is None
    papers.finding(allegation, "proved", replaces=finding)
    assert papers.unmet("outcome_fits_path", outcome=outcome)
    papers.step("reopen", "under_review")
    assert papers.unmet("outcome_fits_path", outcome=outcome) is None


def test_unidentified_is_not_for_a_named_member() -> None:
    papers = Papers()
    unknown = papers.member(identified="account_only")
    papers.alleged("3.1", unknown)
    assert papers.unmet("outcome_fits_path", outcome="respondent_unidentified") is None
    papers.member(replaces=unknown)
    assert papers.unmet("outcome_fits_path", outcome="respondent_unidentified")


def test_advice_needs_notice_and_a_chance_to_reply() -> None:
    papers = Papers()
    assert papers.unmet("outcome_fits_path", outcome="advice_given")
    notice = papers.notice(papers.alleged())
    assert papers.unmet("outcome_fits_path", outcome="advice_given")
    papers.reply(notice)
    assert papers.unmet("outcome_fits_path", outcome="advice_given") is None
    assert Papers(kind="self").unmet("outcome_fits_path", outcome="advice_given")


def test_advice_closes_over_nobody_who_was_not_heard() -> None:
    papers = Papers()
    papers.reply(papers.notice(papers.alleged("3.1", papers.member(name="One (example)"))))
    assert papers.unmet("outcome_fits_path", outcome="advice_given") is None
    second = papers.alleged("3.1", papers.member(name="Another (example)"))
    said = "Before advice every member it is about needs a notice and a chance to reply"
    assert papers.unmet("outcome_fits_path", outcome="advice_given") == said
    notice = papers.notice(second)
    assert papers.unmet("outcome_fits_path", outcome="advice_given") == said
    papers.reply(notice)
    assert papers.unmet("outcome_fits_path", outcome="advice_given") is None


@pytest.mark.parametrize(
    ("outcome", "results", "fits"),
    [
        ("upheld_with_measure", ("proved", "not_proved"), True),
        ("upheld_no_measure", ("proved",), True),
        ("upheld_with_measure", ("not_proved", "not_determined"), False),
        ("upheld_no_measure", ("not_assessed",), False),
        ("not_upheld", ("not_proved", "not_determined"), True),
        ("not_upheld", ("not_proved", "proved"), False),
        ("referred_to_national", ("proved",), True),
        ("referred_to_national", ("not_proved",), True),
        ("respondent_left", ("not_assessed",), True),
    ],
)
def test_the_panels_outcome_agrees_with_its_findings(outcome: str, results: tuple[str, ...], fits: bool) -> None:
    papers = Papers()
    alleged = [papers.alleged(clause) for clause in ("3.1", "3.4")[: len(results)]]
    papers.finding(alleged[0], "not_proved" if "proved" in results else "proved")  # the officer's own, before
    members = papers.panel("none", "none", "none")
    papers.step("refer", "referred")
    assert papers.unmet("outcome_fits_findings") is None  # has_panel_decision asks for a decision
    decision = papers.decision(members, outcome=outcome)
    for one, result in zip(alleged, results, strict=True):
        papers.finding(one, result, panel_decision=decision)
    assert (papers.unmet("outcome_fits_findings") is None) == fits


def test_a_further_reason_belongs_to_out_of_scope_only() -> None:
    given = {"sub_reason": "not_online"}
    assert Papers().unmet("outcome_fits_path", outcome="no_breach", **given)
    assert Papers().unmet("outcome_fits_path", outcome="out_of_scope", **given) is None


def test_whoever_finished_it_does_not_reopen_it() -> None:  # X9
    papers = Papers(state="closed")
    papers.case.closed_by = HANDLER
    assert papers.unmet("reopener_is_not_closer", person=HANDLER)
    assert papers.unmet("reopener_is_not_closer", person=SOMEBODY) is None


@pytest.mark.parametrize("answer", ["possible", "conflicted", "excluded", None])
def test_whoever_reopens_declared_since_it_was_finished(answer: str | None) -> None:
    papers = Papers()
    papers.stands(SOMEBODY, "officer", "none")
    papers.add("conflict-declarations", by=SOMEBODY, answer="none")
    papers.step("close_after_review", "closed")
    assert papers.unmet("reopener_is_clear", person=SOMEBODY)
    papers.add("conflict-declarations", by=HANDLER, answer="none")
    assert papers.unmet("reopener_is_clear", person=SOMEBODY)
    papers.add("conflict-declarations", by=SOMEBODY, answer="none")
    assert papers.unmet("reopener_is_clear", person=SOMEBODY) is None
    papers.stands(SOMEBODY, "officer", answer)
    assert papers.unmet("reopener_is_clear", person=SOMEBODY)
