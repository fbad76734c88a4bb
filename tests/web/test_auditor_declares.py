"""X7 for auditors: they declare by page and API, and a case that they have a part in is gone from everything."""

import csv
import io

from app import clock
from tests.branch import AUDITOR, SECRETARY, Branch
from tests.cases.surfaces import UNKNOWN, found_by, on_trail
from tests.web.conftest import Enter, Form, shown

DECLARE = "conflict-declarations"


def test_the_page_of_steps_has_the_form_and_a_conflict_ends_it(branch: Branch, enter: Enter) -> None:  # X7
    reference, client = branch.at("under_review"), enter(AUDITOR)
    case_id = branch.case(reference).id
    page = client.get(f"/cases/{reference}")
    form = next(found for number in range(1, 9) if "records" in (found := Form(page.text, number)).action)
    answer = client.post(form.action, data=form.filled(answer="conflicted", describe="My brother."))
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases")
    assert branch.events(reference)[-1] == "record_added"
    assert branch.handler(reference) == SECRETARY
    for path in (f"/cases/{reference}", f"/cases/{reference}/trail", f"/cases/{reference}/records/{DECLARE}/new"):
        assert client.get(path).status_code == 404
    for path in ("/cases", "/trail"):
        assert reference not in client.get(path).text
    assert case_id not in client.get("/trail.csv").text
    assert found_by(branch, AUDITOR, reference) == set()
    assert reference not in {item["case"] for item in on_trail(branch, AUDITOR)}


def test_a_declaration_without_a_conflict_leaves_the_steps_open(branch: Branch, enter: Enter) -> None:
    reference, client = branch.at("acknowledged"), enter(AUDITOR)
    branch.keep(AUDITOR, reference, DECLARE, answer="none")
    page = client.get(f"/cases/{reference}")
    assert page.status_code == 200
    assert "not what it is about" in page.text
    assert branch.handler(reference) == SECRETARY
    assert branch.case(reference).awaits_clearance is False


def test_an_auditor_keeps_nothing_else(branch: Branch, enter: Enter) -> None:
    reference, client = branch.at("acknowledged"), enter(AUDITOR)
    for kind in ("notes", "scope-notes", "conflict-clearances"):
        assert client.get(f"/cases/{reference}/records/{kind}/new").status_code == 403


def hidden_from_auditor(branch: Branch) -> str:
    reference = branch.at("acknowledged")
    branch.keep(AUDITOR, reference, DECLARE, answer="conflicted", describe="My brother.")
    return reference


def test_a_hidden_reference_and_an_unknown_one_leave_the_same_in_ones_own_sight(branch: Branch, enter: Enter) -> None:
    reference, client = hidden_from_auditor(branch), enter(AUDITOR)

    def turned_away() -> int:
        return sum(item["event"] == "access_denied" for item in on_trail(branch, AUDITOR))

    counts = []
    for tried in (reference, UNKNOWN):
        before = turned_away()
        assert client.get(f"/cases/{tried}").status_code == 404
        counts.append(turned_away() - before)
    assert counts == [1, 1]
    denied = [one.case_id for one in branch.entries() if one.event == "access_denied"]
    assert denied[-2:] == [None, None]
    seen = branch.report()
    assert client.get(f"/cases/{seen}/records/notes/new").status_code == 403  # a case that they see is named
    assert branch.entries()[-1].case_id == branch.case(seen).id


def test_who_is_out_of_a_case_is_shown_no_places_in_the_log(branch: Branch, enter: Enter) -> None:
    other = branch.at("acknowledged")
    branch.home.log.catch_up()
    assert any(item["index"] is not None for item in on_trail(branch, AUDITOR))
    hidden_from_auditor(branch)
    branch.home.log.catch_up()
    assert all(item["index"] is None for item in on_trail(branch, AUDITOR))
    client, api = enter(AUDITOR), branch.client(AUDITOR)
    rows = csv.DictReader(io.StringIO(client.get("/trail.csv").text))
    assert {row["index"] for row in rows if row["event"] != "checkpoint"} == {""}
    for address in (f"/api/v1/cases/{other}/trail", "/api/v1/trail"):
        assert {one["index"] for one in api.get(address).json()["items"]} == {None}
    assert any(
        item["index"] is not None
        for item in branch.client(SECRETARY).get(f"/api/v1/cases/{other}/trail").json()["items"]
    )


def test_who_is_out_of_a_case_gets_the_books_of_whole_years_that_are_over(branch: Branch, enter: Enter) -> None:
    client, year = enter(AUDITOR), clock.today().year
    assert client.get("/integrity/reconciliation").status_code == 200
    hidden_from_auditor(branch)
    page = client.get("/integrity/reconciliation")
    assert page.status_code == 200
    assert f"From 1 January {year - 1} to 31 December {year - 1}" in shown(page.text)
    for first, last in ((f"{year}-01-01", f"{year}-01-02"), (f"{year - 1}-03-01", f"{year - 1}-03-01")):
        for place in ("reconciliation", "statement", "statement.pdf"):
            assert client.get(f"/integrity/{place}?from={first}&to={last}").status_code == 422
    wanted = f"from={year - 2}-01-01&to={year - 1}-12-31"
    assert client.get(f"/integrity/statement?{wanted}").status_code == 200
