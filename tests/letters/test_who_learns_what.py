"""Every letter there is, to everyone who may get it: nobody learns what is not meant for them (X17, X18)."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from app.cases import letter_door
from app.errors import Invalid
from tests.branch import CLOSING, DEPUTY, PANEL, REFERRAL, SECRETARY, Branch, in_days
from tests.letters.correspondence import MEMBER, REPORTER, do, drawn, letters, named, safe, tick, write
from tests.postbox import Postbox

WITNESS = {"name": "Unmistakable Witness", "email": "witness@example.net"}
OTHER_MEMBER = {"name": "Another Member", "email": "another@example.net"}
AFFECTED = {"name": "Unmistakable Affected", "email": "affected@example.net"}
SECRET = "A private note that no letter may hold."
CASE_FACTS = ("Ward organiser", "Unmistakable", "3.1", "3.2a", "messages at night", "Insulting", "proved")
PARTS = {"identified": "named", "member_then": "yes"}


def alleged(branch: Branch, kind: str, **more: Any) -> str:
    """A case under review with two members, a witness, an allegation about each member, and a notice to the first."""
    reference = branch.report(
        kind=kind,
        reporter=REPORTER,
        items=[{"platform": "Site", "posted_on": in_days(-3), "what": "messages at night"}],
        **{"how_seen": None, "clauses": None} if kind == "target" else {},
        **more,
    )
    safe(branch, reference)
    tick(branch)
    branch.act(SECRETARY, reference, "acknowledge")
    member = branch.keep(SECRETARY, reference, "parties", role="respondent", **MEMBER, **PARTS)
    other = branch.keep(SECRETARY, reference, "parties", role="respondent", **OTHER_MEMBER, **PARTS)
    branch.keep(SECRETARY, reference, "parties", role="witness", **WITNESS, **PARTS)
    branch.keep(SECRETARY, reference, "parties", role="target", **AFFECTED, **PARTS)
    for party, clause, conduct in ((member, "3.1", "Fourteen insults."), (other, "3.2a", "Joined in later.")):
        branch.keep(SECRETARY, reference, "allegations", clause=clause, respondent=party, conduct=conduct)
    branch.keep(SECRETARY, reference, "notes", text=SECRET, audience="handlers")
    note = {"in_scope": "yes", "note": "A member.", "national_route": "not_needed"}
    branch.keep(SECRETARY, reference, "scope-notes", **note)
    branch.act(SECRETARY, reference, "begin_review")
    for party, row in zip((member, other), branch.rows(reference, "allegations"), strict=True):
        more_ = {"sent_on": in_days(0), "how": "email", "reply_by": in_days(14)}
        more_["told_affected_reason"] = "They asked us to lose no time."
        branch.keep(SECRETARY, reference, "notices", respondent=party, allegations=[row.id], **more_)
    return reference


def walked(branch: Branch, kind: str, **more: Any) -> str:
    """The same brought through panel, back, panel, end and reopening, so that every letter was prepared."""
    reference = alleged(branch, kind, **more)
    for notice in branch.rows(reference, "notices"):
        branch.keep(SECRETARY, reference, "reminders", notice=notice.id, sent_on=in_days(0), how="email")
        said = {"received_on": in_days(0), "text": "It was banter.", "disputes_attribution": "no"}
        branch.keep(SECRETARY, reference, "replies", notice=notice.id, **said)
    branch.referred(reference)
    back = {"reason_code": "more_evidence", "missing": SECRET, "requested_on": in_days(0)}
    branch.act(SECRETARY, reference, "refer_back", **back)
    note = dict.fromkeys(("established", "not_established", "mitigation", "reasons"), "As before.")
    branch.keep(SECRETARY, reference, "review-notes", recommends="refer", **note)
    branch.act(SECRETARY, reference, "refer", **REFERRAL)
    member = branch.rows(reference, "parties")[0].id
    hearing = {"held_on": in_days(20), "at_time": "19:30", "place": "Room 1"}
    branch.keep(SECRETARY, reference, "hearings", respondent=member, **hearing)
    branch.decided(reference, PANEL[:3])
    branch.act(SECRETARY, reference, "close_after_panel", reasons="Fourteen messages in three weeks.")
    branch.keep(DEPUTY, reference, "conflict-declarations", answer="none")
    branch.act(DEPUTY, reference, "reopen", ground="new_evidence", reasons=SECRET)
    write(branch, reference, "update")
    branch.keep(DEPUTY, reference, "code-reissues", checked="telephone", basis="They knew the day.")
    return reference


def on_paper(branch: Branch, reference: str, letter: dict[str, Any]) -> str:
    viewer = branch.viewer(branch.handler(reference))
    content = letter_door.read_letter(branch.home, viewer, reference, letter["id"], "api", drawn)
    reader = PdfReader(io.BytesIO(content))
    return " ".join([*(page.extract_text() for page in reader.pages), *map(str, (reader.metadata or {}).values())])


@pytest.mark.parametrize("kind", ["target", "third_party"])
def test_nobody_learns_what_is_not_meant_for_them(embedded: Branch, box: Postbox, kind: str) -> None:
    reference = walked(embedded, kind)
    found = letters(embedded, reference)
    kinds = embedded.home.workflows.default().letters.values()
    expected = {one.name for one in kinds if one.is_for(kind) and one.sender != "unnamed"}
    assert {one["letter"] for one in found} == expected
    strangers = {
        REPORTER["email"]: [MEMBER["name"], MEMBER["email"], OTHER_MEMBER["name"]],
        MEMBER["email"]: [*REPORTER.values(), OTHER_MEMBER["name"], "Joined in later", "3.2a"],
        AFFECTED["email"]: [
            *REPORTER.values(),
            MEMBER["name"],
            OTHER_MEMBER["name"],
            "Fourteen insults",
            "3.1 ",
            "3.2a",
        ],
        OTHER_MEMBER["email"]: [*REPORTER.values(), MEMBER["name"], "Fourteen insults", "3.1 "],
    }
    for one in found:
        read = "\n".join((one["subject"], one["text"], one["html"], on_paper(embedded, reference, one)))
        others = [] if one["recipient"] == "target" else [*AFFECTED.values()]
        hidden = [*strangers[one["to"]["email"]], *WITNESS.values(), *others, SECRET, "{", "}"]
        left = [f"{{{need['code'].removeprefix('blank:')}}}" for need in one["needs"] if "blank:" in need["code"]]
        for blank in left:
            read = read.replace(blank, "")
        assert [word for word in hidden if word in read] == [], one["letter"]
    if kind == "third_party":
        told = [one["text"] for one in found if one["recipient"] == "reporter"]
        assert not any(word in text for text in told for word in ("panel", "Found to have", "Fourteen messages"))


def test_no_fact_of_a_case_in_subject_file_name_or_header(embedded: Branch, box: Postbox) -> None:
    reference = walked(embedded, "target")
    for one in letters(embedded, reference):
        for need in one["needs"]:
            if need["code"].startswith("blank:"):
                words = one["text"].replace(f"{{{need['code'].removeprefix('blank:')}}}", "Filled in.")
                one = do(embedded, reference, one["id"], "edit", by=DEPUTY, text=words)
        if one["state"] == "needs_you":
            do(embedded, reference, one["id"], "send", by=DEPUTY)
    tick(embedded)
    sent = [one for one in letters(embedded, reference) if one["state"] == "sent"]
    assert len(box.mails) >= len(sent) >= 12
    for mail in box.mails:
        heads = " ".join(f"{name}: {value}" for name, value in mail.items() if name != "To")
        files = [part.get_filename() or "" for part in mail.walk()]
        assert mail["Subject"] == "A letter from Example branch"
        assert [fact for fact in (*CASE_FACTS, reference, *REPORTER.values()) if fact in heads + " ".join(files)] == []


def test_a_letter_that_names_the_reporter_does_not_go(embedded: Branch, box: Postbox) -> None:
    reference = alleged(embedded, "target")
    notice = next(one for one in letters(embedded, reference) if one["letter"] == "notice")
    words = notice["text"].replace("{evidence}", "Pictures by unmistakable REPORTER.")
    one = do(embedded, reference, notice["id"], "edit", text=words)
    assert "names_reporter" in [need["code"] for need in one["needs"]]
    for act, given in (("send", {}), ("posted", {"how": "post", "sent_on": in_days(0)})):
        with pytest.raises(Invalid, match="names the person who sent"):
            do(embedded, reference, notice["id"], act, **given)
    do(embedded, reference, notice["id"], "edit", text=words.replace("by unmistakable REPORTER", ""))
    assert do(embedded, reference, notice["id"], "send")["state"] == "queued"


def test_where_the_name_may_be_told_it_may_stand_there(embedded: Branch) -> None:
    reference = alleged(embedded, "target", share_identity="yes")
    embedded.keep(SECRETARY, reference, "report-confirmations", confirmed="yes", how="telephone")
    notice = next(one for one in letters(embedded, reference) if one["letter"] == "notice")
    words = notice["text"].replace("{evidence}", "Pictures by Unmistakable Reporter.")
    assert do(embedded, reference, notice["id"], "edit", text=words)["needs"] == []


def test_a_blank_refuses_and_says_where_to_fill_it_in(embedded: Branch) -> None:
    reference = embedded.at("acknowledged", reporter=REPORTER)
    letter = write(embedded, reference, "update")
    assert named(embedded, reference, "update")["state"] == "needs_you"
    for act, given in (("send", {}), ("posted", {"how": "post", "sent_on": in_days(0)})):
        with pytest.raises(Invalid, match="What you want to say is missing: type it into the letter"):
            do(embedded, reference, letter, act, **given)
    with pytest.raises(Invalid, match="never empty"):
        do(embedded, reference, letter, "edit", text="   ")
    with pytest.raises(Invalid, match="on one line"):
        do(embedded, reference, letter, "edit", email="nobody\nBcc: all@example.org")


def test_filled_in_again_with_what_is_on_file(embedded: Branch) -> None:
    reference = embedded.at("under_review", kind="third_party", reporter=REPORTER)
    letter = write(embedded, reference, "notice")
    codes = [need["code"] for need in named(embedded, reference, "notice")["needs"]]
    assert "blank:reply_by" in codes
    assert "no_email" in codes
    row = embedded.rows(reference, "parties")[0]
    embedded.keep(SECRETARY, reference, "parties", role="respondent", replaces=row.id, **MEMBER, **PARTS)
    embedded.heard(reference)
    codes = [need["code"] for need in do(embedded, reference, letter, "fill")["needs"]]
    assert codes == ["blank:when", "blank:evidence"]


def test_closing_without_a_notice_tells_the_member_nothing(embedded: Branch) -> None:
    reference = embedded.at("under_review", reporter=REPORTER)
    embedded.found(reference)
    embedded.act(SECRETARY, reference, "close_after_review", **CLOSING)
    assert [one["letter"] for one in letters(embedded, reference)] == ["closing_third_party"]


def test_one_who_came_to_us_gets_one_set_of_letters(embedded: Branch) -> None:
    put_right = {"what": "I took it down.", "worked": "yes"}
    reference = embedded.at(
        "closed", kind="self", put_right=put_right, reporter=REPORTER, how_seen=None, clauses=None, respondent=None
    )
    (one,) = letters(embedded, reference)
    assert (one["letter"], one["state"]) == ("closing_self", "queued")
    assert "An opinion about policy" in one["text"]
