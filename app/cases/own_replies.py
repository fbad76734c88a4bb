"""What a member to whom a notice went can see and send with their code: what was put to them, and nothing else.

No reporter whose name is withheld, no note, no other member, no finding: only rows that name a notice to them (X17).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.cases import persons
from app.cases.attachments import by_code_now
from app.cases.casefile import CaseFile, Row
from app.cases.code_holders import PARTS, RESPONDENT, CodeHolder
from app.cases.giveaways import kept_from
from app.cases.hearing import told_name
from app.cases.notices import (
    DECISIONS,
    REPLIES,
    REQUESTS,
    answers,
    as_of,
    as_told,
    asked_on,
    came_back,
    last_day_to_reply,
    to_member,
    waiting,
)
from app.cases.own_letters import OwnLetter
from app.cases.received import received_on
from app.cases.recipients import came_forward
from app.cases.served import Served, served_on_member
from app.errors import FieldError, Invalid
from app.workflow.catalogue import Guidance

NEEDS = "member-needs"
SENT = {
    REPLIES: ("text", "accepted", "disputed", "not_posted", "mitigation"),
    REQUESTS: ("until", "reason"),
    NEEDS: ("companion", "needs"),
}
"""The kinds of record that a member sends, and what of each they are shown again."""
KEPT_BACK = "These words cannot be shown here any more. Ask us, and we tell you what you are to answer."
"""In the place of words that name a reporter who may not be named as things stand now (X17)."""


@dataclass(frozen=True)
class Put:
    """One thing alleged, in the words in which a notice put it."""

    id: str
    clause: str
    label: str
    text: str
    conduct: str
    """Empty where it is kept back."""
    gross: bool

    @property
    def shown(self) -> str:
        """What the page says was done."""
        return self.conduct or KEPT_BACK

    def as_json(self) -> dict[str, object]:
        """One of `allegations`."""
        clause = {"code": self.clause, "label": self.label, "text": self.text}
        return {"id": self.id, "clause": clause, "conduct": self.conduct, "gross": self.gross}


@dataclass(frozen=True)
class OwnNotice:
    """A notice as the member it went to reads it."""

    id: str
    sent_on: date
    served_on: date
    reply_by: date
    allegations: tuple[Put, ...]
    evidence: str
    """What went with it, as the letter listed it."""
    answered: bool
    more_time_asked_on: date | None = None
    """When they asked for more time, while nobody has answered that."""
    evidence_kept_back: bool = False
    """Whether that list stays off the page."""

    @property
    def evidence_shown(self) -> str:
        """What the page says went with it."""
        return KEPT_BACK if self.evidence_kept_back else self.evidence or "Nothing but what is said above."

    def as_json(self) -> dict[str, object]:
        """One of `notices`."""
        return {
            "id": self.id,
            "sent_on": self.sent_on.isoformat(),
            "served_on": self.served_on.isoformat(),
            "reply_by": self.reply_by.isoformat(),
            "allegations": [one.as_json() for one in self.allegations],
            "evidence_listed": self.evidence,
            "answered": self.answered,
            "more_time_asked_on": self.more_time_asked_on.isoformat() if self.more_time_asked_on else None,
        }


@dataclass(frozen=True)
class Sent:
    """Something the member sent, or that was entered for them, and what was decided on it."""

    id: str
    kind: str
    kind_label: str
    mine: bool
    """Whether it came by their own code."""
    at: datetime
    values: Mapping[str, Any]
    decision: str = ""
    reply_by: date | None = None
    reason: str = ""

    @property
    def until(self) -> date | None:
        """Until when more time was asked for."""
        return date.fromisoformat(self.values["until"]) if "until" in self.values else None

    def as_json(self) -> dict[str, object]:
        """One of `sent`."""
        return {
            "id": self.id,
            "kind": self.kind,
            "kind_label": self.kind_label,
            "sender": "you" if self.mine else "branch",
            "recorded_at": self.at.isoformat(),
            "values": dict(self.values),
            "decision": self.decision or None,
            "reply_by": self.reply_by.isoformat() if self.reply_by else None,
            "decision_reason": self.reason or None,
        }


@dataclass(frozen=True)
class OwnCase:
    """The member's own view of a case."""

    reference: str
    step: str
    steps: tuple[tuple[str, str], ...]
    guidance: Guidance | None
    notices: tuple[OwnNotice, ...]
    sent: tuple[Sent, ...]
    evidence: tuple[Served, ...]
    reported_by: str
    """Who told us, where that was decided and confirmed; else empty."""
    offers: tuple[str, ...]
    """The kinds of record that can be sent now."""
    letters: tuple[OwnLetter, ...] = ()
    """What was sent or posted to them."""
    came_forward: bool = False
    """Whether they told us themself."""

    def as_json(self) -> dict[str, object]:
        """The answer of `GET /replies/mine`."""
        known = self.guidance
        return {
            "reference": self.reference,
            "step": self.step,
            "step_label": dict(self.steps)[self.step],
            "steps": [{"value": value, "label": label} for value, label in self.steps],
            "guidance": {"version": known.version, "title": known.title} if known else None,
            "notices": [one.as_json() for one in self.notices],
            "sent": [one.as_json() for one in self.sent],
            "evidence": [one.as_json() for one in self.evidence],
            "letters": [one.as_json() for one in self.letters],
            "reported_by": self.reported_by or None,
            "can_send": list(self.offers),
        }


