"""What gives away who sent a report, however it is written; a part of a name is only a reason to look again."""

import pytest

from app.cases.giveaways import may_name_them, names_them
from app.cases.likeness import without
from tests.cases.papers import Papers

SENDER = {
    "name": "Zoë Marsh-Field",
    "handle": "@zoe_m",
    "email": "zoe@example.net",
    "phone": "01632 960123",
    "address": "The Flat\n12 Mill Lane, Exampleton\nDH1 1XY",
}


def left(sender: dict[str, str], text: str) -> str:
    """What the panel reads of a text while this sender may not be named."""
    return without(sender.items(), text)


def paper(**sender: str) -> Papers:
    papers = Papers()
    papers.rows[0].values["reporter"] = sender or SENDER
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
        "Seen by @zoe_marsh_field",
        "Seen by ZoeMarshField.",
        "Seen by zoemarshfield99",
        "Seen by Marsh_Field.Zoe",
        "https://social.example/marshfieldzoe?page=2",
        "Zoë\u200b Marsh\u00adField",
        "Ask @ZoeM",
        "social.example/Zoe-M, and others",
        "It came to 12, Mill  Lane",
        "dh11xy",
    ],
)
def test_the_whole_name_an_account_or_a_contact_is_found_however_it_is_written(text: str) -> None:
    assert names_them(paper().file(), text)
    assert not names_them(paper().file(), left(SENDER, text))


@pytest.mark.parametrize(
    "text",
    ["Zoe said so.", "The FIELD behind it", "marsh", "@marsh_1985", "zoeInTown", "near Mill Lane", "at mill lane 3"],
)
def test_a_part_of_the_name_is_a_reason_to_look_again_and_no_more(text: str) -> None:
    assert not names_them(paper().file(), text)
    assert may_name_them(paper().file(), text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Fields and marshes",
        "The member posted it on 1 May.",
        "In Exampleton, at the mill",
        "The flat above",
        "Lane 12, a mill",
    ],
)
def test_nothing_else_does(text: str) -> None:
    assert not names_them(paper().file(), text)
    assert not may_name_them(paper().file(), text)
    assert left(SENDER, text) == text


def test_a_name_that_the_reader_shares_is_no_part_of_it_and_one_that_may_be_told_hides_nothing() -> None:
    papers = paper()
    assert not may_name_them(papers.file(), "Dear Ann Marsh", but=("Ann Marsh",))
    assert not names_them(papers.file(), "Zoë Marsh-Field", but=("Zoë Marsh-Field", "zoe@example.net"))
    papers.case.share_identity = "yes"
    papers.add("report-confirmations", confirmed="yes")
    assert not names_them(papers.file(), "Zoë Marsh-Field")
    assert not may_name_them(papers.file(), "Zoë Marsh-Field")


@pytest.mark.parametrize(
    ("sender", "text"),
    [
        ({"name": "Jo An"}, "Joan said it, at home, in Johannesburg."),
        ({"name": "Al Green"}, "Councillor Greenhalgh called it royal green."),
        ({"name": "Ward"}, "Towards the wards"),
        ({"name": "Ann Lee", "handle": "@ward_news"}, "The plan leeward; the ward party news"),
        ({"name": "Ann Lee", "handle": "@on"}, "Only once, upon a time"),
        ({"name": "Ann Lee", "address": "Exampleton"}, "In Exampleton"),
    ],
)
def test_short_names_and_common_words_are_no_false_alarm(sender: dict[str, str], text: str) -> None:
    assert not names_them(paper(**sender).file(), text)


@pytest.mark.parametrize("text", ["ann mcdonald", "Ann McDonald", "annmcdonald", "@AnnMcDonald", "mc_donald_ann"])
def test_a_name_with_a_capital_inside_is_found_in_every_way(text: str) -> None:
    assert names_them(paper(name="Ann McDonald").file(), text)


@pytest.mark.parametrize(
    "address", ["Flat 2, 12 Mill Lane Exampleton DH1 1XY", "12a Mill Lane", "12 Mill Lane, Dh1 1xy"]
)
def test_an_address_is_found_however_its_lines_are_set(address: str) -> None:
    house = "12a" if "12a" in address else "12"
    file = paper(name="Ann Lee", address=address).file()
    assert names_them(file, f"Right in front of {house}, Mill Lane.")
    assert names_them(file, "Round dh1 1xy.") == ("12a" not in address)
    assert not names_them(file, "It was flat 2 or 12, on a mill.")
