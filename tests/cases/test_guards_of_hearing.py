"""Conditions about hearing the member: who posted it, whether a name may be told, more time, notices that came back."""

from typing import Any

import pytest

from tests.cases.papers import Papers

AFTER = "2027-01-01"
NAMED = {"role": "reporter", "name": "Ward treasurer (example)", "identified": "named", "member_then": "yes"}


def disputed(papers: Papers, *clauses: str, **more: Any) -> list[str]:
    """What was alleged against one member, who says that it was somebody else."""
    alleged = [papers.alleged(clause) for clause in clauses or ("3.1",)]
    papers.reply(papers.notice(*alleged), disputes_attribution="yes", **more)
    return alleged


def settle(papers: Papers, finding: str, **more: Any) -> str:
    """Who posted it, as the handler found."""
    said = {"respondent": papers.somebody, "basis": "The notice of a log-in at 03:12.", "reasons": "More likely."}
    return papers.add("attributions", finding=finding, **(said | more))


def test_who_posted_it_needs_settling_only_once_it_is_disputed() -> None:
    papers = Papers()
    assert papers.unmet("attribution_is_settled") is None
    papers.reply(papers.notice(papers.alleged()), disputes_attribution="no")
    assert papers.unmet("attribution_is_settled") is None
    papers.reply(papers.notice(papers.alleged("3.4")), disputes_attribution="yes")
    assert papers.unmet("attribution_is_settled") == "Settle who posted it"


@pytest.mark.parametrize("finding", ["not_theirs", "hacked", "parody", "unclear"])
def test_nothing_goes_to_the_panel_that_was_not_the_members(finding: str) -> None:  # case 6
    papers = Papers()
    disputed(papers)
    first = settle(papers, finding)
    assert "Settle who posted it" in str(papers.unmet("attribution_is_settled"))
    settle(papers, "theirs", replaces=first)
    assert papers.unmet("attribution_is_settled") is None


def test_a_finding_older_than_the_dispute_does_not_settle_it() -> None:
    papers = Papers()
    papers.somebody = papers.member()
    settle(papers, "theirs")
    alleged = disputed(papers)
    assert papers.unmet("attribution_is_settled")
    settle(papers, "theirs")
    assert papers.unmet("attribution_is_settled") is None
    papers.reply(papers.notice(*alleged), disputes_attribution="yes")
    assert papers.unmet("attribution_is_settled")


def test_only_the_disputed_posts_must_be_settled_each_by_a_finding_that_covers_it() -> None:
    papers = Papers()
    one, two = papers.alleged("3.1"), papers.alleged("3.4")
    papers.reply(papers.notice(one, two), disputes_attribution="yes", not_posted=[two])
    settle(papers, "theirs", allegations=[one])
    assert papers.unmet("attribution_is_settled")
    settle(papers, "theirs", allegations=[two])
    assert papers.unmet("attribution_is_settled") is None
    settle(papers, "hacked", allegations=[one])
    assert papers.unmet("attribution_is_settled")  # what somebody else posted goes to no panel, disputed or not


def test_a_finding_about_another_member_settles_nothing() -> None:
    papers = Papers()
    disputed(papers)
    settle(papers, "theirs", respondent=papers.member(name="Somebody else"))
    assert papers.unmet("attribution_is_settled")


def test_a_reply_corrected_to_dispute_nothing_needs_no_finding() -> None:
    papers = Papers()
    notice = papers.notice(papers.alleged())
    reply = papers.reply(notice, disputes_attribution="yes")
    assert papers.unmet("attribution_is_settled")
    papers.reply(notice, disputes_attribution="no", replaces=reply)
    assert papers.unmet("attribution_is_settled") is None


def test_a_reopened_case_settles_anew_who_posted_it() -> None:
    papers = Papers()
    disputed(papers)
    settle(papers, "theirs")
    papers.step("close_after_review", "closed")
    papers.step("reopen", "under_review")
    assert papers.unmet("attribution_is_settled")
    settle(papers, "theirs")
    assert papers.unmet("attribution_is_settled") is None


def test_an_anonymous_report_has_no_name_to_decide_on() -> None:
    papers = Papers()
    papers.case.anonymous, papers.case.share_identity = True, "ask_me"
    papers.notice(papers.alleged())
    assert papers.unmet("identity_is_decided") is None
    papers.add("parties", **NAMED)
    assert papers.unmet("identity_is_decided")


def test_a_member_who_reports_themself_has_no_name_to_hide() -> None:
    papers = Papers(kind="self")
    papers.notice(papers.alleged())
    assert papers.unmet("identity_is_decided") is None


@pytest.mark.parametrize("wish", ["no", None])
def test_a_name_that_may_not_be_told_stays_withheld_without_a_decision(wish: str | None) -> None:
    papers = Papers()
    papers.case.share_identity = wish
    papers.notice(papers.alleged())
    assert papers.unmet("identity_is_decided") is None


