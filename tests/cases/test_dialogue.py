"""Records of the dialogue with a reporter: what follows from each."""

from datetime import timedelta
from typing import Any

import pytest
from freezegun import freeze_time

from app import clock
from app.cases import door, reporter
from app.errors import Invalid, NotFound, WrongState
from tests.branch import CLOSING, SECRETARY, Branch, in_days
from tests.cases.by_code import NAMED, QUESTION, holder, own, send, unmet
from tests.shared_branch import embedded_branch, entry_ids, events_after, kept, shared_branch

__all__ = ["embedded_branch", "shared_branch"]


def test_a_wish_to_withdraw_moves_nothing_and_blocks_the_panel_until_decided(shared_branch: Branch) -> None:
    branch, reference = shared_branch, shared_branch.at("under_review", kind="target", clauses=None, how_seen=None)
    branch.keep(
        SECRETARY,
        reference,
        "influence-contacts",
        who="An elected member",
        happened_on=in_days(-1),
        how="telephone",
        to_whom="target",
        asked="To let it rest.",
    )
    wish = send(branch, reference, "withdrawal-requests", reason="I was rung up.")["id"]
    assert branch.case(reference).state == "under_review"
    assert unmet(branch, reference) >= {"no_open_withdrawal"}
    decided = branch.keep(
        SECRETARY, reference, "withdrawal-decisions", request=wish, decision="go_on", reasons="Pressed from outside."
    )
    assert decided
    assert "no_open_withdrawal" not in unmet(branch, reference)
    send(branch, reference, "withdrawal-requests")
    assert "no_open_withdrawal" in unmet(branch, reference)
    assert branch.case(reference).state == "under_review"


def test_withdrawn_is_an_outcome_only_after_a_decision_to_stop(embedded_branch: Branch) -> None:
    branch, reference = embedded_branch, embedded_branch.at("under_review")
    branch.found(reference, "not_assessed")
    closing = {**CLOSING, "outcome": "withdrawn"}
    with pytest.raises(Exception, match="wish to withdraw"):
        branch.act(SECRETARY, reference, "close_after_review", **closing)
    wish = branch.keep(SECRETARY, reference, "withdrawal-requests", how="telephone", received_on=in_days(0))
    asked = {"request": wish, "reasons": "Nobody else is at risk."}
    branch.keep(SECRETARY, reference, "withdrawal-decisions", decision="go_on", **asked)
    with pytest.raises(Exception, match="wish to withdraw"):
        branch.act(SECRETARY, reference, "close_after_review", **closing)
    branch.keep(SECRETARY, reference, "withdrawal-decisions", decision="stop", **asked)
    branch.act(SECRETARY, reference, "close_after_review", **closing)
    assert branch.case(reference).outcome == "withdrawn"


def test_too_late_to_withdraw_says_nothing_of_the_case(embedded_branch: Branch) -> None:
    reference = embedded_branch.at("closed")
    with pytest.raises(WrongState) as late:
        send(embedded_branch, reference, "withdrawal-requests")
    assert all(word not in late.value.detail for word in ("Finished", "panel", "closed"))


def test_a_message_to_the_reporter_begins_the_28_days_anew_and_one_from_them_does_not(shared_branch: Branch) -> None:
    branch = shared_branch
    reference = branch.at("acknowledged")
    first = own(branch, reference).next_update_on
    assert first == clock.today() + timedelta(days=28)
    with freeze_time(clock.now() + timedelta(days=20)):
        send(branch, reference, **QUESTION)
        assert own(branch, reference).next_update_on == first
        branch.keep(SECRETARY, reference, "messages", kind="update", text="We are still working on it.")
        assert own(branch, reference).next_update_on == clock.today() + timedelta(days=28)


def test_a_reply_on_their_own_page_is_written_with_its_record(shared_branch: Branch) -> None:
    branch, reference = shared_branch, shared_branch.report()
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="none")
    own_page = {"how": "own_page", "sent_on": in_days(0)}
    with pytest.raises(Invalid):
        branch.keep(SECRETARY, reference, "acknowledgements", **own_page)
    with pytest.raises(Invalid):
        branch.keep(SECRETARY, reference, "acknowledgements", how="email", sent_on=in_days(0), message="Thank you.")
    known = entry_ids(branch)
    branch.keep(SECRETARY, reference, "acknowledgements", **own_page, message="Thank you for telling us.")
    assert events_after(branch, known) == ["record_added", "record_added"]
    seen = own(branch, reference)
    assert [(one.mine, one.text) for one in seen.messages] == [(False, "Thank you for telling us.")]
    assert seen.written_on == clock.today()
    kept_once = branch.rows(reference, "acknowledgements")[0].id
    again = {**own_page, "message": "Thank you for telling us.", "replaces": kept_once}
    branch.keep(SECRETARY, reference, "acknowledgements", **again)  # corrected, not sent again
    branch.keep(SECRETARY, reference, "acknowledgements", **own_page)  # one stands there by now
    assert len(own(branch, reference).messages) == 1


def test_a_new_code_ends_the_old_one_and_its_sessions(shared_branch: Branch) -> None:
    branch, reference = shared_branch, shared_branch.report(**NAMED)
    old = branch.codes[reference]
    token = reporter.enter(branch.home, old, reference, None)
    before = holder(branch, reference)
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="none")
    asked = {"checked": "telephone", "basis": "Rung back; they knew the third post."}
    renew = (branch.home, branch.viewer(SECRETARY), reference, "code-reissues", asked, None, "api", "key")
    answer = door.add_record(*renew)
    assert door.add_record(*renew) == answer  # shown again to whoever sends it twice, and not renewed twice
    branch.codes[reference] = answer["access_code"]
    assert answer["access_code"] != old
    assert own(branch, reference).reference == reference
    assert reporter.by_session(branch.home, token) is None
    with pytest.raises(NotFound):
        reporter.by_code(branch.home, old, "api")
    with pytest.raises(NotFound):
        door.add_record_by_code(branch.home, before, "messages", QUESTION, "api")
    assert all(old not in entry.entry.decode("latin-1") for entry in branch.entries(reference))


@pytest.mark.parametrize("told", [{}, {"reporter": {"is_member": "yes"}}])
def test_an_anonymous_code_is_never_replaced(embedded_branch: Branch, told: dict[str, Any]) -> None:
    branch, reference = embedded_branch, embedded_branch.report(**told)
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="none")
    before = kept(branch, reference)
    with pytest.raises(Invalid, match="without a name"):
        branch.keep(SECRETARY, reference, "code-reissues", checked="known", basis="They say so.")
    assert kept(branch, reference) == before
    assert not own(branch, reference).named


def test_that_the_report_is_theirs_is_confirmed_by_either_side(embedded_branch: Branch) -> None:
    branch, reference = embedded_branch, embedded_branch.at("acknowledged", **NAMED)
    assert own(branch, reference).confirmed is None
    send(branch, reference, "report-confirmations", confirmed="no")
    assert own(branch, reference).confirmed == "no"
    branch.keep(SECRETARY, reference, "report-confirmations", confirmed="yes", how="in_person", basis="I know them.")
    assert own(branch, reference).confirmed == "yes"
    with pytest.raises(Invalid):
        branch.keep(SECRETARY, reference, "report-confirmations", confirmed="yes")
