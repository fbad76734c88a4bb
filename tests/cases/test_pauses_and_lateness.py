"""A pause stops the clocks and the ways out; a late step asks for a reason; time by itself moves nothing (X14)."""

from datetime import date
from typing import Any

import pytest
from freezegun import freeze_time

from app.cases import deadlines, door, queries
from app.errors import Invalid, Refused
from tests.branch import CLOSING, REFERRAL, SECRETARY, Branch, in_days
from tests.shared_branch import embedded_branch, kept, shared_branch

__all__ = ["embedded_branch", "shared_branch"]
START = "2026-03-02 12:00"
"""A Monday. From here: reply by 9 March, decide by 2 June, write to the reporter by 30 March."""


def under_review(branch: Branch) -> str:
    reference = branch.report()
    branch.acknowledged(reference)
    branch.under_review(reference)
    branch.found(reference)
    return reference


def pause(branch: Branch, reference: str, review_on: str = "2026-03-20", **more: Any) -> str:
    return branch.keep(SECRETARY, reference, "pauses", reason="The police ask us to wait.", review_on=review_on, **more)


def dates(branch: Branch, reference: str) -> dict[str, dict[str, Any]]:
    found = door.read_case(
        branch.home, branch.viewer(SECRETARY), reference, "api", lambda _, desk: queries.deadlines_json(desk)
    )
    return {one["clock"]: one for one in found}


def refused(branch: Branch, reference: str, trigger: str, **inputs: Any) -> dict[str, str]:
    with pytest.raises(Refused) as caught:
        branch.act(SECRETARY, reference, trigger, **inputs)
    return {one.condition: one.message for one in caught.value.unmet}


def test_a_pause_blocks_the_ways_out_until_it_ends(shared_branch: Branch) -> None:
    with freeze_time(START) as frozen:
        reference = under_review(shared_branch)
        held = pause(shared_branch, reference)
        before = kept(shared_branch, reference)
        frozen.move_to("2026-03-10 12:00")
        unmet = refused(shared_branch, reference, "close_after_review", **CLOSING)
        said = "It is paused since 2 March, to be looked at on 20 March: record first that it goes on"
        assert unmet == {"not_paused": said}
        assert "not_paused" in refused(shared_branch, reference, "refer", **REFERRAL)
        assert kept(shared_branch, reference) == before
        shared_branch.keep(SECRETARY, reference, "resumptions", pause=held, reason="They are done.")
        shared_branch.act(SECRETARY, reference, "close_after_review", **CLOSING)
        assert shared_branch.case(reference).state == "closed"


def test_the_panels_decision_waits_for_the_end_of_a_pause(embedded_branch: Branch) -> None:
    reference = under_review(embedded_branch)
    embedded_branch.referred(reference)
    embedded_branch.decided(reference)
    held = embedded_branch.keep(SECRETARY, reference, "pauses", reason="A hearing elsewhere.", review_on=in_days(0))
    unmet = refused(embedded_branch, reference, "close_after_panel", reasons="The panel's.")
    assert list(unmet) == ["not_paused"]
    embedded_branch.keep(SECRETARY, reference, "resumptions", pause=held, reason="It is over.")
    embedded_branch.act(SECRETARY, reference, "close_after_panel", reasons="The panel's.")


def test_paused_days_move_the_date_and_both_dates_stay_visible(shared_branch: Branch) -> None:
    with freeze_time(START) as frozen:
        reference = under_review(shared_branch)
        assert dates(shared_branch, reference)["decide"]["due_on"] == "2026-06-02"
        held = pause(shared_branch, reference)
        assert shared_branch.case(reference).next_due_clock == "pause_review"
        frozen.move_to("2026-03-14 12:00")
        paused = dates(shared_branch, reference)
        assert paused["decide"]["pause"] == "Stands still, paused for 12 days so far; was due 2 June"
        assert paused["update_reporter"]["paused_days"] == 0  # the person who told us still hears from us
        shared_branch.keep(SECRETARY, reference, "resumptions", pause=held, reason="They are done.")
        frozen.move_to("2026-03-20 12:00")
        after = dates(shared_branch, reference)
        decide = after["decide"]
        assert (decide["due_on"], decide["first_due_on"], decide["paused_days"]) == ("2026-06-14", "2026-06-02", 12)
        assert decide["pause"] == "Paused for 12 days; due 14 June instead of 2 June"
        assert "pause_review" not in after
        assert shared_branch.case(reference).next_due_clock == "update_reporter"


