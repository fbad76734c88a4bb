"""Sending a report: one page of questions after the other, the answers to check, and the page that thanks."""

import secrets
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from app import clock
from app.cases import door
from app.cases.disclosure import EVIDENCE
from app.cases.involvement import everyone, involved
from app.cases.sent_files import keep_held_mail
from app.cases.standing import HANDLER_ORDER
from app.deps import Home, address_of, cookie, public
from app.errors import FieldError, Invalid, NotFound, TooMany
from app.evidence.queries import share_of
from app.installation import Installation
from app.people.policy import may
from app.people.queries import Viewer, holders
from app.people.throttling import throttle
from app.uploads import Received
from app.web import receipt
from app.web.context import Pairs, Visitor, first, respond
from app.web.promises import reply_by
from app.web.received import ReportForm
from app.web.report_form import Draft, Step, errors_of, found
from app.web.sent_files import keep_files, parts_in
from app.web.wording import file_size
from app.workflow.definition import ReportKind, Workflow

CHECK = "check"
TOKEN_LENGTH = 100
REPORTS_PER_HOUR = 60
HOUR = 3600
SIGNED_OUT = "You were signed out meanwhile. Sign in again in another window, then go on here: nothing typed is lost."

router = APIRouter(include_in_schema=False)
Clerk = Annotated[Viewer, Depends(cookie("enter_report"))]


@router.get("/report", dependencies=[Depends(public)])
def choose_kind(request: Request, home: Home, viewer: Visitor) -> HTMLResponse:
    """The ways to begin, of every procedure."""
    return _choose(request, home, viewer)


@router.get("/report/new")
def enter_for_somebody(request: Request, home: Home, viewer: Clerk) -> HTMLResponse:
    """The same, for an officer who writes down what came on paper, by mail or by word of mouth."""
    return _choose(request, home, viewer)


@router.get("/report/{workflow}/{kind}", dependencies=[Depends(public)])
def begin(request: Request, workflow: str, kind: str, home: Home, viewer: Visitor) -> HTMLResponse:
    """The first page of questions."""
    clerk = _clerk(viewer)
    draft = Draft(*_procedure(home, workflow, kind), account=clerk is not None)
    return Asking(request, home, viewer, []).show(draft, draft.steps[0])


@router.post("/report/{workflow}/{kind}", dependencies=[Depends(public)])
def go_on(
    request: Request, workflow: str, kind: str, home: Home, viewer: Visitor, received: ReportForm
) -> HTMLResponse:
    """One step further or back, or sends the report; answers with the next page itself."""
    pairs = received.pairs
    draft = Draft.of(*_procedure(home, workflow, kind), pairs, account=_clerk(viewer) is not None)
    asking = Asking(request, home, viewer, pairs)
    here, go = first(pairs, "_page"), first(pairs, "_go", "next")
    if draft.signed_out:
        return asking.show(draft, draft.step(here), [FieldError("", SIGNED_OUT)])
    if more := first(pairs, "more"):
        return asking.show(draft.with_another(more), draft.step(here))
    if go.startswith("page:"):
        return asking.show(draft, draft.step(go.removeprefix("page:")), returning=True)
    if here == CHECK:
        return asking.send(draft, received) if go == "send" else asking.show(draft, draft.steps[-1])
    if go == "back":
        return asking.show(draft, draft.step(str(draft.step(here).number - 1)))
    return asking.forward(draft, draft.step(here))


