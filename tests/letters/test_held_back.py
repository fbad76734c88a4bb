"""A member's own page and API show what went to them: nothing of a notice whose letter was held back or stopped."""

import json

import pytest

from app.errors import Invalid
from tests.branch import Branch, in_days
from tests.cases.by_reply_code import notify, reply, seen, send
from tests.letters.correspondence import REPORTER, do, named, tick
from tests.letters.test_notice_code import LISTED, put
from tests.postbox import Postbox


def shown(branch: Branch, code: str) -> tuple[list[str], str]:
    """The notices on the member's page, and all that `GET /replies/mine` answers."""
    client = branch.client()
    client.headers["Authorization"] = f"Bearer {code}"
    answer = client.get("/api/v1/replies/mine")
    return [one.id for one in seen(branch, code).notices], json.dumps(answer.json())


def further(branch: Branch, reference: str, party: str, conduct: str) -> str:
    return branch.keep(
        branch.handler(reference),
        reference,
        "allegations",
        clause="3.2a",
        respondent=party,
        conduct=conduct,
        happened="Wednesday",
    )


def test_a_second_notice_shows_once_its_letter_went(desk: Branch, box: Postbox) -> None:
    reference, party, alleged = put(desk)
    first, code = notify(desk, reference, party, alleged, **LISTED)
    assert shown(desk, code)[0] == []
    tick(desk)
    assert shown(desk, code)[0] == [first]
    again = further(desk, reference, party, "Joined in later.")
    second, _ = notify(desk, reference, party, [again], **LISTED)
    letter = named(desk, reference, "notice")["id"]
    for act in ("", "stop"):
        if act:
            do(desk, reference, letter, act)
        ids, words = shown(desk, code)
        assert ids == [first]
        assert "Joined in later." not in words
    do(desk, reference, letter, "posted", how="in_person", sent_on=in_days(0))
    ids, words = shown(desk, code)
    assert ids == [first, second]
    assert "Joined in later." in words


def test_a_notice_whose_letter_names_a_withheld_reporter_shows_nowhere(desk: Branch, box: Postbox) -> None:
    reference, party, alleged = put(desk)
    first, code = notify(desk, reference, party, alleged, **LISTED)
    tick(desk)
    again = further(desk, reference, party, "Joined in later.")
    for how in ("email", "own_page"):
        notify(desk, reference, party, [again], **LISTED, how=how)
        one = named(desk, reference, "notice")
        do(desk, reference, one["id"], "edit", text=f"{one['text']}\nWritten to {REPORTER['name']}.")
        assert "names_reporter" in [need["code"] for need in named(desk, reference, "notice")["needs"]]
        ids, words = shown(desk, code)
        assert ids == [first]
        assert "Joined in later." not in words


def test_what_was_answered_shows_and_a_correction_that_waits_leaves_the_words_that_went(
    desk: Branch, box: Postbox
) -> None:
    reference, party, alleged = put(desk)
    first, code = notify(desk, reference, party, alleged, **LISTED)
    tick(desk)
    corrected = {"respondent": party, "allegations": alleged, "sent_on": in_days(0), "how": "email"}
    by = desk.handler(reference)
    desk.keep(
        by, reference, "notices", replaces=first, **corrected, reply_by=in_days(20), evidence_listed="1. Another copy."
    )
    (own,) = seen(desk, code).notices
    assert (own.id, own.evidence) == (first, LISTED["evidence_listed"])
    reply(desk, code)
    second, _ = notify(desk, reference, party, alleged, **LISTED)
    assert [one.id for one in seen(desk, code).notices] == [first]
    desk.keep(by, reference, "replies", notice=second, received_on=in_days(0), text="Known.", disputes_attribution="no")
    assert [one.id for one in seen(desk, code).notices] == [first, second]


def test_a_name_in_another_order_holds_a_letter_and_a_part_of_it_only_asks_to_look_again(
    desk: Branch, box: Postbox
) -> None:
    reference, party, alleged = put(desk)
    notify(desk, reference, party, alleged, evidence_listed="Pictures by somebody")
    one = named(desk, reference, "notice")
    named_here = one["text"].replace("by somebody", "by Reporter,  UNMISTAKABLE")
    one = do(desk, reference, one["id"], "edit", text=named_here)
    assert [need["code"] for need in one["needs"]] == ["names_reporter"]
    words = one["text"].replace("Reporter,  UNMISTAKABLE", "an unmistakable hand")
    one = do(desk, reference, one["id"], "edit", text=words)
    one = do(desk, reference, one["id"], "edit", text=words)
    assert [need["code"] for need in one["needs"]] == ["part_of_name"]
    assert "look again, then send it" in one["needs"][0]["message"]
    assert do(desk, reference, one["id"], "send")["state"] == "queued"
    tick(desk)
    assert named(desk, reference, "notice")["state"] == "sent"


def test_words_that_name_the_reporter_stay_off_the_page_and_are_refused_when_they_are_recorded(
    desk: Branch, box: Postbox
) -> None:
    reference, party, alleged = put(desk)
    by, name = desk.handler(reference), REPORTER["name"]
    card = {"method": "link_only", "link": "https://social.example/1", "supports": alleged}
    item = desk.keep(by, reference, "evidence", **card, shows=f"As {name} saw it", platform="The ward page")
    served = {"item": item, "served_on": in_days(0)}
    client = desk.client(by)
    refused = client.post(f"/api/v1/cases/{reference}/evidence-services", json=served)
    assert refused.status_code == 422, refused.text
    assert (refused.status_code, [one["field"] for one in refused.json()["errors"]]) == (422, ["item"])
    assert "names the person who reported" in refused.json()["errors"][0]["message"]
    clean = desk.keep(by, reference, "evidence", replaces=item, **card, shows="The post", platform="The ward page")
    desk.keep(by, reference, "evidence-services", **served)
    with pytest.raises(Invalid) as caught:
        desk.keep(by, reference, "evidence", replaces=clean, **card, shows=f"For {name}", platform="The ward page")
    assert [one.field for one in caught.value.errors] == ["shows"]
    notice, code = notify(desk, reference, party, alleged, **LISTED)
    tick(desk)
    asked = send(desk, code, "time-requests", until=in_days(30), reason="Night shifts.")
    given = {"request": asked["id"], "decision": "granted", "reply_by": in_days(30)}
    with pytest.raises(Invalid) as caught:
        desk.keep(by, reference, "time-decisions", **given, reason=f"{name.upper()} agrees.")
    assert [one.field for one in caught.value.errors] == ["reason"]
    desk.keep(by, reference, "report-confirmations", confirmed="yes", how="telephone")
    desk.keep(by, reference, "identity-decisions", decision="told", reasons="They cannot answer without it.")
    desk.keep(by, reference, "time-decisions", **given, reason=f"{name} agrees.")
    desk.keep(by, reference, "evidence", replaces=clean, **card, shows=f"For {name}", platform="The ward page")
    assert name in shown(desk, code)[1]
    desk.keep(by, reference, "identity-decisions", decision="withheld", reasons="They are afraid now.")
    ids, words = shown(desk, code)
    assert ids == [notice]
    assert name not in words
    assert "The ward page" in words
