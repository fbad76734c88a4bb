"""What a letter must not do: name who may no longer be named, part a code, tell a person affected too much, mislead."""

import io
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader

from app.cases import door
from app.errors import WrongState
from app.letters import book
from app.letters.book import Wording
from app.letters.templates import load
from app.web.letter_pages import GROUPS
from tests.branch import SECRETARY, Branch, in_days
from tests.cases.by_reply_code import notify
from tests.installations import library
from tests.letters.correspondence import MEMBER, REPORTER, do, letters, named, safe, sound, tick
from tests.letters.test_notice_code import LISTED, put
from tests.postbox import Postbox

CODE = "4E8Y MDQK 3JM4 VFFV"
AFFECTED = {"role": "target", "name": "Unmistakable Affected", "email": "affected@example.net"}
PARTS = {"identified": "named", "member_then": "yes"}
CLOSINGS = ("closing_respondent", "closing_target", "closing_third_party", "closing_self", "closing_affected")
MISLEADING = (
    "happens again",
    "the other person",
    "looked into and",
    "whoever you think",
    "is now finished.\n\n## The r",
)


def posted_to(branch: Branch, reference: str, name: str) -> dict[str, Any] | None:
    found = [one for one in letters(branch, reference) if one["letter"] == name]
    return found[-1] if found else None


def test_a_name_that_may_no_longer_be_told_does_not_go(desk: Branch, box: Postbox) -> None:
    reference, party, alleged = put(desk)
    desk.keep(SECRETARY, reference, "report-confirmations", confirmed="yes", how="telephone")
    desk.keep(SECRETARY, reference, "identity-decisions", decision="told", reasons="They cannot answer without it.")
    notify(desk, reference, party, alleged, evidence_listed=f"Pictures by {REPORTER['name']}")
    one = named(desk, reference, "notice")
    assert (one["state"], REPORTER["name"] in one["text"]) == ("queued", True)
    desk.keep(SECRETARY, reference, "identity-decisions", decision="withheld", reasons="They are afraid now.")
    tick(desk)
    assert [mail for mail in box.mails if mail["To"] == MEMBER["email"]] == []
    one = named(desk, reference, "notice")
    assert one["state"] == "needs_you"
    assert "names the person who sent the report, who may not be named" in one["needs"][0]["message"]
    do(desk, reference, one["id"], "edit", text=one["text"].replace(f" by {REPORTER['name']}", ""))
    do(desk, reference, one["id"], "send")
    tick(desk)
    (mail,) = [mail for mail in box.mails if mail["To"] == MEMBER["email"]]
    assert REPORTER["name"] not in str(mail.get_body(("plain",)))
    assert sound(desk)


def test_a_letter_that_needs_somebody_can_be_stopped_and_leaves_their_list(desk: Branch) -> None:
    reference, party, alleged = put(desk)
    notify(desk, reference, party, alleged)
    one = named(desk, reference, "notice")
    assert one["state"] == "needs_you"
    assert do(desk, reference, one["id"], "stop")["state"] == "stopped"
    assert desk.events(reference)[-1] == "letter_stopped"
    with pytest.raises(WrongState, match="stopped already"):
        do(desk, reference, one["id"], "stop")
    assert [title for title, states in GROUPS if "stopped" in states] == ["Stopped"]
    do(desk, reference, one["id"], "edit", text=one["text"].replace("{evidence}", "A picture."))
    assert do(desk, reference, one["id"], "send")["state"] == "queued"
    assert sound(desk)


def test_whoever_reported_hears_of_a_new_code_and_it_is_not_in_the_letter(desk: Branch, box: Postbox) -> None:
    reference = desk.report(reporter=REPORTER)
    safe(desk, reference)
    values = {"checked": "telephone", "basis": "They knew the day and the words."}
    door.add_record(desk.home, desk.viewer(SECRETARY), reference, "code-reissues", values, None, "api")
    tick(desk)
    sent = [mail for mail in box.mails if "new private code" in str(mail.get_body(("plain",)))]
    assert [mail["To"] for mail in sent] == [REPORTER["email"]]
    text = named(desk, reference, "new_code")["text"]
    assert "If you did not ask for it" in text
    assert not any(part.isupper() and len(part) == 4 and not part.isalpha() for part in text.split())


