"""No reply is older than its report, and no letter went before it was written."""

from datetime import timedelta

import pytest

from app import clock
from app.errors import Invalid
from tests.branch import SECRETARY, Branch, in_days
from tests.cases.by_reply_code import notify
from tests.letters.correspondence import REPORTER, do, named, safe, write
from tests.letters.test_notice_code import LISTED, put


def fields(caught: pytest.ExceptionInfo[Invalid]) -> list[str]:
    return [one.field for one in caught.value.errors]


def test_a_reply_is_not_older_than_the_report(desk: Branch) -> None:
    reference = desk.report(by=SECRETARY, received_on=in_days(-5), channel="letter", reporter=REPORTER)
    desk.keep(SECRETARY, reference, "conflict-declarations", answer="none")
    with pytest.raises(Invalid, match="had not reached us by then") as caught:
        desk.keep(SECRETARY, reference, "acknowledgements", how="post", sent_on=in_days(-6))
    assert fields(caught) == ["sent_on"]
    assert desk.rows(reference, "acknowledgements") == []
    desk.keep(SECRETARY, reference, "acknowledgements", how="post", sent_on=in_days(-5))


def test_a_letter_was_not_posted_before_it_was_written(desk: Branch) -> None:
    reference = desk.report(by=SECRETARY, received_on=in_days(-5), channel="letter", reporter=REPORTER)
    safe(desk, reference)
    letter = named(desk, reference, "acknowledgement")["id"]
    answer = desk.client(SECRETARY).post(
        f"/api/v1/cases/{reference}/letters/{letter}/posted", json={"how": "post", "sent_on": in_days(-1)}
    )
    assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (422, ["sent_on"])
    assert desk.rows(reference, "acknowledgements") == []
    with clock.set_to(clock.now() + timedelta(days=2)):
        assert do(desk, reference, letter, "posted", how="post", sent_on=in_days(-2))["sent_on"] == in_days(-2)


def test_one_that_a_record_says_went_earlier_may_have(desk: Branch) -> None:
    reference, party, alleged = put(desk)
    notify(desk, reference, party, alleged, **LISTED, sent_on=in_days(-3))
    letter = named(desk, reference, "notice")["id"]
    with pytest.raises(Invalid):
        do(desk, reference, letter, "posted", how="post", sent_on=in_days(-4))
    assert do(desk, reference, letter, "posted", how="post", sent_on=in_days(-3))["state"] == "posted"
    other = write(desk, reference, "new_code")
    with pytest.raises(Invalid):
        do(desk, reference, other, "posted", how="post", sent_on=in_days(-3))
