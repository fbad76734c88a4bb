"""The statement of one page about a period: what was on record, how it was checked, and what that does not show."""

from collections.abc import Iterator, Sequence

from sqlmodel import Session

from app import clock
from app.audit import log_tables
from app.installation import Installation
from app.letters.wording import Block, blocks
from app.oversight import yearly
from app.oversight.reconciling import Books, sums
from app.oversight.soundness import Soundness, soundness
from app.oversight.witnesses import Witness

TITLE = "Statement about the record of cases"
NOT_SHOWN = (
    "What this does not show: a letter, mail or spoken report that was thrown away or forgotten before it was entered. "
    "For that the branch has only the word of those who open its post; and whoever runs the computer can in the end "
    "read what it can read. Only a code that somebody kept elsewhere, such as this page, or a witness shows a record "
    "that was written anew as a whole."
)


def statement(home: Installation, session: Session, figures: Books) -> Sequence[Block]:
    """The parts of the page; the same on paper and on screen."""
    newest = log_tables.newest_checkpoint(session)
    now = soundness(home, session)
    parts = list(_parts(home, session, now, figures))
    if newest is not None:
        parts += ["## The checkpoint, to be compared later", newest.note.strip()]
    signed_for = f"Signed for the {now.log.signed:,} entries with the code {now.code or 'none yet'}:"
    signature = Block("signature", (NOT_SHOWN, signed_for, "Name and office:", "Date and signature:"))
    return [*blocks("\n\n".join(parts)), signature]


def _parts(home: Installation, session: Session, now: Soundness, figures: Books) -> Iterator[str]:
    yield f"# {TITLE}"
    yield f"## The record on {_day(clock.today())}"
    yield (
        f"- Entries in all: {now.entries:,}; under the last signature: {now.log.signed:,}\n"
        f"- Code of that signature: {now.code or 'none yet'}"
    )
    if now.alarm:
        yield now.alarm
    if now.checked_at is None:
        yield "The whole record was not checked yet."
    else:
        found = "nothing was missing and nothing was changed" if not now.faults else f"faults found: {now.faults:,}"
        yield f"The whole record was last checked on {_day(clock.local(now.checked_at).date())}: {found}."
    yield _compared(now)
    yield _witnesses(now)
    yield from _happened(now)
    yield f"## Cases from {_day(figures.first_day)} to {_day(figures.last_day)}"
    yield "\n".join(f"- {line[:1].upper()}{line[1:]}" for line in sums(figures))
    if not (figures.balances and figures.entered):
        yield "The figures do not agree: look at why."
    elif figures.waiting:
        yield f"Not acknowledged when the period ended: {figures.waiting:,}."
    else:
        yield "The figures agree."
    for year in range(figures.first_day.year, figures.last_day.year + 1):
        yield from _declared(yearly.yearly_return(session, home, year), year)


def _declared(found: Sequence[yearly.Declared], year: int) -> Iterator[str]:
    yield f"## Whether everything was entered in {year}"
    if lacking := yearly.lacking(found):
        yield f"Not everything was entered in {year}, says: {', '.join(lacking)}."
    yield "\n".join(f"- {yearly.PARTS[one.part]}{f' ({one.who})' if one.who else ''}: {_said(one)}" for one in found)


def _said(one: yearly.Declared) -> str:
    """With its day: a word given while the year still runs says nothing of the rest of it."""
    return one.words if one.at is None else f"{one.words}, said on {_day(clock.local(one.at).date())}"


def _compared(now: Soundness) -> str:
    seen = now.compared
    if seen is None:
        return "The record was never compared here with a code that somebody kept elsewhere."
    fitted = "it fitted" if seen.same else "it did NOT fit"
    return f"Last compared with a code that somebody kept elsewhere on {_day(clock.local(seen.at).date())}: {fitted}."


def _happened(now: Soundness) -> Iterator[str]:
    """What a reader must know of a record that nobody changed since, and that yet is not all there was."""
    if now.stamped is not None:
        day = _day(clock.local(now.stamped.stamp.at).date())
        yield f"Last time stamp of an outside authority: {day}, {now.stamped.words}."
    if grave := [one for one in now.happened if one.grave]:
        yield "What happened to the record as a whole:"
        yield "\n".join(f"- {_day(clock.local(one.at).date())}: {one.words}" for one in grave)
    else:
        yield "No copy was put back, no loss was declared and the key was never changed."


def _witnesses(now: Soundness) -> str:
    if not now.witnesses:
        return "No witness is named whose signature could be checked here."
    return "\n".join(f"- {_signed(one)}" for one in now.witnesses)


def _signed(witness: Witness) -> str:
    if witness.signed_at is None:
        return f"Witness {witness.key.name}: no good signature was brought in yet."
    day = _day(clock.local(witness.signed_at).date())
    return f"Witness {witness.key.name}: last good signature on {day}, over {witness.size:,} entries."


def _day(day: object) -> str:
    return f"{day:%d %B %Y}".lstrip("0")
