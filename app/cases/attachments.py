"""Files that come with a record: an answer that is a file on its way becomes the id of a file on the case."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from app.cases.code_holders import RESPONDENT
from app.cases.disclosure import EVIDENCE
from app.cases.models import Case
from app.errors import FieldError, Invalid
from app.evidence.actions import take_in
from app.evidence.arrival import Arrived
from app.installation import Installation
from app.workflow.definition import Field, Workflow

FILE = "file"
"""The type of question that a file answers."""


def take_out(questions: Sequence[Field], answers: dict[str, Any]) -> dict[str, Arrived]:
    """The files among the answers, by question; each leaves its id in its place. Invalid where none was asked for."""
    asked = {question.name for question in questions if question.type == FILE}
    arriving = {name: value for name, value in answers.items() if isinstance(value, Arrived)}
    if wrong := sorted(arriving.keys() - asked):
        raise Invalid([FieldError(name, "No file is asked for here") for name in wrong])
    answers |= {name: arrived.id for name, arrived in arriving.items()}
    return arriving


def by_code_now(workflow: Workflow, case: Case, part: str) -> tuple[str, ...]:
    """The kind of record of files, where whoever comes by a code of this part can send some now.

    The member until what was collected is fixed for a panel; the person who told us until it is finished, since to
    refuse them earlier would tell that somebody was referred (X17).
    """
    rules = workflow.records.get(EVIDENCE)
    if rules is None or case.final:
        return ()
    return (EVIDENCE,) if part != RESPONDENT or case.state in rules.states else ()


def keep_files(
    session: Session, home: Installation, case_id: str, values: dict[str, Any], arriving: Mapping[str, Arrived]
) -> dict[str, str]:
    """Keeps the files and puts the id of each into its answer; commitments for the entry. Raises as `take_in`."""
    commits: dict[str, str] = {}
    for name, arrived in arriving.items():
        taken = take_in(session, home, case_id, arrived)
        values[name] = taken.id
        commits |= {f"{name}-{group}": digest for group, digest in taken.commits.items()}
    return commits


def files_named(questions: Sequence[Field], values: Mapping[str, Any]) -> set[str]:
    """The ids of the files that the answers of one record name."""
    return {str(values[question.name]) for question in questions if question.type == FILE and values.get(question.name)}
