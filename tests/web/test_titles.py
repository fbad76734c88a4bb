"""What an item of evidence and an allegation are called where one is chosen: no two alike, a copy of its original."""

from typing import Any

import pytest

from tests.branch import PANEL, PASSWORD, SECRETARY, Branch, in_days
from tests.embedded import shared_branch
from tests.evidence import files
from tests.evidence.sending import send, send_own
from tests.web.conftest import shown

__all__ = ["shared_branch"]


def page(branch: Branch, path: str, by: str = SECRETARY) -> str:
    branch.give_password(by)
    client = branch.client()
    client.post("/sign-in", data={"email": by, "password": PASSWORD})
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.text


def test_every_item_has_a_number_and_a_copy_says_what_it_is_of(shared_branch: Branch) -> None:
    reference = shared_branch.at("under_review")
    told = {"platform": "The ward page", "shows": "The post with a name"}
    first = send(shared_branch, reference, files.jpeg(), **told).json()["id"]
    send(shared_branch, reference, files.PDF, **told)
    redacted = {"copy_of": first, "redaction_reason": "A name.", "shows": "The name is blacked out"}
    send(shared_branch, reference, files.picture(size=(20, 10)), **redacted)
    shared_branch.keep(SECRETARY, reference, "evidence", method="link_only", link="https://social.example/1")
    method = "picture of the screen made by an officer"
    titles = [
        f"1. The ward page: The post with a name ({method})",
        f"2. The ward page: The post with a name ({method})",
        f"3. Redacted copy of 1: The name is blacked out ({method})",
        "4. Link only, without a file",
    ]
    form = page(shared_branch, f"/cases/{reference}/records/evidence-services/new")
    assert [one for one in titles if one not in shown(form)] == []
    shared_branch.keep(
        SECRETARY,
        reference,
        "evidence",
        replaces=first,
        file=shared_branch.rows(reference, "evidence")[0].plain["file"],
        method="handler_screenshot",
        shows="Said better",
    )
    corrected = shown(page(shared_branch, f"/cases/{reference}/records/evidence-services/new"))
    for title in (f"1. Said better ({method})", *titles[1:]):
        assert title in corrected


def test_the_panel_counts_only_what_it_reads(shared_branch: Branch) -> None:
    reference = shared_branch.at("under_review")
    kept = send(shared_branch, reference, files.PDF, shows="Kept back").json()["id"]
    given = send(shared_branch, reference, files.jpeg(), shows="Given").json()["id"]
    shared_branch.keep(SECRETARY, reference, "evidence-services", item=kept, withheld_reason="It names a child.")
    shared_branch.served(reference, given)
    shared_branch.referred(reference)
    said = shown(page(shared_branch, f"/cases/{reference}/evidence", PANEL[0]))
    assert "1. Given" in said
    assert "2." not in said


def test_an_allegation_is_called_by_its_clause_and_what_was_done(shared_branch: Branch) -> None:
    reference = shared_branch.at("under_review")
    member = shared_branch.rows(reference, "parties")[0].id
    for conduct in ("You called her a liar", "You shared her address"):
        about = {"clause": "3.1", "respondent": member, "conduct": conduct, "happened": "about Easter"}
        shared_branch.keep(SECRETARY, reference, "allegations", **about)
    form = shown(page(shared_branch, f"/cases/{reference}/records/notices/new"))
    for conduct in ("A public post.", "You called her a liar", "You shared her address"):
        assert f": {conduct}" in form
    assert "about Easter (" not in form


def test_the_overview_names_a_few_items_under_an_allegation_and_counts_the_rest(shared_branch: Branch) -> None:
    reference = shared_branch.at("under_review")
    alleged = shared_branch.rows(reference, "allegations")[0].id
    for number in range(6):
        link = {"method": "link_only", "link": f"https://social.example/{number}", "supports": [alleged]}
        shared_branch.keep(SECRETARY, reference, "evidence", **link, shows=f"Post {number}")
    said = shown(page(shared_branch, f"/cases/{reference}"))
    assert "Evidence: 1. Post 0 (link only, without a file)" in said
    assert "Evidence: three more" in said
    assert "Post 4" not in said


@pytest.mark.parametrize("answer", [{}, {"gives_away": "yes"}])
def test_what_the_reporter_sent_is_served_only_once_it_was_looked_at(
    shared_branch: Branch, answer: dict[str, str]
) -> None:
    reference = shared_branch.at("under_review")
    item = send_own(shared_branch, reference, files.jpeg()).json()["id"]
    client, path = shared_branch.client(SECRETARY), f"/api/v1/cases/{reference}/evidence-services"
    refused = client.post(path, json={"item": item, "served_on": in_days(0), **answer})
    assert refused.status_code == 422
    (error,) = refused.json()["errors"]
    assert error["field"] == "gives_away"
    assert "redacted copy" in error["message"]
    assert client.post(path, json={"item": item, "withheld_reason": "It names them.", **answer}).status_code == 201
    assert client.post(path, json={"item": item, "served_on": in_days(0), "gives_away": "no"}).status_code == 201


def test_nothing_is_asked_of_a_redacted_copy_nor_where_the_name_is_told(shared_branch: Branch) -> None:
    named: dict[str, Any] = {"reporter": {"name": "Ward member (example)"}, "share_identity": "yes"}
    reference = shared_branch.at("under_review", **named)
    item = send_own(shared_branch, reference, files.jpeg()).json()["id"]
    copy = {"copy_of": item, "redaction_reason": "A name.", "method": "reporter_screenshot"}
    redacted = send(shared_branch, reference, files.picture(size=(20, 10)), **copy).json()["id"]
    for one in (redacted, item):  # the page shows the copy once there is one
        shared_branch.keep(SECRETARY, reference, "evidence-services", item=one, served_on=in_days(0))
    other = send_own(shared_branch, reference, files.PDF).json()["id"]
    shared_branch.keep(SECRETARY, reference, "report-confirmations", confirmed="yes", how="telephone")
    shared_branch.keep(SECRETARY, reference, "evidence-services", item=other, served_on=in_days(0))
