"""Every condition of the procedure on a case file: what leaves it open and what meets it."""

import ast
from pathlib import Path

import pytest

from app.cases.guards import GUARDS
from tests.branch import library
from tests.cases.papers import HANDLER, SOMEBODY, Papers


@pytest.mark.parametrize("answer", ["none", "cleared", "not_asked"])
def test_handler_is_clear(answer: str) -> None:
    papers = Papers()
    papers.stands(HANDLER, "handler", answer)
    assert papers.unmet("handler_is_clear") is None


@pytest.mark.parametrize("answer", [None, "possible", "conflicted", "excluded", "involved"])
def test_handler_is_not_clear(answer: str | None) -> None:
    papers = Papers()
    assert papers.unmet("handler_is_clear")
    papers.stands(HANDLER, "handler", answer)
    papers.stands(SOMEBODY, "officer", "none")
    said = papers.unmet("handler_is_clear", person=SOMEBODY)
    assert said is not None
    assert ("Another officer" in said) == (answer == "possible")
    papers.case.handler_id = None
    assert papers.unmet("handler_is_clear")


@pytest.mark.parametrize(
    ("condition", "kind"),
    [
        ("acknowledged_or_impossible", "acknowledgements"),
        ("risks_answered", "risks"),
        ("scope_noted", "scope-notes"),
        ("has_allegation_or_reason", "allegations"),
        ("review_recommends_referral", "review-notes"),
    ],
)
def test_a_record_of_its_kind_is_asked_for(condition: str, kind: str) -> None:
    papers = Papers()
    papers.add("notes", text="Another kind of record.", audience="everyone")
    assert papers.unmet(condition)
    papers.add(kind, clause="3.1", recommends="refer")
    assert papers.unmet(condition) is None


def test_guidance_is_set_by_the_newest_scope_note_where_none_was_in_force() -> None:
    assert Papers().unmet("guidance_version_set") is None
    papers = Papers(guidance=False)
    assert papers.unmet("guidance_version_set")
    note = papers.add("scope-notes", in_scope="yes", guidance_version="use-of-social-media-2014")
    assert papers.unmet("guidance_version_set") is None
    papers.add("scope-notes", in_scope="yes", replaces=note)
    assert papers.unmet("guidance_version_set")


def test_nothing_alleged_needs_a_reason_in_the_newest_scope_note() -> None:
    papers = Papers()
    note = papers.add("scope-notes", in_scope="no")
    assert papers.unmet("has_allegation_or_reason")
    better = papers.add("scope-notes", in_scope="no", no_allegation_reason="No one is named.", replaces=note)
    assert papers.unmet("has_allegation_or_reason") is None
    papers.add("scope-notes", in_scope="no", replaces=better)
    assert papers.unmet("has_allegation_or_reason")


def test_section_2_alone_is_never_referred() -> None:  # X11
    clauses = library().default(), Papers().guidance
    assert clauses[1] is not None
    codes = list(clauses[1].clauses)
    assert len(codes) == 18
    for code in codes:
        papers = Papers()
        papers.alleged(code)
        assert bool(papers.unmet("has_referable_allegation")) == code.startswith("2."), code
    together = Papers()
    for code in codes:
        if code.startswith("2."):
            together.alleged(code)
    assert together.unmet("has_referable_allegation")
    assert Papers().unmet("has_referable_allegation")


def test_a_corrected_clause_counts_and_not_the_one_before() -> None:
    papers = Papers()
    member = papers.member()
    first = papers.alleged("3.1", member)
    papers.alleged("2.2", member, replaces=first)
    assert papers.unmet("has_referable_allegation")


@pytest.mark.parametrize(
    "change",
    [
        {"identified": "account_only"},
        {"identified": "unknown"},
        {"name": ""},
        {"member_then": "no"},
        {"member_then": "unknown"},
        {"role": "witness"},
    ],
)
def test_respondent_must_be_a_named_member(change: dict[str, str]) -> None:  # X11
    papers = Papers()
    assert papers.unmet("respondent_is_named_member")
    papers.alleged("3.1", papers.member())
    assert papers.unmet("respondent_is_named_member") is None
    stranger = papers.member(**change)
    papers.alleged("3.1", stranger)
    assert papers.unmet("respondent_is_named_member")
    papers.member(replaces=stranger)
    assert papers.unmet("respondent_is_named_member") is None


