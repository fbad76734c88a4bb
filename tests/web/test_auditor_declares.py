"""X7 for auditors: they declare by page and API, and a case that they have a part in is gone from everything."""

from tests.branch import AUDITOR, SECRETARY, Branch
from tests.cases.surfaces import found_by, on_trail
from tests.web.conftest import Enter, Form

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
