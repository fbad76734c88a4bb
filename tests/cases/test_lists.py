"""Lists tell of a card no more than the card: neither filters nor order nor cursors say who has it or what is due."""

import base64
import json
from datetime import date
from typing import Any

import pytest
from sqlmodel import col, select

from app import clock
from app.cases.lists import SORTS, Filter, count_cases, list_cases
from app.cases.models import Case
from app.errors import Invalid
from tests.branch import AUDITOR, DEPUTY, SECRETARY, Branch, in_days


def page(branch: Branch, email: str, wanted: Filter | None = None, **more: Any) -> dict[str, Any]:
    with branch.home.db.read() as session:
        return list_cases(session, branch.home, branch.viewer(email), wanted or Filter(), **more)


def found(branch: Branch, email: str, **wanted: Any) -> set[str]:
    return {item["reference"] for item in page(branch, email, Filter(**wanted))["items"]}


def walk(branch: Branch, email: str, sort: str, limit: int = 1) -> list[str]:
    references, after = [], None
    while True:
        answer = page(branch, email, sort=sort, after=after, limit=limit)
        references += [item["reference"] for item in answer["items"]]
        after = answer["next"]
        if after is None:
            return references


@pytest.fixture
def awaiting(branch: Branch) -> list[str]:
    """Three cases of the secretary that are cards for the deputy; the first opened is due last."""
    references = []
    for days in (0, -30, -60):
        reference = branch.report(by=SECRETARY, received_on=in_days(days), channel="letter")
        branch.keep(SECRETARY, reference, "conflict-declarations", answer="possible")
        references.append(reference)
    return references


def test_filters_on_what_a_card_hides_find_no_card(branch: Branch, awaiting: list[str]) -> None:
    assert found(branch, DEPUTY) == set(awaiting)
    late = set(awaiting[1:])
    for wanted in ({"handler": branch.ids[SECRETARY]}, {"overdue": True}, {"overdue": False}, {"due_by": date.max}):
        assert found(branch, DEPUTY, **wanted) == set()
    assert found(branch, AUDITOR, overdue=True) == found(branch, SECRETARY, overdue=True) == late
    assert found(branch, AUDITOR, handler=branch.ids[SECRETARY]) == set(awaiting)
    with branch.home.db.read() as session:
        assert count_cases(session, branch.viewer(DEPUTY), Filter(overdue=True)) == 0


@pytest.mark.parametrize("sort", list(SORTS))
def test_cards_stand_by_reference_behind_what_is_open(branch: Branch, awaiting: list[str], sort: str) -> None:
    own = [branch.report(involves_secretary="yes") for _ in range(2)]
    listed = walk(branch, DEPUTY, sort)
    assert sorted(listed) == sorted(own + awaiting)
    assert [one for one in listed if one in awaiting] == sorted(awaiting)
    if sort != "reference":
        assert set(listed[:2]) == set(own)
    assert listed == walk(branch, DEPUTY, sort, limit=2)
    if sort.endswith("opened"):
        in_order = [*awaiting, *own]
        expected = in_order[::-1] if sort.startswith("-") else in_order
        assert walk(branch, AUDITOR, sort) == expected


def test_a_cursor_says_nothing_and_serves_one_person_and_sort(branch: Branch, awaiting: list[str]) -> None:
    cursor = page(branch, DEPUTY, limit=1)["next"]
    raw = base64.urlsafe_b64decode(cursor)
    with branch.home.db.read() as session:
        for case in session.exec(select(Case).where(col(Case.reference).in_(awaiting))).all():
            assert case.next_due_on is not None
            hidden = (case.next_due_on.isoformat(), case.id, case.reference, case.opened_at.date().isoformat())
            assert not any(text.encode() in raw for text in hidden)
    for email, sort in ((SECRETARY, "due"), (DEPUTY, "opened")):
        with pytest.raises(Invalid):
            page(branch, email, sort=sort, after=cursor)


@pytest.mark.parametrize(
    "place", [["reference", "\ud800", "x"], ["due", "2026-01-01", "\ud800"], ["reference", "\0", "0" * 32], "[" * 9000]
)
def test_a_made_up_cursor_is_refused(branch: Branch, place: Any) -> None:
    made_up = base64.urlsafe_b64encode((place if isinstance(place, str) else json.dumps(place)).encode()).decode()
    sort = place[0] if place[0] in SORTS else "due"
    with pytest.raises(Invalid):
        page(branch, SECRETARY, sort=sort, after=made_up)


def test_an_officers_own_case_is_found_though_it_is_still_a_card(branch: Branch) -> None:
    reference = branch.report(by=SECRETARY, received_on=in_days(-30), channel="letter")
    me = branch.ids[SECRETARY]
    assert page(branch, SECRETARY)["items"][0]["view"] == "card"
    assert found(branch, SECRETARY, handler=me, overdue=True, due_by=clock.today()) == {reference}
