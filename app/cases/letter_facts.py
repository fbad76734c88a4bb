"""What the placeholders of a letter say, taken from the case file: for each recipient only what they may learn."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session, col, select

from app import clock
from app.cases import reply_codes
from app.cases.casefile import CaseFile, Row
from app.cases.disclosure import SERVICES
from app.cases.models import CaseDeadline
from app.cases.notices import REMINDERS, first_last_day, last_day_to_reply, time_after, to_member
from app.cases.recipients import REPORTER, SELF, Recipient, addressee
from app.cases.served import served_on_member
from app.installation import Installation, remembered
from app.people import queries as people

CLOSING, NEWS, REVIEW = ("close_after_review", "close_after_panel"), "update_reporter", "review_window"
ALLEGATIONS, FINDINGS, NOTICES, HEARINGS = "allegations", "findings", "notices", "hearings"


@dataclass(frozen=True)
class Cause:
    """What asks for a letter: a record of a kind or a step by its trigger, its answers, and its row."""

    name: str
    values: Mapping[str, Any]
    row_id: str | None = None
    replaces: str | None = None
    """The record that it corrects: a letter that the record asked for and that still waits is stopped."""
    code: str = ""
    """The code made with it for the member it goes to: in clear only here and in the sealed words of the letter."""


@dataclass(frozen=True)
class Scene:
    """Where a letter is written: the case file as it was, the report, what asks for it, to whom it goes."""

    session: Session
    home: Installation
    file: CaseFile
    report: Mapping[str, Any]
    cause: Cause
    recipient: Recipient

    def said(self, names: Iterable[str], field: str) -> Any:
        """An answer of the cause if it is one of these records or steps, else of the newest of them on file."""
        names = tuple(names)
        if self.cause.name in names:
            return self.cause.values.get(field)
        rows = [row for name in names for row in self._rows(name) if row.values.get(field)]
        return max(rows, key=lambda row: row.version).values[field] if rows else None

    def _rows(self, name: str) -> list[Row]:
        if name not in self.file.workflow.records:
            return self.file.steps(name)
        mine = self.recipient.party_id
        return [
            row
            for row in self.file.current(name)
            if mine is None or addressee(self.file, row.values) in (None, self.file.root(mine))
        ]

    def about(self, kind: str) -> list[Row]:
        """The allegations about this recipient, or all of them for the reporter; findings likewise through theirs."""
        rows = self.file.current(kind) if kind in self.file.workflow.records else []
        if self.recipient.part == REPORTER:
            return rows
        mine = self.file.root(self.recipient.party_id or "")
        return [row for row in rows if self._member(row) == mine]

    def _member(self, row: Row) -> str | None:
        alleged = self.file.latest(row.plain["allegation"]) if row.plain.get("allegation") else row
        return self.file.root(alleged.plain["respondent"]) if alleged and alleged.plain.get("respondent") else None

    def label(self, name: str, field: str, value: str | None) -> str:
        """The words of the procedure for a coded answer of a record or step."""
        workflow = self.file.workflow
        arrows = [arrow.inputs for arrow in workflow.transitions if arrow.trigger == name]
        asked = workflow.records[name].fields if name in workflow.records else next(iter(arrows), ())
        options = {one.value: one.label for question in asked if question.name == field for one in question.options}
        return options.get(value or "", value or "")


def facts(scene: Scene) -> dict[str, str]:
    """Every placeholder that can be filled here; what is unknown is left out."""
    found = {name: fact(scene) for name, fact in FACTS.items()}
    return {name: text for name, text in found.items() if text}


def promised(scene: Scene) -> tuple[tuple[str, str], ...]:
    """Each day until which a letter written here says that something holds, as date and in words."""
    days = (_news_day(scene), _review_day(scene))
    return tuple((day.isoformat(), long_day(day)) for day in days if day is not None)


def long_day(day: date) -> str:
    """Tuesday 12 May 2026."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def branch_facts(scene: Scene) -> tuple[str, tuple[str, ...]]:
    """Name and contact lines of the branch."""
    settings, known = scene.home.settings, remembered(scene.session)
    organisation = settings.organisation or known.get("organisation", "")
    contact = settings.contact or known.get("contact", "")
    return organisation, tuple(line.strip() for line in contact.splitlines() if line.strip())


