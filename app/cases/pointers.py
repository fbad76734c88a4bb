"""Answers that point at something: other records of the same case, and people with an office."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from app import clock
from app.cases.casefile import PANEL_OFFICE, CaseFile
from app.errors import FieldError, Invalid
from app.evidence import queries as files
from app.installation import Installation
from app.people import queries as people
from app.people.models import Person
from app.people.policy import role_words
from app.workflow.definition import Field


def with_people(
    session: Session, home: Installation, fields: Sequence[Field], raw: Mapping[str, Any]
) -> dict[str, Any]:
    """The raw answers with mail addresses of accounts turned into ids; what is unknown stays and is refused later."""
    answers = dict(raw)
    for question in fields:
        given = answers.get(question.name)
        if question.type == "person" and isinstance(given, str):
            answers[question.name] = _person_id(session, home, given)
        elif question.type == "persons" and isinstance(given, str | list):
            listed = [given] if isinstance(given, str) else given
            answers[question.name] = [_person_id(session, home, one) if isinstance(one, str) else one for one in listed]
    return answers


def _person_id(session: Session, home: Installation, given: str) -> str:
    if "@" not in given or "\0" in given:
        return given
    person = people.find_by_email(session, home.vault, given)
    return person.id if person is not None else given


def check(session: Session, file: CaseFile, fields: Sequence[Field], values: Mapping[str, Any]) -> None:
    """Invalid where an id points at nothing in this case, or at somebody without the office asked for."""
    errors = []
    for question in fields:
        given = values.get(question.name)
        listed = [given] if isinstance(given, str) else given or []
        if question.type == "file":
            if any(files.find(session, file.case.id, one) is None for one in listed):
                errors.append(FieldError(question.name, f"Choose “{question.label}” from the files on this case"))
        elif question.type in ("record", "records"):
            rows = [file.row(one) for one in listed]
            if any(row is None or row.kind != question.of for row in rows):
                errors.append(FieldError(question.name, f"Choose “{question.label}” from those on this case"))
        elif question.type in ("person", "persons") and not all(
            _holds(session, file, one, question.of) or (question.type == "persons" and _sits(file, one, question.of))
            for one in listed
        ):
            office = f" who holds the office of {role_words(question.of).lower()}" if question.of else ""
            errors.append(FieldError(question.name, f"Choose somebody{office} for “{question.label}”"))
    if errors:
        raise Invalid(errors)


def _sits(file: CaseFile, person_id: str, role: str) -> bool:
    """Whether they have a seat on this case's panel: who left the office since can still be named in its decision."""
    seat = file.standings.get(person_id)
    return role == PANEL_OFFICE and seat is not None and seat.part == PANEL_OFFICE


def _holds(session: Session, file: CaseFile, person_id: str, role: str) -> bool:
    if not role:
        return session.get(Person, person_id) is not None
    return person_id in people.ids_holding(session, role, clock.today(), file.case.id)
