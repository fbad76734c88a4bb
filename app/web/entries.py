"""Entries of the trail as a timeline draws them: the sentence of `cases.sentences` and what stands under it."""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.audit.entries import UNREADABLE, document_of
from app.cases.sentences import SENTENCES, condition_words
from app.cases.trails import MOVES
from app.installation import Installation
from app.people.policy import role_words
from app.web.wording import day
from app.workflow.definition import Workflow

WAYS = {"api": "By a program", "cli": "At the command line", "worker": "By Casetrail itself"}


@dataclass(frozen=True)
class Entry:
    """One entry for a template of templates/timeline: texts only, nothing of it is HTML."""

    event: str
    sentence: str
    recorded_at: datetime
    moved: bool
    seq: int | None
    case: str | None
    """The reference to link to; None where the page is about one case already."""
    who: str
    role: str
    via: str
    occurred: str
    """The day it happened, where that was another than it was recorded."""
    unmet: tuple[str, ...]
    held: tuple[str, ...]
    subject: str
    """What kind of thing it was about: person, office, setting."""
    subject_id: str
    count: int | None
    clock_went_back: bool


def drawn(home: Installation, items: Iterable[Mapping[str, Any]], *, with_case: bool = False) -> list[Entry]:
    """Entries as JSON (from `cases.trails`) made ready to draw, in the order given."""
    return [_drawn(home, item, with_case) for item in items]


def _drawn(home: Installation, item: Mapping[str, Any], with_case: bool) -> Entry:
    readable = item["event"] in SENTENCES
    document = document_of(base64.b64decode(item["entry"])) if readable else {}
    workflow = _workflow(home, document)
    happened = item["occurred_on"]
    return Entry(
        event=item["event"] if readable else UNREADABLE,
        sentence=item["sentence"],
        recorded_at=datetime.fromisoformat(item["recorded_at"]),
        moved=item["event"] in MOVES,
        seq=item["seq"],
        case=item["case"] if with_case else None,
        who=item["actor"]["name"] or "",
        role=role_words(item["actor"]["role"] or ""),
        via=WAYS.get(item["via"], ""),
        occurred=day(date.fromisoformat(happened)) if happened else "",
        unmet=tuple(condition_words(name, workflow) for name in document.get("unmet", ())),
        held=tuple(condition_words(name, workflow) for name in document.get("held", ())),
        subject=(item["subject"] or {}).get("kind", ""),
        subject_id=(item["subject"] or {}).get("id", ""),
        count=document.get("count"),
        clock_went_back="clock_back_us" in document,
    )


def _workflow(home: Installation, document: Mapping[str, Any]) -> Workflow | None:
    key: Any = str(document.get("workflow")), document.get("workflow_version")
    machine = home.workflows.machines.get(key)
    return machine.workflow if machine is not None else None