def test_a_code_never_parts_on_paper() -> None:
    lines = [f"{'word ' * 12}{'x' * n} {CODE} and more words, then 2026-K7QFM and others" for n in range(30)]
    text = "\n\n".join(["# A letter", *lines])
    wording = Wording("A", "", "", "S", text, "", "Example branch", (), date(2026, 3, 2), code=CODE)
    pages = PdfReader(io.BytesIO(book.on_paper(wording).content)).pages
    said = "\n".join(page.extract_text() for page in pages)
    assert said.count(CODE) == said.count("2026-K7QFM") == len(lines)
    assert replace(wording, text=f"# {CODE}").held_code == CODE


def test_in_the_notice_the_code_has_a_line_of_its_own(embedded: Branch) -> None:
    reference, party, alleged = put(embedded)
    _, code = notify(embedded, reference, party, alleged, **LISTED)
    assert code in named(embedded, reference, "notice")["text"].splitlines()


@pytest.mark.parametrize("kind", ["target", "third_party"])
def test_a_person_affected_who_did_not_report_hears_how_it_ended_and_no_more(embedded: Branch, kind: str) -> None:
    other = {"how_seen": None, "clauses": None} if kind == "target" else {}
    reference = embedded.at("under_review", kind=kind, reporter=REPORTER, **other)
    embedded.keep(SECRETARY, reference, "parties", **AFFECTED, **PARTS)
    embedded.keep(SECRETARY, reference, "parties", role="target", identified="unknown", member_then="unknown")
    embedded.closed(reference)
    found = [one for one in letters(embedded, reference) if one["letter"] == "closing_affected"]
    assert [one["to"]["email"] for one in found] == [AFFECTED["email"]]
    (one,) = found
    assert [need["code"] for need in one["needs"]] == ["first_word"]
    assert "Within the guidance" in one["text"]
    assert "An opinion about policy" in one["text"]
    assert [word for word in (*REPORTER.values(), "Ward organiser", "3.1", "/my-") if word in one["text"]] == []
    do(embedded, reference, one["id"], "send")
    tick(embedded)
    assert named(embedded, reference, "closing_affected")["state"] == "sent"


def test_who_was_told_before_the_notice_gets_it_by_itself_and_who_reported_gets_no_second_one(embedded: Branch) -> None:
    other = {"how_seen": None, "clauses": None}
    reference = embedded.at("under_review", kind="target", reporter=REPORTER, **other)
    embedded.keep(SECRETARY, reference, "parties", role="target", name=REPORTER["name"], **PARTS)
    embedded.keep(SECRETARY, reference, "parties", **AFFECTED, **PARTS)
    member, alleged = (embedded.rows(reference, kind)[0].id for kind in ("parties", "allegations"))
    notify(embedded, reference, member, [alleged], sent_on=in_days(0), told_affected_on=in_days(-2))
    embedded.closed(reference)
    found = [one for one in letters(embedded, reference) if one["letter"] == "closing_affected"]
    assert [(one["to"]["email"], one["state"]) for one in found] == [(AFFECTED["email"], "queued")]


@pytest.mark.parametrize("name", CLOSINGS)
def test_no_closing_letter_says_what_only_some_outcomes_bear_out(name: str) -> None:
    text = load()[name].text
    assert [words for words in MISLEADING if words in text] == []


def test_an_outcome_reads_the_same_to_whoever_gets_it() -> None:
    lists = library().default().lists
    labels = [one.label for name in ("outcomes_after_review", "outcomes_after_panel") for one in lists[name]]
    assert [label for label in labels if "told us" in label or label.endswith("by the member")] == []
