"""Coming in by a code, whatever part it stands for: into a session of the page, or with one call of the API."""

from collections.abc import Callable
from dataclasses import replace

from sqlmodel import Session

from app.audit.limits import denied
from app.audit.log import Actor
from app.cases import codes
from app.cases.code_holders import REPORTER, RESPONDENT, CodeHolder
from app.cases.models import Case
from app.errors import FieldError, Invalid, NotFound
from app.installation import Installation
from app.workflow.asking import for_kind
from app.workflow.definition import RecordKind

FIND: dict[str, Callable[[Session, Installation, str, str | None], CodeHolder | None]] = {
    REPORTER: codes.reporter_by_code,
    RESPONDENT: codes.respondent_by_code,
}
WRONG = {
    REPORTER: "No report fits this reference and code. Check both, letter by letter.",
    RESPONDENT: "Nothing fits this reference and code. Check both, letter by letter.",
}


OTHER = "What you typed belongs to something else. Give both lines of that one"


def enter(
    home: Installation, part: str, code: str, reference: str, previous: str | None, owner: str | None = None
) -> str:
    """Opens a session of the page and answers with its token. NotFound alike for a wrong code and a wrong reference.

    `owner` says whose a form is that was typed before; Invalid where the code is of another, whom it must not reach.
    """
    with home.db.write() as session:
        holder = FIND[part](session, home, code, reference)
        if holder is not None:
            if owner is not None and holder.owner != owner:
                raise Invalid([FieldError("reference", OTHER)])
            return codes.open_session(session, home, holder, previous)
        denied(session, Actor(None, part), None, "page")
    raise NotFound(WRONG[part])


def leave(home: Installation, token: str) -> None:
    """Ends a session of the page."""
    with home.db.write() as session:
        codes.end_session(session, token)


def by_session(home: Installation, part: str, token: str) -> CodeHolder | None:
    """Who a session of the page stands for; None where it or its code is over, so that the code is asked for again."""
    with home.db.read() as session:
        return codes.by_session(session, home, token, part)


def begin_upload(home: Installation, part: str, token: str) -> CodeHolder | None:
    """Who begins to send files; None as in `by_session`. However long that takes, the session counts as of now."""
    holder = by_session(home, part, token) if token else None
    if holder is not None:
        with home.db.write() as session:
            codes.touch(session, holder)
    return replace(holder, session_id=None) if holder is not None else None


def by_code(home: Installation, part: str, code: str, via: str) -> CodeHolder:
    """Who a code stands for. NotFound, with its denial."""
    with home.db.read() as session:
        holder = FIND[part](session, home, code, None)
    if holder is None:
        with home.db.write() as session:
            denied(session, Actor(None, part), None, via)
        raise NotFound(WRONG[part])
    return holder


def kind(home: Installation, holder: CodeHolder, name: str) -> RecordKind:
    """A kind of record that the procedure of this case lets whoever has this code keep. NotFound."""
    with home.db.read() as session:
        case = session.get_one(Case, holder.case_id)
    rules = home.workflows.get(case.workflow, case.workflow_version).records.get(name)
    if rules is None or holder.part not in rules.roles:
        raise NotFound("This cannot be sent here.")
    return replace(rules, fields=for_kind(rules.fields, case.kind))
