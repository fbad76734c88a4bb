"""Lists of hundreds of rows come in pages, or folded: nobody scrolls through all of them on a telephone."""

import re

import pytest

from app.web import evidence_pages, users, worklist
from tests.branch import ADMINISTRATOR, SECRETARY, Branch
from tests.web.conftest import Enter, shown

REPORTER = {"name": "Ward treasurer (example)", "email": "treasurer@example.org"}
LINK = {"method": "link_only", "link": "https://social.example/post/1"}
NEXT = re.compile(r'href="([^"]+)" rel="next"')


def onward(page: str) -> str:
    """The address of the next page."""
    found = NEXT.search(page)
    assert found is not None
    return found[1].replace("&amp;", "&")


def test_evidence_comes_in_pages_newest_first(branch: Branch, enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence_pages, "ON_PAGE", 2)
    reference = branch.at("under_review")
    officer, address = enter(SECRETARY), f"/cases/{reference}/evidence"
    for number in range(5):
        assert ("of evidence" in shown(officer.get(address).text)) == (number > 2)
        branch.keep(SECRETARY, reference, "evidence", **LINK, shows=f"post {number}")
    first = officer.get(address).text
    assert "Five items of evidence, the newest first: 1 to 2" in shown(first)
    assert [f"post {number}" in shown(first) for number in range(5)] == [False, False, False, True, True]
    second = officer.get(onward(first)).text
    assert "3 to 4" in shown(second)
    assert [f"post {number}" in shown(second) for number in range(5)] == [False, True, True, False, False]
    last = officer.get(onward(second)).text
    assert NEXT.search(last) is None
    assert "post 0" in shown(last)
    assert f'href="{address}"' in last
    assert officer.get(f"{address}?start=99").status_code == 200
    assert officer.get(f"{address}?start=-1").status_code == 404


def test_people_come_in_pages_and_are_found_by_name_or_address(
    branch: Branch, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(users, "ON_PAGE", 4)
    administrator = enter(ADMINISTRATOR)
    branch.add("zebedee@example.org", name="Zebedee O’Neill")
    page, seen = administrator.get("/users").text, 0
    count = len(branch.ids)
    assert f"{count} accounts" in shown(page)
    while NEXT.search(page):
        seen += page.count('role="rowheader"')
        page = administrator.get(onward(page)).text
    assert seen + page.count('role="rowheader"') == count
    assert "Zebedee" in page
    for typed in ("zebedee", "O’NEILL", "zebedee@"):
        found = administrator.get("/users", params={"q": typed}).text
        assert found.count('role="rowheader"') == 1
        assert "Zebedee" in found
    none = shown(administrator.get("/users?q=nobody-like-that").text)
    assert "No account fits" in none


def test_many_records_of_a_kind_are_folded(branch: Branch, enter: Enter) -> None:
    reference = branch.at("under_review")
    for number in range(23):
        branch.keep(SECRETARY, reference, "notes", text=f"note {number}", audience="everyone")
    page = enter(SECRETARY).get(f"/cases/{reference}/records").text
    assert "Earlier: three" in shown(page)
    assert page.index("note 22") < page.index("note 3") < page.index("Earlier: three") < page.index("note 2<")


def test_the_worklist_counts_every_letter_and_shows_some(
    branch: Branch, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worklist, "LETTERS", 1)
    officer = enter(SECRETARY)
    branch.at("closed", reporter=REPORTER)
    page = shown(officer.get("/cases").text)
    assert "One letter needs you." in page
    assert "letters that need you" not in page
    branch.at("closed", reporter=REPORTER)
    text = officer.get("/cases").text
    assert "Two letters need you." in shown(text)
    assert "All 2 letters that need you" in shown(text)
    assert text.count("See to the letters") == 1
