"""Somebody who came of their own accord: one person, one set of letters, and no word that is meant for others."""

from typing import Any

from app.cases import reporter, respondent
from tests.branch import CLOSING, SECRETARY, Branch, in_days
from tests.cases.by_reply_code import notify
from tests.letters.correspondence import MEMBER, REPORTER, letters, named, safe, tick, write
from tests.postbox import Postbox

SELF: dict[str, Any] = {
    "kind": "self",
    "put_right": {"what": "I took it down.", "worked": "yes"},
    "reporter": REPORTER,
    "how_seen": None,
    "clauses": None,
    "respondent": None,
}
PARTS = {"role": "respondent", "identified": "named", "member_then": "yes"}
FOR_OTHERS = (
    *("Somebody has sent us", "somebody says happened", "a report", "Your report", "your report", "the report"),
    *("answer online", "everyone it concerns", "Victim Support", "reported this", "you think told us", "We do not say"),
    *("Did you send this report?", "Before that name is told", "whoever you think", "happens again"),
)


def under_review(branch: Branch) -> tuple[str, str, list[str]]:
    """A self report being looked into: the reference, the member, what is alleged."""
    reference = branch.report(**SELF)
    safe(branch, reference)
    branch.handed_over(reference, "in_person", name="acknowledgement")
    branch.act(SECRETARY, reference, "acknowledge")
    alleged = branch.under_review(reference)
    before = branch.rows(reference, "parties")[0]
    party = branch.keep(SECRETARY, reference, "parties", replaces=before.id, **PARTS, name=REPORTER["name"])
    return reference, party, alleged


def meant_for_others(text: str, but: tuple[str, ...] = ()) -> list[str]:
    return [words for words in FOR_OTHERS if words in text and words not in but]


def test_no_date_runs_for_telling_them_what_they_told_us(shared_branch: Branch) -> None:
    def running(reference: str) -> set[str]:
        found = shared_branch.client(SECRETARY).get(f"/api/v1/cases/{reference}/deadlines").json()["items"]
        return {one["clock"] for one in found}

    ours, theirs = shared_branch.report(**SELF), shared_branch.report(reporter=REPORTER)
    for one in (ours, theirs):
        safe(shared_branch, one)
    assert "tell_respondent" in running(theirs)
    assert running(ours) == {"acknowledge"}


def test_no_letter_uses_words_meant_for_others(embedded: Branch) -> None:
    reference, party, alleged = under_review(embedded)
    notice, _ = notify(embedded, reference, party, alleged)
    embedded.keep(SECRETARY, reference, "reminders", notice=notice, sent_on=in_days(0), how="email")
    said = {"received_on": in_days(0), "text": "It was me.", "disputes_attribution": "no"}
    embedded.keep(SECRETARY, reference, "replies", notice=notice, **said)
    for name in ("update", "referral_to_respondent", "refer_back", "hearing_invitation", "reopening_reporter"):
        write(embedded, reference, name)
    embedded.closed(reference)
    found = {one["letter"]: one["text"] for one in letters(embedded, reference)}
    assert {"acknowledgement", "notice", "reminder", "update", "closing_self"} <= set(found)
    assert {name: meant_for_others(text) for name, text in found.items() if meant_for_others(text)} == {}
    assert "what you told us" in found["acknowledgement"]
    assert "write nothing more about it online" in found["acknowledgement"]
    assert found["notice"].startswith("# About what you told us\n")
    assert "we wrote to you about what you told us" in found["reminder"]
    assert "asked for your reply" not in found["reminder"]
    assert "at least seven days" not in found["referral_to_respondent"]  # nothing here sees to that
    assert "only what you were given and what you sent us" in found["referral_to_respondent"]


def test_somebody_else_in_it_reads_the_words_for_others(embedded: Branch) -> None:
    reference, _, _ = under_review(embedded)
    other = embedded.keep(SECRETARY, reference, "parties", **MEMBER, **PARTS)
    more = {"clause": "3.1", "conduct": "Joined in."}
    one = embedded.keep(SECRETARY, reference, "allegations", respondent=other, **more)
    notify(embedded, reference, other, [one])
    text = named(embedded, reference, "notice")["text"]
    assert "Somebody has sent us a report" in text
    assert "what you told us" not in text
    assert REPORTER["name"] not in text


def test_their_pages_use_no_words_meant_for_others(embedded: Branch, box: Postbox) -> None:
    reference, party, alleged = under_review(embedded)
    _, code = notify(embedded, reference, party, alleged)
    tick(embedded)
    client = embedded.client()
    for page, given in (("/my-report", embedded.codes[reference]), ("/my-reply", code)):
        client.post(page, data={"reference": reference, "code": given})
        text = client.get(page).text
        assert "Leave" in text
        assert meant_for_others(text, ("Your report", "your report", "Victim Support")) == [], page
    withdraw = client.get("/my-report/withdraw").text
    assert "your name is kept out of it" not in withdraw


def test_a_case_about_somebody_else_keeps_its_words(embedded: Branch) -> None:
    reference = embedded.at("under_review", reporter=REPORTER)
    own = reporter.read(embedded.home, reporter.by_code(embedded.home, embedded.codes[reference], "api"), "api")
    assert not own.about_self
    member, alleged = embedded.rows(reference, "parties")[0].id, [r.id for r in embedded.rows(reference, "allegations")]
    _, code = notify(embedded, reference, member, alleged)
    seen = respondent.read(embedded.home, respondent.by_code(embedded.home, code, "api"), "api")
    assert not seen.came_forward
    assert "Somebody has sent us a report" in named(embedded, reference, "notice")["text"]
    embedded.found(reference)
    embedded.act(SECRETARY, reference, "close_after_review", **CLOSING)
