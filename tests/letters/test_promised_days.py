"""The days that letters name are those that the program keeps, and none goes out that names a day gone by."""

from datetime import date, timedelta

import pytest

from app import clock
from app.cases.letter_facts import long_day
from app.errors import Invalid
from tests.branch import SECRETARY, Branch, in_days
from tests.cases.by_code import own
from tests.letters.correspondence import REPORTER, do, named, safe, sound, tick
from tests.postbox import Postbox

MONTH, WINDOW = timedelta(days=28), timedelta(days=14)


def test_the_reporter_hears_again_by_the_day_that_the_reply_named(desk: Branch, box: Postbox) -> None:
    reference, today = desk.report(reporter=REPORTER), clock.today()
    safe(desk, reference)
    tick(desk)
    assert long_day(today + MONTH) in named(desk, reference, "acknowledgement")["text"]
    with clock.set_to(clock.now() + timedelta(days=6)):
        desk.act(SECRETARY, reference, "acknowledge")
        assert own(desk, reference).next_update_on == today + MONTH


def test_a_reply_by_telephone_counts_from_its_own_day_and_none_at_all_from_the_step(embedded: Branch) -> None:
    reference, silent = embedded.report(received_on=in_days(-4), channel="letter", by=SECRETARY), embedded.report()
    for one, reply in (
        (reference, {"how": "telephone", "sent_on": in_days(-3)}),
        (silent, {"how": "impossible", "reason": "No name and no address."}),
    ):
        safe(embedded, one)
        embedded.keep(SECRETARY, one, "acknowledgements", **reply)
        embedded.act(SECRETARY, one, "acknowledge")
    assert own(embedded, reference).next_update_on == clock.today() - timedelta(days=3) + MONTH
    assert own(embedded, silent).next_update_on == clock.today() + MONTH


def test_a_closing_letter_that_goes_late_gives_the_whole_time_to_ask_again(desk: Branch, box: Postbox) -> None:
    reference = desk.at(
        "closed", kind="target", how_seen=None, clauses=None, reporter={**REPORTER, "letters_by": "post"}
    )
    closed = clock.today()
    letter = named(desk, reference, "closing_target")
    assert long_day(closed + WINDOW) in letter["text"]
    assert desk.case(reference).next_due_on == closed + WINDOW
    with clock.set_to(clock.now() + timedelta(days=20)):
        do(desk, reference, letter["id"], "edit", email=REPORTER["email"])
        with pytest.raises(Invalid, match="has passed"):
            do(desk, reference, letter["id"], "send")
        last: date = clock.today() + WINDOW
        filled = do(desk, reference, letter["id"], "fill", sure="yes")
        assert long_day(last) in filled["text"]
        assert "day_passed" not in [need["code"] for need in filled["needs"]]
        do(desk, reference, letter["id"], "posted", how="post", sent_on=in_days(0))
        assert desk.case(reference).next_due_on == last
        assert sound(desk)


def test_another_day_typed_in_will_do(embedded: Branch) -> None:
    reference = embedded.at("closed", kind="target", how_seen=None, clauses=None, reporter=REPORTER)
    letter = named(embedded, reference, "closing_target")
    do(embedded, reference, letter["id"], "stop")
    gone = long_day(clock.today() + WINDOW)
    with clock.set_to(clock.now() + timedelta(days=20)):
        with pytest.raises(Invalid, match="has passed"):
            do(embedded, reference, letter["id"], "send")
        do(embedded, reference, letter["id"], "edit", text=letter["text"].replace(gone, "the end of next month"))
        assert do(embedded, reference, letter["id"], "send")["state"] == "queued"
