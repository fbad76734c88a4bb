"""The lists of what an auditor looks for: what each is called, what it shows and does not, and how it finds it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from app import clock
from app.audit.events import EVENTS, Event
from app.audit.models import CLOCK_BACK, OCCURRED_ON
from app.cases.sentences import KINDS
from app.cases.set_aside import REASON_WORDS
from app.oversight import candidates, conformance, findings
from app.oversight.candidates import Candidates
from app.oversight.dossiers import Dossier, Line
from app.oversight.exporting import ALL, FORMAT_WORDS, OF_CASE
from app.oversight.findings import READING, WORKED, Asked, Found
from app.people.policy import PLACES

RECORDS = ("case_record",)
OTHER_PLACES = {"person": "changing an account or its offices", "log": "the entries of the log"}
"""From where somebody can be turned away besides `policy.PLACES`, by the kind of subject."""
OfCase = Callable[[Dossier, Asked], Iterable[Found]]
OfLine = Callable[[Line, Asked], Found | None]


@dataclass(frozen=True)
class Lookout:
    """One list: what it is called, what it shows and does not, and the function that finds it."""

    name: str
    title: str
    help: str
    of_case: OfCase | None = None
    of_line: OfLine | None = None
    tables: tuple[str, ...] = ()
    """Of a list by cases: the rows of a case that it looks at."""
    events: tuple[Event, ...] = ()
    """The entries it looks at."""
    among: Candidates | None = None
    """Of a list by cases: those of which it can say something, where not of all."""
    key: str = ""
    """Of a list by entries: what such an entry holds, where it is not told by its event."""
    days: int | None = None
    """From how many days on something stands out, unless the auditor asks for another number."""


def backdated(line: Line, asked: Asked) -> Found | None:
    """What was entered so many days or more after the day on which it happened."""
    happened = line.document.get("occurred_on")
    days = (line.day - date.fromisoformat(happened)).days if happened else 0
    if not happened or days < asked.days:
        return None
    return _told(line, f"{KINDS[line.event]}: entered {days} day{'' if days == 1 else 's'} after it happened")


def clock_jump(line: Line, asked: Asked) -> Found | None:
    """Entries at which the computer's clock had gone back by more than two seconds."""
    del asked
    back = line.document.get("clock_back_us")
    return _told(line, f"The clock had gone back by {clock.in_words(timedelta(microseconds=back))}") if back else None


def told_as(line: Line, asked: Asked) -> Found | None:
    """An entry in the words of its kind."""
    del asked
    return _told(line, KINDS[line.event])


def turned_away(line: Line, asked: Asked) -> Found | None:
    """Who came to what is not theirs: a case stands beside it, another place is named."""
    del asked
    words, count, subject = KINDS[line.event], line.document.get("count"), _subject(line)
    where = OTHER_PLACES.get(
        subject.get("kind", ""), PLACES.get(subject.get("id", ""), OTHER_PLACES["log"] if subject else "")
    )
    return _told(line, f"{words}: {count} times" if count else f"{words} from {where}" if where else words)


def saved(line: Line, asked: Asked) -> Found | None:
    """Who took a copy away, in which form, and of how much."""
    del asked
    subject, words = _subject(line), KINDS[line.event]
    if not subject:
        return _told(line, words)
    much = {ALL: "all of it", OF_CASE: "one case"}.get(subject["id"], "a part of it")
    return _told(line, f"{words}: {FORMAT_WORDS.get(subject['kind'], subject['kind'])}, {much}")


def _subject(line: Line) -> Mapping[str, str]:
    return line.document.get("subject") or {}


def set_aside(line: Line, asked: Asked) -> Found | None:
    """A message for which no case was opened, and the reason that was ticked."""
    del asked
    reason = REASON_WORDS.get(_subject(line).get("id", ""), "the reason cannot be read")
    return _told(line, f"No case was opened: {reason.lower()}")


