"""A letter that may not go out by mail does not go out on paper or as a file either: nothing unfinished is printed."""

from typing import Any

from tests.branch import PASSWORD, SECRETARY, Branch, in_days
from tests.cases.by_reply_code import notify
from tests.letters.correspondence import REPORTER, do, named
from tests.letters.test_notice_code import put
from tests.postbox import Postbox

WAYS = ("pdf", "eml")


def printed(branch: Branch, reference: str, letter: str) -> list[Any]:
    """What the API answers for each way of taking a letter away."""
    client = branch.client(SECRETARY)
    return [client.get(f"/api/v1/cases/{reference}/letters/{letter}/{way}") for way in WAYS]


def test_what_is_missing_or_names_the_reporter_is_printed_in_no_way(desk: Branch, box: Postbox) -> None:
    reference, party, alleged = put(desk)
    notify(desk, reference, party, alleged)
    letter, name = named(desk, reference, "notice"), REPORTER["name"]
    assert "{evidence}" in letter["text"]
    for answer in printed(desk, reference, letter["id"]):
        assert answer.status_code == 422
        assert "is missing" in answer.json()["detail"]
    whole = letter["text"].replace("{evidence}", "A picture")
    do(desk, reference, letter["id"], "edit", text=f"{whole}\nAs {name} said.")
    for answer in printed(desk, reference, letter["id"]):
        assert (answer.status_code, "who may not be named" in answer.json()["detail"]) == (422, True)
    desk.give_password(SECRETARY)
    client, place = desk.client(), f"/cases/{reference}/letters/{letter['id']}"
    client.post("/sign-in", data={"email": SECRETARY, "password": PASSWORD})
    for way in WAYS:
        assert client.get(f"{place}/{way}").status_code == 422
        assert f'href="{place}/{way}"' not in client.get(place).text
    do(desk, reference, letter["id"], "edit", text=whole)
    assert [answer.status_code for answer in printed(desk, reference, letter["id"])] == [200, 200]
    assert all(f'href="{place}/{way}"' in client.get(place).text for way in WAYS)


def test_a_name_withheld_meanwhile_is_not_printed_and_what_went_is_on_record(desk: Branch, box: Postbox) -> None:
    reference, party, alleged = put(desk)
    desk.keep(SECRETARY, reference, "report-confirmations", confirmed="yes", how="telephone")
    desk.keep(SECRETARY, reference, "identity-decisions", decision="told", reasons="They cannot answer without it.")
    ids = []
    for _ in range(2):
        notify(desk, reference, party, alleged, evidence_listed=f"A picture by {REPORTER['name']}")
        ids.append(named(desk, reference, "notice")["id"])
    assert [answer.status_code for answer in printed(desk, reference, ids[1])] == [200, 200]
    do(desk, reference, ids[0], "posted", how="in_person", sent_on=in_days(0))
    desk.keep(SECRETARY, reference, "identity-decisions", decision="withheld", reasons="They are afraid now.")
    assert [answer.status_code for answer in printed(desk, reference, ids[1])] == [422, 422]
    assert [answer.status_code for answer in printed(desk, reference, ids[0])] == [200, 200]
