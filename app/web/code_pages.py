"""Coming in by a code, page by page: the form for both lines, the session it opens, leaving, and being away too long.

One for each part: of the person who told us, and of the member it is about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from app.cases import code_door
from app.cases.code_holders import REPORTER, RESPONDENT, CodeHolder
from app.deps import Home, address_of
from app.errors import FieldError, Invalid, NotFound, TooMany
from app.installation import Installation
from app.people import throttling
from app.web import carried
from app.web.code_session import token_of, without_token
from app.web.context import Pairs, Visitor, first, respond, see
from app.workflow.definition import Field

WRONG_CODES, WRONG_CODES_IN = 10, timedelta(minutes=10)
CODE_LENGTH, TOKEN_LENGTH = 100, 100
QUESTIONS = (
    Field("reference", "line", "Reference", "For example 2026-K7QFM", required=True),
    Field("code", "line", "Private code", "16 letters and figures", required=True),
)
AWAY = "You were away for ten minutes, so the page closed itself. Give both lines again."
ANOTHER = (
    "Something else was opened in this browser since you began to write, so nothing was sent. Give both lines of what "
    "this belongs to."
)
FILES_GONE = "The files were not kept: choose them again then."


@dataclass(frozen=True)
class CodePages:
    """The pages of one part: where they are, how they are called, and the words on leaving them."""

    part: str
    home: str
    title: str
    template: str
    """The form for reference and code."""
    left: str
    back: str
    """The link that leads back to them."""
    leaves: str
    """The button that leaves them."""

    def holder(self, request: Request, home: Home) -> CodeHolder | None:
        """Who uses these pages; None where the session is over, so that the code is asked for again."""
        token = token_of(home, request, self.part)
        return code_door.by_session(home, self.part, token) if token else None

    def begin_upload(self, request: Request, home: Home) -> CodeHolder | None:
        """The same of whoever begins to send files, who is not asked again once they have arrived."""
        return code_door.begin_upload(home, self.part, token_of(home, request, self.part))

    def enter(self, request: Request, home: Installation, pairs: Pairs) -> str:
        """The token of a new session for whoever gives reference and code. NotFound, counted; TooMany.

        Invalid where a form is carried that belongs to another.
        """
        reference, code = first(pairs, "reference")[:CODE_LENGTH], first(pairs, "code")[:CODE_LENGTH]
        counter, place = f"own_{self.part}", address_of(request)
        with home.db.read() as session:
            throttling.refuse_if_spent(session, counter, place, WRONG_CODES, WRONG_CODES_IN)
        previous, typed = token_of(home, request, self.part) or None, carried.typed(pairs)
        owner = first(typed, carried.OWNER) if typed else None
        try:
            return code_door.enter(home, self.part, code, reference, previous, owner)
        except NotFound:
            with home.db.write() as session:
                throttling.count(session, counter, place, WRONG_CODES_IN)
            raise

    def leave(self, request: Request, home: Installation) -> Response:
        """Ends the session and forgets its cookie."""
        code_door.leave(home, token_of(home, request, self.part))
        return without_token(home, see(self.home, self.left), self.part)

    def closed(self, request: Request, home: Installation, viewer: Visitor, status: int = 200) -> Response:
        """The form for the code; where a session ended it says so, and the browser forgets the cookie."""
        ended = bool(token_of(home, request, self.part))
        answer = self._form(request, viewer, "", [], [], status, AWAY if ended or status != 200 else "")
        return without_token(home, answer, self.part) if ended else answer

    def sender(
        self,
        request: Request,
        home: Installation,
        viewer: Visitor,
        holder: CodeHolder | None,
        path: str,
        pairs: Pairs,
        files: bool = False,
    ) -> CodeHolder | Response:
        """Who sent a form, if that is who uses these pages now; else the form for the code, with all that stood in it.

        `path` is where the form is; `files`: some came with it.
        """
        owner = first(pairs, carried.OWNER)
        if holder is not None and owner == holder.owner:
            return holder
        said = (AWAY if holder is None else ANOTHER) + (f" {FILES_GONE}" if files else "")
        reference, kept = owner.partition("/")[0][:CODE_LENGTH], carried.carry(path, pairs)
        answer = self._form(request, viewer, reference, [], kept, 401 if holder is None else 409, said)
        return without_token(home, answer, self.part) if holder is None else answer

    def ask_again(
        self, request: Request, viewer: Visitor, pairs: Pairs, problem: NotFound | TooMany | Invalid
    ) -> HTMLResponse:
        """The same form after a wrong pair, or too many of them, or one of something else than what was typed for."""
        guessed = isinstance(problem, NotFound)
        said = [FieldError("reference" if guessed else "", problem.detail)]
        errors = list(problem.errors) if isinstance(problem, Invalid) else said
        reference = first(pairs, "reference")[:CODE_LENGTH]
        return self._form(request, viewer, reference, errors, carried.still(pairs), 422 if guessed else problem.status)

    def _form(
        self,
        request: Request,
        viewer: Visitor,
        reference: str,
        errors: Sequence[FieldError],
        kept: Pairs,
        status: int,
        away: str = "",
    ) -> HTMLResponse:
        return respond(
            request,
            self.template,
            status=status,
            viewer=viewer,
            questions=QUESTIONS,
            values={"reference": reference},
            errors=list(errors),
            away=away,
            kept=kept,
        )


PAGES: Mapping[str, CodePages] = {
    REPORTER: CodePages(
        REPORTER,
        "/my-report",
        "Your report",
        "public/my_report_form.html",
        "You have left your report. Nothing of it stays on this device.",
        "Back to your report",
        "Leave my report",
    ),
    RESPONDENT: CodePages(
        RESPONDENT,
        "/my-reply",
        "Your reply",
        "public/my_reply_form.html",
        "You have left. Nothing of it stays on this device.",
        "Back to what was put to you",
        "Leave what was put to me",
    ),
}
