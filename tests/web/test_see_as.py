"""“See it as”: the handler gets the page that others get, and reads what is kept from them and why."""

import re

import pytest
from starlette.testclient import TestClient

from tests.branch import AUDITOR, DEPUTY, PANEL, SECRETARY, Branch
from tests.shared_branch import embedded_branch
from tests.web.conftest import shown
from tests.web.test_my_reply import HIDDEN, enter, notified

__all__ = ["embedded_branch"]


def main_of(markup: str) -> str:
    """The words of a page without what stands above it for the handler."""
    said = re.sub(r'<section class="ct-seen".*?</section>', "", markup, flags=re.DOTALL)
    return shown(said)


def signed_in(branch: Branch, email: str) -> TestClient:
    """A browser signed in as an officer."""
    branch.give_password(email)
    client = branch.client()
    assert client.post("/sign-in", data={"email": email, "password": "gravel teapot ninety orbit"}).status_code == 303
    return client


def test_the_member_and_the_handler_read_the_same_page(embedded_branch: Branch) -> None:
    branch = embedded_branch
    reference, code = notified(branch)
    officer = signed_in(branch, SECRETARY)
    links = re.findall(rf'href="(/cases/{reference}/as/[^"]+)"', officer.get(f"/cases/{reference}").text)
    assert len(links) == 5  # two members
    mine = branch.rows(reference, "parties")[0].id
    page = officer.get(f"/cases/{reference}/as/respondent/{mine}")
    assert page.status_code == 200
    theirs = enter(branch, reference, code)
    theirs.get("/my-reply")  # says once that it is open
    assert main_of(page.text) == main_of(theirs.get("/my-reply").text)
    said = shown(page.text)
    assert "The report They read what was put to them" in said
    assert "Working notes stay with the branch" in said
    body = main_of(page.text)
    assert [secret for secret in HIDDEN if secret in body] == []
    assert '<fieldset class="govuk-fieldset" aria-labelledby="seen-as" disabled>' in page.text


def test_the_reporter_and_the_handler_read_the_same_page(embedded_branch: Branch) -> None:
    branch = embedded_branch
    reference, _ = notified(branch)
    theirs = branch.client()
    theirs.post("/my-report", data={"reference": reference, "code": branch.codes[reference]})
    page = signed_in(branch, SECRETARY).get(f"/cases/{reference}/as/reporter")
    flash = "Your report is open on this device. Leave it when you are done."
    assert main_of(page.text) == main_of(theirs.get("/my-report").text).replace(flash, "").strip()
    assert "Findings" not in main_of(page.text)


def test_the_panel_gets_a_card_and_then_the_case_without_names(embedded_branch: Branch) -> None:
    branch = embedded_branch
    reference, _ = notified(branch)
    officer = signed_in(branch, SECRETARY)
    card = officer.get(f"/cases/{reference}/as/panel")
    assert "You see it as: member of the panel" in shown(card.text)
    assert "A public post." not in main_of(card.text)
    assert "Keep this" not in card.text
    referred = branch.at("referred", reporter={"name": "Ward treasurer (example)", "phone": "01632 960123"})
    for tail in ("", "/report", "/records"):
        page = officer.get(f"/cases/{referred}/as/panel{tail}")
        assert page.status_code == 200
        assert "Ward treasurer" not in page.text
        assert "01632 960123" not in page.text
    seen = main_of(officer.get(f"/cases/{referred}/as/panel/report").text)
    real = main_of(signed_in(branch, PANEL[0]).get(f"/cases/{referred}/report").text)
    assert seen.split("Overview", 1)[1] == real.split("Overview", 1)[1]


def test_an_auditor_gets_codes_and_steps(embedded_branch: Branch) -> None:
    branch = embedded_branch
    reference, _ = notified(branch)
    officer = signed_in(branch, SECRETARY)
    page = officer.get(f"/cases/{reference}/as/auditor")
    assert "A public post." not in page.text
    assert "Only on" not in main_of(page.text)
    assert "reasoned request" in shown(page.text)


@pytest.mark.parametrize("tail", ["reporter", "panel", "auditor"])
def test_only_the_handler_sees_it_as_others(embedded_branch: Branch, tail: str) -> None:
    branch = embedded_branch
    reference, _ = notified(branch)
    statuses = {
        who: signed_in(branch, who).get(f"/cases/{reference}/as/{tail}").status_code for who in (DEPUTY, AUDITOR)
    }
    assert statuses == {DEPUTY: 404, AUDITOR: 403}
    assert signed_in(branch, SECRETARY).get(f"/cases/{reference}/as/respondent/{'0' * 32}").status_code == 404


def test_seeing_it_as_others_is_no_further_entry(embedded_branch: Branch) -> None:
    branch = embedded_branch
    reference, _ = notified(branch)
    officer = signed_in(branch, SECRETARY)
    officer.get(f"/cases/{reference}")
    known = branch.events(reference)
    for tail in ("reporter", "panel", "auditor"):
        officer.get(f"/cases/{reference}/as/{tail}")
    assert branch.events(reference) == known
