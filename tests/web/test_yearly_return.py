"""Once a year three people give their word; it is sealed, on the trail, never changed, and who lacks is shown."""

import pytest

from app import clock
from app.audit.entries import decode
from app.oversight.checking import check
from tests.branch import ADMINISTRATOR, AUDITOR, DEPUTY, NOBODY, PANEL, SECRETARY, Branch
from tests.web.conftest import Enter, shown

YEAR = str(clock.today().year)


def given(part: str, answer: str = "everything", **more: str) -> dict[str, str]:
    return {"year": YEAR, "part": part, "answer": answer, **more}


def test_three_declare_and_the_page_shows_who_lacks(branch: Branch, enter: Enter) -> None:
    secretary = enter(SECRETARY)
    said = shown(secretary.get("/yearly-return").text)
    assert "Not declared yet: Secretary, Deputy secretary, Who opens the branch" in said
    assert secretary.post("/yearly-return", data=given("secretary")).status_code == 303
    assert "Not declared yet: Deputy secretary, Who opens" in shown(secretary.get("/yearly-return").text)
    remarks = "Two letters of March were found in a drawer."
    enter(DEPUTY).post("/yearly-return", data=given("deputy", "not_everything", remarks=remarks))
    enter(ADMINISTRATOR).post("/yearly-return", data=given("mailbox", "nothing_came"))
    said = shown(enter(AUDITOR).get(f"/yearly-return?year={YEAR}").text)
    assert "All three have declared." in said
    assert remarks in said
    assert branch.events().count("return_declared") == 3
    assert b"drawer" not in b"".join(entry.entry for entry in branch.entries())
    with branch.home.db.read() as session:
        assert check(branch.home, session) == []
    entry = next(decode(one.entry) for one in branch.entries() if one.event == "return_declared")
    assert entry["record"]["kind"] == "yearly-declaration"
    assert set(entry["commits"]) == {"remarks"}
    assert "declared for the year whether everything that came was entered" in shown(enter(AUDITOR).get("/trail").text)


def test_a_later_declaration_counts_instead(branch: Branch, enter: Enter) -> None:
    client = enter(SECRETARY)
    client.post("/yearly-return", data=given("secretary"))
    client.post("/yearly-return", data=given("secretary", "not_everything", remarks="One mail was missed."))
    said = shown(client.get("/yearly-return").text)
    assert "One mail was missed." in said
    assert "Every paper, mail and spoken report that reached me was entered. A" not in said
    assert branch.events().count("return_declared") == 2


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (given("deputy"), "You do not hold this office today"),
        (given("secretary", "not_everything"), "Say what was not entered"),
        (given("secretary") | {"year": "soon"}, "Write a year in four figures"),
        (given("secretary") | {"year": "2999"}, "Write a year in four figures"),
        (given("other"), "Choose one of the answers offered"),
    ],
)
def test_what_is_not_sound_is_refused(branch: Branch, enter: Enter, typed: dict[str, str], words: str) -> None:
    answer = enter(SECRETARY).post("/yearly-return", data=typed)
    assert answer.status_code == 422
    assert words in shown(answer.text)
    assert "return_declared" not in branch.events()


@pytest.mark.parametrize(("email", "reads"), [(AUDITOR, 200), (PANEL[0], 403), (NOBODY, 403)])
def test_others_read_or_do_not_open_it_and_declare_nothing(enter: Enter, email: str, reads: int) -> None:
    client = enter(email)
    assert client.get("/yearly-return").status_code == reads
    assert client.post("/yearly-return", data=given("mailbox")).status_code == 403


def test_it_is_found_from_ones_own_account(enter: Enter) -> None:
    assert 'href="/yearly-return"' in enter(SECRETARY).get("/account").text
    assert 'href="/yearly-return"' not in enter(PANEL[0]).get("/account").text
