"""News by letter counts like news by message: the 28 days begin anew on the day it went, however it went."""

from datetime import date, timedelta

from app import clock, worker
from app.cases.updates import due_updates
from tests.branch import SECRETARY, Branch
from tests.cases.by_code import own
from tests.letters.correspondence import REPORTER, do, named, sound, write
from tests.postbox import Postbox

MONTH = timedelta(days=28)
NEWS = {"text": "# Where we are\n\nWe are still working on it."}


def begun(branch: Branch) -> tuple[str, date]:
    """A case whose reporter was answered today, and today."""
    return branch.at("acknowledged", reporter=REPORTER), clock.today()


def written(branch: Branch, reference: str, days: int) -> str:
    """News by letter, written so many days from now; its id."""
    with clock.set_to(clock.now() + timedelta(days=days)):
        letter = write(branch, reference, "update")
        do(branch, reference, letter, "edit", **NEWS)
        return letter


def send_waiting(branch: Branch) -> None:
    """What waits goes out now, an hour on."""
    worker.send_letters(branch.home, clock.now() + timedelta(hours=1), lambda: True)


def due(branch: Branch, reference: str) -> bool:
    with branch.home.db.read() as session:
        return reference in {one.reference for one in due_updates(session, branch.home, branch.viewer(SECRETARY))}


def test_a_letter_that_went_by_mail_begins_the_28_days_anew(desk: Branch, box: Postbox) -> None:
    reference, first = begun(desk)
    with clock.set_to(clock.now() + timedelta(days=22)):
        assert due(desk, reference)
        do(desk, reference, write(desk, reference, "update"), "edit", **NEWS)
        assert named(desk, reference, "update")["state"] != "sent"
        assert own(desk, reference).next_update_on == first + MONTH  # written is not gone
        do(desk, reference, named(desk, reference, "update")["id"], "send")
        before = desk.case(reference).version
    with clock.set_to(clock.now() + timedelta(days=24)):
        send_waiting(desk)
        assert [mail["To"] for mail in box.mails if mail["To"] == REPORTER["email"]]
        assert own(desk, reference).next_update_on == clock.today() + MONTH == first + timedelta(days=52)
        assert not due(desk, reference)
        assert desk.case(reference).version == before
        assert "update_reporter" not in {one["clock"] for one in _late(desk, reference)}
        assert sound(desk)


def test_one_that_was_stopped_or_only_written_changes_nothing(desk: Branch, box: Postbox) -> None:
    reference, first = begun(desk)
    with clock.set_to(clock.now() + timedelta(days=10)):
        letter = write(desk, reference, "update")
        do(desk, reference, letter, "edit", **NEWS)
        do(desk, reference, letter, "send")
        do(desk, reference, letter, "stop")
        send_waiting(desk)
        assert own(desk, reference).next_update_on == first + MONTH


def test_posted_by_hand_counts_from_the_day_it_was_posted_and_never_moves_a_date_back(desk: Branch) -> None:
    reference, first = begun(desk)
    letter, older = (written(desk, reference, days) for days in (15, 18))
    with clock.set_to(clock.now() + timedelta(days=20)):
        do(desk, reference, letter, "posted", how="post", sent_on=(first + timedelta(days=15)).isoformat())
        assert own(desk, reference).next_update_on == first + timedelta(days=43)
        desk.keep(SECRETARY, reference, "messages", kind="update", text="Still at it.")
        do(desk, reference, older, "posted", how="post", sent_on=(first + timedelta(days=18)).isoformat())
        assert own(desk, reference).next_update_on == clock.today() + MONTH


def test_a_reason_for_the_old_date_does_not_explain_the_new_one(desk: Branch) -> None:
    reference, first = begun(desk)
    letter = written(desk, reference, 29)
    with clock.set_to(clock.now() + timedelta(days=30)):
        desk.keep(SECRETARY, reference, "late-reasons", clock="update_reporter", reason="I was ill.")
        do(desk, reference, letter, "posted", how="post", sent_on=(first + timedelta(days=29)).isoformat())
        assert desk.case(reference).next_due_clock != "update_reporter"
    with clock.set_to(clock.now() + timedelta(days=60)):
        (late,) = [one for one in _late(desk, reference) if one["clock"] == "update_reporter"]
        assert (late["late_days"], late["reason"]) == (3, None)


def test_a_letter_after_the_decision_starts_nothing(desk: Branch) -> None:
    reference = desk.at("closed", reporter=REPORTER)
    letter = write(desk, reference, "update")
    do(desk, reference, letter, "edit", **NEWS)
    do(desk, reference, letter, "posted", how="in_person", sent_on=clock.today().isoformat())
    assert own(desk, reference).next_update_on is None


def _late(branch: Branch, reference: str) -> list[dict[str, object]]:
    from app.cases import door, queries

    viewer = branch.viewer(SECRETARY)
    found = door.read_case(branch.home, viewer, reference, "api", lambda _, desk: queries.deadlines_json(desk))
    return [one for one in found if one["overdue"]]
