"""What the panel reads, and when: the card before referral, the case while it decides, then nothing."""

from datetime import timedelta
from typing import Any

import pytest
from freezegun import freeze_time

from app import clock
from app.audit.log import SYSTEM
from app.cases import actions as actions_of_cases
from app.cases import door, queries, sight
from app.errors import Forbidden, NotFound
from app.people import actions
from app.people import queries as people
from tests.branch import CLOSING, DEPUTY, PANEL, SECRETARY, Branch, in_days
from tests.cases.surfaces import found_by
from tests.shared_branch import shared_branch

__all__ = ["shared_branch"]

REPORTER = {
    "name": "Pat Teller",
    "email": "pat@example.org",
    "phone": "0191 496 0099",
    "address": "9 Hidden Lane",
    "is_member": "yes",
}
CONTACTS = ("pat@example.org", "0191 496 0099", "9 Hidden Lane", "by telephone only", "not at work")
OUTSIDE = {"role": "witness", "identified": "named", "member_then": "yes", "name": "Kit Witness"}


def everything(branch: Branch, email: str, reference: str) -> str:
    """All that this person can read of a case, as text."""
    viewer = branch.viewer(email)

    def read(_: Any, desk: Any) -> str:
        records = {kind: queries.records_json(desk, kind) for kind in desk.file.workflow.records}
        return f"{queries.describe(desk)} {queries.actions_json(desk)} {records}"

    return door.read_case(branch.home, viewer, reference, "api", read)


def shortened(branch: Branch, reference: str) -> int:
    """Of how many records the panel reads only a part, as whoever looks after the case is told."""
    with branch.home.db.read() as session:
        desk = actions_of_cases.sit_down(session, branch.home, branch.viewer(SECRETARY), reference, "api", lock=False)
        told = sight.kept_from(sight.as_panel(desk), sight.PANEL)
    return sum(one.count for one in told if one.label == "Parts of what they do see")


def reported(branch: Branch, share: str | None) -> str:
    """A case under review with notes of every audience, the reporter recorded as a party, and a witness."""
    told = {"contact_how": "by telephone only", "contact_when_not": "not at work", "share_identity": share}
    reference = branch.report(reporter=REPORTER, **told)
    branch.acknowledged(reference)
    branch.under_review(reference)
    party = {"role": "target", "identified": "named", "member_then": "yes", "handle": "@patteller", "basis": "Told us"}
    branch.keep(SECRETARY, reference, "parties", **party, name="pat teller", phone="0191 496 0099")
    branch.keep(SECRETARY, reference, "parties", **OUTSIDE, email="kit@example.org", address="8 Other Lane")
    for audience in ("everyone", "handlers", "hidden"):
        branch.keep(SECRETARY, reference, "notes", text=f"A note for {audience}.", audience=audience)
    return reference


def test_a_withheld_name_stays_hidden_in_words_that_anybody_wrote(shared_branch: Branch) -> None:  # X8
    branch, link = shared_branch, {"method": "link_only", "link": "https://social.example/post/1"}
    for share in ("no", "yes"):
        told = {
            "share_identity": share,
            "statement": "I, Pat Teller, saw it there.",
            "how_seen": "By pat  TELLER's feed.",
        }
        reference = branch.at("under_review", reporter=REPORTER, **told)
        item = branch.keep(SECRETARY, reference, "evidence", **link)
        looked = {"item": item, "checked_on": in_days(0), "still_online": "no"}
        branch.keep(SECRETARY, reference, "evidence-checks", **looked, note="Write to pat@example.org, she asks.")
        branch.served(reference, item, 15)
        reason = {"item": item, "authenticity": "corroborated", "reason": "Pat Teller saw it, and so did Kit."}
        branch.keep(SECRETARY, reference, "authenticity-assessments", **reason)
        branch.referred(reference)
        read = everything(branch, PANEL[0], reference)
        assert "so did Kit." in read
        hidden = ("Pat Teller", "pat@example.org", "TELLER")
        assert [one in read for one in hidden] == [share == "yes"] * 3, read
        if share == "no":
            assert "I, (withheld), saw it there." in read
            assert "(Left out: it names somebody" in read
        assert "I, Pat Teller, saw it there." in everything(branch, SECRETARY, reference)
        assert shortened(branch, reference) == (5 if share == "no" else 3)


