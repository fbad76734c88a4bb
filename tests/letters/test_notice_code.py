"""The code of a member stands in the letter of the notice it was made with, and nowhere else in clear."""

from datetime import timedelta

import pytest
from freezegun import freeze_time
from sqlalchemy import inspect, text

from app import clock
from app.errors import Invalid
from tests.branch import SECRETARY, Branch, in_days
from tests.cases.by_reply_code import notify, seen
from tests.letters.correspondence import MEMBER, REPORTER, do, named, sound, tick, write
from tests.postbox import Postbox

PARTS = {"role": "respondent", "identified": "named", "member_then": "yes"}
LISTED = {"evidence_listed": "A picture of the post\n- The page it stood on"}
WHEN = "Tuesday evening"


def put(branch: Branch, **member: str) -> tuple[str, str, list[str]]:
    """A case under review: its reference, the member with an address, what is alleged."""
    reference = branch.at("under_review", reporter=REPORTER)
    before, (alleged,) = branch.rows(reference, "parties")[0], branch.rows(reference, "allegations")
    party = branch.keep(SECRETARY, reference, "parties", replaces=before.id, **MEMBER, **PARTS, **member)
    conduct = {"clause": alleged.plain["clause"], "respondent": party, "conduct": "Insults.", "happened": WHEN}
    one = branch.keep(SECRETARY, reference, "allegations", replaces=alleged.id, **conduct, explanation="Not policy.")
    return reference, party, [one]


def in_clear(branch: Branch, code: str) -> list[str]:
    """The tables in which a code can be read."""
    found = []
    with branch.home.db.read() as session:
        for table in inspect(session.connection()).get_table_names():
            rows = session.execute(text(f'SELECT * FROM "{table}"')).all()
            found += [table] if any(code in str(value) for row in rows for value in row) else []
    return found


def test_the_letter_of_the_notice_holds_the_code_and_no_table_does(desk: Branch, box: Postbox) -> None:
    reference, party, alleged = put(desk)
    _, code = notify(desk, reference, party, alleged, **LISTED)
    letter = named(desk, reference, "notice")
    assert (letter["state"], letter["needs"]) == ("queued", [])
    assert f"/my-reply with the reference above and this code:\n{code}" in letter["text"]
    assert "that we gave you" not in letter["text"]
    assert "- A picture of the post\n- The page it stood on" in letter["text"]
    tick(desk)
    (mail,) = [one for one in box.mails if one["To"] == MEMBER["email"]]
    body = mail.get_body(("plain",))
    assert body is not None
    assert code in body.get_content()
    assert code not in " ".join(f"{name}: {value}" for name, value in mail.items())
    assert in_clear(desk, code) == []
    assert seen(desk, code).reference == reference
    assert sound(desk)


def test_gross_misconduct_stands_in_the_notice_where_it_is_alleged_and_only_there(embedded: Branch) -> None:
    branch = embedded
    reference, party, alleged = put(branch)
    grave = {"clause": "3.2a", "respondent": party, "conduct": "Fourteen messages.", "happened": WHEN}
    gross = branch.keep(
        SECRETARY, reference, "allegations", **grave, explanation="-", gross="yes", gross_reason="Three weeks long."
    )
    notify(branch, reference, party, [*alleged, gross], **LISTED)
    text = named(branch, reference, "notice")["text"]
    said = "Gross misconduct is alleged."
    assert text.count(said) == 1
    assert text.index("Insults.") < text.index("Fourteen messages.") < text.index(said)
    assert "Three weeks long" not in text  # why is for the branch to weigh
    notify(branch, reference, party, alleged, **LISTED)
    assert said not in named(branch, reference, "notice")["text"]


def test_a_late_reminder_and_the_page_name_the_day_that_really_counts(embedded: Branch) -> None:
    branch = embedded
    reference, party, alleged = put(branch)
    notice, code = notify(branch, reference, party, alleged, **LISTED)
    tick(branch)
    assert seen(branch, code).notices[0].reply_by.isoformat() == in_days(14)
    with freeze_time(clock.now() + timedelta(days=20)):
        branch.keep(SECRETARY, reference, "reminders", notice=notice, sent_on=in_days(0), how="email")
        last = clock.today() + timedelta(days=7)
        text = named(branch, reference, "reminder")["text"]
        assert f"Please reply by {last:%A} {last.day} {last:%B %Y}." in text
        assert seen(branch, code).notices[0].reply_by < last  # until it went
        tick(branch)
        assert seen(branch, code).notices[0].reply_by == last


