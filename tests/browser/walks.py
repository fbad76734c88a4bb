"""What people do by page in every case: send a report, declare, keep a record, take a step or be refused."""

import json
from collections.abc import Sequence
from typing import Any

from app.audit.models import AuditEntry
from app.oversight import checking
from tests.branch import Branch
from tests.browser.somebody import Somebody

KEEP = "Keep this"


def send_report(
    one: Somebody, kind: str, *pages: dict[str, Any], files: Sequence[dict[str, Any]] = ()
) -> tuple[str, str]:
    """From the first page to the thanks: answers page by page, then sends; reference and private code."""
    one.go("/")
    one.follow(kind)
    for answers in pages:
        one.fill(**answers)
        one.press("Continue")
    return send_checked(one, files)


def send_checked(one: Somebody, files: Sequence[dict[str, Any]] = ()) -> tuple[str, str]:
    """Sends what stands on the last page, with these files; reference and private code."""
    assert one.heading == "Check your answers"
    if files:
        one.fill(files=files)
    one.press("Send it")
    assert one.heading.startswith(("Thank you for telling us", "It is entered."))
    reference, code = one.texts(".ct-keep .ct-code")
    return reference, code


def follow_report(one: Somebody, reference: str, code: str) -> str:
    """What the reporter is told with reference and code: the public step it has reached."""
    open_report(one, reference, code)
    step = " ".join(one.texts('.ct-plan [aria-current="step"] strong'))
    one.press("Leave my report")
    return step


def open_report(one: Somebody, reference: str, code: str) -> None:
    """Opens the report with both lines."""
    one.go("/my-report")
    one.fill(reference=reference, code=code)
    one.press("Show my report")


def open_case(one: Somebody, reference: str) -> None:
    """Opens a case from the person's own list."""
    one.go("/")
    one.follow("Back to your work")
    one.follow(reference)


def declare(one: Somebody, reference: str, answer: str = "none", **more: Any) -> None:
    """Answers the declaration on the card; on from where the person is, if that is the case."""
    if not one.path.startswith(f"/cases/{reference}"):
        open_case(one, reference)
    _at(one, reference)
    one.fill(answer=answer, **more)
    one.press(KEEP)


def keep(one: Somebody, reference: str, kind: str, **answers: Any) -> None:
    """Adds a record by the link on the case's page."""
    _at(one, reference)
    one.to(f"/records/{kind}/new")
    one.fill(**answers)
    one.press(KEEP)
    assert one.words.startswith("Kept: ") or one.heading == "A code for the member", one.words[:300]


def take(one: Somebody, reference: str, trigger: str, **answers: Any) -> None:
    """Takes a step by the link on the case's page."""
    label = _ask(one, reference, trigger, answers)
    one.press(label)
    assert one.words.startswith(f"Done: {label}"), one.words[:300]


def refused(branch: Branch, one: Somebody, reference: str, trigger: str, **answers: Any) -> set[str]:
    """Tries a step that is refused: the conditions its entry names, after a look at the words beside the button."""
    before, label = branch.case(reference), _ask(one, reference, trigger, answers)
    known = len(of_event(branch.entries(reference), "step_refused"))
    one.press(label, 409)
    assert len(of_event(branch.entries(reference), "step_refused")) == known + 1
    entry = of_event(branch.entries(reference), "step_refused")[-1]
    told = json.loads(entry.entry)
    assert told["trigger"] == trigger
    beside = one.texts("main form:has(button.govuk-button) .ct-checks li:is(.todo, .wait) strong")
    assert beside == one.texts(".govuk-error-summary__list li")
    assert len(beside) == len(told["unmet"]) > 0
    assert all(len(message.split()) > 2 for message in beside), beside
    for name, given in answers.items():
        if isinstance(given, str) and one.page.locator(f'main textarea[name="{name}"]').count():
            assert one.value(name) == given
    assert branch.case(reference) == before
    return set(told["unmet"])


def _at(one: Somebody, reference: str) -> None:
    if one.path != f"/cases/{reference}":
        one.go(f"/cases/{reference}")


def _ask(one: Somebody, reference: str, trigger: str, answers: dict[str, Any]) -> str:
    _at(one, reference)
    if one.page.locator(f'main a[href$="/steps/{trigger}"]').count():
        one.to(f"/steps/{trigger}")
    else:  # the page leads to what is missing first; whoever knows the address may still try
        one.go(f"/cases/{reference}/steps/{trigger}")
    one.fill(**answers)
    return one.heading


def path_of(branch: Branch, reference: str) -> list[str]:
    """The states a case went through, by its entries; each has its one entry."""
    entries = branch.entries(reference)
    moves = [entry for entry in entries if entry.to_state]
    assert [entry.event for entry in moves] == ["case_opened"] + ["step_taken"] * (len(moves) - 1)
    return [entry.to_state for entry in moves if entry.to_state]


def denied(branch: Branch, reference: str, email: str) -> int:
    """How many attempts of this person at this case were not let in."""
    person = branch.ids[email]
    return sum(one.event == "access_denied" and one.actor_id == person for one in branch.entries(reference))


def viewers(branch: Branch, reference: str) -> set[str]:
    """The mail addresses of everyone who opened the case."""
    seen = {entry.actor_id for entry in branch.entries(reference) if entry.event == "case_viewed"}
    return {email for email, person in branch.ids.items() if person in seen}


def hidden_from(one: Somebody, branch: Branch, reference: str) -> None:
    """The case does not exist for this person under any address, and each attempt is on the trail."""
    tails = ("", "/report", "/records", "/trail", "/steps/acknowledge", "/records/notes/new")
    before = denied(branch, reference, one.name)
    one.go("/cases/2026-22222", 404)
    unknown = one.words
    for tail in tails:
        one.go(f"/cases/{reference}{tail}", 404)
        assert one.words == unknown
    assert denied(branch, reference, one.name) == before + len(tails)


def steps_on_trail(one: Somebody, reference: str) -> list[str]:
    """What an auditor reads of a case on the record of steps, newest first."""
    one.go("/trail")
    one.fill(case=reference)
    one.press("Show these")
    return one.texts("main .moj-timeline__title")


def is_sound(branch: Branch) -> None:
    """Nothing in the whole record contradicts anything else."""
    with branch.home.db.read() as session:
        assert checking.check(branch.home, session) == []


def of_event(entries: list[AuditEntry], event: str) -> list[AuditEntry]:
    """Those of one kind."""
    return [entry for entry in entries if entry.event == event]
