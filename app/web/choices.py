"""What a question that points at something offers: records of this case and people, each in words."""

from collections.abc import Sequence
from dataclasses import replace

from app import clock
from app.cases import deadlines
from app.cases.actions import Desk
from app.cases.agenda import candidates
from app.cases.standing import OUT
from app.people import queries as people
from app.people.policy import Role
from app.web.answers import Reader
from app.workflow.asking import asked_of, for_kind
from app.workflow.definition import Field, Option, RecordKind


def with_options(
    reader: Reader, questions: Sequence[Field], kind: RecordKind | None = None, *, correcting: bool = False
) -> list[Field]:
    """The questions of a step, or of a kind of record; those that point at something with what can be chosen."""
    asked = asked_of(for_kind(questions, reader.desk.case.kind), holder=False, correcting=correcting)
    return [_filled(reader, question, kind) for question in asked]


def _filled(reader: Reader, question: Field, kind: RecordKind | None) -> Field:
    desk = reader.desk
    if question.type in ("record", "records"):
        rows = candidates(desk, kind, question)
        return replace(question, options=tuple(Option(row.id, reader.title(row.id)) for row in rows))
    if kind is not None and kind.name == deadlines.LATE_REASONS and question.type == "choice":
        return _late(desk, question)
    if question.type in ("person", "persons"):
        return replace(question, options=_people(desk, question))
    return question


def _late(desk: Desk, question: Field) -> Field:
    """The dates that are over; all of them where none is, so that an earlier answer can be shown."""
    late = {one.clock for one in deadlines.of_file(desk.file) if one.late_days}
    return replace(question, options=tuple(one for one in question.options if one.value in late) or question.options)


def _people(desk: Desk, question: Field) -> tuple[Option, ...]:
    """Holders of the office asked for, by name; for a seat, those who are free; several, those who have one."""
    with_office = people.holders(desk.session, desk.home.vault, clock.today())
    names = {
        holder.person_id: holder.name
        for holder in with_office
        if holder.case_id in (None, desk.case.id) and question.of in ("", holder.role)
    }
    if question.of == Role.PANEL:
        standings = desk.file.standings
        seated = {person_id for person_id, row in standings.items() if row.part == Role.PANEL}
        out = {person_id for person_id, row in standings.items() if row.answer in OUT} | {desk.case.handler_id or ""}
        if question.type == "person":
            names = {person_id: name for person_id, name in names.items() if person_id not in seated | out}
        else:  # a decision can name somebody who left the office since
            names = people.actors_by_id(desk.session, desk.home.vault, seated)
    return tuple(
        Option(key, name) for key, name in sorted(names.items(), key=lambda pair: (pair[1].casefold(), pair[0]))
    )