def test_every_allegation_is_put_in_a_notice() -> None:
    papers = Papers()
    one, two = papers.alleged("3.1"), papers.alleged("3.4")
    notice = papers.notice(one)
    assert "3.4" in str(papers.unmet("every_allegation_was_put"))
    papers.notice(two)
    assert papers.unmet("every_allegation_was_put") is None
    papers.notice(two, replaces=notice)
    assert "3.1" in str(papers.unmet("every_allegation_was_put"))


def test_a_notice_names_the_allegation_through_its_corrections() -> None:
    papers = Papers()
    member = papers.member()
    first = papers.alleged("3.1", member)
    papers.notice(first)
    second = papers.alleged("3.1", member, replaces=first)
    assert papers.unmet("every_allegation_was_put") is None
    papers.alleged("3.1", member, replaces=second, conduct="  a\n POST. ", happened="On Monday")
    assert papers.unmet("every_allegation_was_put") is None  # case and line breaks are not what is alleged


@pytest.mark.parametrize(
    "change",
    [{"clause": "3.2a"}, {"gross": "yes"}, {"respondent": "another"}, {"conduct": "Another post."}],
)
def test_a_correction_that_changes_what_is_alleged_is_put_anew(change: dict[str, str]) -> None:  # X20
    papers = Papers()
    first = papers.alleged("3.1")
    papers.reply(papers.notice(first))
    if "respondent" in change:
        change = {"respondent": papers.member()}
    corrected = papers.alleged(**{"clause": "3.1", "replaces": first} | change)
    assert papers.unmet("every_allegation_was_put")
    assert papers.unmet("reply_or_time_passed")
    papers.reply(papers.notice(corrected))
    assert papers.unmet("every_allegation_was_put") is None
    assert papers.unmet("reply_or_time_passed") is None


@pytest.mark.parametrize("condition", ["every_allegation_was_put", "reply_or_time_passed"])
def test_an_allegation_after_the_reply_needs_its_own_notice(condition: str) -> None:  # X20
    papers = Papers()
    papers.reply(papers.notice(papers.alleged()))
    assert papers.unmet(condition) is None
    papers.alleged("3.4")
    assert papers.unmet(condition)


def test_a_notice_corrected_after_the_reply_does_not_put_something_new() -> None:  # X20
    papers = Papers()
    one = papers.alleged("3.1")
    notice = papers.notice(one)
    reply = papers.reply(notice)
    corrected = papers.notice(one, papers.alleged("3.4"), replaces=notice)
    papers.reply(notice, replaces=reply)
    assert papers.unmet("reply_or_time_passed")
    papers.reply(corrected)
    assert papers.unmet("reply_or_time_passed") is None


def test_a_reply_stays_one_through_corrections_of_notice_and_reply() -> None:
    papers = Papers()
    one = papers.alleged("3.1")
    notice = papers.notice(one)
    reply = papers.reply(notice)
    papers.notice(one, replaces=notice, how="post")
    papers.reply(notice, replaces=reply)
    assert papers.unmet("reply_or_time_passed") is None


@pytest.mark.parametrize(
    ("how", "sent", "reply_by", "last_day", "day_after"),
    [
        ("email", "2026-03-02", "2026-03-16", "2026-03-16", "2026-03-17"),
        ("email", "2026-03-02", "2026-03-05", "2026-03-16", "2026-03-17"),
        ("email", "2026-03-02", "2026-03-30", "2026-03-30", "2026-03-31"),
        ("post", "2026-03-02", "2026-03-16", "2026-03-18", "2026-03-19"),
        ("post", "2026-03-06", "2026-03-20", "2026-03-24", "2026-03-25"),
        ("post", "2026-04-02", "2026-04-16", "2026-04-22", "2026-04-23"),
    ],
    ids=["14 days", "earlier date", "later date", "post", "post over a weekend", "post over Easter"],
)
def test_fourteen_days_and_a_reminder(how: str, sent: str, reply_by: str, last_day: str, day_after: str) -> None:
    papers = Papers()
    notice = papers.notice(papers.alleged(), sent=sent, reply_by=reply_by, how=how)
    assert papers.on("2027-01-01").unmet("reply_or_time_passed")
    papers.reminder(notice)
    assert papers.on(last_day).unmet("reply_or_time_passed")
    assert papers.on(day_after).unmet("reply_or_time_passed") is None


