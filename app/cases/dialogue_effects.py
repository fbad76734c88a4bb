"""What follows from records of the dialogue with a reporter."""

from dataclasses import replace
from datetime import date
from typing import Any

from app.cases import codes, deadlines
from app.cases.dialogue import MESSAGES, UPDATE, from_reporter, is_theirs, named, undecided, was_written_to, wished_on
from app.cases.effects import Following, effect, follow
from app.cases.keeping import keep_record
from app.cases.recall import recall
from app.cases.word_only import send_word
from app.errors import FieldError, Invalid
from app.letters.needs import WITHDRAWN
from app.workflow.answers import in_words
from app.workflow.definition import Effect

OWN_PAGE, STOP = "own_page", "stop"
REPLIES, SENT_ON = "acknowledgements", "sent_on"
NO_NAME = (
    "This report was sent without a name, so nobody can show that they sent it. Its code cannot be replaced; "
    "whoever lost it can only report again."
)


@effect
def message_was_sent(f: Following) -> None:
    """A message to them begins the time to the next one anew, and a mail tells of it; one from them may say its day."""
    workflow = f.file.workflow
    if is_theirs(f.actor.role, f.values["kind"]):
        return
    if f.values.get("received_on"):
        raise Invalid([FieldError("received_on", "Leave this empty, or choose that it came from them in another way")])
    if UPDATE in workflow.clocks and f.state in workflow.clocks[UPDATE].states:
        follow((Effect("clock", UPDATE),), f)
    send_word(f.session, f.home, f.file)


@effect
def word_of_decision(f: Following) -> None:
    """What was decided on a wish stands on the reporter's page, and a mail says that something is there."""
    send_word(f.session, f.home, f.file)


@effect
def next_news_since_reply(f: Following) -> None:
    """The time to the next news runs from the day of the reply, which named it; from this step where there was none."""
    reply = f.file.newest(REPLIES)
    rules, given = f.file.workflow.clocks[UPDATE], {SENT_ON: reply.plain.get(SENT_ON) if reply else None}
    deadlines.start(f.session, f.case, replace(rules, start_field=SENT_ON), given, f.row.id)


@effect
def one_wish_at_a_time(f: Following) -> None:
    """A wish to withdraw waits for its decision before there can be another."""
    open_ = [one for one in undecided(f.file) if f.file.root(one.id) != f.file.root(f.row.replaces or "")]
    if open_:
        who = "You" if from_reporter(f.actor.role) else "They"
        said = f"{who} asked on {in_words(wished_on(open_[-1]))} to withdraw the report already"
        raise Invalid([FieldError("", f"{said}: that is decided first")])


@effect
def reply_follows_report(f: Following) -> None:
    """A reply cannot be older than the report that it answers."""
    given = f.values.get(SENT_ON)
    if given and date.fromisoformat(given) < f.case.received_on:
        raise Invalid([FieldError(SENT_ON, "Check the date: the report had not reached us by then")])


@effect
def reply_on_own_page(f: Following) -> None:
    """A reply on the reporter's own page is a message there: the one given with it, or one that stands there."""
    corrected = f.file.row(f.row.replaces)
    text = f.values.get("message")
    if f.values["how"] != OWN_PAGE and text:
        raise Invalid([FieldError("message", "Leave this empty, or choose that the reply is on their own page")])
    if f.values["how"] != OWN_PAGE or (not text and was_written_to(f.file)):
        return
    if not text:
        raise Invalid([FieldError("message", "Write the message: nothing stands on their own page yet")])
    if corrected is None or corrected.values.get("message") != text:  # a correction does not send it again
        _write(f, {"kind": "answer", "text": text})


@effect
def letters_wait_after_stop(f: Following) -> None:
    """Whoever decides to stop also decides which of the letters that wait still go."""
    if f.values["decision"] == STOP:
        recall(f.session, f.case, WITHDRAWN, actor=f.actor, via=f.via)


@effect
def renew_code(f: Following) -> None:
    """The old code and its sessions end; the new code is in the answer, this once."""
    if not named(f.file):
        raise Invalid([FieldError("", NO_NAME)])
    f.shown["access_code"] = codes.renew(f.session, f.home, f.case, actor=f.actor, via=f.via)


def _write(f: Following, values: dict[str, Any]) -> None:
    rules = f.file.workflow.records[MESSAGES]
    kept = keep_record(f.session, f.home, f.case, rules, values, actor=f.actor, via=f.via)
    follow(rules.then, Following(f.session, f.home, f.case, f.file, values, kept.row, f.actor, f.via, f.state))
