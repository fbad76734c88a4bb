"""Steps and records by form: POST goes through the door, and what fails comes back as it was typed."""

from collections.abc import Callable, Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from app.cases import access, door
from app.cases.actions import Desk
from app.cases.references import tidy_reference
from app.deps import Home, SignedIn
from app.errors import FieldError, Invalid, Problem, Refused, Stale, TooLarge, WrongState
from app.evidence.arrival import NoRoom
from app.evidence.store import StoreAway
from app.installation import Installation
from app.people.policy import may
from app.people.queries import Viewer
from app.uploads import Received
from app.web.answers import Reader
from app.web.case_forms import REPLACES, Asked, Form, Sent, form_again, form_at, refuse_early, summary
from app.web.case_view import Head, head
from app.web.context import Form as SentForm
from app.web.context import respond, see
from app.web.received import CHOOSE_AGAIN, RecordForm, said_of_files
from app.workflow.definition import Field

STALE = "This case changed while you were writing. Nothing you typed is lost: look below, then send it again."
PASSED = "The case has moved on while you were writing. {}. What you typed is still below, so that you can copy it."
GONE = "It is kept. The case is closed to you from here on."

router = APIRouter()


@router.get("/cases/{reference}/steps/{trigger}")
def ask_step(request: Request, reference: str, trigger: str, home: Home, viewer: SignedIn) -> HTMLResponse:
    """What a step does and asks, and what is still missing before it."""
    return _Form(request, home, viewer, reference, Asked(step=trigger)).ask()


@router.post("/cases/{reference}/steps/{trigger}")
def take_step(
    request: Request, reference: str, trigger: str, home: Home, viewer: SignedIn, pairs: SentForm
) -> Response:
    """Takes the step, or says what is missing."""
    return _Form(request, home, viewer, reference, Asked(step=trigger)).send(Sent.of(pairs))


@router.get("/cases/{reference}/records/{kind}/new")
def ask_record(request: Request, reference: str, kind: str, home: Home, viewer: SignedIn) -> HTMLResponse:
    """The form of a record, or of the correction of one."""
    return _Form(request, home, viewer, reference, Asked(record=kind)).ask()


@router.post("/cases/{reference}/records/{kind}/new")
def keep_record(
    request: Request, reference: str, kind: str, home: Home, viewer: SignedIn, received: RecordForm
) -> Response:
    """Keeps the record, with the files that came with it."""
    form = _Form(request, home, viewer, reference, Asked(record=kind), received)
    return form.send(Sent.of(received.pairs))


class _Form:
    """One person at one form of one case."""

    def __init__(
        self,
        request: Request,
        home: Installation,
        viewer: Viewer,
        reference: str,
        asked: Asked,
        received: Received | None = None,
    ) -> None:
        self.request, self.home, self.viewer, self.reference, self.asked = request, home, viewer, reference, asked
        self.received = received or Received()

    def ask(self) -> HTMLResponse:
        """A fresh form. Forbidden, with its entry, and WrongState before anything is typed in vain."""

        def draw(desk: Desk) -> Form:
            refuse_early(desk, self.asked)
            return form_at(desk, self.asked, list(self.request.query_params.multi_items()))

        return self._show(draw)

    def send(self, sent: Sent) -> Response:
        """Through the door and on to the case; or the same form again, filled in, with what to look at."""
        questions, label = self._read(lambda _session, desk: (self.asked.questions(desk), self.asked.label(desk)))
        if self.received.refused:
            errors = said_of_files(self.received)
            return self._again(sent, Invalid(errors), errors=errors)
        if sent.wants_another:
            return self._show(lambda desk: form_again(desk, self.asked, sent))
        try:
            answer = self._through_the_door(questions, sent)
        except Invalid as problem:
            return self._again(sent, problem, errors=[*problem.errors, *self._to_choose_again(problem)])
        except (TooLarge, NoRoom, StoreAway) as problem:
            question = next((name for name, _ in self.received.files), "")
            return self._again(sent, problem, errors=[FieldError(question, str(problem))])
        except Refused as problem:
            return self._again(sent, problem, refused=True)
        except (Stale, WrongState) as problem:
            return self._again(sent, problem, stale=isinstance(problem, Stale))
        if code := answer.get("access_code") or answer.get("reply_code"):
            return self._new_code(code, member="reply_code" in answer)
        return see(*self._onward(f"Done: {label}" if self.asked.step else f"Kept: {label}"))

    def _new_code(self, code: str, *, member: bool) -> HTMLResponse:
        """The page that shows a new private code, this once; the same form again within a day shows it again."""
        top = self._read(lambda _session, desk: head(Reader.at(desk)))
        page = "cases/new_reply_code.html" if member else "cases/new_code.html"
        return respond(self.request, page, viewer=self.viewer, current=_section(self.viewer), head=top, code=code)

    def _through_the_door(self, questions: tuple[Field, ...], sent: Sent) -> dict[str, Any]:
        raw, token = sent.raw(questions) | dict(self.received.files), sent.token
        where = self.home, self.viewer, self.reference
        if self.asked.step:
            return door.take_action(*where, self.asked.step, raw, sent.version, "page", token)
        raw = {name: value for name, value in raw.items() if name != REPLACES or value}
        return door.add_record(*where, self.asked.record, raw, sent.version, "page", token)

    def _to_choose_again(self, problem: Invalid) -> list[FieldError]:
        said = {error.field for error in problem.errors}
        return [FieldError(name, CHOOSE_AGAIN) for name, _ in self.received.files if name not in said]

    def _again(
        self,
        sent: Sent,
        problem: Problem,
        *,
        errors: list[FieldError] | None = None,
        refused: bool = False,
        stale: bool = False,
    ) -> HTMLResponse:
        unmet = problem.unmet if isinstance(problem, Refused) else None
        passed = self._passed() if stale else ""
        said = PASSED.format(passed) if passed else STALE if stale else "" if errors else str(problem)
        return self._show(
            lambda desk: form_again(desk, self.asked, sent, unmet, stale=stale),
            status=problem.status,
            errors=errors or [FieldError("", said)],
            refused=refused,
            stale=stale,
        )

    def _passed(self) -> str:
        """Why what was asked for is not possible where the case is by now; empty where it still is."""
        try:
            self._read(lambda _session, desk: refuse_early(desk, self.asked))
        except WrongState as problem:
            return str(problem)
        return ""

    def _show(
        self, draw: Callable[[Desk], Form], *, status: int = 200, errors: Sequence[FieldError] = (), **more: bool
    ) -> HTMLResponse:
        def read(_session: Session, desk: Desk) -> tuple[Head, Form]:
            return head(Reader.at(desk)), draw(desk)

        top, form = self._read(read)
        shown = {"refused": False, "stale": False, **more, "errors": summary(errors, form), "head": top, "form": form}
        section = _section(self.viewer)
        return respond(self.request, "cases/form.html", status=status, viewer=self.viewer, current=section, **shown)

    def _read(self, read: Callable[[Session, Desk], Any]) -> Any:
        return door.read_case(self.home, self.viewer, self.reference, "page", read)

    def _onward(self, said: str) -> tuple[str, str]:
        with self.home.db.read() as session:
            still = access.find(session, self.viewer, tidy_reference(self.reference)) is not None
        return (f"/cases/{tidy_reference(self.reference)}", said) if still else (_section(self.viewer), GONE)


def _section(viewer: Viewer) -> str:
    return "/cases" if may(viewer, "cases") else "/panel"
