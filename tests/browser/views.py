"""Every page there is, with who looks at it and how they come to it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from app import clock
from tests.branch import ADMINISTRATOR, AUDITOR, CLOSING, DEPUTY, NOBODY, PANEL, REFERRAL, SECRETARY, STAND_IN
from tests.browser.scene import HOSTILE, KINDS, Scene
from tests.browser.somebody import Somebody

FORM = "/report/social-media-conduct"
Come = Callable[[Somebody, Scene], None]


@dataclass(frozen=True)
class View:
    """One page: its name, the mail address of who looks (empty: the public), how to get there."""

    name: str
    who: str
    come: Come


def _at(path: str, status: int = 200) -> Come:
    return lambda one, _scene: one.go(path, status)


def _case(name: str, tail: str = "", status: int = 200) -> Come:
    return lambda one, scene: one.go(scene.path(name, tail), status)


PATHS = {
    "home": "/",
    "choose": "/report",
    "guidance": "/guidance",
    "privacy": "/privacy",
    "accessibility": "/accessibility",
    "my-report-form": "/my-report",
    "sign-in": "/sign-in",
}


def public() -> Iterator[View]:
    """Pages for everyone."""
    for name, path in PATHS.items():
        yield View(name, "", _at(path))
    for kind in ("target", "third_party", "self"):
        yield View(f"report-{kind}", "", _second_page(kind))
    yield View("report-errors", "", _report_errors)
    for number, name in enumerate(("report-clauses", "report-you", "report-check", "thanks")):
        yield View(name, "", _third_party(number))
    yield View("my-report", "", _my_report)
    yield View("my-report-wrong", "", _my_report_wrong)
    yield View("sign-in-wrong", "", _sign_in_wrong)
    yield View("sign-in-link", "", lambda one, scene: one.go(f"/sign-in/link/{scene.link}"))
    yield View("not-found", "", _at("/nowhere", 404))
    yield View("no-such-form", "", _at(f"{FORM}/other", 404))


def cases() -> Iterator[View]:
    """The pages of a case, for each who may see some of it."""
    for state in KINDS:
        yield View(f"case-{state}", SECRETARY, _case(state))
    yield View("case-heard", SECRETARY, _case("heard"))
    yield View("case-decided", SECRETARY, _case("decided"))
    yield View("case-again", DEPUTY, _case("again"))
    yield View("evidence", SECRETARY, _case("referred", "/evidence"))
    yield View("evidence-none", SECRETARY, _case("acknowledged", "/evidence"))
    yield View("evidence-panel", PANEL[0], _case("referred", "/evidence"))
    yield View("evidence-item", SECRETARY, _item("reporter_screenshot"))
    yield View("evidence-link", SECRETARY, _item("link_only"))
    yield View("evidence-picture", SECRETARY, _item("reporter_screenshot", "/picture"))
    yield View("evidence-refused", SECRETARY, _refused_file)
    for tail in ("report", "records", "trail"):
        yield View(f"case-{tail}", SECRETARY, _case("received" if tail == "report" else "decided", f"/{tail}"))
    yield View("card", SECRETARY, _case("card"))
    yield View("card-waiting", SECRETARY, _case("possible"))
    yield View("card-to-decide", DEPUTY, _case("possible"))
    yield View("card-finished", DEPUTY, _case("closed"))
    yield View("card-panel", PANEL[2], _case("heard"))
    yield View("card-panel-declared", PANEL[0], _case("heard"))
    yield View("case-panel", PANEL[0], _case("referred"))
    yield View("case-auditor", AUDITOR, _case("closed"))
    yield View("case-hidden", STAND_IN, _case("referred", status=404))
    yield View("case-forbidden", PANEL[0], _case("referred", "/trail", status=403))


RECORDS = {
    "conflict-declarations": "received",
    "parties": "received",
    "acknowledgements": "received",
    "risks": "received",
    "scope-notes": "acknowledged",
    "allegations": "under_review",
    "evidence": "under_review",
    "evidence-checks": "referred",
    "authenticity-assessments": "under_review",
    "evidence-services": "under_review",
    "notices": "under_review",
    "reminders": "heard",
    "replies": "heard",
    "review-notes": "under_review",
    "panel": "under_review",
    "findings": "decided",
    "panel-decisions": "referred",
    "notes": "closed",
}
STEPS = {
    "acknowledge": "received",
    "begin_review": "acknowledged",
    "refer": "heard",
    "close_after_review": "under_review",
    "close_after_panel": "decided",
    "refer_back": "referred",
    "reopen": "closed",
}


def forms() -> Iterator[View]:
    """Every form of a record and of a step; with answers to look at, refused, overtaken."""
    for kind, state in RECORDS.items():
        yield View(f"record-{kind}", SECRETARY, _case(state, f"/records/{kind}/new"))
    for trigger, state in STEPS.items():
        yield View(f"step-{trigger}", SECRETARY, _case(state, f"/steps/{trigger}"))
    yield View("record-errors", SECRETARY, _record_errors)
    yield View("step-errors", SECRETARY, _step_errors)
    yield View("step-refused", SECRETARY, _refused)
    yield View("step-stale", SECRETARY, _stale)
    yield View("step-too-early", SECRETARY, _case("received", "/steps/refer", status=409))


def offices() -> Iterator[View]:
    """Lists, the trail, people, one's own account."""
    for who, name in ((SECRETARY, "full"), (STAND_IN, "empty"), (AUDITOR, "auditor")):
        yield View(f"worklist-{name}", who, _at("/cases"))
    yield View("worklist-found", SECRETARY, _at("/cases?state=closed"))
    yield View("worklist-unread", SECRETARY, _at("/cases?q=nonsense", 422))
    yield View("enter-report", SECRETARY, _at("/report/new"))
    yield View("enter-report-form", SECRETARY, _at(f"{FORM}/self"))
    yield View("panel-asked", PANEL[2], _at("/panel"))
    yield View("panel", PANEL[0], _at("/panel"))
    yield View("trail", AUDITOR, _at("/trail"))
    yield View("trail-none", AUDITOR, _at("/trail?event=backup_restored"))
    yield View("trail-unread", AUDITOR, _at("/trail?case=nonsense&from=never", 422))
    yield View("trail-checked", AUDITOR, _checked)
    yield View("trail-forbidden", SECRETARY, _at("/trail", 403))
    for path in ("/users", "/users/new", "/users/keys"):
        yield View(path.strip("/").replace("/", "-"), ADMINISTRATOR, _at(path))
    yield View("person", ADMINISTRATOR, lambda one, scene: one.go(scene.person(SECRETARY)))
    yield View("person-own", ADMINISTRATOR, lambda one, scene: one.go(scene.person(ADMINISTRATOR)))
    yield View("person-contacts", ADMINISTRATOR, lambda one, scene: one.go(f"{scene.person(DEPUTY)}/contacts"))
    yield View("person-link", ADMINISTRATOR, _made_link)
    yield View("users-errors", ADMINISTRATOR, _user_errors)
    yield View("account", NOBODY, _at("/account"))
    yield View("account-password", NOBODY, _at("/account/password"))
    yield View("account-token", NOBODY, _made_token)


