"""What comes next, worked out from the file: the way to work towards, what it misses, whose turn it is."""

from datetime import timedelta

from freezegun import freeze_time

from app import clock
from app.cases import actions
from app.cases.agenda import Agenda, agenda, fillable
from tests.branch import DEPUTY, PANEL, SECRETARY, Branch, in_days


def plan(branch: Branch, reference: str, by: str = SECRETARY) -> Agenda:
    with branch.home.db.read() as session:
        return agenda(actions.sit_down(session, branch.home, branch.viewer(by), reference, "page", lock=False))


def offered(branch: Branch, reference: str, by: str = SECRETARY) -> list[str]:
    with branch.home.db.read() as session:
        desk = actions.sit_down(session, branch.home, branch.viewer(by), reference, "page", lock=False)
        return [kind.name for kind in fillable(desk)]


def first(branch: Branch, reference: str) -> tuple[str, list[str]]:
    main = plan(branch, reference).main
    assert main is not None
    return main.arrow.trigger, [kind.name for kind in main.first.kinds] if main.first else []


def test_the_first_missing_thing_is_offered_then_the_step(branch: Branch) -> None:
    reference = branch.report()
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="none")
    assert first(branch, reference) == ("acknowledge", ["acknowledgements"])
    branch.keep(SECRETARY, reference, "acknowledgements", how="impossible", reason="No address.")
    assert first(branch, reference) == ("acknowledge", ["risks"])
    branch.keep(SECRETARY, reference, "risks", threat="no", child="no", vulnerable="no")
    main = plan(branch, reference).main
    assert main is not None
    assert not main.missing


def test_what_must_be_there_first_is_offered_instead(branch: Branch) -> None:
    reference = branch.at("acknowledged")
    note = {"in_scope": "yes", "note": "A member.", "national_route": "not_needed"}
    branch.keep(SECRETARY, reference, "scope-notes", **note)
    assert first(branch, reference) == ("begin_review", ["parties", "scope-notes"])
    assert "allegations" not in offered(branch, reference)


def test_a_date_named_to_somebody_is_waited_for(branch: Branch) -> None:
    reference = branch.at("under_review")
    alleged = [row.id for row in branch.rows(reference, "allegations")]
    member = branch.rows(reference, "parties")[0].id
    today = clock.today()
    branch.keep(
        SECRETARY,
        reference,
        "notices",
        respondent=member,
        allegations=alleged,
        sent_on=today.isoformat(),
        how="email",
        reply_by=today.replace(year=today.year + 1).isoformat(),
    )
    assert first(branch, reference) == ("refer", ["notices"])  # its letter has not gone yet
    branch.handed_over(reference)
    main = plan(branch, reference).main
    assert main is not None
    reply = next(one for one in main.missing if one.condition == "reply_or_time_passed")
    assert reply.waiting
    assert reply.waits_until is not None
    assert reply.kinds[0].name == "replies"
    assert first(branch, reference) == ("refer", ["review-notes"])


def test_a_member_who_asked_for_more_time_is_answered_before_they_are_reminded(branch: Branch) -> None:
    reference = branch.at("under_review")
    branch.decided_on_name(reference)
    alleged = branch.rows(reference, "allegations")[0]
    dates = {"sent_on": in_days(-1), "reply_by": in_days(0), "how": "email", "told_affected_reason": "In a hurry."}
    to = {"respondent": alleged.plain["respondent"], "allegations": [alleged.id]}
    notice = branch.keep(SECRETARY, reference, "notices", **to, **dates)
    with freeze_time(clock.now() + timedelta(days=15)):
        assert first(branch, reference) == ("refer", ["reminders", "replies"])
        asked = {"requested_on": in_days(0), "until": in_days(7), "reason": "I was away."}
        branch.keep(SECRETARY, reference, "time-requests", notice=notice, **asked)
        assert first(branch, reference) == ("refer", ["time-decisions"])


def test_a_review_note_against_the_panel_turns_to_the_other_way(branch: Branch) -> None:
    reference = branch.at("under_review")
    branch.heard(reference)
    assert first(branch, reference)[0] == "refer"
    said = dict.fromkeys(("established", "not_established", "mitigation", "reasons"), "So.")
    branch.keep(SECRETARY, reference, "review-notes", recommends="close", **said)
    assert first(branch, reference) == ("close_after_review", ["findings"])


def test_a_reply_after_the_review_note_asks_for_another_note_and_rules_nothing_out(branch: Branch) -> None:
    reference = branch.at("under_review")
    branch.heard(reference)
    said = dict.fromkeys(("established", "not_established", "mitigation", "reasons"), "So.")
    branch.keep(SECRETARY, reference, "review-notes", recommends="refer", **said)
    notice = branch.rows(reference, "notices")[0].id
    assert first(branch, reference) == ("refer", ["panel"])
    again = {"received_on": in_days(0), "text": "One thing more.", "disputes_attribution": "no"}
    branch.keep(SECRETARY, reference, "replies", notice=notice, **again)
    assert first(branch, reference) == ("refer", ["review-notes"])


def test_the_way_back_is_never_the_next_thing(branch: Branch) -> None:
    reference = branch.at("referred")
    assert first(branch, reference) == ("close_after_panel", ["panel-decisions"])
    closed = branch.at("closed")
    assert plan(branch, closed).main is None
    assert plan(branch, reference, PANEL[0]).ways == ()


def test_a_card_offers_only_what_is_made_for_it(branch: Branch) -> None:
    reference = branch.report()
    assert offered(branch, reference) == ["conflict-declarations"]
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="possible")
    assert offered(branch, reference, DEPUTY) == ["conflict-declarations"]
    branch.keep(DEPUTY, reference, "conflict-declarations", answer="none")
    assert offered(branch, reference, DEPUTY) == ["conflict-declarations", "conflict-clearances"]
