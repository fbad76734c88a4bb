"""Every way by which somebody could come across a case, below page, API and command line."""

from collections.abc import Callable
from typing import Any

from app.cases import door, lists, queries, trails
from app.cases.lists import Filter
from app.cases.models import Case
from app.cases.trails import TrailFilter
from app.errors import Problem
from app.oversight import conformance, looking, opened, remarks, unmasking
from tests.branch import Branch

UNKNOWN = "2026-22222"
"""A reference that no case has."""


def filters(case: Case) -> list[Filter]:
    """A list narrowed in every way so that the case fits it."""
    return [
        Filter(),
        Filter(state=case.state, kind=case.kind, clause="3.1", final=case.final),
        Filter(handler=case.handler_id, overdue=False),
        Filter(due_by=case.next_due_on),
    ]


def listed(branch: Branch, email: str, wanted: Filter, sort: str = "due", limit: int = 100) -> list[str]:
    """All references in this person's list, page by page."""
    viewer, found, after = branch.viewer(email), [], None
    with branch.home.db.read() as session:
        while True:
            page = lists.list_cases(session, branch.home, viewer, wanted, sort=sort, after=after, limit=limit)
            found += [item["reference"] for item in page["items"]]
            after = page["next"]
            if after is None:
                break
        assert lists.count_cases(session, viewer, wanted, most=1000) == len(found)
    return found


def on_trail(branch: Branch, email: str, wanted: TrailFilter | None = None) -> list[dict[str, Any]]:
    """Every entry on an auditor's /trail."""
    viewer, found, after = branch.viewer(email), [], None
    with branch.home.db.read() as session:
        while True:
            page = trails.of_everything(session, branch.home, viewer, wanted or TrailFilter(), after=after, limit=200)
            found += page["items"]
            after = page["next"]
            if after is None:
                return found


def attempts(branch: Branch, email: str, reference: str) -> dict[str, Callable[[], Any]]:
    """Reading and changing one case by its reference."""
    viewer = branch.viewer(email)

    def read(what: Callable[..., Any]) -> Callable[[], Any]:
        return lambda: door.read_case(branch.home, viewer, reference, "api", lambda _, desk: what(desk))

    return {
        "detail": read(queries.describe),
        "actions": read(queries.actions_json),
        "records": read(lambda desk: queries.records_json(desk, "notes")),
        "trail": read(queries.refuse_trail),
        "remarks": read(remarks.threads),
        "openings": read(opened.openings),
        "path": read(conformance.of_case),
        "remark": lambda: remarks.write(branch.home, viewer, reference, {"text": "Why?"}, via="api"),
        "opening": lambda: unmasking.unmask(
            branch.home, viewer, reference, {"part": "x:y", "reason": "To compare it."}, via="api"
        ),
        "opened file": lambda: opened.open_file(branch.home, viewer, reference, "0" * 32, "view", "api"),
        "step": lambda: branch.act(email, reference, "acknowledge"),
        "record": lambda: branch.keep(email, reference, "notes", text="Mine.", audience="everyone"),
        "declaration": lambda: branch.keep(email, reference, "conflict-declarations", answer="none"),
        "clearance": lambda: branch.keep(email, reference, "conflict-clearances", declaration="0" * 32),
    }


def answer(attempt: Callable[[], Any]) -> tuple[int, str, str]:
    """Status, title and detail of what somebody is told; 200 where they came in."""
    try:
        attempt()
    except Problem as problem:
        return problem.status, problem.title, problem.detail
    return 200, "", ""


def found_by(branch: Branch, email: str, reference: str) -> set[str]:
    """The ways by which this person comes across the case; empty where it does not exist for them."""
    case = branch.case(reference)
    found = {f"list {wanted}" for wanted in filters(case) if reference in listed(branch, email, wanted)}
    found |= {f"sort {sort}" for sort in lists.SORTS if reference in listed(branch, email, Filter(), sort)}
    for name, attempt in attempts(branch, email, reference).items():
        if answer(attempt)[0] != 404:
            found.add(name)
    if "auditor" in branch.viewer(email).offices:
        entries = on_trail(branch, email, TrailFilter(case=reference))
        found |= {"/trail" for entry in entries if entry["case"] == reference}
        rows = looking.look_through(branch.home, branch.viewer(email), "unacknowledged", via="api")
        found |= {"/trail/exceptions" for row in rows if row.found.reference == reference}
    return found
