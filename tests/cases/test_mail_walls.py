"""Who sent a mail that lies on a case stays with the officers: neither panel nor member learns it (X8, X17)."""

from pathlib import Path
from typing import Any

import pytest

from app.cases import kept_mail
from app.cases.case_mail import method_of, sender_of
from app.cases.disclosure import LATER_MAIL
from app.errors import Invalid
from app.evidence.looking import look_at
from app.evidence.mail_arrival import whole
from tests.branch import PANEL, SECRETARY, Branch, in_days
from tests.cases.by_reply_code import NAMED, notify, seen
from tests.cases.papers import Papers
from tests.cases.test_panel_reading import everything
from tests.evidence import mails
from tests.shared_branch import shared_branch

__all__ = ["shared_branch"]
WITNESS = "witness@example.net"


def put(branch: Branch, reference: str, content: bytes, **answers: Any) -> list[dict[str, str]]:
    """A mail is kept as whoever looks after the case says; what was kept."""
    arrived = whole(branch.home.settings, "saved.eml", content)
    look_at(branch.home.settings, arrived)
    given = {"received_on": in_days(0), "came_from": f"Kit <{WITNESS}>", "text": "I saw it too.", **answers}
    try:
        kept = kept_mail.keep(branch.home, branch.viewer(SECRETARY), reference, arrived, given, None, "api")
    finally:
        arrived.discard()
    found: list[dict[str, str]] = kept["kept"]
    return found


def of_witness(subject: str) -> bytes:
    top = (f"From: Kit <{WITNESS}>", "To: secretary@example.org", f"Subject: {subject}")
    return mails.raw(*top, body=b"I saw it too.")


@pytest.mark.parametrize("becomes", ["evidence", "from_member"])
def test_a_mail_is_served_only_once_somebody_looked_whom_it_gives_away(shared_branch: Branch, becomes: str) -> None:
    branch, reference = shared_branch, shared_branch.at("under_review", **NAMED)
    branch.decided_on_name(reference)
    [card] = put(branch, reference, of_witness(becomes), becomes=becomes, subject=f"About {becomes}")
    given = {"item": card["id"], "served_on": in_days(0)}
    for more in ({}, {"gives_away": "yes"}):
        with pytest.raises(Invalid) as refused:
            branch.keep(SECRETARY, reference, "evidence-services", **given, **more)
        assert [error.field for error in refused.value.errors] == ["gives_away"]
    # taken off the card later, it is a mail all the same
    plain = {"method": "document", "file": branch.rows(reference, "evidence")[0].plain["file"], "shows": "A letter"}
    branch.keep(SECRETARY, reference, "evidence", replaces=card["id"], **plain)
    with pytest.raises(Invalid):
        branch.keep(SECRETARY, reference, "evidence-services", **given)
    branch.keep(SECRETARY, reference, "evidence-services", **given, gives_away="no")


def test_neither_panel_nor_member_learns_who_sent_it(shared_branch: Branch) -> None:
    branch, reference = shared_branch, shared_branch.at("under_review", **NAMED)
    member, alleged = branch.rows(reference, "parties")[0].id, [r.id for r in branch.rows(reference, "allegations")]
    branch.decided_on_name(reference)
    [card] = put(branch, reference, of_witness("The ward page"), becomes="evidence", subject="The ward page")
    again = {"subject": "Again", "text": "He wrote again.", "attachments": ["1"]}
    told = put(branch, reference, mails.with_picture("He wrote again."), becomes="message", **again)
    for one in (card["id"], *(row["id"] for row in told if row["record"] == "evidence")):
        branch.served(reference, one, 15)
    notice, code = notify(branch, reference, member, alleged, sent_on=in_days(0))
    answer = {"received_on": in_days(0), "text": "Banter.", "disputes_attribution": "no"}
    branch.keep(SECRETARY, reference, "replies", notice=notice, **answer)
    own = f"{seen(branch, code)}"
    assert "The ward page" in own
    for hidden in (WITNESS, LATER_MAIL, "It came with", "I saw it too", mails.SENDER, "He wrote again"):
        assert hidden not in own, hidden
    branch.referred(reference)
    panel, officer = everything(branch, PANEL[0], reference), everything(branch, SECRETARY, reference)
    assert "I saw it too." in panel
    for hidden in (WITNESS, "He wrote again"):
        assert hidden in officer
        assert hidden not in panel, hidden


def test_a_mail_whose_words_stand_elsewhere_asks_for_nothing_until_its_card_is_completed(shared_branch: Branch) -> None:
    branch, reference = shared_branch, shared_branch.at("under_review", reporter={"email": WITNESS})

    def unmet() -> set[str]:
        steps = branch.client(SECRETARY).get(f"/api/v1/cases/{reference}/actions").json()
        asked = {item["condition"] for one in steps if one["trigger"] == "refer" for item in one["unmet"]}
        return asked & {"evidence_was_served", "evidence_is_sound"}

    kept = put(branch, reference, of_witness("Thanks"), becomes="message", text="Thank you.")
    [card] = [one["id"] for one in kept if one["record"] == "evidence"]
    assert branch.rows(reference, "evidence")[0].plain["words_in"] == kept[0]["id"]
    assert unmet() == set()
    file = branch.rows(reference, "evidence")[0].plain["file"]
    given = {"method": "reporter_screenshot", "file": file}
    with pytest.raises(Invalid, match="no question with this name"):
        branch.keep(SECRETARY, reference, "evidence", replaces=card, words_in=kept[0]["id"], **given)
    branch.keep(SECRETARY, reference, "evidence", replaces=card, shows="What he says.", **given)
    assert unmet() == {"evidence_was_served", "evidence_is_sound"}
    other = shared_branch.at("under_review")
    put(branch, other, of_witness("Seen"), becomes="evidence")
    assert "words_in" not in branch.rows(other, "evidence")[0].plain