@pytest.mark.parametrize("share", ["no", "ask_me", None])
def test_a_withheld_name_and_the_handlers_notes_stay_hidden(shared_branch: Branch, share: str | None) -> None:  # X8
    branch = shared_branch
    reference = reported(branch, share)
    branch.seated(reference)
    card = everything(branch, PANEL[0], reference)
    for hidden in ("teller", *CONTACTS, "A note for", "names I will not repeat", "A public post.", "banter"):
        assert hidden.lower() not in card.lower(), hidden
    for told in ("Ward organiser", "Kit Witness", "Name withheld", "3.1"):
        assert told in card, told
    branch.referred(reference, panel=())
    full = everything(branch, PANEL[0], reference)
    secrets = ("teller", *CONTACTS, "kit@example.org", "8 Other Lane", "A note for handlers.", "A note for hidden.")
    for hidden in secrets:
        assert hidden.lower() not in full.lower(), hidden
    for told in ("names I will not repeat", "A public post.", "It was banter.", "A note for everyone.", "Kit Witness"):
        assert told in full, told
    handlers = everything(branch, SECRETARY, reference)
    for told in secrets:
        assert told.lower() in handlers.lower(), told


def test_what_the_person_affected_said_about_being_safe_stays_with_the_handler(shared_branch: Branch) -> None:
    branch = shared_branch
    reference = branch.at("under_review")
    member, alleged = (branch.rows(reference, kind)[0].id for kind in ("parties", "allegations"))
    put = {"respondent": member, "allegations": [alleged], "sent_on": in_days(0), "reply_by": in_days(14)}
    said = {"affected_safety": "Sleeps at a friend's in Hidden Road.", "told_affected_reason": "She asked us to hurry."}
    notice = branch.keep(SECRETARY, reference, "notices", **put, how="email", **said)
    answer = {"received_on": in_days(0), "text": "It was banter.", "disputes_attribution": "no"}
    branch.keep(SECRETARY, reference, "replies", notice=notice, **answer)
    branch.referred(reference)
    full = everything(branch, PANEL[0], reference)
    assert alleged in full
    for name, words in said.items():
        assert words not in full, name
        assert name not in full
        assert words in everything(branch, SECRETARY, reference).replace("\\", "").replace('"', "'"), name


def test_a_name_that_may_be_told_is_told_without_contacts(shared_branch: Branch) -> None:
    branch = shared_branch
    reference = reported(branch, "yes")
    branch.referred(reference)
    full = everything(branch, PANEL[0], reference)
    assert "Pat Teller" in full
    for hidden in CONTACTS:
        assert hidden not in full, hidden


def test_the_panel_reads_only_while_it_has_the_case(shared_branch: Branch) -> None:  # X8
    branch = shared_branch
    reference = branch.at("under_review")
    assert found_by(branch, PANEL[0], reference) == set()
    branch.seated(reference)
    assert "'view': 'card'" in everything(branch, PANEL[0], reference)
    branch.referred(reference, panel=())
    assert "'view': 'full'" in everything(branch, PANEL[0], reference)
    assert found_by(branch, PANEL[3], reference) == set()
    with pytest.raises(Forbidden):
        door.read_case(
            branch.home, branch.viewer(PANEL[0]), reference, "api", lambda _, desk: queries.refuse_trail(desk)
        )
    back = {"reason_code": "more_evidence", "missing": "A thread.", "requested_on": clock.today().isoformat()}
    branch.act(SECRETARY, reference, "refer_back", **back)
    assert "'view': 'card'" in everything(branch, PANEL[0], reference)


