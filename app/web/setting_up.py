"""The first set-up of a new database: one's own branch, or demonstration data to look around."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from app import clock, demo, setup
from app.deps import Home, public, slowly
from app.errors import FieldError, Invalid, NotFound
from app.installation import Installation
from app.people import actions, links, queries
from app.web.context import Form, Pairs, first, flat, respond, see
from app.web.signing_in import with_cookie
from app.web.wording import item_count
from app.workflow.fields import from_form, read

CONTROLS = frozenset({"password", "again", "more", "way"})
DEMO_MODES = (None, "demo")
NO_DEMO = "CASETRAIL_MODE is set to another mode than demo, so demonstration data cannot be made here."
TWICE = "The two passwords differ. Type the same one twice."

router = APIRouter(dependencies=[Depends(public)], include_in_schema=False)


@router.get("/set-up/{token}")
def ask(request: Request, home: Home, token: str) -> HTMLResponse:
    """The choice between the two ways, and the questions about one's own branch."""
    _refuse_spent(home, token)
    return _form(request, home, token, [], [])


@router.post("/set-up/{token}")
async def set_up(request: Request, home: Home, token: str, pairs: Form) -> Response:
    """Sets up whichever was chosen; the link is spent then."""
    return await slowly(_set_up, request, home, token, pairs)


def _set_up(request: Request, home: Installation, token: str, pairs: Pairs) -> Response:
    _refuse_spent(home, token)
    if more := first(pairs, "more"):
        return _form(request, home, token, _with_another(pairs, more), [])
    try:
        if first(pairs, "way") == "demo":
            if home.settings.mode not in DEMO_MODES:
                raise Invalid([FieldError("", NO_DEMO)])
            demo.set_up(home, token, via="page")
            return see("/sign-in", "The demonstration is ready. Choose one of its people.")
        return _own_branch(request, home, token, pairs)
    except Invalid as invalid:
        return _form(request, home, token, pairs, invalid.errors)


def _own_branch(request: Request, home: Installation, token: str, pairs: Pairs) -> Response:
    raw = from_form(setup.QUESTIONS, _asked(pairs))
    password = first(pairs, "password")
    if password != first(pairs, "again"):
        raise Invalid([*_faults(raw), FieldError("again", TWICE)])
    secret = setup.set_up_branch(home, token, raw, password, "page")
    with home.db.write() as session:
        viewer = queries.by_session_token(session, home.vault, secret)
        if viewer is None:
            raise NotFound(links.SPENT)
        others = [row for row in queries.people_list(session, home.vault) if row.id != viewer.id]
        handed = [(row, actions.issue_link(session, row.id, actor=viewer.actor(), via="page")) for row in others]
    answer = respond(
        request,
        "set_up/done.html",
        viewer=viewer,
        handed=[(row, f"{home.settings.base_url}/sign-in/link/{link}") for row, link in handed],
        keys_dir=str(home.settings.keys_dir),
    )
    return with_cookie(home, answer, secret)


def _faults(raw: dict[str, object]) -> list[FieldError]:
    try:
        read(setup.QUESTIONS, raw, today=clock.today())
    except Invalid as invalid:
        return invalid.errors
    return []


def _asked(pairs: Pairs) -> Pairs:
    return [(name, value) for name, value in pairs if name not in CONTROLS]


def _with_another(pairs: Pairs, name: str) -> Pairs:
    question = next((one for one in setup.QUESTIONS if one.name == name and one.type == "items"), None)
    count = item_count(dict(pairs), name)
    if question is None or count >= question.max_items:
        return pairs
    return [*pairs, (f"{name}.{count}.{question.fields[0].name}", "")]


def _refuse_spent(home: Installation, token: str) -> None:
    with home.db.read() as session:
        if not links.setup_is_open(session, token):
            raise NotFound(links.SPENT)


def _form(request: Request, home: Installation, token: str, pairs: Pairs, errors: list[FieldError]) -> HTMLResponse:
    return respond(
        request,
        "set_up/form.html",
        status=422 if errors else 200,
        token=token,
        questions=setup.QUESTIONS,
        values=flat(setup.QUESTIONS, _asked(pairs)),
        errors=errors,
        keys_dir=str(home.settings.keys_dir),
        may_be_demo=home.settings.mode in DEMO_MODES,
        may_be_real=home.settings.mode != "demo",
    )
