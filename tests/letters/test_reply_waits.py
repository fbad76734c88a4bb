"""While the first letter waits the case says so, and a recorded reply whose letter never arrived is told."""

from sqlmodel import Session

from app.cases.actions import Desk
from app.cases.agenda import agenda
from app.cases.door import read_case
from app.web.case_view import held_letters, next_box
from tests.branch import SECRETARY, Branch, in_days
from tests.letters.correspondence import REPORTER, do, named, safe, tick
from tests.postbox import Postbox


def box_of(branch: Branch, reference: str) -> tuple[str, str, list[str]]:
    """The title of the next thing, where its button leads, and what else is said of letters."""

    def look(_session: Session, desk: Desk) -> tuple[str, str, list[str]]:
        box = next_box(desk, agenda(desk))
        return box.title, box.button.href if box.button else "", [said for said, _ in held_letters(desk)]

    return read_case(branch.home, branch.viewer(SECRETARY), reference, "page", look)


def test_the_next_thing_is_the_letter_as_long_as_it_waits_or_needs_somebody(desk: Branch, box: Postbox) -> None:
    reference = desk.report(reporter=REPORTER)
    safe(desk, reference)
    letter = named(desk, reference, "acknowledgement")["id"]
    place = f"/cases/{reference}/letters/{letter}"
    title, button, _ = box_of(desk, reference)
    assert (title, button) == ("The reply waits to go out: it counts once it has gone", place)
    unmet = desk.client(SECRETARY).get(f"/api/v1/cases/{reference}/actions").json()
    said = [one["message"] for act in unmet if act["trigger"] == "acknowledge" for one in act["unmet"]]
    assert title in said
    box.to = lambda _: "550 No such mailbox"
    tick(desk)
    title, button, _ = box_of(desk, reference)
    assert (title, button) == ("The reply could not be sent: see to it, or record how you replied", place)
    do(desk, reference, letter, "stop")
    assert box_of(desk, reference)[0].startswith("Record how and when you replied")


def test_a_recorded_reply_whose_letter_could_not_be_sent_is_told(desk: Branch, box: Postbox) -> None:
    reference = desk.report(reporter=REPORTER)
    safe(desk, reference)
    desk.keep(SECRETARY, reference, "acknowledgements", how="email", sent_on=in_days(0))
    desk.act(SECRETARY, reference, "acknowledge")
    assert box_of(desk, reference)[2] == []
    box.to = lambda _: "550 No such mailbox"
    tick(desk)
    assert box_of(desk, reference)[2] == ["A reply was recorded, but the letter with it could not be sent"]
    do(desk, reference, named(desk, reference, "acknowledgement")["id"], "posted", how="post", sent_on=in_days(0))
    assert box_of(desk, reference)[2] == []