def test_after_the_decision_until_the_review_window_ends(shared_branch: Branch) -> None:  # X8
    branch = shared_branch
    with freeze_time("2026-03-02 12:00") as frozen:
        reference = branch.at("referred")
        branch.decided(reference)
        branch.act(SECRETARY, reference, "close_after_panel", reasons="As written.")
        frozen.move_to("2026-03-16 12:00")
        assert "'view': 'full'" in everything(branch, PANEL[0], reference)
        frozen.move_to("2026-03-17 01:00")
        assert found_by(branch, PANEL[0], reference) == set()


def test_a_panel_that_never_got_the_case_does_not_read_it_when_it_ends(shared_branch: Branch) -> None:  # X8
    branch = shared_branch
    reference = branch.at("under_review")
    branch.seated(reference)
    branch.found(reference)
    branch.act(SECRETARY, reference, "close_after_review", **CLOSING)
    assert found_by(branch, PANEL[0], reference) == set()


def test_a_panel_member_who_steps_aside_is_out(shared_branch: Branch) -> None:  # X7
    branch = shared_branch
    reference = branch.at("referred")
    branch.keep(PANEL[0], reference, "conflict-declarations", answer="conflicted")
    assert found_by(branch, PANEL[0], reference) == set()
    assert branch.handler(reference) == SECRETARY
    branch.keep(PANEL[1], reference, "conflict-declarations", answer="possible")
    assert "'view': 'card'" in everything(branch, PANEL[1], reference)
    assert "'view': 'card'" in everything(branch, DEPUTY, reference)


def test_no_longer_on_the_panel_list_no_longer_reading(branch: Branch) -> None:
    reference = branch.at("referred")
    with freeze_time(clock.now() + timedelta(days=1)):
        with branch.home.db.write() as session:
            serving = people.holders(session, branch.home.vault, clock.today())
            office = next(one.office_id for one in serving if one.person_id == branch.ids[PANEL[0]])
            actions.end_office(session, office, actor=SYSTEM, via="cli")
        assert found_by(branch, PANEL[0], reference) == set()


def test_hidden_notes_are_for_whoever_wrote_them(shared_branch: Branch) -> None:
    branch = shared_branch
    reference = reported(branch, "no")
    branch.referred(reference)
    branch.keep(PANEL[0], reference, "notes", text="Only for my own eyes.", audience="hidden")
    branch.keep(PANEL[0], reference, "notes", text="From the panel to all.", audience="everyone")
    assert "Only for my own eyes." in everything(branch, PANEL[0], reference)
    for email in (PANEL[1], SECRETARY):
        text = everything(branch, email, reference)
        assert "Only for my own eyes." not in text
        assert "From the panel to all." in text
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="conflicted")
    branch.keep(DEPUTY, reference, "conflict-declarations", answer="none")
    text = everything(branch, DEPUTY, reference)
    assert "A note for handlers." in text
    assert "A note for hidden." not in text
    with pytest.raises(NotFound):
        everything(branch, SECRETARY, reference)


@pytest.mark.parametrize("kind", ["third_party", "self"])
def test_the_member_whom_it_is_about_is_never_left_out(shared_branch: Branch, kind: str) -> None:
    branch, name = shared_branch, "Ward organiser (example)"
    own: dict[str, Any] = {"kind": kind, "reporter": {"name": name, "email": "pat@example.org", "is_member": "yes"}}
    if kind == "self":
        own |= {"clauses": None, "how_seen": None, "respondent": None, "put_right": {"what": "Deleted it."}}
    share = None if kind == "self" else "no"
    reference = branch.at("under_review", **own, share_identity=share, statement=f"It was {name} who posted it.")
    if kind == "third_party":  # a namesake told us
        assert [row.plain["role"] for row in branch.rows(reference, "parties")] == ["respondent"]
    branch.referred(reference)
    read = everything(branch, PANEL[0], reference)
    assert f"It was {name} who posted it." in read
    assert "withheld)" not in read
    parties = door.read_case(
        branch.home, branch.viewer(PANEL[0]), reference, "api", lambda _, desk: queries.records_json(desk, "parties")
    )
    assert [one["name"] for one in parties] == [name]