_NOT_READING = tuple(event for event in EVENTS if event not in READING)
LOOKOUTS: Mapping[str, Lookout] = {
    one.name: one
    for one in (
        Lookout(
            "unacknowledged",
            "Reports without a reply",
            "Every report opens a case by itself. Here are those whose sender was not told that it arrived.",
            of_case=findings.unacknowledged,
            tables=RECORDS,
            among=candidates.without_reply,
        ),
        Lookout(
            "set-aside",
            "Messages for which no case was opened",
            "Officers marked them as no report. Ask to see a few of the letters or mails behind them.",
            of_line=set_aside,
            events=(Event.MESSAGE_SET_ASIDE,),
        ),
        Lookout(
            "late-unexplained",
            "Dates missed without a reason",
            "Dates the branch had to keep. Days on which a case was paused do not count.",
            of_case=partial(findings.late, explained=False),
            tables=(*RECORDS, "case_deadline"),
            among=candidates.past_due,
        ),
        Lookout(
            "late-explained",
            "Dates missed with a reason",
            "The same, where somebody recorded why. The reason itself is part of the case.",
            of_case=partial(findings.late, explained=True),
            tables=(*RECORDS, "case_deadline"),
            among=candidates.past_due,
        ),
        Lookout(
            "unheard",
            "Referred without notice or reply",
            "A member may let the time to reply go by; then the case may be referred without one.",
            of_case=findings.unheard,
            tables=RECORDS,
            among=candidates.referred,
        ),
        Lookout(
            "on-words",
            "Referred on words alone",
            "Nothing that somebody looked at was given to the member: the review note says what the case rests on.",
            of_case=findings.on_words,
        ),
        Lookout(
            "found-unheard",
            "Found before the member replied",
            "Finished without the panel on a finding against the member that is older than their reply.",
            of_case=findings.found_unheard,
        ),
        Lookout(
            "deviations",
            "Cases that left their procedure",
            "A step that is missing, leads elsewhere, or was taken without every condition on record.",
            of_case=conformance.deviations,
            events=conformance.PATH,
        ),
        Lookout(
            "undeclared",
            "At work before declaring",
            "Officers and panel members who opened a case and never declared, or worked on it before they did.",
            of_case=findings.undeclared,
            tables=RECORDS,
            events=(Event.CASE_VIEWED, *WORKED),
        ),
        Lookout(
            "influence",
            "Someone outside leaned on a case",
            "Contacts that were recorded; those nobody recorded cannot be shown.",
            of_case=findings.leaned_on,
            tables=RECORDS,
            among=candidates.spoken_to,
        ),
        Lookout(
            "views",
            "Who read what",
            "Everybody who opened a case, a file of the evidence, a part of the content or the record of steps.",
            of_line=told_as,
            events=(Event.CASE_VIEWED, Event.EVIDENCE_OPENED, Event.CONTENT_UNMASKED, Event.TRAIL_VIEWED),
        ),
        Lookout(
            "exports",
            "Who saved a copy",
            "Copies of the record of steps, and of everything. What was printed or photographed leaves no trace.",
            of_line=saved,
            events=(Event.RECORD_EXPORTED, Event.BACKUP_MADE),
        ),
        Lookout(
            "reopened",
            "Looked at again",
            "Each time a finished case was opened again, and on which ground.",
            of_case=findings.reopened,
            tables=RECORDS,
            among=candidates.opened_again,
        ),
        Lookout(
            "unsent",
            "Closing letters that did not go",
            "Letters about the end of a case that were prepared and not sent, or never prepared.",
            of_case=findings.unsent,
            tables=("letter",),
            among=candidates.closing_letter_open,
        ),
        Lookout(
            "backdated",
            "Entered long after it happened",
            "Where the day it happened and the day it was entered lie far apart.",
            of_line=backdated,
            key=OCCURRED_ON,
            days=7,
        ),
        Lookout(
            "sleeping",
            "Cases on which nothing happens",
            "Open cases without a step, a record or a letter for a long time. Reading alone does not count.",
            of_case=findings.sleeping,
            among=candidates.quiet,
            events=_NOT_READING,
            days=28,
        ),
        Lookout(
            "clock-jumps",
            "The clock went back",
            "Entries at which the computer's clock stood earlier than at the entry before, by over two seconds.",
            of_line=clock_jump,
            key=CLOCK_BACK,
        ),
        Lookout(
            "denials",
            "Someone was turned away",
            "Attempts to open what is not open to that person, or does not exist.",
            of_line=turned_away,
            events=(Event.ACCESS_DENIED, Event.DENIALS_COUNTED),
        ),
    )
}
"""Every list by its name, in the order in which pages offer them."""


def _told(line: Line, what: str) -> Found:
    return Found(line.reference, what, line.day, line.actor, line.role, line.id, line.recorded_at)