def test_a_second_notice_speaks_of_the_code_they_have(embedded: Branch) -> None:
    reference, party, alleged = put(embedded)
    notify(embedded, reference, party, alleged, **LISTED)
    _, code = notify(embedded, reference, party, alleged, **LISTED)
    assert code == ""
    letter = named(embedded, reference, "notice")["text"]
    assert "the code that we gave you. If you no longer have it, ask us" in letter
    assert "this code:" not in letter


def test_without_any_code_nothing_is_said_of_one(embedded: Branch) -> None:
    reference, _, _ = put(embedded)
    write(embedded, reference, "notice")
    assert "/my-reply" not in named(embedded, reference, "notice")["text"]


def test_filled_in_again_the_code_is_the_same(embedded: Branch) -> None:
    reference, party, alleged = put(embedded)
    _, code = notify(embedded, reference, party, alleged)
    letter = named(embedded, reference, "notice")
    assert [need["code"] for need in letter["needs"]] == ["blank:evidence"]
    assert code in do(embedded, reference, letter["id"], "fill")["text"]


def test_a_letter_whose_code_was_replaced_does_not_go(desk: Branch, box: Postbox) -> None:
    reference, party, alleged = put(desk)
    _, code = notify(desk, reference, party, alleged, **LISTED)
    desk.keep(SECRETARY, reference, "reply-codes", respondent=party, reason="Lost, and known by voice.")
    tick(desk)
    assert [one for one in box.mails if one["To"] == MEMBER["email"]] == []
    letter = named(desk, reference, "notice")
    assert "code in it opens nothing" in letter["needs"][0]["message"]
    for act, given in (("send", {}), ("posted", {"how": "post", "sent_on": in_days(0)})):
        with pytest.raises(Invalid, match="opens nothing any more"):
            do(desk, reference, letter["id"], act, **given)
    again = do(desk, reference, letter["id"], "fill")
    assert code not in again["text"]
    assert "the code that we gave you" in again["text"]
    assert do(desk, reference, letter["id"], "send")["state"] == "queued"
    assert sound(desk)


def test_who_wants_only_a_link_gets_the_code_another_way(embedded: Branch, box: Postbox) -> None:
    reference, party, alleged = put(embedded, letters_by="link")
    _, code = notify(embedded, reference, party, alleged, **LISTED)
    letter = named(embedded, reference, "notice")
    assert [need["code"] for need in letter["needs"]] == ["code_apart"]
    do(embedded, reference, letter["id"], "send")
    tick(embedded)
    (mail,) = [one for one in box.mails if one["To"] == MEMBER["email"]]
    assert "/my-reply" in mail.get_content()
    assert code not in mail.as_string()


def test_what_was_served_is_listed_without_who_obtained_it(embedded: Branch) -> None:
    reference, party, alleged = put(embedded)
    item = {
        "method": "link_only",
        "link": "https://example.org/1",
        "captured_by": REPORTER["name"],
        "platform": "The ward page",
    }
    item |= {"posted_shown": "Yesterday", "shows": "The post,\nwith its answers"}
    ids = [
        embedded.keep(SECRETARY, reference, "evidence", supports=alleged, **item | more)
        for more in ({}, {"shows": "Kept"})
    ]
    embedded.keep(SECRETARY, reference, "evidence-services", item=ids[0], served_on=in_days(0))
    embedded.keep(SECRETARY, reference, "evidence-services", item=ids[1], withheld_reason="It names a child.")
    notify(embedded, reference, party, alleged, evidence_listed="Their own words to us")
    letter = named(embedded, reference, "notice")
    assert "- Their own words to us\n- The ward page, Yesterday, The post, with its answers\n" in letter["text"]
    assert REPORTER["name"] not in letter["text"]
    assert "Kept" not in letter["text"]
    assert letter["needs"] == []
