"""What follows from records of the dialogue with a reporter."""

from typing import Any

from app.cases import codes
from app.cases.dialogue import MESSAGES, UPDATE, from_reporter, is_theirs, named, undecided, was_written_to, wished_on
from app.cases.effects import Following, effect, follow
from app.cases.keeping import keep_record
from app.errors import FieldError, Invalid
from app.workflow.answers import in_words
from app.workflow.definition import Effect

OWN_PAGE = "own_page"
NO_NAME = (
    "This report was sent without a name, so nobody can show that they sent it. Its code cannot be replaced; "
    "whoever lost it can only report again."
)


@effect
def message_was_sent(f: Following) -> None:
    """A message to the reporter starts the time to the next one anew; only one from them says when it came."""
    workflow, theirs = f.file.workflow, is_theirs(f.actor.role, f.values["kind"])
    if not theirs and f.values.get("received_on"):
        raise Invalid([FieldError("received_on", "Leave this empty, or choose that it came from them in another way")])
    if not theirs and UPDATE in workflow.clocks and f.state in workflow.clocks[UPDATE].states:
        follow((Effect("clock", UPDATE),), f)


@effect
def one_wish_at_a_time(f: Following) -> None:
    """A wish to withdraw waits for its decision before there can be another."""
    open_ = [one for one in undecided(f.file) if f.file.root(one.id) != f.file.root(f.row.replaces or "")]
    if open_:
        who = "You" if from_reporter(f.actor.role) else "They"
        said = f"{who} asked on {in_words(wished_on(open_[-1]))} to withdraw the report already"
        raise Invalid([FieldError("", f"{said}: that is decided first")])


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
def renew_code(f: Following) -> None:
    """The old code and its sessions end; the new code is in the answer, this once."""
    if not named(f.file):
        raise Invalid([FieldError("", NO_NAME)])
    f.shown["access_code"] = codes.renew(f.session, f.home, f.case)


def _write(f: Following, values: dict[str, Any]) -> None:
    rules = f.file.workflow.records[MESSAGES]
    kept = keep_record(f.session, f.home, f.case, rules, values, actor=f.actor, via=f.via)
    follow(rules.then, Following(f.session, f.home, f.case, f.file, values, kept.row, f.actor, f.via, f.state))
