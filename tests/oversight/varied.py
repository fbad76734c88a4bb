"""Cases that went every way through the procedure, with refusals and views between their steps."""

from collections.abc import Callable

from app.cases import door
from app.errors import Refused
from tests.branch import DEPUTY, STATES, Branch, in_days
from tests.cases.walking import INPUTS

Way = Callable[[Branch], str]


def _shortest(state: str) -> Way:
    return lambda branch: branch.at(state)


def _reopened(branch: Branch) -> str:
    reference = branch.at("closed")
    branch.keep(DEPUTY, reference, "conflict-declarations", answer="none")
    branch.act(DEPUTY, reference, "reopen", **INPUTS["reopen"])
    return reference


def _sent_back(branch: Branch) -> str:
    reference = branch.at("referred")
    back = {"reason_code": "more_evidence", "missing": "A thread.", "requested_on": in_days(0)}
    branch.act(branch.handler(reference), reference, "refer_back", **back)
    return reference


def _sent_back_and_closed(branch: Branch) -> str:
    reference = _sent_back(branch)
    branch.closed(reference)
    return reference


def _refused(branch: Branch) -> str:
    reference = branch.report(kind="target", respondent=None, how_seen=None)
    try:
        branch.act(branch.handler(reference), reference, "acknowledge")
    except Refused:
        branch.acknowledged(reference)
        return reference
    raise AssertionError("a step was taken without what it needs")


WAYS: tuple[Way, ...] = (*map(_shortest, STATES), _reopened, _sent_back, _sent_back_and_closed, _refused)


def varied(branch: Branch, count: int) -> None:
    """So many cases, each of these ways in turn."""
    for number in range(count):
        reference = WAYS[number % len(WAYS)](branch)
        door.note_view(branch.home, branch.viewer(branch.handler(reference)), reference, "api")
