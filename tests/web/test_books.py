"""The books of a period balance, a record that does not is told, and the page to sign says what it does not show."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from freezegun import freeze_time
from pypdf import PdfReader
from sqlalchemy import text as sql

from app import clock
from app.audit.endings import LAST_KNOWN, PRESENT
from app.audit.events import Event
from app.audit.log import SYSTEM, append
from app.audit.notes import COSIGNATURE, Signer
from app.oversight import reconciling, witnesses, yearly
from tests.branch import ADMINISTRATOR, AUDITOR, DEPUTY, SECRETARY, Branch
from tests.web.conftest import Enter, shown

PAGES = ("/integrity/reconciliation", "/integrity/statement", "/integrity/statement.pdf")


def figures(branch: Branch, first: int = 0, last: int = 0) -> reconciling.Books:
    today = clock.today()
    with branch.home.db.read() as session:
        days = today + timedelta(days=first), today + timedelta(days=last)
        return reconciling.books(branch.home, session, *days)


def test_a_period_balances_through_opening_closing_and_opening_again(branch: Branch) -> None:
    empty = figures(branch)
    assert (empty.brought, empty.received, empty.closed, empty.carried, empty.cases) == (0, 0, 0, 0, 0)
    closed = branch.at("closed")
    branch.at("acknowledged")
    branch.report()
    found = figures(branch)
    assert (found.brought, found.received, found.closed, found.carried) == (0, 3, 1, 2)
    assert (found.cases, found.acknowledged, found.impossible, found.waiting) == (3, 2, 0, 1)
    assert found.balances
    assert not found.answered  # one was not acknowledged
    with freeze_time(clock.now() + timedelta(days=2)):
        branch.keep(DEPUTY, closed, "conflict-declarations", answer="none")
        branch.act(DEPUTY, closed, "reopen", ground="new_evidence", reasons="Something new came.")
        later = figures(branch)
        assert (later.brought, later.received, later.reopened, later.closed, later.carried) == (2, 0, 1, 0, 3)
        assert later.balances
        assert (figures(branch, -9, 0).brought, figures(branch, -9, 0).carried) == (0, 3)


def test_no_answer_is_possible_is_counted_apart(branch: Branch) -> None:
    reference = branch.report()
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="none")
    branch.keep(SECRETARY, reference, "acknowledgements", how="impossible", reason="No address was given.")
    found = figures(branch)
    assert (found.acknowledged, found.impossible, found.waiting) == (0, 1, 0)
    assert found.answered


def test_what_was_not_acknowledged_is_no_agreement(branch: Branch, enter: Enter) -> None:
    reference = branch.report()
    client = enter(AUDITOR)
    said = shown(client.get("/integrity/reconciliation").text)
    assert "No: 1 not acknowledged; reports 1, cases 1: acknowledged 0 + impossible 0 + not yet 1." in said
    said = shown(client.get("/integrity/statement").text)
    assert "Not acknowledged when the period ended: 1." in said
    assert "The figures agree." not in said
    before = figures(branch)
    with freeze_time(clock.now() + timedelta(days=2)):
        branch.keep(SECRETARY, reference, "conflict-declarations", answer="none")
        branch.keep(SECRETARY, reference, "acknowledgements", how="post", sent_on=clock.today().isoformat())
        assert figures(branch, 0, 0).answered
        assert figures(branch, -2, -2) == before  # what is done later changes no figures of a past period


def test_a_case_without_its_report_is_told(branch: Branch, enter: Enter) -> None:
    branch.report()
    moved = {"then": clock.now() - timedelta(days=700)}
    with branch.home.db.write() as session:
        session.connection().execute(sql("UPDATE cases SET opened_at = :then"), moved)
    assert not figures(branch).answered
    assert "<strong>No: reports 1, cases 0" in enter(AUDITOR).get("/integrity/reconciliation").text  # and first


def test_the_page_says_it_in_one_line_and_takes_a_period(branch: Branch, enter: Enter) -> None:
    branch.at("acknowledged")
    client = enter(AUDITOR)
    said = shown(client.get("/integrity/reconciliation").text)
    assert "Yes: brought forward 0 + received 1 + opened again 0 − closed 0 = carried forward 1." in said
    assert "Yes: reports 1, cases 1: acknowledged 1 + impossible 0 + not yet 0." in said
    said = shown(client.get("/integrity/reconciliation?from=1+January+2020&to=31+December+2020").text)
    assert "From 1 January 2020 to 31 December 2020" in said
    assert "carried forward 0." in said
    assert 'value="31 December 2020"' in client.get("/integrity/reconciliation?from=2020-01-01&to=2020-12-31").text
    wrong = client.get("/integrity/reconciliation?from=soon&to=")
    assert wrong.status_code == 422


def test_the_statement_is_one_page_and_says_what_it_does_not_show(branch: Branch, enter: Enter) -> None:
    reference = branch.at("acknowledged")
    branch.home.log.catch_up()
    client = enter(AUDITOR)
    client.post("/integrity/check")
    page = client.get("/integrity/statement")
    said = shown(page.text)
    for words in (
        "Code of that signature:",
        "nothing was missing and nothing was changed",
        "Brought forward 0 + received 1 + opened again 0 − closed 0 = carried forward 1",
        "No witness is named whose signature could be checked here.",
        "Whether everything was entered in",
        "thrown away or forgotten before it was entered",
        "Date and signature:",
    ):
        assert words in said, words
    assert reference not in said
    pdf = client.get("/integrity/statement.pdf")
    assert (pdf.status_code, pdf.headers["content-type"]) == (200, "application/pdf")
    assert pdf.content.startswith(b"%PDF")
    assert b"/Type/Pages/Count 1/" in pdf.content
    for path in PAGES:  # where the days can be typed again
        wrong = client.get(f"{path}?from=soon&to=late")
        assert wrong.status_code == 422
        assert "From: Write the date like" in shown(wrong.text)
        assert "To: Write the date like" in shown(wrong.text)
        assert "carried forward" not in wrong.text


@pytest.mark.parametrize("email", [ADMINISTRATOR, SECRETARY])
@pytest.mark.parametrize("path", PAGES)
def test_books_are_for_auditors(enter: Enter, email: str, path: str) -> None:
    assert enter(email).get(path).status_code == 403


def pages_of(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


@pytest.fixture
def eventful(branch: Branch) -> Branch:
    """A branch with all that a statement may have to say: witnesses, a loss, copies, and who declared the year."""
    branch.at("closed")
    for number in range(3):
        key = Signer.make(f"witness-{number}.example/of-a-long-name").verifier(COSIGNATURE)
        witnesses.name_witness(branch.home, str(key), actor=SYSTEM, via="cli")
    told = ((Event.LOSS_DECLARED, {LAST_KNOWN: 1_000, PRESENT: 400}), (Event.BACKUP_RESTORED, {"tokens": 0}))
    with branch.home.db.write() as session:
        for event, sizes in (*told, *((Event.BACKUP_MADE, None),) * 12):
            append(session, event, actor=SYSTEM, via="cli", sizes=sizes)
    for email, part in ((SECRETARY, "secretary"), (DEPUTY, "deputy")):
        said = {"year": str(clock.today().year), "part": part, "answer": "everything", "remarks": ""}
        yearly.declare(branch.home, branch.viewer(email), said, via="page")
    return branch


def test_the_statement_stays_on_one_page_and_tells_of_losses(eventful: Branch, enter: Enter) -> None:
    client = enter(AUDITOR)
    client.post("/integrity/check")
    pages = pages_of(client.get("/integrity/statement.pdf").content)
    assert len(pages) == 1
    assert "A loss of entries was declared: 1,000 had been signed, 400 were there; a new log began" in pages[0]
    assert "The database was restored" in pages[0]
    assert re.search(r"Signed for the \d+ entries with the code \d{5} .*Name and office: Date and signature:", pages[0])


def test_a_statement_has_the_return_of_every_year_it_touches(eventful: Branch, enter: Enter) -> None:
    year, client = clock.today().year, enter(AUDITOR)
    period = f"from={year - 3}-06-01&to={year}-01-01"
    said = client.get(f"/integrity/statement?{period}").text
    assert all(f"Whether everything was entered in {one}" in said for one in range(year - 3, year + 1))
    assert "Signed for the" in pages_of(client.get(f"/integrity/statement.pdf?{period}").content)[-1]


def test_how_long_the_oldest_entry_waits(branch: Branch, enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    client = enter(AUDITOR)
    with monkeypatch.context() as at_once:
        at_once.setattr("app.audit.sequence.SIGN_EVERY", timedelta(0))
        branch.home.log.catch_up()
    monkeypatch.setattr("app.audit.sequence.SIGN_EVERY", timedelta(hours=1))
    branch.report()
    with freeze_time(clock.now() + timedelta(minutes=7)):
        assert "7 minutes ago" in shown(client.get("/integrity").text)


def test_nightly_copies_hide_no_loss(eventful: Branch, enter: Enter) -> None:
    said = shown(enter(AUDITOR).get("/integrity").text)
    assert "A copy of everything was made (12 times, this was the last)" in said
    assert "A loss of entries was declared: 1,000 had been signed, 400 were there" in said
    assert "The database was restored" in said