def _reply_by(scene: Scene) -> str:
    """The last day to reply as the conditions reckon it, with what was granted, of the notice that it is about."""
    if scene.cause.name == NOTICES:
        return long_day(first_last_day(scene.cause.values, scene.file.today))
    named = scene.cause.values.get("notice")
    mine = [scene.file.latest(named)] if named else to_member(scene.file, scene.recipient.party_id or "")[-1:]
    known = [last_day_to_reply(scene.file, one) for one in mine if one is not None]
    if scene.cause.name == REMINDERS:  # the file is as it was before the reminder
        known.append(time_after(scene.file, scene.cause.values, scene.file.today))
    return long_day(max(known)) if known else ""


def _dated(scene: Scene, names: Iterable[str], field: str) -> str:
    given = scene.said(names, field)
    return long_day(date.fromisoformat(given)) if given else ""


def _dear(scene: Scene) -> str:
    return f"Dear {scene.recipient.name}," if scene.recipient.name else "Hello,"


def _is_own(scene: Scene) -> bool:
    """Whether it goes to somebody who came of their own accord."""
    reporter = scene.recipient.part == REPORTER
    return scene.recipient.came_forward or (reporter and scene.file.case.kind == SELF)


def _others_report(scene: Scene) -> str:
    if _is_own(scene):
        return ""
    return "your report" if scene.recipient.part == REPORTER else "a report"


def _officer(scene: Scene) -> str:
    handler = scene.file.case.handler_id
    return people.actors_by_id(scene.session, scene.home.vault, [handler]).get(handler, "") if handler else ""


def _own_page(scene: Scene) -> str:
    pages = {REPORTER: "/my-report"}
    return f"{scene.home.settings.base_url}{pages.get(scene.recipient.part, '/my-reply')}"


def _news_day(scene: Scene) -> date | None:
    rhythm = scene.file.workflow.clocks.get(NEWS)
    return clock.today() + timedelta(days=rhythm.days) if rhythm and rhythm.days else None


def _guidance(scene: Scene) -> str:
    guidance = scene.file.guidance
    return f"{guidance.title} (adopted {long_day(date.fromisoformat(guidance.adopted_on))})" if guidance else ""


def _clauses(scene: Scene) -> str:
    known = scene.file.guidance.clauses if scene.file.guidance else {}
    codes = sorted({row.plain["clause"] for row in scene.about(ALLEGATIONS)})
    return "\n".join(f"- {code} {known[code].label}" for code in codes if code in known)


def _put(scene: Scene) -> list[Row]:
    """The allegations that the notice puts; without a notice, all about this member."""
    listed = scene.said((NOTICES,), ALLEGATIONS)
    rows = [scene.file.latest(one) for one in listed] if listed else scene.about(ALLEGATIONS)
    return [row for row in rows if row is not None]


def _allegations(scene: Scene) -> str:
    known = scene.file.guidance.clauses if scene.file.guidance else {}
    parts = []
    for row in _put(scene):
        clause = known.get(row.plain["clause"])
        head = f"{row.plain['clause']} {clause.label}: {clause.text}" if clause else row.plain["clause"]
        gravity = "\nGross misconduct is alleged." if row.plain.get("gross") == "yes" else ""
        parts.append(f"{head}\nWhat is said to have been done: {row.values['conduct']}{gravity}")
    return "\n\n".join(parts)


def _evidence(scene: Scene) -> str:
    """What the officer typed with the notice, then what was served about these allegations: never who obtained it."""
    put = frozenset(scene.file.root(row.id) for row in _put(scene))
    member = scene.file.root(scene.recipient.party_id or "")
    services = SERVICES in scene.file.workflow.records and scene.recipient.part != REPORTER
    served = served_on_member(scene.file, put, member) if services else []
    typed = [f"- {one.removeprefix('- ')}" for one in _lines(scene.said((NOTICES,), "evidence_listed") or "")]
    return "\n".join([*typed, *(f"- {_in_a_line(one.words)}" for one in served if one.words)])


def _in_a_line(words: Iterable[str]) -> str:
    return ", ".join(" ".join(said.split()) for said in words)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _known_code(scene: Scene) -> str:
    """How a letter speaks of a code that it does not hold: they have it already."""
    member = scene.recipient.party_id
    has_one = member is None or reply_codes.was_given(scene.session, scene.file.case.id, scene.file.root(member))
    return "the code that we gave you" if has_one and not scene.cause.code else ""


