"""What gives away who sent a report, however it is written; a part of a name is only a reason to look again."""

import pytest

from app.cases.giveaways import may_name_them, names_them
from tests.cases.papers import Papers

SENDER = {"name": "Zoë Marsh-Field", "handle": "@zoe_m", "email": "zoe@example.net", "phone": "01632 960123"}


def paper() -> Papers:
    papers = Papers()
    papers.rows[0].values["reporter"] = SENDER
    return papers


@pytest.mark.parametrize(
    "text",
    [
        "Saved by ZOE  MARSH\nFIELD.",
        "Field, Marsh (Zoe)",
        "It was Zoë Ann Marsh-Field's picture.",
        "marsh‐field / zoë",
        "Ask @Zoe_M.",
        "Mail ZOE@example.net",
        "Ring (01632) 960 123",
    ],
)
def test_the_whole_name_an_account_or_a_contact_is_found_however_it_is_written(text: str) -> None:
    assert names_them(paper().file(), text)


@pytest.mark.parametrize("text", ["Zoe said so.", "The FIELD behind it", "marsh"])
def test_a_part_of_the_name_is_a_reason_to_look_again_and_no_more(text: str) -> None:
    assert not names_them(paper().file(), text)
    assert may_name_them(paper().file(), text)


@pytest.mark.parametrize("text", ["", "Fields and marshes", "The member posted it on 1 May."])
def test_nothing_else_does(text: str) -> None:
    assert not names_them(paper().file(), text)
    assert not may_name_them(paper().file(), text)


def test_a_name_that_the_reader_shares_is_no_part_of_it_and_one_that_may_be_told_hides_nothing() -> None:
    papers = paper()
    assert not may_name_them(papers.file(), "Dear Ann Marsh", but=("Ann Marsh",))
    assert not names_them(papers.file(), "Zoë Marsh-Field", but=("Zoë Marsh-Field", "zoe@example.net"))
    papers.case.share_identity = "yes"
    papers.add("report-confirmations", confirmed="yes")
    assert not names_them(papers.file(), "Zoë Marsh-Field")
    assert not may_name_them(papers.file(), "Zoë Marsh-Field")