class Asking:
    """One request of somebody filling in the form."""

    def __init__(self, request: Request, home: Installation, viewer: Viewer | None, pairs: Pairs) -> None:
        self.request, self.home, self.viewer = request, home, viewer
        self.returning = first(pairs, "_return") == "yes"
        token = first(pairs, "form_token")
        self.mail = first(pairs, "mail")
        self.token = token if 0 < len(token) <= TOKEN_LENGTH else secrets.token_urlsafe(16)

    def show(
        self, draft: Draft, step: Step, errors: Sequence[FieldError] = (), *, returning: bool = False
    ) -> HTMLResponse:
        """One page of questions, filled in with what was typed."""
        values = draft.values(step.fields)
        return self.page(
            "report/step.html",
            draft,
            status=422 if errors else 200,
            step=step,
            values=values,
            errors=list(errors),
            carried=draft.carried(step),
            returning=returning or self.returning,
        )

    def forward(self, draft: Draft, step: Step) -> HTMLResponse:
        """The next page, or this one again with what to look at."""
        try:
            draft.read(step.fields)
        except Invalid as invalid:
            return self.show(draft, step, invalid.errors)
        following = draft.after(step)
        return self.check(draft) if self.returning or following is None else self.show(draft, following)

    def check(self, draft: Draft, errors: Sequence[FieldError] = ()) -> HTMLResponse:
        """All answers to look at before sending, unless one of them must be looked at again."""
        try:
            sections = draft.sections()
        except Invalid as invalid:
            step = draft.faulty(invalid.errors)
            return self.show(draft, step, errors_of(invalid, step))
        return self.page(
            "report/check.html",
            draft,
            status=422 if errors else 200,
            sections=sections,
            carried=draft.carried(None),
            errors=list(errors),
            with_mail=parts_in(self.home, self.viewer, self.mail),
            takes_files=EVIDENCE in draft.workflow.records,
            file_limit=self.home.settings.file_limit_mb,
            share="" if draft.account else file_size(share_of(self.home.settings)),
        )

    def send(self, draft: Draft, received: Received) -> HTMLResponse:
        """Opens the case, then keeps its files, and thanks; the same form again gets the same answer.

        The report is there before the first file: whatever happens to a file, it is not lost.
        """
        clerk = self.viewer if draft.account else None
        raw = {"workflow": draft.workflow.name, "kind": draft.kind.name, **draft.raw(draft.fields)}
        try:
            values = draft.read(draft.fields)
            self.count()
            opened = door.open_case(self.home, raw, clerk, "page", self.token)
        except Invalid as invalid:
            step = draft.faulty(invalid.errors)
            return self.show(draft, step, errors_of(invalid, step))
        except TooMany as many:
            return self.check(draft, [FieldError("", many.detail)])
        arrived = receipt.recorded_at(opened["receipt"])
        due = reply_by(draft.workflow, values, clock.local(arrived).date())
        named = bool(values.get("reporter", {}).get("name"))
        files = keep_files(self.home, opened["access_code"], received, clerk)
        if clerk is not None and self.mail:
            keep_held_mail(self.home, opened["access_code"], clerk, self.mail, "page", files)
        return self.page(
            "report/thanks.html",
            draft,
            opened=opened,
            arrived=arrived,
            due=due,
            receipt=receipt.as_text(opened, files.receipts),
            named=named,
            files=files,
        )

    def count(self) -> None:
        """Refuses what no person sends by hand. Raises TooMany."""
        if not self.viewer:
            with self.home.db.write() as session:
                throttle(session, "report", address_of(self.request), REPORTS_PER_HOUR, HOUR)

    def page(self, template: str, draft: Draft, **context: Any) -> HTMLResponse:
        """A page of this form."""
        return respond(
            self.request,
            template,
            viewer=self.viewer,
            draft=draft,
            form_token=self.token,
            mail=self.mail,
            unreachable=nobody_for(self.home, draft),
            **context,
        )


def nobody_for(home: Installation, draft: Draft) -> bool:
    """Whether no officer in office could look after this report, as far as its ticks say."""
    with home.db.read() as session:
        serving = holders(session, home.vault, clock.today())
        out = involved(draft.ticked(), everyone(session, home))
    return not any(one.role in HANDLER_ORDER and one.case_id is None and one.person_id not in out for one in serving)


def _choose(request: Request, home: Installation, viewer: Viewer | None) -> HTMLResponse:
    names = {workflow.name for workflow in home.workflows.all()}
    procedures = [home.workflows.latest(name) for name in sorted(names)]
    default = home.workflows.default()
    procedures.sort(key=lambda one: (one.name != default.name, one.title))
    nobody = nobody_for(home, Draft(default, default.opening.kinds[0], account=False))
    return respond(
        request,
        "report/choose.html",
        viewer=viewer,
        procedures=procedures,
        clerk=_clerk(viewer) is not None,
        unreachable=nobody,
    )


def _clerk(viewer: Viewer | None) -> Viewer | None:
    """Officers who may enter a report for somebody; everyone else sends their own like the public."""
    return viewer if viewer is not None and may(viewer, "enter_report") else None


def _procedure(home: Installation, workflow: str, kind: str) -> tuple[Workflow, ReportKind]:
    procedure = found(home.workflows.all(), workflow, kind)
    if procedure is None:
        raise NotFound("There is no such form here. Begin again from the first page.")
    return procedure