def _when(scene: Scene) -> str:
    told = list(dict.fromkeys(row.values["happened"] for row in _put(scene) if row.values.get("happened")))
    days = sorted({item["posted_on"] for item in scene.report.get("items", ()) if item.get("posted_on")})
    return ", ".join(told or [long_day(date.fromisoformat(day)) for day in days])


def _findings(scene: Scene) -> str:
    since = scene.file.version_after("reopen", "refer_back")
    known = scene.file.guidance.clauses if scene.file.guidance else {}
    lines = []
    for row in scene.about(FINDINGS):
        alleged = scene.file.latest(row.plain["allegation"])
        if alleged is not None and row.version > since:
            code = alleged.plain["clause"]
            about = f"{code} {known[code].label}" if code in known else code
            lines.append(f"- {about}: {scene.label(FINDINGS, 'result', row.plain['result'])}")
    return "\n".join(lines)


def _outcome(scene: Scene) -> str:
    value = scene.file.case.outcome
    lists = scene.file.workflow.lists
    return next((one.label for name in lists for one in lists[name] if one.value == value and "outcome" in name), "")


def _measures(scene: Scene) -> str:
    given = scene.said(("panel-decisions",), "measures") or []
    if scene.said(CLOSING, "reasons") and scene.cause.name == CLOSING[0]:
        return ""  # finished without a panel: an earlier panel's measures are not this outcome's
    return "\n".join(f"- {scene.label('panel-decisions', 'measures', one)}" for one in given)


def _review_day(scene: Scene) -> date | None:
    """The last day to ask for another look: the whole time is left, as it begins anew on the day such a letter goes."""
    newest = select(CaseDeadline).where(CaseDeadline.case_id == scene.file.case.id, CaseDeadline.clock == REVIEW)
    found = scene.session.exec(newest.order_by(col(CaseDeadline.case_version).desc()).limit(1)).first()
    window = scene.file.workflow.clocks.get(REVIEW)
    if found is None or window is None:
        return None
    return max(found.due_on, clock.today() + timedelta(days=window.days))


def _in_words(day: date | None) -> str:
    return long_day(day) if day else ""


FACTS: dict[str, Callable[[Scene], str]] = {
    "organisation": lambda scene: branch_facts(scene)[0],
    "contact": lambda scene: "\n".join(branch_facts(scene)[1]),
    "officer": _officer,
    "today": lambda _scene: long_day(clock.today()),
    "reference": lambda scene: scene.file.case.reference,
    "dear": _dear,
    "advice": lambda scene: scene.file.workflow.opening.advice_for(scene.file.case.kind),
    "own_report": lambda scene: "what you told us" if _is_own(scene) else "",
    "others_report": _others_report,
    "received_on": lambda scene: long_day(scene.file.case.received_on),
    "news_by": lambda scene: _in_words(_news_day(scene)),
    "own_page": _own_page,
    "reply_code": lambda scene: scene.cause.code,
    "known_code": _known_code,
    "guidance": _guidance,
    "clauses": _clauses,
    "allegations": _allegations,
    "when": _when,
    "evidence": _evidence,
    "reply_by": _reply_by,
    "notice_sent_on": lambda scene: _dated(scene, (NOTICES,), "sent_on"),
    "back_reason": lambda scene: scene.label("refer_back", "reason_code", scene.said(("refer_back",), "reason_code")),
    "outcome": _outcome,
    "findings": _findings,
    "reasons": lambda scene: scene.said(CLOSING, "reasons") or "",
    "measures": _measures,
    "review_by": lambda scene: _in_words(_review_day(scene)),
    "ground": lambda scene: scene.label("reopen", "ground", scene.said(("reopen",), "ground")),
    "hearing_on": lambda scene: _dated(scene, (HEARINGS,), "held_on"),
    "hearing_time": lambda scene: scene.said((HEARINGS,), "at_time") or "",
    "hearing_where": lambda scene: scene.said((HEARINGS,), "place") or "",
}
"""Who may learn what is settled by the letters: a template for one recipient has only the places meant for them."""