def everything() -> list[View]:
    """All of them."""
    return [*public(), *cases(), *forms(), *offices()]


def _second_page(kind: str) -> Come:
    return lambda one, _scene: _second(one, kind)


def _second(one: Somebody, kind: str) -> None:
    one.go(f"{FORM}/{kind}")
    one.press("Continue")


def _report_errors(one: Somebody, scene: Scene) -> None:
    _second(one, "third_party")
    one.fill(items__0__posted_on="31 February 2026")
    one.press("Continue", 422)


def _third_party(further: int) -> Come:
    return lambda one, _scene: _third_party_at(one, further)


def _third_party_at(one: Somebody, further: int) -> None:
    _second(one, "third_party")
    one.fill(statement=HOSTILE, how_seen="It was shown to me.", under_18_involved="no")
    one.press("Continue")
    if further > 0:
        one.fill(clauses=["3.1", "3.5a"], respondent__name="Ward organiser (example)")
        one.press("Continue")
    if further > 1:
        one.fill(reporter__name="Ward member (example)", share_identity="ask_me")
        one.press("Continue")
    if further > 2:
        one.press("Send it")


def _my_report(one: Somebody, scene: Scene) -> None:
    one.go("/my-report")
    one.fill(reference=scene.cases["closed"], code=scene.code)
    one.press("Show my report")


def _my_report_wrong(one: Somebody, scene: Scene) -> None:
    one.go("/my-report")
    one.fill(reference="2026-22222", code="wrong")
    one.press("Show my report", 422)


def _sign_in_wrong(one: Somebody, scene: Scene) -> None:
    one.go("/sign-in")
    one.fill(email="nobody@example.org", password="wrong wrong wrong")
    one.press("Sign in", 422)


def _record_errors(one: Somebody, scene: Scene) -> None:
    one.go(scene.path("under_review", "/records/notices/new"))
    one.fill(sent_on=clock.today() + timedelta(days=1), reply_by="31 February 2026")
    one.press("Keep this", 422)


def _step_errors(one: Somebody, scene: Scene) -> None:
    one.go(scene.path("under_review", "/steps/close_after_review"))
    one.press("Finish without a panel", 422)


def _refused(one: Somebody, scene: Scene) -> None:
    one.go(scene.path("under_review", "/steps/refer"))
    one.fill(**REFERRAL)
    one.press("Refer for disciplinary action", 409)


def _stale(one: Somebody, scene: Scene) -> None:
    one.go(scene.path("under_review", "/steps/close_after_review"))
    one.fill(**CLOSING)
    note = {"text": "Somebody rang.", "audience": "handlers"}
    scene.live.branch.keep(SECRETARY, scene.cases["under_review"], "notes", **note)
    one.press("Finish without a panel", 409)


def _item(method: str, tail: str = "") -> Come:
    def come(one: Somebody, scene: Scene) -> None:
        rows = scene.live.branch.rows(scene.cases["referred"], "evidence")
        row = next(row for row in rows if row.plain["method"] == method)
        one.go(scene.path("referred", f"/evidence/{row.id}{tail}"))

    return come


def _refused_file(one: Somebody, scene: Scene) -> None:
    one.go(scene.path("under_review", "/records/evidence/new"))
    page = {"name": "holiday.jpg", "mimeType": "image/jpeg", "buffer": b"<html><script>alert(1)</script></html>"}
    one.fill(file=page, method="handler_screenshot", shows=HOSTILE)
    one.press("Keep this", 422)


def _checked(one: Somebody, scene: Scene) -> None:
    one.go("/trail")
    one.press("Check the record now")


def _made_link(one: Somebody, scene: Scene) -> None:
    one.go(scene.person(PANEL[3]))
    one.press("Make a one-time link")


def _user_errors(one: Somebody, scene: Scene) -> None:
    one.go("/users/new")
    one.press("Add this person", 422)


def _made_token(one: Somebody, scene: Scene) -> None:
    one.go("/account")
    one.fill(label="A test")
    one.press("Make a token")
