"""Every page there is, with who looks at it and how they come to it."""

from collections.abc import Iterator
from datetime import timedelta

from app import clock
from app.audit.log import SYSTEM
from app.cases import closures
from tests.branch import ADMINISTRATOR, AUDITOR, CLOSING, DEPUTY, NOBODY, PANEL, REFERRAL, SECRETARY, STAND_IN
from tests.browser.scene import HOSTILE, Scene
from tests.browser.somebody import Somebody
from tests.browser.view import Come, View, at, case
from tests.browser.views_of_auditors import auditors
from tests.browser.views_of_cases import cases, letters
from tests.browser.views_of_mails import mails
from tests.browser.views_of_members import members
from tests.browser.views_of_reporters import reporters

FORM = "/report/social-media-conduct"


PATHS = {
    "home": "/",
    "choose": "/report",
    "guidance": "/guidance",
    "privacy": "/privacy",
    "accessibility": "/accessibility",
    "my-report-form": "/my-report",
    "receipt": "/receipt",
    "sign-in": "/sign-in",
}


def public() -> Iterator[View]:
    """Pages for everyone."""
    for name, path in PATHS.items():
        yield View(name, "", at(path))
    for kind in ("target", "third_party", "self"):
        yield View(f"report-{kind}", "", _second_page(kind))
    yield View("report-errors", "", _report_errors)
    for number, name in enumerate(("report-clauses", "report-you", "report-check", "thanks")):
        yield View(name, "", _third_party(number))
    yield from reporters()
    yield from members()
    yield View("sign-in-wrong", "", _sign_in_wrong)
    yield View("sign-in-link", "", lambda one, scene: one.go(f"/sign-in/link/{scene.link}"))
    yield View("not-found", "", at("/nowhere", 404))
    yield View("no-such-form", "", at(f"{FORM}/other", 404))


RECORDS = {
    "conflict-declarations": "received",
    "parties": "received",
    "acknowledgements": "received",
    "messages": "acknowledged",
    "withdrawal-requests": "under_review",
    "withdrawal-decisions": "wrote",
    "report-confirmations": "wrote",
    "code-reissues": "wrote",
    "influence-contacts": "under_review",
    "risks": "received",
    "scope-notes": "acknowledged",
    "allegations": "under_review",
    "identity-decisions": "put",
    "notices": "put",
    "returned-mails": "heard",
    "reply-codes": "heard",
    "evidence": "under_review",
    "evidence-checks": "referred",
    "authenticity-assessments": "under_review",
    "evidence-services": "under_review",
    "reminders": "heard",
    "time-requests": "heard",
    "time-decisions": "put",
    "replies": "heard",
    "member-needs": "heard",
    "attributions": "heard",
    "review-notes": "under_review",
    "panel": "under_review",
    "findings": "decided",
    "pauses": "under_review",
    "late-reasons": "under_review",
    "panel-decisions": "referred",
    "notes": "closed",
    "hearings": "referred",
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
        yield View(f"record-{kind}", SECRETARY, case(state, f"/records/{kind}/new"))
    for trigger, state in STEPS.items():
        yield View(f"step-{trigger}", SECRETARY, case(state, f"/steps/{trigger}"))
    yield View("new-code", SECRETARY, _new_code)
    yield View("record-errors", SECRETARY, _record_errors)
    yield View("step-errors", SECRETARY, _step_errors)
    yield View("step-refused", SECRETARY, _refused)
    yield View("step-stale", SECRETARY, _stale)
    yield View("step-too-early", SECRETARY, case("received", "/steps/refer", status=409))


def offices() -> Iterator[View]:
    """Lists, the trail, people, one's own account."""
    for who, name in ((SECRETARY, "full"), (STAND_IN, "empty"), (AUDITOR, "auditor")):
        yield View(f"worklist-{name}", who, at("/cases"))
    yield View("updates", SECRETARY, at("/cases/updates"))
    yield View("updates-none", STAND_IN, at("/cases/updates"))
    yield View("updates-errors", SECRETARY, _updates_errors)
    yield View("updates-sent", SECRETARY, _updates_sent)
    yield View("worklist-found", SECRETARY, at("/cases?state=closed"))
    yield View("worklist-unread", SECRETARY, at("/cases?q=nonsense", 422))
    yield View("enter-report", SECRETARY, at("/report/new"))
    yield from mails()
    yield View("enter-report-form", SECRETARY, at(f"{FORM}/self"))
    yield View("panel-asked", PANEL[2], at("/panel"))
    yield View("panel", PANEL[0], at("/panel"))
    yield View("trail", AUDITOR, at("/trail"))
    yield View("trail-none", AUDITOR, at("/trail?event=backup_restored"))
    yield View("trail-unread", AUDITOR, at("/trail?case=nonsense&from=never", 422))
    yield View("trail-forbidden", SECRETARY, at("/trail", 403))
    for path in ("/users", "/users/new", "/users/keys", "/closure-days"):
        yield View(path.strip("/").replace("/", "-"), ADMINISTRATOR, at(path))
    yield View("person", ADMINISTRATOR, lambda one, scene: one.go(scene.person(SECRETARY)))
    yield View("person-own", ADMINISTRATOR, lambda one, scene: one.go(scene.person(ADMINISTRATOR)))
    yield View("person-contacts", ADMINISTRATOR, lambda one, scene: one.go(f"{scene.person(DEPUTY)}/contacts"))
    yield View("person-link", ADMINISTRATOR, _made_link)
    yield View("users-errors", ADMINISTRATOR, _user_errors)
    yield View("account", NOBODY, at("/account"))
    yield View("account-password", NOBODY, at("/account/password"))
    yield View("account-token", NOBODY, _made_token)
    yield View("account-calendar", AUDITOR, _made_calendar)
    yield View("closure-days-read", SECRETARY, _closures)


def everything() -> list[View]:
    """All of them."""
    return [*public(), *cases(), *letters(), *forms(), *offices(), *auditors()]


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


def _sign_in_wrong(one: Somebody, scene: Scene) -> None:
    one.go("/sign-in")
    one.fill(email="nobody@example.org", password="wrong wrong wrong")
    one.press("Sign in", 422)


def _new_code(one: Somebody, scene: Scene) -> None:
    one.go(scene.path("due", "/records/code-reissues/new"))
    one.fill(checked="telephone", basis="Rung back on the number in the report.")
    one.press("Keep this")


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


def _updates_errors(one: Somebody, scene: Scene) -> None:
    one.go("/cases/updates")
    one.page.locator('input[name="case"]').uncheck()
    one.fill(text="")
    one.press("Send it to all of these", 422)


def _updates_sent(one: Somebody, scene: Scene) -> None:
    one.go("/cases/updates")
    one.press("Send it to all of these")


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


def _made_calendar(one: Somebody, scene: Scene) -> None:
    one.go("/account")
    one.press("Make an address for my calendar")


def _closures(one: Somebody, scene: Scene) -> None:
    with scene.live.branch.home.db.write() as session:
        home, day = scene.live.branch.home, clock.today() + timedelta(days=30)
        if day not in closures.closed_days(session):
            answers = {"day": day.isoformat(), "what": "closed", "why": HOSTILE[:100]}
            closures.record(session, home, answers, actor=SYSTEM, via="cli")
    one.go("/closure-days")