def test_two_pauses_add_up_and_a_correction_moves_only_the_review(embedded_branch: Branch) -> None:
    with freeze_time(START) as frozen:
        reference = under_review(embedded_branch)
        first = pause(embedded_branch, reference)
        frozen.move_to("2026-03-05 12:00")
        pause(embedded_branch, reference, "2026-04-01", replaces=first)
        assert embedded_branch.case(reference).next_due_on == date(2026, 3, 30)  # the update comes first
        embedded_branch.keep(SECRETARY, reference, "resumptions", pause=first, reason="They are done.")
        second = pause(embedded_branch, reference)
        frozen.move_to("2026-03-06 00:30")
        embedded_branch.keep(SECRETARY, reference, "resumptions", pause=second, reason="They are done.")
        assert dates(embedded_branch, reference)["decide"]["paused_days"] == 3 + 1


def test_what_no_pause_can_be_is_refused_and_nothing_is_kept(shared_branch: Branch) -> None:
    with freeze_time(START):
        reference = under_review(shared_branch)
        first = pause(shared_branch, reference)
        before = kept(shared_branch, reference)
        with pytest.raises(Invalid):
            pause(shared_branch, reference)
        with pytest.raises(Invalid):
            pause(shared_branch, reference, "2026-03-01", replaces=first)
        assert kept(shared_branch, reference) == before
        ended = shared_branch.keep(SECRETARY, reference, "resumptions", pause=first, reason="They are done.")
        before = kept(shared_branch, reference)
        with pytest.raises(Invalid):
            shared_branch.keep(SECRETARY, reference, "resumptions", pause=first, reason="Again.")
        with pytest.raises(Invalid):
            pause(shared_branch, reference, replaces=first)
        assert kept(shared_branch, reference) == before
        shared_branch.keep(SECRETARY, reference, "resumptions", pause=first, reason="In other words.", replaces=ended)


def test_a_late_step_asks_why_and_says_how_late(shared_branch: Branch) -> None:
    with freeze_time(START) as frozen:
        reference = shared_branch.report()
        shared_branch.keep(SECRETARY, reference, "conflict-declarations", answer="none")
        shared_branch.keep(SECRETARY, reference, "acknowledgements", how="impossible", reason="No address.")
        shared_branch.keep(SECRETARY, reference, "risks", threat="no", child="no", vulnerable="no")
        with pytest.raises(Invalid):  # not late yet
            shared_branch.keep(SECRETARY, reference, "late-reasons", clock="acknowledge", reason="I was ill.")
        frozen.move_to("2026-03-12 12:00")
        before = kept(shared_branch, reference)
        said = (
            "Record “Why a date was missed” first: “Reply to the person who told us” is 3 days late (was due 9 March)"
        )
        assert refused(shared_branch, reference, "acknowledge") == {"late_step_explained": said}
        assert kept(shared_branch, reference) == before
        shared_branch.keep(SECRETARY, reference, "late-reasons", clock="acknowledge", reason="I was ill.")
        late = dates(shared_branch, reference)["acknowledge"]
        assert (late["late_days"], late["reason_given"], late["reason"]) == (3, True, "I was ill.")
        shared_branch.act(SECRETARY, reference, "acknowledge")
        said = shared_branch.rows(reference, "late-reasons")[0].id
        corrected = {"reason": "I was ill, and so was the deputy.", "replaces": said}
        with pytest.raises(Invalid):
            shared_branch.keep(SECRETARY, reference, "late-reasons", clock="decide", **corrected)
        shared_branch.keep(SECRETARY, reference, "late-reasons", clock="acknowledge", **corrected)


def test_a_step_on_the_last_day_asks_nothing(embedded_branch: Branch) -> None:
    with freeze_time(START) as frozen:
        reference = embedded_branch.report()
        frozen.move_to("2026-03-09 23:59")
        embedded_branch.acknowledged(reference)


