"""Letters on the pages of those they went to: each their own, as sent, and nobody else's (X17)."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.cases import letter_door
from app.errors import Invalid
from tests.api.test_openapi import document, holds
from tests.branch import Branch, in_days
from tests.cases.by_code import own
from tests.cases.by_reply_code import notify, seen
from tests.letters.correspondence import MEMBER, REPORTER, do, letters, named, safe, tick, write
from tests.letters.test_notice_code import LISTED, put
from tests.postbox import Postbox

HAND = {"how": "in_person", "sent_on": in_days(0)}


def signed(branch: Branch, code: str) -> TestClient:
    client = branch.client()
    client.headers["Authorization"] = f"Bearer {code}"
    return client


def test_each_reads_their_own_letters_and_nobody_elses(desk: Branch, box: Postbox) -> None:
    reference, party, alleged = put(desk)
    _, code = notify(desk, reference, party, alleged, **LISTED)
    update = write(desk, reference, "update")
    words = named(desk, reference, "update")["text"].replace("{message}", "We go <on>.")
    do(desk, reference, update, "edit", text=words)
    do(desk, reference, update, "posted", **HAND)
    assert seen(desk, code).letters == ()  # still waiting
    tick(desk)
    (theirs,) = own(desk, reference).letters
    assert (theirs.how, theirs.sent_on.isoformat(), theirs.name) == (
        "in_person",
        in_days(0),
        "A letter from Example branch",
    )
    assert "We go <on>." in theirs.text
    (notice,) = seen(desk, code).letters
    assert "report about something you are said to have posted" in notice.text
    for said in (notice.text, notice.html):
        assert code not in said
        assert "(your code)" in said
    told: dict[str, Any] = own(desk, reference).as_json()
    assert [one["text"] for one in told["letters"]] == [theirs.text]
    assert not any(word in json.dumps(told) for word in (MEMBER["name"], MEMBER["email"], "Insults."))
    assert not any(word in json.dumps(seen(desk, code).as_json()) for word in (*REPORTER.values(), "We go"))


def test_by_page_and_api(embedded: Branch, box: Postbox) -> None:
    reference, party, alleged = put(embedded)
    _, code = notify(embedded, reference, party, alleged, **LISTED)
    update = write(embedded, reference, "update")
    words = named(embedded, reference, "update")["text"].replace("{message}", "We go <on>.")
    do(embedded, reference, update, "edit", text=words)
    do(embedded, reference, update, "send")
    tick(embedded)
    described = document(embedded)
    for path, given, said in (
        ("/api/v1/reports/mine", embedded.codes[reference], "We go <on>."),
        ("/api/v1/replies/mine", code, "Nothing has been decided."),
    ):
        answer = signed(embedded, given).get(path)
        holds(described, path, "get", answer)
        assert said in answer.json()["letters"][0]["text"]
    for path, given, said in (
        ("/my-report", embedded.codes[reference], "We go &lt;on&gt;."),
        ("/my-reply", code, "Nothing has been decided."),
    ):
        client = embedded.client()
        assert client.post(path, data={"reference": reference, "code": given}).status_code == 303
        page = client.get(path).text
        assert "Letters we sent you" in page
        assert "A letter from Example branch, " in page
        assert said in page
        assert code not in page


def test_a_link_points_to_a_page_that_shows_the_letter(embedded: Branch, box: Postbox) -> None:
    reference = embedded.report(reporter={**REPORTER, "letters_by": "link"})
    safe(embedded, reference)
    assert own(embedded, reference).letters == ()
    tick(embedded)
    assert "/my-report" in box.mails[-1].get_content()
    assert own(embedded, reference).letters[0].text.startswith("We have your report\n")


def test_one_without_a_name_is_told_that_it_is_finished_and_nothing_else(desk: Branch) -> None:
    reference = desk.at("referred", kind="target", how_seen=None, clauses=None)
    assert "referral_to_reporter" not in {one["letter"] for one in letters(desk, reference)}
    reference = desk.at("closed", kind="target", how_seen=None, clauses=None)
    known = {one["letter"] for one in letters(desk, reference)}
    assert "closing_unnamed" in known
    assert "closing_target" not in known
    for name in ("closing_target", "referral_to_reporter"):
        with pytest.raises(Invalid):
            write(desk, reference, name)
    by = desk.viewer(desk.handler(reference))
    offered = letter_door.list_letters(desk.home, by, reference, "api")["offered"]
    assert {"closing_target", "referral_to_reporter"}.isdisjoint({one["name"] for one in offered})
    closing = named(desk, reference, "closing_unnamed")
    assert [need["message"] for need in closing["needs"]] == [
        "The report came without a name: put it on their own page"
    ]
    do(desk, reference, closing["id"], "posted", how="own_page", sent_on=in_days(0))
    (theirs,) = own(desk, reference).letters
    assert "is now finished" in theirs.text
    for word in ("panel", "Within the guidance", "within the guidance"):
        assert word not in theirs.text


def test_one_with_a_name_is_told_the_outcome(embedded: Branch) -> None:
    reference = embedded.at("closed", kind="target", how_seen=None, clauses=None, reporter=REPORTER)
    known = {one["letter"] for one in letters(embedded, reference)}
    assert "closing_target" in known
    assert "closing_unnamed" not in known
    with pytest.raises(Invalid):
        write(embedded, reference, "closing_unnamed")


def test_a_member_reads_no_letter_to_another_member(embedded: Branch, box: Postbox) -> None:
    reference, party, alleged = put(embedded)
    _, code = notify(embedded, reference, party, alleged, **LISTED)
    who = {
        "role": "respondent",
        "identified": "named",
        "member_then": "yes",
        "name": "Another",
        "email": "other@example.net",
    }
    other = embedded.keep(embedded.handler(reference), reference, "parties", **who)
    conduct = {"clause": "3.2a", "respondent": other, "conduct": "Joined in later.", "happened": "Wednesday"}
    one = embedded.keep(embedded.handler(reference), reference, "allegations", **conduct)
    _, second = notify(embedded, reference, other, [one], **LISTED)
    tick(embedded)
    for given, word, hidden in ((code, "Insults.", "Joined in later."), (second, "Joined in later.", "Insults.")):
        (letter,) = seen(embedded, given).letters
        assert word in letter.text
        assert hidden not in json.dumps(seen(embedded, given).as_json())


def test_whoever_gave_no_address_gets_letters_on_their_own_page(desk: Branch) -> None:
    """All that an anonymous reporter may be told can be put there; what goes to nobody without a name cannot."""
    reference = desk.at("closed")
    (closing,) = [one for one in letters(desk, reference) if one["letter"] == "closing_third_party"]
    assert [need["code"] for need in closing["needs"]][:1] == ["nobody_to_write_to"]
    assert own(desk, reference).letters == ()
    put_there = {"how": "own_page", "sent_on": in_days(0)}
    do(desk, reference, closing["id"], "posted", **put_there)
    (theirs,) = own(desk, reference).letters
    assert (theirs.how, theirs.sent_on.isoformat()) == ("own_page", in_days(0))


def test_a_letter_to_a_member_is_not_put_on_a_page_they_were_never_told_of(embedded: Branch) -> None:
    reference, party, alleged = put(embedded)
    notify(embedded, reference, party, alleged, **LISTED)
    notice = named(embedded, reference, "notice")
    with pytest.raises(Invalid):
        do(embedded, reference, notice["id"], "posted", how="own_page", sent_on=in_days(0))


def test_the_reply_to_an_anonymous_reporter_counts_once_it_stands_on_their_page(embedded: Branch) -> None:
    reference = embedded.report()
    safe(embedded, reference)
    reply = named(embedded, reference, "acknowledgement")
    do(embedded, reference, reply["id"], "posted", how="own_page", sent_on=in_days(0))
    (kept,) = embedded.rows(reference, "acknowledgements")
    assert kept.plain == {"how": "own_page", "sent_on": in_days(0)}
    assert own(embedded, reference).written_on is not None
