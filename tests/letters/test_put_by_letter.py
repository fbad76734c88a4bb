"""A notice and its letter: stopped, refused or waiting it puts nothing; sent or handed over it does."""

import pytest

from tests.branch import PASSWORD, SECRETARY, Branch, in_days
from tests.cases.by_reply_code import notify
from tests.letters.correspondence import MEMBER, do, named, sound, tick
from tests.letters.test_notice_code import LISTED, put
from tests.postbox import Postbox

CONDITION = "every_allegation_was_put"


def unmet(branch: Branch, reference: str) -> str | None:
    """What the API says is missing before a referral of what was put."""
    answer = branch.client(SECRETARY).get(f"/api/v1/cases/{reference}/actions").json()
    refer = next(one for one in answer if one["trigger"] == "refer")
    found: list[str] = [one["message"] for one in refer["unmet"] if one["condition"] == CONDITION]
    return found[0] if found else None


def page(branch: Branch, reference: str) -> str:
    """The overview of the case as its officer reads it."""
    branch.give_password(SECRETARY)
    client = branch.client()
    assert client.post("/sign-in", data={"email": SECRETARY, "password": PASSWORD}).status_code == 303
    return client.get(f"/cases/{reference}").text


def test_stopped_it_puts_nothing_until_it_goes(desk: Branch, box: Postbox) -> None:
    reference, party, alleged = put(desk)
    notify(desk, reference, party, alleged, **LISTED)
    letter = named(desk, reference, "notice")["id"]
    assert "waits to go out" in str(unmet(desk, reference))
    do(desk, reference, letter, "stop")
    said = str(unmet(desk, reference))
    assert "was stopped: send it, or record a new notice; still open: 3.1" in said
    shown = page(desk, reference)
    assert "was stopped: send it, or record a new notice" in shown
    assert f"/cases/{reference}/letters/{letter}" in shown
    do(desk, reference, letter, "send")
    tick(desk)
    assert unmet(desk, reference) is None
    assert "was stopped" not in page(desk, reference)
    assert sound(desk)


def test_refused_by_the_server_it_counts_once_it_was_handed_over(desk: Branch, box: Postbox) -> None:
    reference, party, alleged = put(desk)
    notify(desk, reference, party, alleged, **LISTED)
    box.to = lambda _: "550 nobody here"
    tick(desk)
    letter = named(desk, reference, "notice")["id"]
    assert "could not be sent: see to it" in str(unmet(desk, reference))
    do(desk, reference, letter, "posted", how="in_person", sent_on=in_days(0))
    assert unmet(desk, reference) is None


@pytest.mark.parametrize("how", ["email", "post"])
def test_while_it_needs_somebody_it_puts_nothing(embedded: Branch, how: str) -> None:
    reference, party, alleged = put(embedded)
    notify(embedded, reference, party, alleged, how=how, **({} if how == "email" else LISTED))
    assert named(embedded, reference, "notice")["state"] == "needs_you"
    assert "has not gone: send it, or note that it was posted" in str(unmet(embedded, reference))
    assert MEMBER["name"] not in str(unmet(embedded, reference))


def test_no_later_letter_speaks_of_a_notice_that_never_went(embedded: Branch) -> None:
    reference, party, alleged = put(embedded)
    notify(embedded, reference, party, alleged, **LISTED)
    do(embedded, reference, named(embedded, reference, "notice")["id"], "stop")
    embedded.closed(reference)
    listed = embedded.client(SECRETARY).get(f"/api/v1/cases/{reference}/letters").json()["items"]
    assert "closing_respondent" not in [one["letter"] for one in listed]


def test_a_reminder_of_a_notice_that_never_went_waits_for_its_officer(embedded: Branch) -> None:
    reference, party, alleged = put(embedded)
    notice, _ = notify(embedded, reference, party, alleged, **LISTED)
    reminder = {"notice": notice, "sent_on": in_days(0), "how": "email"}
    embedded.keep(SECRETARY, reference, "reminders", **reminder)
    assert named(embedded, reference, "reminder")["state"] == "queued"  # the notice waits before it
    do(embedded, reference, named(embedded, reference, "notice")["id"], "stop")
    embedded.keep(SECRETARY, reference, "reminders", **reminder)
    held = named(embedded, reference, "reminder")
    assert [need["code"] for need in held["needs"]] == ["notice_held"]
    assert do(embedded, reference, held["id"], "send")["state"] == "queued"