def test_only_what_ends_with_the_step_is_asked_about(embedded_branch: Branch) -> None:
    with freeze_time(START) as frozen:
        reference = embedded_branch.report()
        embedded_branch.acknowledged(reference)
        frozen.move_to("2026-04-08 12:00")  # telling the member is late, and goes on being due under review
        unmet = embedded_branch_begins(embedded_branch, reference)
        assert "Begin looking into it" in unmet
        assert "Tell the member" not in unmet
        embedded_branch.keep(SECRETARY, reference, "late-reasons", clock="begin_review", reason="I was ill.")
        embedded_branch.act(SECRETARY, reference, "begin_review")
        embedded_branch.found(reference)
        unmet = refused(embedded_branch, reference, "close_after_review", **CLOSING)["late_step_explained"]
        assert "Tell the member" in unmet
        for clock in ("tell_respondent", "update_reporter"):
            assert clock in dates(embedded_branch, reference)
            embedded_branch.keep(SECRETARY, reference, "late-reasons", clock=clock, reason="I was ill.")
        embedded_branch.act(SECRETARY, reference, "close_after_review", **CLOSING)


def embedded_branch_begins(branch: Branch, reference: str) -> str:
    with pytest.raises(Refused) as caught:
        branch.under_review(reference)
    return next(one.message for one in caught.value.unmet if one.condition == "late_step_explained")


def test_a_notice_ends_the_date_for_telling_the_member(embedded_branch: Branch) -> None:
    with freeze_time(START):
        reference = under_review(embedded_branch)
        assert "tell_respondent" in dates(embedded_branch, reference)
        embedded_branch.heard(reference)
        assert "tell_respondent" not in dates(embedded_branch, reference)


def test_time_alone_moves_nothing(shared_branch: Branch) -> None:
    with freeze_time(START) as frozen:
        reference = under_review(shared_branch)
        pause(shared_branch, reference)
        before, entries = kept(shared_branch, reference), len(shared_branch.entries(reference))
        frozen.move_to("2027-03-02 12:00")
        shown = dates(shared_branch, reference)
        assert shown["pause_review"]["overdue"]
        assert shown["update_reporter"]["overdue"]
        after = kept(shared_branch, reference)
        assert after == before
        assert len(shared_branch.entries(reference)) == entries + 1  # it was opened to read


def test_a_closure_day_added_later_moves_no_date_that_was_set(shared_branch: Branch) -> None:
    from app.audit.log import SYSTEM
    from app.cases import closures

    with freeze_time(START):
        first, second = shared_branch.report(), shared_branch.report()
        shared_branch.acknowledged(first)
        set_before = dates(shared_branch, first)["begin_review"]
        with shared_branch.home.db.write() as session:
            answers = {"day": "2026-03-11", "what": "closed", "why": "The office moves."}
            closures.record(session, shared_branch.home, answers, actor=SYSTEM, via="cli")
        shared_branch.acknowledged(second)
        set_after = dates(shared_branch, second)["begin_review"]
        assert dates(shared_branch, first)["begin_review"] == set_before
        assert (set_before["due_on"], set_after["due_on"]) == ("2026-03-16", "2026-03-17")
        assert set_after["how"] == "10 working days from 2 March, skipping the branch's closure on 11 March"
        with shared_branch.home.db.write() as session:
            closures.record(session, shared_branch.home, answers | {"what": "open"}, actor=SYSTEM, via="cli")
            assert closures.closed_days(session) == {}
        assert dates(shared_branch, second)["begin_review"] == set_after


def test_what_the_file_says_is_what_the_database_says(embedded_branch: Branch) -> None:
    with freeze_time(START):
        reference = under_review(embedded_branch)
        pause(embedded_branch, reference)

        def both(session: Any, desk: Any) -> tuple[Any, Any]:
            by_query = deadlines.running(session, desk.file.workflow, desk.case, desk.case.state)
            return deadlines.of_file(desk.file), by_query

        opened, asked = door.read_case(embedded_branch.home, embedded_branch.viewer(SECRETARY), reference, "api", both)
        assert opened == asked
        assert {one.clock for one in opened} == {"tell_respondent", "decide", "update_reporter", "pause_review"}
