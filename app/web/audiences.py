"""Who else gets to see something of a case, for its handler to see it as they do."""

from app.cases.access import FULL
from app.cases.actions import Desk
from app.cases.code_holders import RESPONDENT
from app.cases.sight import PANEL
from app.web.case_view import Link


def members(desk: Desk) -> list[tuple[str, str]]:
    """The members the case is about: the first row of each one's chain, and what they are called."""
    parties = desk.file.current("parties") if "parties" in desk.file.workflow.records else []
    about = [row for row in parties if row.plain["role"] == RESPONDENT]
    return [
        (desk.file.root(row.id), row.values.get("name") or row.values.get("handle") or "Not known") for row in about
    ]


def links(desk: Desk) -> list[Link]:
    """Every audience of this case, for its handler; none for others."""
    if not is_theirs(desk):
        return []
    base, words = f"/cases/{desk.case.reference}/as", desk.file.workflow.words
    found = [Link(f"{base}/reporter", words.get("reporter", "the person who told us").capitalize())]
    found += [Link(f"{base}/respondent/{row}", f"The member: {name}") for row, name in members(desk)]
    found += [Link(f"{base}/panel", "The panel")] if has_panel(desk) else []
    return [*found, Link(f"{base}/auditor", "An auditor")]


def has_panel(desk: Desk) -> bool:
    """Whether a panel ever reads a case of this procedure."""
    return any(PANEL in state.visible_to for state in desk.file.workflow.states.values())


def is_theirs(desk: Desk) -> bool:
    """Whether this person looks after the case and reads it all."""
    return desk.position.is_handler and desk.position.view == FULL
