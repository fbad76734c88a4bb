"""Content opened to an auditor: one field, a reason, 24 hours; everybody concerned is told, with no fact of a case."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from freezegun import freeze_time
from pydantic import SecretStr
from sqlmodel import select

from app import clock
from app.audit.entries import decode
from app.audit.log import SYSTEM
from app.cases.access import Unseen
from app.errors import Forbidden, Invalid
from app.outbox.models import Mail
from app.outbox.queue import Content, open_mail
from app.oversight import unmasking
from app.oversight.checking import record_check
from tests.api.answers import fields, good, problem
from tests.branch import AUDITOR, DEPUTY, PANEL, REPORT, SECRETARY, Branch
from tests.web.conftest import Enter, enter, shown

__all__ = ["enter"]
OTHER, THIRD = "second@example.org", "third@example.org"
WHY = "To see whether the acknowledgement answers what was asked."


@pytest.fixture(autouse=True)
def other_auditors(branch: Branch) -> None:
    branch.add(OTHER, "auditor")
    branch.add(THIRD, "auditor")


def part_of(branch: Branch, reference: str, path: str = "statement") -> str:
    """The key of a part of the report."""
    return f"{branch.rows(reference, 'report')[0].id}:{path}"


def opened(branch: Branch, reference: str, by: str = AUDITOR, path: str = "statement", why: str = WHY) -> str:
    raw = {"part": part_of(branch, reference, path), "reason": why}
    return unmasking.unmask(branch.home, branch.viewer(by), reference, raw, via="api")


def told(branch: Branch, reference: str, by: str = AUDITOR) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = good(branch.client(by).get(f"/api/v1/cases/{reference}/openings"))["items"]
    return items


def mails(branch: Branch) -> list[Content]:
    with branch.home.db.read() as session:
        rows = session.exec(select(Mail).where(Mail.kind == unmasking.UNMASKING)).all()
        return [open_mail(session, branch.home.vault, row) for row in rows]


def test_one_field_opens_to_whoever_asked_and_to_nobody_else(branch: Branch) -> None:
    reference = branch.at("acknowledged")
    assert told(branch, reference) == []
    opened(branch, reference)
    (mine,) = told(branch, reference)
    assert mine["text"] == REPORT["statement"]
    assert (mine["kind"], mine["label"]) == ("The report", "What happened, in your own words")
    assert REPORT["how_seen"] not in str(mine)
    for email in (SECRETARY, OTHER):
        (theirs,) = told(branch, reference, email)
        assert (theirs["text"], theirs["reason"], theirs["who"]) == (None, WHY, "Auditor (test)")


def test_it_closes_again_after_24_hours(branch: Branch) -> None:
    with freeze_time("2027-03-02 12:00") as frozen:
        reference = branch.at("acknowledged")
        opened(branch, reference)
        frozen.move_to("2027-03-03 11:59:59")
        assert told(branch, reference)[0]["text"] == REPORT["statement"]
        frozen.move_to("2027-03-03 12:00:00")
        (after,) = told(branch, reference)
        assert (after["text"], after["lasts"], after["reason"]) == (None, False, WHY)


def test_the_entry_holds_no_word_of_it(branch: Branch) -> None:
    reference = branch.at("acknowledged")
    version = branch.case(reference).version
    opening = opened(branch, reference)
    entry = next(one for one in branch.entries(reference) if one.event == "content_unmasked")
    document = decode(entry.entry)
    assert document["record"] == {"kind": "unmasking", "id": opening}
    assert document["subject"] == {"kind": "field", "id": branch.rows(reference, "report")[0].id}
    assert set(document["commits"]) == {"plain", "reason"}
    assert "acknowledgement answers" not in json.dumps(document)
    assert branch.case(reference).version == version
    assert record_check(branch.home, actor=SYSTEM, via="cli") == []


def test_groups_and_lists_open_answer_by_answer(branch: Branch) -> None:
    items = [{"what": "One."}, {"what": "Two.", "handle": "@example"}]
    reference = branch.report(items=items, reporter={"name": "A. Reporter (example)", "phone": "0191 496 0000"})
    for path, text in (("items.1.what", "Two."), ("reporter.phone", "0191 496 0000"), ("respondent.name", None)):
        opened(branch, reference, path=path)
        assert told(branch, reference)[0]["text"] == (text or REPORT["respondent"]["name"])


def test_only_auditors_open_and_only_with_a_reason(branch: Branch) -> None:
    reference = branch.at("referred")
    for email in (SECRETARY, PANEL[0]):
        with pytest.raises(Forbidden):
            opened(branch, reference, email)
    with pytest.raises(Unseen):
        opened(branch, reference, DEPUTY)
    for raw, field in (({"part": part_of(branch, reference), "reason": "short"}, "reason"), ({"reason": WHY}, "part")):
        with pytest.raises(Invalid) as wrong:
            unmasking.unmask(branch.home, branch.viewer(AUDITOR), reference, raw, via="api")
        assert [error.field for error in wrong.value.errors] == [field]
    for path in ("kind", "nothing", "respondent"):
        with pytest.raises(Invalid):
            opened(branch, reference, path=path)
    assert "content_unmasked" not in branch.events(reference)
    problem(branch.client(PANEL[0]).get(f"/api/v1/cases/{reference}/openings"), 403)


def test_an_auditor_who_is_out_loses_what_was_open(branch: Branch) -> None:
    hidden = branch.report(respondent={"name": "Auditor (test)", "is_member": "yes"})
    with pytest.raises(Unseen):
        opened(branch, hidden)
    reference = branch.report()
    opened(branch, reference)
    branch.keep(AUDITOR, reference, "conflict-declarations", answer="conflicted")
    problem(branch.client(AUDITOR).get(f"/api/v1/cases/{reference}/openings"), 404)
    assert told(branch, reference, OTHER)[0]["reason"] == WHY


def test_an_auditor_who_may_be_connected_opens_nothing_until_an_officer_decided(branch: Branch, enter: Enter) -> None:
    reference = branch.at("acknowledged")
    opened(branch, reference)
    declaration = branch.keep(AUDITOR, reference, "conflict-declarations", answer="possible", describe="I know one.")
    with pytest.raises(Forbidden):
        opened(branch, reference)
    assert told(branch, reference)[0]["text"] is None
    assert good(branch.client(AUDITOR).get(f"/api/v1/cases/{reference}/openings"))["parts"] == []
    page = shown(enter(AUDITOR).get(f"/cases/{reference}/openings").text)
    assert "Another officer decides on your declaration first" in page
    assert "Open a part" not in page
    assert reference in enter(DEPUTY).get("/cases").text  # whoever is to decide sees the card
    branch.keep(DEPUTY, reference, "conflict-declarations", answer="none")
    clearing = {"declaration": declaration, "decision": "cleared", "reason": "They only met once."}
    branch.keep(DEPUTY, reference, "conflict-clearances", **clearing)
    assert branch.case(reference).awaits_clearance is False
    assert told(branch, reference)[0]["text"] == REPORT["statement"]
    opened(branch, reference, path="how_seen")


def test_pressed_twice_is_one_opening(branch: Branch) -> None:
    reference = branch.report()
    first = opened(branch, reference)
    assert opened(branch, reference, why="Another reason that is long enough.") == first
    assert branch.events(reference).count("content_unmasked") == 1
    assert opened(branch, reference, OTHER) != first
    with freeze_time(clock.now() + timedelta(hours=25)):
        assert opened(branch, reference) != first


def test_handler_and_other_auditors_get_a_mail_without_a_fact(branch: Branch) -> None:
    given = {"smtp_url": SecretStr("smtp://localhost:1"), "mail_from": "branch@example.org"}
    branch.home = replace(branch.home, settings=branch.home.settings.model_copy(update=given))
    reference = branch.report()
    branch.keep(THIRD, reference, "conflict-declarations", answer="conflicted")
    opened(branch, reference)
    found = mails(branch)
    assert {mail.to for mail in found} == {SECRETARY, OTHER}
    for mail in found:
        assert reference in mail.text
        for word in ("Ward organiser", "colleague", "3.1", "third", "Auditor (test)", "answers what", "report"):
            assert word.casefold() not in (mail.subject + mail.text).casefold()


def test_without_a_mail_server_nothing_piles_up(branch: Branch) -> None:
    opened(branch, branch.report())
    assert mails(branch) == []


def test_worklists_show_it_until_it_was_seen(branch: Branch, enter: Enter) -> None:
    reference = branch.at("acknowledged")
    branch.keep(THIRD, reference, "conflict-declarations", answer="conflicted")
    opened(branch, reference)
    place = f'href="/cases/{reference}/openings"'
    for email in (AUDITOR, THIRD, DEPUTY):
        assert place not in enter(email).get("/cases").text
    with freeze_time(clock.now() + timedelta(days=5)):  # long closed again, and nobody had a mail
        for email, look in ((SECRETARY, f"/cases/{reference}/openings"), (OTHER, "")):
            client = enter(email)
            assert place in client.get("/cases").text
            client.get(f"/cases/{reference}")
            assert place in client.get("/cases").text  # the case alone does not show it
            if look:
                client.get(look)
            else:
                told(branch, reference, email)
            assert place not in client.get("/cases").text
        opened(branch, reference, path="how_seen")
        assert place in enter(SECRETARY).get("/cases").text


def test_by_page(branch: Branch, enter: Enter) -> None:
    reference = branch.at("acknowledged")
    address, auditor = f"/cases/{reference}/openings", enter(AUDITOR)
    page = auditor.get(address).text
    assert REPORT["statement"] not in page
    assert "What happened, in your own words" in page
    wrong = auditor.post(address, data={"part": part_of(branch, reference), "reason": "short"})
    assert (wrong.status_code, "govuk-error-summary" in wrong.text) == (422, True)
    sent = auditor.post(address, data={"part": part_of(branch, reference), "reason": WHY})
    assert sent.headers["location"] == address
    assert REPORT["statement"] in shown(auditor.get(address).text)
    assert "1, 1 at present" in shown(auditor.get(f"/cases/{reference}").text)
    officer = enter(SECRETARY)
    said = shown(officer.get(address).text)
    assert WHY in said
    assert "Open a part" not in said
    assert enter(PANEL[0]).get(address).status_code == 404


def test_by_program(branch: Branch) -> None:
    reference = branch.report()
    address, client = f"/api/v1/cases/{reference}/openings", branch.client(AUDITOR)
    offered = {one["part"] for one in good(client.get(address))["parts"]}
    assert part_of(branch, reference) in offered
    assert part_of(branch, reference, "kind") not in offered
    good(client.post(address, json={"part": part_of(branch, reference), "reason": WHY}), 201)
    assert fields(client.post(address, json={})) == {"part", "reason"}
    assert good(branch.client(OTHER).get(address))["items"][0]["text"] is None
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="none")
    assert good(branch.client(SECRETARY).get(address))["parts"] == []


def test_no_two_parts_are_called_the_same(branch: Branch) -> None:
    reference, other = branch.at("under_review"), branch.report(items=[{"what": "One."}, {"what": "Two."}])
    allegation = {"respondent": branch.rows(reference, "parties")[-1].id, "conduct": "One thing that was written."}
    for clause in ("3.1", "3.2a", "3.1"):
        branch.keep(SECRETARY, reference, "allegations", clause=clause, **allegation)
    for one in (reference, other):
        offered = good(branch.client(AUDITOR).get(f"/api/v1/cases/{one}/openings"))["parts"]
        named = [(part["kind"], part["label"], part["day"]) for part in offered]
        assert len(set(named)) == len(named)
        assert all("One" not in kind + label for kind, label, _ in named)
        assert one == other or sum("rule 3.2a" in kind for kind, _, _ in named) == 1


def test_several_fields_by_the_address_that_the_interface_names(branch: Branch) -> None:
    reference = branch.report()
    address, client = f"/api/v1/cases/{reference}/unmask", branch.client(AUDITOR)
    wanted = [part_of(branch, reference, path) for path in ("statement", "how_seen")]
    made = good(client.post(address, json={"fields": wanted, "reason": WHY}), 201)["ids"]
    assert {one["id"] for one in told(branch, reference)} == set(made)
    assert {one["text"] for one in told(branch, reference)} == {REPORT["statement"], REPORT["how_seen"]}
    assert fields(client.post(address, json={"fields": [*wanted, "nothing"], "reason": WHY})) == {"fields"}
    assert fields(client.post(address, json={"fields": "all", "reason": "short"})) == {"fields"}
    assert fields(client.post(address, json={"fields": wanted, "reason": "short"})) == {"reason"}
    problem(branch.client(SECRETARY).post(address, json={"fields": wanted, "reason": WHY}), 403)
