"""A mail that is only a link goes to nobody who has no page of their own to read the letter on."""

import pytest

from app.errors import Invalid
from tests.branch import SECRETARY, Branch
from tests.letters.correspondence import REPORTER, named, tick, write
from tests.letters.test_notice_code import PARTS
from tests.postbox import Postbox

AFFECTED = {**PARTS, "role": "target", "name": "Somebody Affected", "email": "affected@example.net"}


def test_a_person_affected_who_did_not_report_it_gets_post_and_no_link(desk: Branch, box: Postbox) -> None:
    reference = desk.at("under_review", kind="target", how_seen=None, clauses=None, reporter=REPORTER)
    desk.keep(SECRETARY, reference, "parties", **AFFECTED, letters_by="link")
    write(desk, reference, "closing_affected")
    letter = named(desk, reference, "closing_affected")
    assert not letter["only_link"]
    assert "by_post" in [need["code"] for need in letter["needs"]]
    tick(desk)
    assert "/my-reply" not in letter["text"]


def test_whoever_has_no_page_of_their_own_cannot_be_recorded_as_wanting_a_link(desk: Branch) -> None:
    reference = desk.at("under_review")
    for role in ("target", "witness"):
        with pytest.raises(Invalid) as caught:
            desk.keep(SECRETARY, reference, "parties", **{**AFFECTED, "role": role}, letters_by="link")
        assert [one.field for one in caught.value.errors] == ["letters_by"]
    for role in ("reporter", "respondent"):
        assert desk.keep(SECRETARY, reference, "parties", **{**AFFECTED, "role": role}, letters_by="link")
    assert desk.keep(SECRETARY, reference, "parties", **AFFECTED, letters_by="post")