def test_what_went_wrong_leaves_nothing_of_it(shared_branch: Branch) -> None:
    branch, reference = shared_branch, shared_branch.at("under_review")
    folder = Path(branch.home.settings.data_dir / "files")
    before = {path for path in folder.rglob("*") if path.is_file()}, branch.case(reference).version
    notice = branch.rows(reference, "allegations")[0].id
    reply = {"becomes": "reply", "notice": notice}
    for wrong in (reply, {"becomes": "message", "text": ""}, {"becomes": "evidence", "x": 1}):
        with pytest.raises(Invalid):
            put(branch, reference, of_witness("x"), **wrong)
    assert ({path for path in folder.rglob("*") if path.is_file()}, branch.case(reference).version) == before


def test_whose_address_it_is() -> None:
    papers = Papers()
    papers.rows[0].values["reporter"] = {"name": "Pat Teller", "email": "pat@example.org"}
    papers.member(email="Organiser@Example.net")
    papers.add("parties", role="target", name="pat teller", email="other@example.org")
    papers.add("parties", role="witness", name="Kit", email=WITNESS)
    papers.add("parties", role="respondent", name="Nobody")
    file = papers.file()
    assert sender_of(file, "PAT@example.org ") == sender_of(file, "other@example.org") == "reporter"
    assert sender_of(file, "organiser@example.net") == "respondent"
    assert sender_of(file, WITNESS) == sender_of(file, "") == sender_of(file, "pat@example.org.evil.net") == ""


@pytest.mark.parametrize(
    ("becomes", "sender", "method"),
    [
        ("message", "", "reporter_screenshot"),
        ("message", "respondent", "reporter_screenshot"),
        ("reply", "reporter", "from_respondent"),
        ("from_member", "", "from_respondent"),
        ("evidence", "reporter", "reporter_screenshot"),
        ("evidence", "respondent", "from_respondent"),
        ("evidence", "", "document"),
    ],
)
def test_how_it_was_obtained_follows_from_what_it_is(becomes: str, sender: str, method: str) -> None:
    assert method_of(becomes, sender) == method


def test_a_mail_or_a_copy_of_it_that_is_served_waits_fourteen_days_like_any_other(shared_branch: Branch) -> None:  # X21
    branch = shared_branch

    def unmet(reference: str) -> set[str]:
        steps = branch.client(SECRETARY).get(f"/api/v1/cases/{reference}/actions").json()
        asked = {item["condition"] for one in steps if one["trigger"] == "refer" for item in one["unmet"]}
        return asked & {"evidence_was_served", "evidence_is_sound"}

    for of_copy in (False, True):
        reference = branch.at("under_review")
        kept = put(branch, reference, of_witness("Thanks"), becomes="message", text="Thank you.")
        [card] = [one["id"] for one in kept if one["record"] == "evidence"]
        assert unmet(reference) == set()
        if of_copy:
            [other] = put(branch, reference, of_witness("Other"), becomes="evidence")
            file = branch.rows(reference, "evidence")[-1].plain["file"]
            branch.keep(
                SECRETARY, reference, "evidence-services", item=other["id"], withheld_reason="It names a child."
            )
            copy = {"method": "document", "file": file, "copy_of": card, "redaction_reason": "A name."}
            card = branch.keep(SECRETARY, reference, "evidence", **copy)
            assert "evidence_was_served" in unmet(reference)
        branch.keep(SECRETARY, reference, "evidence-services", item=card, served_on=in_days(0), gives_away="no")
        assert unmet(reference) == {"evidence_was_served", "evidence_is_sound"}


def test_that_a_mail_came_is_known_though_nobody_says_from_whom(shared_branch: Branch) -> None:
    branch, reference = shared_branch, shared_branch.at("under_review", **NAMED)
    branch.decided_on_name(reference)
    [card] = put(branch, reference, of_witness("Unsaid"), becomes="evidence", came_from="")
    with pytest.raises(Invalid) as refused:
        branch.keep(SECRETARY, reference, "evidence-services", item=card["id"], served_on=in_days(0))
    assert [error.field for error in refused.value.errors] == ["gives_away"]


def test_a_mail_that_names_who_reported_is_not_served_whatever_is_said_of_it(shared_branch: Branch) -> None:  # X8, X17
    branch, reference = shared_branch, shared_branch.at("under_review", **NAMED)
    branch.decided_on_name(reference)
    name = NAMED["reporter"]["name"]
    [card] = put(branch, reference, of_witness("Words"), becomes="evidence", text=f"I met {name} there.")
    given = {"item": card["id"], "served_on": in_days(0), "gives_away": "no"}
    with pytest.raises(Invalid) as refused:
        branch.keep(SECRETARY, reference, "evidence-services", **given)
    assert [error.field for error in refused.value.errors] == ["item"]
    sent = mails.raw(f"From: {name} <{NAMED['reporter']['email']}>", "To: secretary@example.org", body=b"Look.")
    [whole_mail] = put(branch, reference, sent, becomes="evidence", text="Look.", came_from="")
    with pytest.raises(Invalid) as refused:
        branch.keep(SECRETARY, reference, "evidence-services", **{**given, "item": whole_mail["id"]})
    assert [error.field for error in refused.value.errors] == ["item"]
