"""What tests of a member's own page do again and again: put something to them, look and send by the code."""

from typing import Any

from app.cases import door, respondent
from app.cases.code_holders import CodeHolder
from app.cases.own_replies import OwnCase
from tests.branch import SECRETARY, Branch, in_days

REPORTER = {"name": "Ward treasurer (example)", "email": "treasurer@example.org", "phone": "01632 960123"}
NAMED: dict[str, Any] = {
    "reporter": REPORTER,
    "share_identity": "no",
    "share_identity_reason": "Afraid of the ward organiser.",
}


def notified(branch: Branch, **changes: Any) -> tuple[str, str, str]:
    """A case in which a notice went out the day before: its reference, the notice's id, and the code."""
    reference = branch.at("under_review", **changes)
    member, alleged = branch.rows(reference, "parties")[0].id, [r.id for r in branch.rows(reference, "allegations")]
    return reference, *notify(branch, reference, member, alleged, sent_on=in_days(-1))


def notify(branch: Branch, reference: str, member: str, alleged: list[str], **more: Any) -> tuple[str, str]:
    """A notice to a member; its id and the code that came with it (empty where they had one)."""
    dates = {"sent_on": in_days(0), "how": "email", "reply_by": in_days(14)} | more
    values = {"respondent": member, "allegations": alleged, **dates}
    kept = door.add_record(branch.home, branch.viewer(SECRETARY), reference, "notices", values, None, "api")
    return kept["id"], kept.get("reply_code", "")


def at_the_door(branch: Branch, code: str) -> CodeHolder:
    """Who a code stands for."""
    return respondent.by_code(branch.home, code, "api")


def seen(branch: Branch, code: str) -> OwnCase:
    """What a member sees with their code."""
    return respondent.read(branch.home, at_the_door(branch, code), "api")


def send(branch: Branch, code: str, kind: str, **values: Any) -> dict[str, Any]:
    """Sends one record by a member's code."""
    return door.add_record_by_code(branch.home, at_the_door(branch, code), kind, values, "api")


def reply(branch: Branch, code: str, **more: Any) -> dict[str, Any]:
    """Sends a reply by a member's code."""
    return send(branch, code, "replies", **{"text": "It was banter.", "disputes_attribution": "no"} | more)
