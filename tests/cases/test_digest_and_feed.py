"""The daily mail and the calendar: once, to whom it concerns, with references and nothing else (X18)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from freezegun import freeze_time
from icalendar import Calendar
from sqlmodel import select

from app import clock
from app.cases.digest import SUBJECT, Asked, Digest, Own, compose, digest_of, digests_due, wait_to_be_made
from app.cases.models import CalendarFeed
from tests.branch import DEPUTY, OFFICES, PANEL, SECRETARY, STAND_IN, Branch, branch
from tests.shared_branch import embedded_branch

__all__ = ["branch", "embedded_branch"]
NAMES = ("Ward organiser", "colleague", "3.1", "third", "Secretary (test)", "Arrived")


def made(branch: Branch) -> list[Digest]:
    with branch.home.db.write() as session:
        return digests_due(session, branch.home, clock.now())


def test_the_text_has_references_and_an_end() -> None:
    text = compose(Own(["2026-AAAAA"]), Asked(["2026-BBBBB"]), "https://cases.example.org")
    assert text.startswith("Late:\n  2026-AAAAA\n\nWaiting for you")
    assert "Due within" not in text
    assert compose(Own(), Asked(), "https://cases.example.org") == ""


def test_a_digest_is_made_once_a_day_and_only_where_something_is_due(branch: Branch) -> None:
    with freeze_time("2027-03-02 12:00") as frozen:
        reference = branch.report()
        branch.keep(SECRETARY, reference, "conflict-declarations", answer="none")
        assert made(branch) == []  # seven days to go
        frozen.move_to("2027-03-08 06:59")
        assert made(branch) == []  # too early in the morning
        frozen.move_to("2027-03-08 07:00")
        (found,) = made(branch)
        assert (found.person_id, found.to, found.subject) == (branch.ids[SECRETARY], SECRETARY, SUBJECT)
        assert found.text.startswith(f"Due within two days:\n  {reference}\n")
        assert made(branch) == []
        frozen.move_to("2027-03-12 15:00")  # three days asleep: one mail
        (found,) = made(branch)
        assert found.text.startswith(f"Late:\n  {reference}\n")
        assert made(branch) == []
        for word in NAMES:
            assert word.casefold() not in (found.subject + found.text).casefold()


def test_two_workers_at_the_same_moment_make_it_once(branch: Branch) -> None:
    with freeze_time("2027-03-02 12:00") as frozen:
        branch.report()
        frozen.move_to("2027-03-09 12:00")
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda _: made(branch), range(4)))
        assert sorted(len(one) for one in found) == [0, 0, 0, 1]


def test_an_hour_in_summer_is_an_hour_in_london(embedded_branch: Branch) -> None:
    with embedded_branch.home.db.read() as session:
        assert not wait_to_be_made(session, datetime(2026, 7, 1, 5, 59, tzinfo=UTC))
        assert wait_to_be_made(session, datetime(2026, 7, 1, 6, 0, tzinfo=UTC))
        assert not wait_to_be_made(session, datetime(2026, 12, 1, 6, 59, tzinfo=UTC))


def test_a_panel_member_hears_of_a_card_that_waits(branch: Branch) -> None:
    with freeze_time("2027-03-02 12:00") as frozen:
        reference = branch.report()
        branch.acknowledged(reference)
        branch.under_review(reference)
        branch.keep(SECRETARY, reference, "panel", person=PANEL[0])
        frozen.move_to("2027-03-03 12:00")
        (found,) = made(branch)
        assert found.to == PANEL[0]
        assert reference in found.text
        assert "/panel" in found.text
        branch.keep(PANEL[0], reference, "conflict-declarations", answer="conflicted")
        frozen.move_to("2027-03-04 12:00")
        assert made(branch) == []


def texts(branch: Branch) -> dict[str, str]:
    """What each person would be told, by mail address."""
    with branch.home.db.read() as session:
        viewers = [branch.viewer(email) for email in OFFICES]
        found = [digest_of(session, branch.home, viewer, clock.today()) for viewer in viewers]
    return {one.to: one.text for one in found if one is not None}


def test_every_declaration_that_somebody_is_asked_for_is_in_it(branch: Branch) -> None:
    reference = branch.report()
    declare = "Waiting for you to say whether anything connects you with them:"
    assert texts(branch) == {SECRETARY: texts(branch)[SECRETARY]}  # the case is nobody else's
    assert f"{declare}\n  {reference}\n" in texts(branch)[SECRETARY]
    assert "/cases\n" in texts(branch)[SECRETARY]
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="possible", describe="We share a committee.")
    told = texts(branch)
    assert set(told) == {DEPUTY, STAND_IN}  # whoever could decide on it declares first
    assert all(f"{declare}\n  {reference}\n" in text for text in told.values())
    branch.keep(DEPUTY, reference, "conflict-declarations", answer="none")
    told = texts(branch)
    assert f"Waiting for you to decide on somebody's declaration:\n  {reference}\n" in told[DEPUTY]
    assert declare not in told[DEPUTY]
    for text in told.values():
        for word in (*NAMES, "committee", "possible"):
            assert word.casefold() not in text.casefold()
    (made_it,) = branch.rows(reference, "conflict-declarations")[:1]
    cleared = {"declaration": made_it.id, "decision": "cleared", "reason": "A large committee."}
    branch.keep(DEPUTY, reference, "conflict-clearances", **cleared)
    assert texts(branch) == {}


def test_a_declaration_before_looking_again_is_cleared_by_another_officer(branch: Branch) -> None:
    reference = branch.at("closed")
    branch.handed_over(reference, how="own_page", name="closing_third_party")
    assert texts(branch) == {}
    branch.keep(DEPUTY, reference, "conflict-declarations", answer="possible", describe="We share a committee.")
    assert set(texts(branch)) == {SECRETARY, STAND_IN}
    assert reference in texts(branch)[SECRETARY]


def feed_of(branch: Branch, email: str) -> str:
    from app.cases import feeds

    with branch.home.db.write() as session:
        return feeds.issue(session, branch.home, branch.ids[email], actor=branch.viewer(email).actor(), via="page")


def test_a_calendar_has_dates_and_references_of_ones_own_cases_only(embedded_branch: Branch) -> None:
    branch = embedded_branch
    mine = branch.report()
    hidden = branch.report(involves_secretary="yes")
    secret = feed_of(branch, SECRETARY)
    answer = branch.client().get(f"/calendar/{secret}.ics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/calendar")
    events: dict[str, Any] = {
        str(one["url"]).rsplit("/", 1)[1]: one for one in Calendar.from_ical(answer.content).walk("VEVENT")
    }
    assert mine in events
    assert hidden not in answer.text
    event = events[mine]
    assert event["dtstart"].dt == branch.case(mine).next_due_on == clock.today() + timedelta(days=7)
    assert str(event["summary"]) == f"Casetrail: a date is due, {mine}"
    for word in (*NAMES, "example.org"):
        assert word.casefold() not in answer.text.casefold()
    assert answer.content == branch.client().get(f"/calendar/{secret}.ics").content
    assert hidden in branch.client().get(f"/calendar/{feed_of(branch, DEPUTY)}.ics").text
    assert "BEGIN:VEVENT" not in branch.client().get(f"/calendar/{feed_of(branch, STAND_IN)}.ics").text


def test_a_new_address_ends_the_old_one_and_only_an_hmac_is_kept(embedded_branch: Branch) -> None:
    branch = embedded_branch
    first, second = feed_of(branch, DEPUTY), feed_of(branch, DEPUTY)
    assert branch.client().get(f"/calendar/{first}.ics").status_code == 404
    assert branch.client().get(f"/calendar/{second}.ics").status_code == 200
    with branch.home.db.read() as session:
        rows = session.exec(select(CalendarFeed).where(CalendarFeed.person_id == branch.ids[DEPUTY])).all()
        assert not {first, second} & {row.lookup for row in rows}
    assert branch.events()[-2:] == ["calendar_revoked", "calendar_issued"]


def test_wrong_addresses_are_slowed_down(branch: Branch) -> None:
    client, secret = branch.client(), feed_of(branch, SECRETARY)
    for _ in range(10):
        assert client.get("/calendar/wrong.ics").status_code == 404
    assert client.get(f"/calendar/{secret}.ics").status_code == 429


@pytest.mark.parametrize("token", ["x" * 4000, "%00", "..%2f..%2fx", "%E2%80%AE"])
def test_a_hostile_address_is_one_that_does_not_exist(embedded_branch: Branch, token: str) -> None:
    assert embedded_branch.client().get(f"/calendar/{token}.ics").status_code == 404
