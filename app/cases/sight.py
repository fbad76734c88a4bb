"""The same case as somebody else gets it, and what is kept from them: worked out by the very functions that show it."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from app.cases import disclosure
from app.cases.access import CARD, FULL, TRAIL
from app.cases.actions import Desk
from app.cases.casefile import CaseFile
from app.cases.code_holders import REPORTER, RESPONDENT
from app.cases.dialogue import DECISIONS, DIALOGUE
from app.cases.models import CaseStanding
from app.cases.own_replies import OwnCase
from app.cases.permissions import Position
from app.people.policy import Role
from app.people.queries import Viewer

PANEL, AUDITOR = Role.PANEL.value, Role.AUDITOR.value
AUDIENCES = (REPORTER, RESPONDENT, PANEL, AUDITOR)
ALL = {
    REPORTER: "They see how far it is and what was written between you and them; the rest comes by letter, if at all.",
    RESPONDENT: "They see what was put to them and what they sent; the rest comes by letter, once it is decided.",
    PANEL: "The procedure keeps this for the officers who look after the case.",
    AUDITOR: "They see codes, dates and steps. Words, names, letters and files open only on a reasoned request.",
}
NOTES = "Working notes stay with the branch; somebody who asks what is held about them may get them."
REASONS = "Reasons for a decision on a wish to withdraw"
DECLARED = "What connects somebody with the case is between them and the officers."
WHY = {
    (REPORTER, "parties"): "Who else is in it is not theirs to know.",
    (REPORTER, "notes"): NOTES,
    (RESPONDENT, "parties"): "Who else is in it, and who told us unless that was decided and confirmed.",
    (RESPONDENT, "replies"): "What other members said, or to a notice that came back.",
    (RESPONDENT, "notices"): "What was put to other members, or came back.",
    (RESPONDENT, "allegations"): "What is alleged against others, or was not put to them yet.",
    (RESPONDENT, disclosure.EVIDENCE): "What was not served on them, or is withheld.",
    (RESPONDENT, "notes"): NOTES,
    (PANEL, "notes"): "Marked for officers only, or hidden from colleagues.",
    (PANEL, "conflict-declarations"): DECLARED,
    (PANEL, "conflict-clearances"): DECLARED,
}


@dataclass(frozen=True)
class Kept:
    """Something that an audience does not see, how much of it there is, and why."""

    label: str
    count: int
    why: str


def as_panel(desk: Desk) -> Desk:
    """The case as a clear member of its panel gets it now: the card until it is referred."""
    seat = CaseStanding(case_id=desk.case.id, person_id="", part="panel", answer="none")
    view = FULL if desk.case.panel_reads else CARD
    return replace(desk, position=Position(_somebody(PANEL), desk.case, view, seat))


def as_auditor(desk: Desk) -> Desk:
    """The case as an auditor who has no part in it gets it."""
    return replace(desk, position=Position(_somebody(AUDITOR), desk.case, TRAIL, None))


def _somebody(office: str) -> Viewer:
    return Viewer("", "", "", frozenset({office}))


def kept_from_reporter(file: CaseFile) -> list[Kept]:
    """What the person who told us does not see."""
    shown = {row.id for row in file.rows if row.kind in DIALOGUE}
    decided = len(file.current(DECISIONS)) if DECISIONS in file.workflow.records else 0
    reasons = [Kept(REASONS, decided, "They read the decision, and what was written for them.")] if decided else []
    return [*_kept(file, REPORTER, shown), *reasons]


def kept_from_respondent(file: CaseFile, own: OwnCase) -> list[Kept]:
    """What a member does not see, worked out from what they do see."""
    roots = {notice.id for notice in own.notices} | {put.id for notice in own.notices for put in notice.allegations}
    roots |= {served.id for served in own.evidence}
    shown = {row.id for row in file.rows if file.root(row.id) in roots} | {one.id for one in own.sent}
    decided = {one.id for one in own.sent if one.decision}
    shown |= {row.id for row in file.rows if row.kind == "time-decisions" and row.plain["request"] in decided}
    report = Kept("The report", 1, "They read what was put to them, not what somebody sent.")
    return [report, *_kept(file, RESPONDENT, shown)]


def kept_from(desk: Desk, audience: str) -> list[Kept]:
    """What a panel member or auditor at this desk does not see: whole records, then parts of those they do see."""
    open_rows = disclosure.rows(desk.file, desk.position)
    found = _kept(desk.file, audience, {row.id for row, _ in open_rows})
    shortened = [row for row, values in open_rows if values != row.values]
    if shortened:
        parts = ALL[AUDITOR] if audience == AUDITOR else "Contacts, withheld names, and what only officers need."
        found.append(Kept("Parts of what they do see", len(shortened), parts))
    return found


def _kept(file: CaseFile, audience: str, shown: Collection[str]) -> list[Kept]:
    counted = (
        (kind, sum(row.id not in shown for row in file.current(kind.name))) for kind in file.workflow.records.values()
    )
    return [Kept(kind.label, count, WHY.get((audience, kind.name), ALL[audience])) for kind, count in counted if count]
