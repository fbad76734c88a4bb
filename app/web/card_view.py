"""The declaration card of a case, with the forms made for whoever sees no more; and records as rows of a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.cases import disclosure
from app.cases.actions import Desk
from app.cases.agenda import fillable
from app.cases.disclosure import WITHHELD
from app.cases.queries import arrows, kind_title
from app.cases.standing import CLEAR
from app.people.policy import role_words
from app.web.answers import Pairs, Reader
from app.web.case_forms import Asked, Form, form_at
from app.web.case_view import Link, head
from app.web.wording import in_words, weekday
from app.workflow.definition import RecordKind

LEADS = {
    None: "This card is all you may see for now. Say first whether anything connects you with it.",
    "possible": (
        "You said that something might connect you with it. Another officer decides; until then you see this card."
    ),
}
DECIDES = "You said that nothing connects you with it. Decide below on what another officer declared."
WAITS = "You said that nothing connects you with it. The papers open to you when the case reaches the panel."
OVER = "This case is finished and another officer looked after it. This card is all you may see of it."


@dataclass(frozen=True)
class RecordRow:
    """A record as a page shows it."""

    id: str
    title: str
    pairs: Pairs
    by: str
    recorded_at: datetime
    correction: bool
    corrected: bool


def record_rows(reader: Reader, kind: RecordKind) -> list[RecordRow]:
    """The rows of a kind that this person may read, newest first; the corrected ones stay, marked."""
    newest = {row.id for row in reader.desk.file.current(kind.name)}
    rows = [(row, values) for row, values in reader.rows.values() if row.kind == kind.name]
    return [
        RecordRow(
            id=row.id,
            title=reader.title(row.id),
            pairs=reader.pairs(kind.fields, values),
            by=", ".join(filter(None, (reader.names.get(row.by_person or ""), role_words(row.by_role)))),
            recorded_at=row.recorded_at,
            correction=row.replaces is not None,
            corrected=row.id not in newest,
        )
        for row, values in reversed(rows)
    ]


def card_page(desk: Desk) -> tuple[str, dict[str, Any]]:
    """The card, the forms that may be sent from it, and for a finished case the step back."""
    reader = Reader.at(desk)
    answer = desk.position.standing.answer if desk.position.standing else None
    forms = [(kind, form_at(desk, Asked(record=kind.name), [])) for kind in fillable(desk)]
    own = [form for kind, form in forms if "invited" in kind.roles]
    decisions = [form for kind, form in forms if "invited" not in kind.roles]
    return "panel/card.html", {
        "head": head(reader),
        "question": "Can you sit on this case?" if desk.position.is_panel else "Can you deal with this case?",
        "lead": _lead(desk, answer),
        "rows": _rows(desk),
        "declared": answer is not None,
        "own": own,
        "decisions": decisions,
        "waiting": _waiting(reader, decisions),
        "steps": [
            Link(f"/cases/{desk.case.reference}/steps/{arrow.trigger}", arrow.label)
            for arrow in arrows(desk)
            if desk.case.final
        ],
    }


def _lead(desk: Desk, answer: str | None) -> str:
    if desk.position.is_panel and answer in CLEAR:
        return WAITS
    if desk.case.final:
        return OVER
    if answer in CLEAR:
        return DECIDES
    return LEADS.get(answer, LEADS[None])


def _rows(desk: Desk) -> Pairs:
    told, words = disclosure.card(desk.file), desk.file.workflow.words
    rows = [("Case", f"{desk.case.reference}, {kind_title(desk.file, desk.case.kind)}")]
    about = words.get("respondent", "")
    if about or told["about"]:
        rows.append(
            (f"{about[:1].upper()}{about[1:]}" or "Who it is about", ", ".join(told["about"]) or "Not known yet")
        )
    if told["others"]:
        rows.append(("Others named in it", _others(told["others"])))
    if told["clauses"]:
        rows.append(
            ("What is alleged, in short", "\n".join(f"{one['code']} {one['label']}" for one in told["clauses"]))
        )
    if asked := _asked(desk):
        rows.append(("Asked by", asked))
    return rows


def _others(names: Sequence[str]) -> str:
    hidden = sum(name == WITHHELD for name in names)
    said = ", ".join(name for name in names if name != WITHHELD)
    if not hidden:
        return said
    people = "one other person's name is" if hidden == 1 else f"{in_words(hidden)} other people's names are"
    return f"{said}; {people} withheld" if said else f"{people[:1].upper()}{people[1:]} withheld"


def _asked(desk: Desk) -> str:
    """Who invited this person to the case, and on which day; empty for officers, who are asked by their office."""
    for row in reversed(desk.file.rows):
        rules = desk.file.workflow.records.get(row.kind)
        asking = [question for question in rules.fields if question.type == "person"] if rules else []
        if any(row.plain.get(question.name) == desk.position.viewer.id for question in asking):
            words = role_words(row.by_role)
            return f"{words[:1].upper()}{words[1:]}, {weekday(row.recorded_at)}"
    return ""


def _waiting(reader: Reader, decisions: Sequence[Form]) -> list[Pairs]:
    """The declarations of others that wait for this person's decision, in words."""
    ids = {
        option.value for form in decisions for spec in form.specs if spec.type == "record" for option in spec.options
    }
    rows = (reader.rows[row_id] for row_id in sorted(ids))
    return [
        [("Made by", reader.names.get(row.by_person or "", "")), *reader.pairs(_questions(reader, row.kind), values)]
        for row, values in rows
    ]


def _questions(reader: Reader, kind: str) -> Sequence[Any]:
    return reader.desk.file.workflow.records[kind].fields