def describe(file: CaseFile, member: str, letters: tuple[OwnLetter, ...] = ()) -> OwnCase:
    """What this member may see. `member` is the first row of their chain among the people in the case.

    `letters` are theirs; nobody is shown one to whom no notice went, or who is no respondent any more.
    """
    case, workflow = file.case, file.workflow
    notices = notices_to(file, member)
    put = frozenset(file.root(one) for notice in notices for one in notice.plain["allegations"])
    kinds = workflow.records.values()
    offered = [kind.name for kind in kinds if RESPONDENT in kind.roles and case.state in kind.states]
    return OwnCase(
        reference=case.reference,
        step=workflow.states[case.state].public_step,
        steps=tuple((option.value, option.label) for option in workflow.public_steps),
        guidance=file.guidance,
        notices=tuple(_notice(file, member, notice) for notice in notices),
        sent=tuple(sorted(_sent(file, member, notices), key=lambda one: one.at)),
        evidence=tuple(served_on_member(file, put, member)) if notices else (),
        reported_by=told_name(file) if notices else "",
        offers=(*offered, *by_code_now(workflow, case, RESPONDENT)) if notices else (),
        letters=letters if notices else (),
        came_forward=came_forward(file, member),
    )


def notices_to(file: CaseFile, member: str) -> list[Row]:
    """The notices that reached this member, in the words that did, oldest first.

    None whose letter did not go, and none for somebody who is no respondent any more.
    """
    if not is_respondent(file, member):
        return []
    told = (as_told(file, row) for row in to_member(file, member) if not came_back(file, row))
    return [row for row in told if row is not None]


def is_respondent(file: CaseFile, member: str) -> bool:
    """Whether this person is yet a member the report is about: nobody else gets in by a code of the notice."""
    person = file.latest(member)
    return person is not None and person.plain["role"] == RESPONDENT


def completed(file: CaseFile, holder: CodeHolder, kind: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    """What the member sent, with what their code says: who they are, and which notice it is about (the newest).

    Invalid where they name a notice that did not go to them.
    """
    fields = {question.name for question in file.workflow.records[kind].fields} if kind in SENT else set()
    own = notices_to(file, holder.party_id)
    whole = dict(raw)
    if "respondent" in fields:
        whole["respondent"] = holder.party_id
    if "notice" in fields:
        chosen = _chosen(file, own, raw.get("notice"))
        if chosen is None:
            raise Invalid([FieldError("notice", "Choose one of the notices that were sent to you")])
        whole["notice"] = chosen.id
    return whole


def _chosen(file: CaseFile, own: list[Row], given: Any) -> Row | None:
    if not given:
        return own[-1] if own else None
    root = file.root(given) if isinstance(given, str) else ""
    return next((row for row in own if file.root(row.id) == root), None)


def _notice(file: CaseFile, member: str, notice: Row) -> OwnNotice:
    listed = notice.values.get("evidence_listed", "")
    kept_back = kept_from(file, member, listed)
    replies = (row for row in file.current(REPLIES) if file.root(row.plain["notice"]) == file.root(notice.id))
    return OwnNotice(
        id=file.root(notice.id),
        sent_on=date.fromisoformat(notice.plain["sent_on"]),
        served_on=received_on(file, notice),
        reply_by=last_day_to_reply(file, notice),
        allegations=tuple(_put(file, member, notice, one) for one in notice.plain["allegations"]),
        evidence="" if kept_back else listed,
        answered=any(replies),
        more_time_asked_on=max(map(asked_on, waiting(file, notice)), default=None),
        evidence_kept_back=kept_back,
    )


def _put(file: CaseFile, member: str, notice: Row, allegation: str) -> Put:
    root = file.root(allegation)
    as_put = as_of(file, root, notice.version)
    code = as_put.plain["clause"]
    clause = file.guidance.clauses.get(code) if file.guidance else None
    label, text = (clause.label, clause.text) if clause is not None else ("", "")
    conduct = "" if kept_from(file, member, as_put.values["conduct"]) else as_put.values["conduct"]
    return Put(root, code, label, text, conduct, as_put.plain.get("gross") == "yes")


def _sent(file: CaseFile, member: str, notices: list[Row]) -> Iterator[Sent]:
    mine = {file.root(notice.id) for notice in notices}
    since = persons.since(file, member)
    for kind in (one for one in SENT if one in file.workflow.records):
        for row in file.current(kind, since):
            about = row.plain.get("notice")
            if file.root(about) in mine if about else file.root(row.plain["respondent"]) == member:
                yield _as_sent(file, member, row)


def _as_sent(file: CaseFile, member: str, row: Row) -> Sent:
    decided = answers(file, row)[-1:] if row.kind == REQUESTS and DECISIONS in file.workflow.records else []
    values = {name: row.values[name] for name in SENT[row.kind] if row.values.get(name)}
    label, mine = file.workflow.records[row.kind].label, row.by_role in PARTS
    first = file.row(file.root(row.id)) or row
    if not decided:
        return Sent(row.id, row.kind, label, mine, first.recorded_at, values)
    said = decided[0]
    until = date.fromisoformat(said.plain["reply_by"]) if said.plain.get("reply_by") else None
    decision = said.plain["decision"]
    reason = "" if kept_from(file, member, said.values["reason"]) else said.values["reason"]
    return Sent(row.id, row.kind, label, mine, first.recorded_at, values, decision, until, reason)
