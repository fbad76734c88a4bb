"""What the member a report is about does by page, with the letter of the notice in hand."""

import re

from tests.browser.filing import chosen, hides_nothing, paper_saying
from tests.browser.somebody import Somebody

CODE = re.compile(r"this code:\s+([0-9A-Z]{4}(?: [0-9A-Z]{4})+)")
LOG_IN = paper_saying("New log-in at 03:12 from far away.")


def calls_it_banter(member: Somebody, reference: str, notice: str) -> None:
    """The member reads on a phone what the letter with its code opens, and disputes it."""
    enters(member, reference, notice)
    assert "3.2b" in member.words
    assert "We do not say." in member.words
    looks_at_what_was_served(member)
    member.follow("Reply to this")
    for choice in member.page.locator('main input[value="disputed"]').all():
        choice.check()
    member.fill(text="It was banter.")
    member.press("Send my reply")
    assert member.heading == "Thank you. We have your reply."
    member.go("/my-reply")
    assert "Ward treasurer" not in member.page.content()
    member.press("Leave what was put to me")


def looks_at_what_was_served(member: Somebody) -> None:
    """The one picture they were given, which hides nothing any more."""
    assert member.page.locator("main a").filter(has_text="Look at it").count() == 1
    member.follow("Look at it")
    assert member.heading == "What you were given"
    hides_nothing(member, ".ct-picture img")
    member.follow("Your reply")


def enters(member: Somebody, reference: str, notice: str) -> None:
    """With the two lines of the letter; neither stands in an address."""
    found = CODE.search(notice)
    assert found is not None
    assert "not a finding" in notice
    member.go("/my-reply")
    member.fill(reference=reference, code=found[1].lower().replace(" ", "-"))
    member.press("Show it to me")
    assert (member.path, member.page.title()) == ("/my-reply", "Your reply")


def disputes_who_posted_it(member: Somebody) -> None:
    """They say that it was somebody else, are asked for what is missing, and keep the receipt."""
    member.follow("Reply to this")
    member.fill(text="Somebody logged in at 03:12.")
    member.press("Send my reply", 422)
    assert member.value("text") == "Somebody logged in at 03:12."
    member.page.locator('main input[value="not_posted"]').first.check()
    member.press("Send my reply")
    assert member.heading == "Thank you. We have your reply."
    with member.page.expect_download() as download:
        member.press("Save the receipt")
    assert download.value.suggested_filename == "receipt.html"
    member.follow("Back to what was put to you")
    assert "You say you did not post: 3.1" in member.words


def sends_the_log_in_notice(member: Somebody) -> None:
    """What the site wrote to them, as a PDF."""
    member.follow("Send pictures or files that show your side")
    member.fill(files=[chosen("log-in.pdf", LOG_IN)], shows="A log-in that was not mine")
    member.press("Send")
    assert "One file is kept with it: log-in.pdf." in member.words
    member.go("/my-reply")


def leaves_for_good(member: Somebody) -> None:
    """Nothing more can be sent once it is finished; after leaving, the page asks for the code again."""
    member.go("/my-reply")
    assert "Nothing more can be sent here at this stage" in member.words
    member.press("Leave what was put to me")
    assert member.page.context.cookies() == []
    member.go("/my-reply")
    assert member.heading == "Read what was put to you, and reply"
