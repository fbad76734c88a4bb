"""The parts of a case page: its head, the one next thing, what is still missing, the drawing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from app.cases import delivery, letters_due, unread
from app.cases.access import CARD, FULL, TRAIL
from app.cases.actions import Desk
from app.cases.agenda import Agenda, Missing, Way
from app.cases.case_mail import takes_mail
from app.cases.casefile import STEP
from app.cases.dialogue import MESSAGES
from app.cases.disclosure import EVIDENCE
from app.cases.hearing import NOTICES
from app.cases.notices import held_reminders, reached
from app.cases.queries import kind_title, steps_taken
from app.web.answers import Reader, lower_first
from app.web.case_facts import Due, due_dates
from app.web.news import news
from app.web.wording import letters_need_you, short_day
from app.workflow.definition import RecordKind, State
from app.workflow.diagram import svg

LETTERS_TELL = "They tell people what they were promised to hear."


@dataclass(frozen=True)
class Link:
    """Somewhere to go; `current` marks the section that is open."""

    href: str
    label: str
    current: bool = False


@dataclass(frozen=True)
class Head:
    """What stands on top of every page of a case."""

    reference: str
    href: str
    kind_title: str
    state: State
    due: Sequence[Due]
    sections: Sequence[Link]
    version: int
    news: Sequence[tuple[str, str]] = ()
    """What came by a code and is not read yet, and where it is read; without what this page shows."""


@dataclass(frozen=True)
class Next:
    """The one tinted box."""

    kicker: str
    title: str
    why: str
    by: date | None
    button: Link | None = None
    link: Link | None = None
    by_what: str = ""
    """The label of the date that `by` is."""


def address(desk: Desk) -> str:
    """Where the case is found."""
    return f"/cases/{desk.case.reference}"


def step_link(desk: Desk, way: Way) -> Link:
    """To the page of a step."""
    return Link(f"{address(desk)}/steps/{way.arrow.trigger}", way.arrow.label)


def record_link(desk: Desk, kind: RecordKind, verb: str = "") -> Link:
    """To the form of a record."""
    label = f"{verb}: {lower_first(kind.label)}" if verb else kind.label
    return Link(f"{address(desk)}/records/{kind.name}/new", label)


def head(reader: Reader, section: str = "") -> Head:
    """The head of a page; `section` is the part of the address after the reference."""
    desk, base = reader.desk, address(reader.desk)
    parts = [("", "Overview")]
    if desk.position.view == FULL:
        parts += [("/report", "The report")]
        parts += [("/evidence", "Evidence")] if EVIDENCE in desk.file.workflow.records else []
        parts += [("/records", "Records")]
        parts += [("/messages", "Messages")] if reads_messages(desk) else []
        if not desk.position.is_panel:
            parts += [("/letters", "Letters")] if desk.file.workflow.letters else []
            parts += [("/trail", "Record of steps")]
    sections = [Link(base + part, label, part == section) for part, label in parts]
    return Head(
        reference=desk.case.reference,
        href=base,
        kind_title=kind_title(desk.file, desk.case.kind),
        state=desk.file.workflow.states[desk.case.state],
        due=due_dates(reader) if desk.position.view != CARD else (),
        sections=sections if desk.position.view == FULL else (),
        version=desk.case.version,
        news=_news(desk, section) if desk.position.view == FULL and desk.position.is_handler else (),
    )


def _news(desk: Desk, section: str) -> list[tuple[str, str]]:
    counted = unread.counts(desk.session, [desk.case.id]).get(desk.case.id, {})
    hidden = {section} if section != "/records" else {"/messages", "/evidence", section}
    found = (one for one in news(counted, desk.file.workflow.records) if one.section not in hidden)
    return [(one.words, f"{address(desk)}{one.section}{one.place}") for one in found]


def mail_link(desk: Desk) -> Link | None:
    """To where a mail is put on the case; None where this person cannot now."""
    return Link(f"{address(desk)}/mail", "A mail that belongs to this case") if takes_mail(desk) else None


def reads_messages(desk: Desk) -> bool:
    """Whether the dialogue with the reporter is open to this person, where the procedure has one."""
    officer = desk.position.view == FULL and not desk.position.is_panel
    return officer and MESSAGES in desk.file.workflow.records


def next_box(desk: Desk, plan: Agenda) -> Next:
    """The next thing: the step if nothing is missing, else the first record for what is; or who is awaited."""
    state = desk.file.workflow.states[desk.case.state]
    by = None if state.final else desk.case.next_due_on
    running = desk.file.workflow.clocks.get(desk.case.next_due_clock or "")
    what = running.label if running is not None else ""
    if plan.main is None:
        return _nothing(desk, state, by, what)
    way, first = plan.main, plan.main.first
    other = next((step_link(desk, one) for one in plan.others if one.onward and not one.missing), None)
    if not way.missing:
        return Next("Next", way.arrow.label, way.arrow.help, by, step_link(desk, way), other, what)
    before = f"Needed before “{way.arrow.label}”."
    if first is None:
        return _waiting(desk, way.missing[0], before)
    links = [record_link(desk, kind, "Record") for kind in first.kinds]
    links = [link for said, link in held_letters(desk) if first.message.startswith(said)] + links
    button, link = (links[0] if links else None), (links[1] if len(links) > 1 else other)
    return Next("Next", first.message, before, by, button, link, what)


def held_letters(desk: Desk) -> list[tuple[str, Link]]:
    """Why notices, reminders and the reply do not count yet or did not arrive, each with the letter that did not go."""
    if desk.position.view != FULL or desk.position.is_panel or desk.case.final:
        return []
    left = [one for one in delivery.all_held(desk.file, NOTICES) if not reached(desk.file, one.row)]
    left += [one for notice in desk.file.current(NOTICES) for one in held_reminders(desk.file, notice)]
    found = [(one.message, one.letter.id) for one in left]
    for kind in desk.file.workflow.records:
        reply = delivery.reply_held(desk.file, kind)
        found += [(reply[0], reply[1].id)] if reply else []
    return [(said, Link(f"{address(desk)}/letters/{letter}", "Open the letter")) for said, letter in found]


def letters_link(desk: Desk) -> Link:
    """To the letters of the case."""
    return Link(f"{address(desk)}/letters", "See to the letters")


def lettered(desk: Desk) -> list[tuple[str, Link]]:
    """How many letters need this person beside those that `held_letters` names, with the way there."""
    told = {link.href.rpartition("/")[2] for _, link in held_letters(desk)}
    number = letters_due.of_case(desk, without=told)
    return [(letters_need_you(number), letters_link(desk))] if number > 0 else []


def _waiting(desk: Desk, missing: Missing, before: str) -> Next:
    why = f"{missing.waits_for}. {before}" if missing.waits_for else before
    link = record_link(desk, missing.kinds[0], "Record") if missing.kinds else None
    return Next("Waiting", missing.message, why, missing.waits_until, None, link, missing.waits_for)


def _nothing(desk: Desk, state: State, by: date | None, what: str) -> Next:
    if state.final and (letters := letters_due.of_case(desk)):
        return Next("Next", letters_need_you(letters), LETTERS_TELL, None, letters_link(desk))
    if state.final:
        return Next(state.label, state.next or "Nothing more to do", "", None)
    handler = desk.file.workflow.words.get("handler", "the officer looking after it")
    title = f"The {handler.removeprefix('the ')} has the next move"
    return Next("Waiting", title, f"{state.next}." if state.next else "", by, by_what=what)


def more_of(desk: Desk, missing: Sequence[Missing]) -> dict[str, dict[str, Any]]:
    """What stands beside each missing thing, for the `checks` macro."""
    return {one.condition: _beside(desk, one) for one in missing}


def _beside(desk: Desk, one: Missing) -> dict[str, Any]:
    beside: dict[str, Any] = {"waiting": one.waiting}
    if one.waits_until is not None:
        beside["help"] = f"{one.waits_for} by {short_day(one.waits_until)}"
    elif one.kinds:
        beside["help"] = " or ".join([one.kinds[0].label, *(lower_first(kind.label) for kind in one.kinds[1:])])
    if one.kinds:
        link = record_link(desk, one.kinds[0], "Record")
        beside |= {"href": link.href, "verb": "Record", "first": link.label}
    return beside


def flow(desk: Desk, wrong: Collection[tuple[str, str]] = ()) -> Markup:
    """The drawing of the procedure with the present state, as the `figure` macro takes it; `wrong` moves stand out."""
    visited = {state: short_day(on) for state, on in steps_taken(desk.file).items()}
    present = desk.case.state
    visited[present] = f"since {visited[present]}" if present in visited else ""
    steps = {(row.plain["from"], row.plain["to"]) for row in desk.file.rows if row.kind == STEP}
    drawing = svg(desk.file.workflow, present=present, visited=visited, id_prefix="flow", steps=steps, wrong=wrong)
    return Markup(drawing)  # noqa: S704 (made of the procedure's words, escaped by the drawing)


def sees_trail(desk: Desk) -> bool:
    """Whether the record of steps of this case is open to this person."""
    return desk.position.view == TRAIL or (desk.position.view == FULL and not desk.position.is_panel)
