"""What keeps a letter from going out by itself: codes in plain columns, words for officers."""

from collections.abc import Iterable

from app.letters.placeholders import PLACEHOLDERS

BLANK, FAILED = "blank:", "failed:"
NO_EMAIL, NO_SERVER, BY_POST, WISH, BY_HAND = "no_email", "no_mail_server", "by_post", "wish", "by_hand"
NAMES_REPORTER, PART_OF_NAME, NAMELESS = "names_reporter", "part_of_name", "nobody_to_write_to"
FIRST_WORD, NOTICE_HELD = "first_word", "notice_held"
CODE_ENDED, CODE_APART = "code_ended", "code_apart"
ADDRESS_CHANGED, OFFICER_CHANGED = "address_changed", "officer_changed"
DAY_PASSED = "day_passed"
PAUSED, WAS_PAUSED, WITHDRAWN = "paused", "was_paused", "withdrawn"
WORDS = {
    NO_EMAIL: "There is no mail address: add one, or print it and post it",
    NO_SERVER: "No mail server is set up here: print it, or send it by hand",
    BY_POST: "They want letters by post: print it and post it",
    WISH: "They said how or when they may be reached: read that first, then send it",
    BY_HAND: "It was recorded as going another way than by mail today: print it, or send it all the same",
    NAMES_REPORTER: "It names the person who sent the report, who may not be named here: take that out",
    PART_OF_NAME: "A word in it is also in the name of the person who sent the report: look again, then send it",
    CODE_ENDED: "The code in it opens nothing any more: press “Fill in again”",
    CODE_APART: "The mail is only a link, and their code is in this letter: give it to them another way first",
    FIRST_WORD: "Nothing here says that they know of it: speak to them first, then send it",
    NOTICE_HELD: "The notice that it speaks of has not gone: see to the letter with that first",
    ADDRESS_CHANGED: "What is known of them was corrected since: press “Fill in again”, or correct the address in it",
    OFFICER_CHANGED: "Another officer looks after the case now: press “Fill in again”, or read it, then send it",
    DAY_PASSED: "A day that it names has passed: press “Fill in again”, or type another one",
    PAUSED: "The case was paused: nothing goes to the member until it goes on, any other letter is yours to send",
    WAS_PAUSED: "The case was paused while it waited: read it again, then send it",
    WITHDRAWN: "It was decided to stop, as was wished: look whether it should still go, then send it",
    NAMELESS: "The report came without a name: put it on their own page",
}
SENT_ANYWAY = frozenset(
    {WISH, BY_HAND, CODE_APART, FIRST_WORD, NOTICE_HELD, PART_OF_NAME, OFFICER_CHANGED, WAS_PAUSED, WITHDRAWN}
)
"""What an officer may decide to send in spite of."""
KEPT = (SENT_ANYWAY - {PART_OF_NAME}) | {BY_POST, ADDRESS_CHANGED}
"""What other words alone do not settle."""
TRIES = {
    "address_not_supported": "the mail server cannot write to such an address",
    "address_wrong": "the mail address cannot be right",
    CODE_ENDED: "the code in it opens nothing any more; press “Fill in again”",
    NAMES_REPORTER: "it names the person who sent the report, who may not be named any more; take that out",
    "content_gone": "its content is no longer there",
    "gave_up": "it was tried too often",
    "timed_out": "the mail server did not answer in time; it may have arrived all the same",
    "connection_lost": "the connection broke off; it may have arrived all the same",
    "server_unreachable": "the mail server could not be reached",
    "sign_in_refused": "the mail server refused our password",
    "not_trusted": "the mail server could not prove who it is",
    "no_secure_connection": "the mail server offers no safe way for the password",
}


def in_words(code: str) -> str:
    """One need for an officer to read, with where to put it right."""
    if code.startswith(BLANK):
        place = PLACEHOLDERS[code.removeprefix(BLANK)]
        return f"{place.what} is missing: {place.where}"
    if code.startswith(FAILED):
        return f"It could not be sent: {why_not(code.removeprefix(FAILED))}"
    return WORDS[code]


def why_not(code: str) -> str:
    """Why an attempt failed, in words without an address."""
    kind, _, number = code.rpartition("_")
    if number.isdigit():
        said = {"refused": "the mail server refused it", "later": "the mail server asked to try later"}
        return f"{said.get(kind, 'the mail server turned us away')} ({number})"
    return TRIES.get(code, "something went wrong on this computer")


def hinders(needs: Iterable[str]) -> list[str]:
    """The needs that no officer can overrule: what they must put right before it can be sent by mail."""
    return [code for code in needs if code not in SENT_ANYWAY and not code.startswith(FAILED)]


def unfinished(needs: Iterable[str]) -> list[str]:
    """The needs that concern the words themselves: such a letter goes out in no way at all."""
    return [code for code in needs if code.startswith(BLANK) or code in (NAMES_REPORTER, CODE_ENDED)]
