"""The books of a period, the statement about it and the yearly return, for programs."""

from collections.abc import Mapping
from io import BytesIO

from pypdf import PdfReader

from app import clock
from app.audit.entries import decode
from tests.api.answers import fields, good
from tests.api.test_openapi import document, holds
from tests.branch import AUDITOR, DATA_PROTECTION, DEPUTY, SECRETARY, Branch

API = "/api/v1"
INTEGRITY = f"{API}/integrity"
YEAR = clock.today().year
MAILBOX = {"year": str(YEAR), "part": "mailbox", "answer": "nothing_came"}


def test_the_books_and_the_statement_of_a_period(branch: Branch) -> None:
    branch.at("closed")
    branch.report()
    described, client, today = document(branch), branch.client(AUDITOR), clock.today().isoformat()
    period = {"from": today, "to": today}
    answer = client.get(f"{INTEGRITY}/reconciliation", params=period)
    holds(described, f"{INTEGRITY}/reconciliation", "get", answer)
    body = good(answer)
    assert (body["from"], body["to"]) == (today, today)
    counted = ("brought_forward", "received", "closed", "carried_forward")
    assert [body[name] for name in counted] == [0, 2, 1, 1]
    assert (body["balances"], body["answered"], body["waiting"]) == (True, False, 1)
    assert good(client.get(f"{INTEGRITY}/reconciliation"))["from"] == f"{YEAR}-01-01"
    shown = client.get(f"{INTEGRITY}/statement", params=period)
    holds(described, f"{INTEGRITY}/statement", "get", shown)
    parts = good(shown)["parts"]
    assert parts[0] == {"kind": "heading", "lines": ["Statement about the record of cases"]}
    assert parts[-1]["kind"] == "signature"
    assert "brought forward 0 + received 2" in shown.text.casefold()
    paper = client.get(f"{INTEGRITY}/statement.pdf", params=period)
    assert (paper.status_code, paper.headers["content-type"]) == (200, "application/pdf")
    assert paper.headers["content-disposition"] == 'attachment; filename="statement.pdf"'
    assert "Statement about the record of cases" in PdfReader(BytesIO(paper.content)).pages[0].extract_text()


def test_days_would_tell_of_hidden_cases_so_whole_years_are_asked_for(branch: Branch) -> None:
    reference = branch.at("acknowledged")
    branch.keep(AUDITOR, reference, "conflict-declarations", answer="conflicted", describe="My brother.")
    client, today = branch.client(AUDITOR), clock.today().isoformat()
    for path in ("reconciliation", "statement", "statement.pdf"):
        assert fields(client.get(f"{INTEGRITY}/{path}", params={"from": today, "to": today})) == {"from"}
    assert good(client.get(f"{INTEGRITY}/reconciliation"))["to"] == f"{YEAR - 1}-12-31"


def test_a_year_is_declared_and_read(branch: Branch) -> None:
    described, url = document(branch), f"{API}/yearly-returns"
    given: Mapping[str, str] = {"year": str(YEAR), "part": "secretary", "answer": "everything"}
    made = branch.client(SECRETARY).post(url, json=given)
    holds(described, url, "post", made)
    assert good(made, 201)["missing"] == ["Deputy secretary", "Who opens the branch's post and mail"]
    lacking = {**MAILBOX, "answer": "not_everything"}
    assert fields(branch.client(DATA_PROTECTION).post(url, json=lacking)) == {"remarks"}
    assert fields(branch.client(DEPUTY).post(url, json=given)) == {"part"}
    good(branch.client(DATA_PROTECTION).post(url, json={**lacking, "remarks": "A letter was lost."}), 201)
    answer = branch.client(AUDITOR).get(f"{url}/{YEAR}")
    holds(described, f"{url}/{{year}}", "get", answer)
    body = good(answer)
    assert (body["year"], body["missing"]) == (YEAR, ["Deputy secretary"])
    assert body["lacking"] == ["Who opens the branch's post and mail (Data protection (test))"]
    assert [(one["part"], one["answer"], one["remarks"]) for one in body["parts"]] == [
        ("secretary", "everything", ""),
        ("deputy", None, ""),
        ("mailbox", "not_everything", "A letter was lost."),
    ]
    entries = [decode(one.entry) for one in branch.entries() if one.event == "return_declared"]
    assert [(one["via"], one["actor"]) for one in entries] == [
        ("api", branch.ids[SECRETARY]),
        ("api", branch.ids[DATA_PROTECTION]),
    ]