def test_a_reminder_of_another_notice_does_not_count() -> None:
    papers = Papers()
    one, two = papers.alleged("3.1"), papers.alleged("3.4")
    papers.notice(one)
    papers.reminder(papers.notice(two))
    assert papers.on("2027-01-01").unmet("reply_or_time_passed")


@pytest.mark.parametrize("recommends", ["close", "informal"])
def test_the_newest_review_note_recommends_the_panel(recommends: str) -> None:
    papers = Papers()
    papers.add("review-notes", recommends="refer")
    papers.add("review-notes", recommends=recommends)
    assert papers.unmet("review_recommends_referral")


@pytest.mark.parametrize(("step", "state"), [("refer_back", "referred"), ("reopen", "closed")])
def test_review_note_and_findings_must_be_new_after(step: str, state: str) -> None:
    papers = Papers()
    allegation = papers.alleged()
    papers.add("review-notes", recommends="refer")
    papers.finding(allegation)
    assert papers.unmet("every_allegation_has_result") is None
    papers.case.state = state
    papers.step(step, "under_review")
    assert papers.unmet("review_recommends_referral")
    assert papers.unmet("every_allegation_has_result")
    papers.add("review-notes", recommends="refer")
    papers.finding(allegation)
    assert papers.unmet("review_recommends_referral") is None
    assert papers.unmet("every_allegation_has_result") is None


def test_a_wish_to_withdraw_waits_for_a_decision_on_it() -> None:
    papers = Papers()
    assert papers.unmet("no_open_withdrawal") is None
    wish = papers.add("withdrawal-requests")
    assert papers.unmet("no_open_withdrawal")
    assert papers.unmet("outcome_fits_path", outcome="withdrawn")
    again = papers.add("withdrawal-requests", replaces=wish)
    decision = papers.add("withdrawal-decisions", request=wish, decision="go_on")
    assert papers.unmet("no_open_withdrawal") is None  # of the corrected wish too
    assert papers.unmet("outcome_fits_path", outcome="withdrawn")
    papers.add("withdrawal-decisions", request=again, decision="stop", replaces=decision)
    assert papers.unmet("no_open_withdrawal")
    assert papers.unmet("outcome_fits_path", outcome="withdrawn") is None
    papers.add("withdrawal-requests")
    assert papers.unmet("no_open_withdrawal")
    assert papers.unmet("outcome_fits_path", outcome="withdrawn")


def test_what_was_stopped_goes_to_no_panel_until_it_goes_on() -> None:
    papers = Papers()
    wish = papers.add("withdrawal-requests")
    papers.add("withdrawal-decisions", request=wish, decision="stop")
    said = "You decided to stop, as was wished: finish it without a panel, or record a decision to go on and why"
    assert papers.unmet("no_open_withdrawal") == said
    papers.add("withdrawal-decisions", request=wish, decision="go_on")
    assert papers.unmet("no_open_withdrawal") is None
    papers.add("withdrawal-decisions", request=papers.add("withdrawal-requests"), decision="stop")
    assert papers.unmet("no_open_withdrawal") == said  # the newest wish counts


def test_every_condition_is_named_in_the_tests() -> None:
    folder = Path(__file__).parent
    others = ("evidence_rules", "pauses_and_lateness", "considered")
    files = [*folder.glob("test_guards*.py"), *(folder / f"test_{name}.py" for name in others)]
    strings = {n.value for f in files for n in ast.walk(ast.parse(f.read_text())) if isinstance(n, ast.Constant)}
    assert set(GUARDS) <= strings
