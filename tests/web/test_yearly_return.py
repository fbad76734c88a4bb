"""Once a year three people give their word; it is sealed, on the trail, never changed, and who lacks is shown."""

import pytest

from app import clock
from app.audit.entries import decode
from app.audit.guards import release
from app.audit.log import SYSTEM
from app.oversight import yearly
from app.oversight.checking import check
from app.people import actions as people
from app.web.wording import day
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
    assert "All three have declared, and not everything was entered." in said
    assert remarks in said
    assert branch.events().count("return_declared") == 3
    assert b"drawer" not in b"".join(entry.entry for entry in branch.entries())
    with branch.home.db.read() as session:
        assert check(branch.home, session) == []
    entry = next(decode(one.entry) for one in branch.entries() if one.event == "return_declared")
    assert entry["record"]["kind"] == "yearly-declaration"
    assert set(entry["commits"]) == {"plain", "remarks"}
    assert "declared for the year whether everything that came was entered" in shown(enter(AUDITOR).get("/trail").text)


def test_a_later_declaration_counts_instead(branch: Branch, enter: Enter) -> None:
    client = enter(SECRETARY)
    client.post("/yearly-return", data=given("secretary"))
    client.post("/yearly-return", data=given("secretary", "not_everything", remarks="One mail was missed."))
    said = shown(client.get("/yearly-return").text)
    assert "One mail was missed." in said
    assert "Every paper, mail and spoken report that reached me was entered. A" not in said
    assert branch.events().count("return_declared") == 2


def test_a_not_everything_stays_until_the_same_person_takes_it_back(branch: Branch, enter: Enter) -> None:
    opener, secretary = enter(ADMINISTRATOR), enter(SECRETARY)
    opener.post("/yearly-return", data=given("mailbox", "not_everything", remarks="A bag of letters is lost."))
    secretary.post("/yearly-return", data=given("mailbox"))
    said = shown(secretary.get("/yearly-return").text)
    assert "Not everything was entered" in said
    assert "A bag of letters is lost." in said
    assert "Not declared yet: Secretary, Deputy secretary." in said
    secretary.post("/yearly-return", data=given("secretary"))  # one word for each person: not two parts
    said = shown(secretary.get("/yearly-return").text)
    assert "Not declared yet: Deputy secretary." in said
    enter(DEPUTY).post("/yearly-return", data=given("deputy"))
    said = shown(secretary.get("/yearly-return").text)
    assert "All three have declared, and not everything was entered" in said
    paper = shown(enter(AUDITOR).get("/integrity/statement").text)
    assert paper.index(f"Not everything was entered in {YEAR}, says") < paper.index("Deputy secretary (")
    assert "Every paper, mail and spoken report that reached me was entered" in paper
    opener.post("/yearly-return", data=given("mailbox"))
    assert "All three have declared." in shown(secretary.get("/yearly-return").text)
    assert "Not everything was entered in" not in shown(enter(AUDITOR).get("/integrity/statement").text)


def test_a_secretary_who_opens_the_post_declares_both_at_once(branch: Branch, enter: Enter) -> None:
    secretary = enter(SECRETARY)
    assert secretary.post("/yearly-return", data=given("secretary+mailbox")).status_code == 303
    said = shown(secretary.get("/yearly-return").text)
    assert "Not declared yet: Deputy secretary." in said
    paper = shown(enter(AUDITOR).get("/integrity/statement").text)
    assert paper.count("Secretary (test)") == 2
    refused = enter(DEPUTY).post("/yearly-return", data=given("secretary+mailbox"))
    assert (refused.status_code, "You do not hold this office today" in shown(refused.text)) == (422, True)
    secretary.post("/yearly-return", data=given("secretary"))  # one word for each person: the one for both is gone
    assert "Not declared yet: Deputy secretary, Who opens" in shown(secretary.get("/yearly-return").text)
    with branch.home.db.read() as session:
        assert check(branch.home, session) == []


def test_paper_says_when_each_declared(branch: Branch, enter: Enter) -> None:
    """A word given while the year still runs says nothing of the rest of it."""
    enter(SECRETARY).post("/yearly-return", data=given("secretary"))
    paper = shown(enter(AUDITOR).get("/integrity/statement").text)
    assert f"reached me was entered, said on {day(clock.today())}" in paper


@pytest.mark.parametrize("year", ["0000", "1999", "9999", "x", ""])
def test_a_year_that_nobody_can_declare_is_not_shown(enter: Enter, year: str) -> None:
    assert f"Yearly return {YEAR}" in shown(enter(SECRETARY).get(f"/yearly-return?year={year}").text)


def test_pressed_twice_is_one_declaration(branch: Branch, enter: Enter) -> None:
    client = enter(SECRETARY)
    for _ in range(2):
        assert client.post("/yearly-return", data=given("secretary")).status_code == 303
    assert branch.events().count("return_declared") == 1
    client.post("/yearly-return", data=given("secretary", "nothing_came"))
    client.post("/yearly-return", data=given("secretary"))
    assert branch.events().count("return_declared") == 3


def test_a_guest_for_one_case_neither_reads_nor_declares(branch: Branch, enter: Enter) -> None:
    reference = branch.report()
    with branch.home.db.write() as session:
        case_id = branch.case(reference).id
        people.give_office(session, branch.ids[NOBODY], "stand_in", actor=SYSTEM, via="cli", case_id=case_id)
    guest = enter(NOBODY)
    assert guest.get("/yearly-return").status_code == 403
    assert guest.post("/yearly-return", data=given("mailbox")).status_code == 403
    assert 'href="/yearly-return"' not in guest.get("/account").text


@pytest.mark.parametrize(
    ("attack", "words"),
    [
        ("UPDATE yearly_declaration SET answer = 'everything'", "the column answer of the record yearly-declaration"),
        ("UPDATE yearly_declaration SET person_id = part", "the column person_id of the record yearly-declaration"),
        ("UPDATE yearly_declaration SET recorded_at = '2001-01-01 00:00:00+00:00'", "the column recorded_at"),
        ("DELETE FROM yearly_declaration", "is missing: it was removed"),
        ("DELETE FROM vault WHERE table_name = 'yearly_declaration'", "the sealed group remarks that it recorded"),
        ("UPDATE yearly_declaration SET id = person_id", "no entry tells of it: it was put in"),
    ],
)
def test_the_check_names_a_declaration_that_was_edited(branch: Branch, attack: str, words: str) -> None:
    viewer = branch.viewer(SECRETARY)
    given_words = {"year": YEAR, "part": "secretary", "answer": "not_everything", "remarks": "One."}
    yearly.declare(branch.home, viewer, given_words, via="page")
    with branch.home.db.write() as session:
        for table in ("yearly_declaration", "vault"):
            release(session.connection(), table)
        session.connection().exec_driver_sql(attack)
    with branch.home.db.read() as session:
        assert words in "\n".join(map(str, check(branch.home, session)))


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
