"""What tests of the dialogue do again and again: send by the code of a report, look as its sender or an officer."""

from typing import Any

from sqlmodel import select

from app.cases import codes, door, reporter
from app.cases.actions import sit_down
from app.cases.code_holders import CodeHolder
from app.cases.models import CodeSession
from app.cases.queries import actions_json, records_json
from tests.branch import SECRETARY, Branch

NAMED: dict[str, Any] = {"reporter": {"name": "Ward member (example)", "email": "ward.member@example.org"}}
QUESTION = {"kind": "question", "text": "What happens now?"}


def holder(branch: Branch, reference: str) -> CodeHolder:
    """Whoever has the code of this report."""
    return reporter.by_code(branch.home, branch.codes[reference], "api")


def send(
    branch: Branch, reference: str, record: str = "messages", by_key: str | None = None, **values: Any
) -> dict[str, Any]:
    """Sends one record by the report's code."""
    return door.add_record_by_code(branch.home, holder(branch, reference), record, values, "api", by_key)


def own(branch: Branch, reference: str) -> reporter.OwnReport:
    """What the reporter sees of it."""
    return reporter.read(branch.home, holder(branch, reference), "api")


def records(branch: Branch, who: str, reference: str, kind: str) -> list[dict[str, Any]]:
    """What somebody with an account reads of a kind of record."""
    return door.read_case(
        branch.home, branch.viewer(who), reference, "api", lambda _session, desk: records_json(desk, kind)
    )


def unmet(branch: Branch, reference: str) -> set[str]:
    """The conditions that a referral by the secretary still waits for."""
    with branch.home.db.read() as session:
        desk = sit_down(session, branch.home, branch.viewer(SECRETARY), reference, "api", lock=False)
        refer = next(step for step in actions_json(desk) if step["trigger"] == "refer")
    return {one["condition"] for one in refer["unmet"]}


def ten_minutes_later(branch: Branch) -> None:
    """Lets every session that a code opened have been idle for ten minutes."""
    with branch.home.db.write() as session:
        for row in session.exec(select(CodeSession)).all():
            row.last_seen_at -= codes.IDLE
            session.add(row)
