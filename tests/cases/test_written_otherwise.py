"""What the person who told us wrote by mail or said by telephone stands among the messages as theirs."""

import pytest

from app.errors import Invalid
from tests.branch import PASSWORD, SECRETARY, Branch, in_days
from tests.cases.by_code import own, send
from tests.shared_branch import shared_branch
from tests.web.conftest import shown

__all__ = ["shared_branch"]
MAILED = {"kind": "other_way", "text": "He wrote to me again.", "received_on": in_days(-1)}


def test_it_is_theirs_on_both_pages_and_says_when_it_came(shared_branch: Branch) -> None:
    branch, reference = shared_branch, shared_branch.at("acknowledged")
    before = own(branch, reference).next_update_on
    branch.keep(SECRETARY, reference, "messages", **MAILED)
    (message,) = own(branch, reference).messages
    assert (message.mine, message.as_json()["from"], message.as_json()["received_on"]) == (True, "you", in_days(-1))
    assert own(branch, reference).next_update_on == before  # nobody has written to them
    client = branch.client()
    client.post("/my-report", data={"reference": reference, "code": branch.codes[reference]})
    page = shown(client.get("/my-report").text)
    assert "You to us : by mail, letter or telephone" in page
    assert "it reached us on" in page
    branch.give_password(SECRETARY)
    officer = branch.client()
    officer.post("/sign-in", data={"email": SECRETARY, "password": PASSWORD})
    said = shown(officer.get(f"/cases/{reference}/messages").text)
    assert "From the person who told us, entered by Secretary (test)" in said
    assert "reached us on" in said


def test_it_is_no_reply_to_them_and_needs_its_day(shared_branch: Branch) -> None:
    branch, reference = shared_branch, shared_branch.report()
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="none")
    with pytest.raises(Invalid) as caught:
        branch.keep(SECRETARY, reference, "messages", **MAILED | {"received_on": ""})
    assert [one.field for one in caught.value.errors] == ["received_on"]
    branch.keep(SECRETARY, reference, "messages", **MAILED)
    with pytest.raises(Invalid, match="nothing stands on their own page yet"):
        branch.keep(SECRETARY, reference, "acknowledgements", how="own_page", sent_on=in_days(0))


def test_nobody_sends_it_so_by_code(shared_branch: Branch) -> None:
    reference = shared_branch.report()
    for values in (MAILED, {"kind": "question", "text": "When?", "received_on": in_days(-1)}):
        with pytest.raises(Invalid):
            send(shared_branch, reference, **values)