def test_whether_the_name_is_told_is_decided_again_for_each_notice() -> None:
    papers = Papers()
    papers.case.share_identity = "ask_me"
    one = papers.alleged("3.1")
    papers.notice(one)
    assert "who reported it" in str(papers.unmet("identity_is_decided"))
    papers.add("identity-decisions", decision="withheld", reasons="They are afraid.")
    assert papers.unmet("identity_is_decided") is None
    second = papers.notice(papers.alleged("3.4"))
    assert papers.unmet("identity_is_decided") is None  # decided between the first and the second
    papers.notice(papers.alleged("3.4"), replaces=second)
    assert papers.unmet("identity_is_decided") is None
    papers.notice(papers.alleged("3.7a"))
    assert papers.unmet("identity_is_decided")
    papers.add("identity-decisions", decision="withheld", reasons="They are still afraid.")
    assert papers.unmet("identity_is_decided") is None


def test_notices_to_two_members_share_one_decision() -> None:
    papers = Papers()
    papers.add("identity-decisions", decision="withheld", reasons="They are afraid.")
    papers.notice(papers.alleged("3.1", papers.member()))
    papers.notice(papers.alleged("3.1", papers.member(name="Another (example)")))
    assert papers.unmet("identity_is_decided") is None


def ask(papers: Papers, notice: str, **more: str) -> str:
    """The member asks for more time."""
    said = {"requested_on": "2026-03-10", "until": "2026-03-30", "reason": "I am on shifts."}
    return papers.add("time-requests", notice=notice, **(said | more))


def test_a_request_for_more_time_is_no_reply_and_waits_for_an_answer() -> None:
    papers = Papers()
    notice = papers.notice(papers.alleged())
    assert papers.unmet("time_request_is_answered") is None
    request = ask(papers, notice)
    assert papers.unmet("time_request_is_answered") == "Answer the member, who asked for more time"
    papers.reminder(notice)
    assert papers.on(AFTER).unmet("reply_or_time_passed")
    papers.add("time-decisions", request=request, decision="refused", reason="Nothing is served by waiting.")
    assert papers.unmet("time_request_is_answered") is None
    assert papers.on("2026-03-16").unmet("reply_or_time_passed")
    assert papers.on("2026-03-17").unmet("reply_or_time_passed") is None


def test_more_time_moves_the_last_day_to_reply() -> None:
    papers = Papers()
    notice = papers.notice(papers.alleged())
    papers.reminder(notice)
    granted = {"decision": "granted", "reply_by": "2026-03-30", "reason": "Shifts."}
    papers.add("time-decisions", request=ask(papers, notice), **granted)
    assert papers.on("2026-03-30").unmet("reply_or_time_passed")
    assert papers.on("2026-03-31").unmet("reply_or_time_passed") is None


def test_more_time_is_never_less() -> None:
    papers = Papers()
    notice = papers.notice(papers.alleged())
    papers.reminder(notice)
    papers.add("time-decisions", request=ask(papers, notice), decision="granted", reply_by="2026-03-11", reason="-")
    assert papers.on("2026-03-16").unmet("reply_or_time_passed")


def test_a_notice_that_came_back_counts_for_nothing() -> None:
    papers = Papers()
    alleged = papers.alleged()
    notice = papers.notice(alleged, how="post")
    papers.reminder(notice)
    assert papers.unmet("every_allegation_was_put") is None
    assert papers.on(AFTER).unmet("reply_or_time_passed") is None
    papers.add("returned-mails", notice=notice, returned_on="2026-03-09")
    assert "3.1" in str(papers.unmet("every_allegation_was_put"))
    assert papers.on(AFTER).unmet("reply_or_time_passed")
    papers.notice(alleged, how="post", replaces=notice)  # a correction is not a letter that arrived
    assert papers.unmet("every_allegation_was_put")
    again = papers.notice(alleged, sent="2026-03-10", reply_by="2026-03-24")
    assert papers.unmet("every_allegation_was_put") is None
    assert papers.on(AFTER).unmet("reply_or_time_passed")
    papers.reply(again)
    assert papers.unmet("reply_or_time_passed") is None


def test_whoever_answered_a_notice_has_had_it() -> None:
    papers = Papers()
    notice = papers.notice(papers.alleged(), how="post")
    papers.add("returned-mails", notice=notice, returned_on="2026-03-09")
    papers.reply(notice)
    assert papers.unmet("every_allegation_was_put") is None
    assert papers.unmet("reply_or_time_passed") is None


def test_a_returned_mail_noted_for_the_wrong_notice_can_be_corrected() -> None:
    papers = Papers()
    one, two = papers.alleged("3.1"), papers.alleged("3.4")
    first, second = papers.notice(one), papers.notice(two)
    wrong = papers.add("returned-mails", notice=first, returned_on="2026-03-09")
    papers.add("returned-mails", notice=second, returned_on="2026-03-09", replaces=wrong)
    assert "3.4" in str(papers.unmet("every_allegation_was_put"))
    assert "3.1" not in str(papers.unmet("every_allegation_was_put"))
