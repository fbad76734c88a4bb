"""Days left, pauses and reasons on the worklist and the case, in words; the reason is offered where it is missing."""

from tests.branch import AUDITOR, SECRETARY, Branch, in_days
from tests.web.conftest import Enter, shown

SAID = "I was ill for a week."


def late_case(branch: Branch) -> str:
    declared = {"answer": "none"}
    reference = branch.report(by=SECRETARY, received_on=in_days(-10), channel="letter", declaration=declared)
    branch.keep(SECRETARY, reference, "acknowledgements", how="impossible", reason="No address.")
    branch.keep(SECRETARY, reference, "risks", threat="no", child="no", vulnerable="no")
    return reference


def test_a_late_step_is_flagged_explained_in_place_and_then_goes_through(branch: Branch, enter: Enter) -> None:
    reference, officer = late_case(branch), enter(SECRETARY)
    assert "3 days late" in shown(officer.get("/cases").text)
    assert "reason given" not in shown(officer.get("/cases").text)
    page = officer.get(f"/cases/{reference}").text
    assert "ct-due--late" in page
    assert "is 3 days late (was due" in shown(page)
    assert f'href="/cases/{reference}/records/late-reasons/new"' in page
    assert "Record “Why a date was missed” first: “" in shown(page)
    refused = officer.post(f"/cases/{reference}/steps/acknowledge", data={"version": branch.case(reference).version})
    assert refused.status_code == 409
    assert "is 3 days late" in shown(refused.text)
    beside = refused.text.rpartition("</button>")[2]
    assert (
        f'<a class="govuk-link" href="/cases/{reference}/records/late-reasons/new">Record: why a date was missed</a>'
        in beside
    )
    form = officer.get(f"/cases/{reference}/records/late-reasons/new").text
    assert 'value="acknowledge"' in form
    assert 'value="decide"' not in form
    answers = {"version": branch.case(reference).version, "clock": "acknowledge", "reason": SAID}
    assert officer.post(f"/cases/{reference}/records/late-reasons/new", data=answers).status_code == 303
    assert ", reason given" in shown(officer.get("/cases").text)
    assert f"Late because: {SAID}" in shown(officer.get(f"/cases/{reference}").text)
    seen = shown(enter(AUDITOR).get(f"/cases/{reference}").text)
    assert "reason given" in seen.casefold()
    assert SAID not in seen
    dates = branch.client(AUDITOR).get(f"/api/v1/cases/{reference}/deadlines").json()["items"]
    assert [(one["reason_given"], one["reason"]) for one in dates if one["overdue"]] == [(True, None)]
    branch.act(SECRETARY, reference, "acknowledge")


def test_a_paused_case_waits_and_says_until_when(branch: Branch, enter: Enter) -> None:
    reference = branch.report()
    branch.acknowledged(reference)
    branch.under_review(reference)
    branch.found(reference)
    branch.keep(SECRETARY, reference, "pauses", reason="The police ask us to wait.", review_on=in_days(9))
    officer = enter(SECRETARY)
    page = officer.get(f"/cases/{reference}").text
    assert "Decide: stands still" in shown(page)
    assert "Stands still, from today; was due" in shown(page)
    assert "It is paused since" in shown(page)
    assert f"/cases/{reference}/records/resumptions/new" in page
    assert "Why a date was missed" not in page  # nothing is late
    listed = shown(officer.get("/cases").text)
    assert "Waiting for someone else" in listed
    assert "Look at the pause again" in listed
