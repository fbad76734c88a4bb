"""What the person who sent a report can see with their code: a public step, promises, their messages; nothing more.

Everything here is read row by row, so that neither an answer nor the time it takes depends on the rest of the case.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from app.audit.limits import viewed
from app.audit.log import Actor
from app.cases import code_door, codes, deadlines, own_letters, receipts
from app.cases.attachments import by_code_now
from app.cases.casefile import REPORT, ref
from app.cases.code_door import WRONG
from app.cases.code_holders import REPORTER, CodeHolder
from app.cases.dialogue import CONFIRMATIONS, DECISIONS, DIALOGUE, MESSAGES, REISSUES, REQUESTS, UPDATE, is_theirs
from app.cases.hearing import SELF
from app.cases.keeping import TEXT
from app.cases.models import Case, CaseRecord
from app.cases.own_letters import OwnLetter
from app.cases.recipients import CONTACTS, NAMED
from app.cases.withdrawals import TOLD, Wish, wishes
from app.errors import NotFound
from app.installation import Installation
from app.workflow.definition import RecordKind, ReportKind, Workflow

BY_CODE = Actor(None, REPORTER)
SENT_ON = "sent_on"
UNNAMED = ("Word that it is finished", "A report without a name is told no more, as we cannot know who reads it")
"""In place of the words of the procedure, where a letter of its end goes only to people who gave a name."""


@dataclass(frozen=True)
class Message:
    """One message between the branch and the person who told it."""

    mine: bool
    """Whether the reporter wrote it."""
    kind: str
    kind_label: str
    text: str
    sent_at: datetime
    received_on: date | None = None
    """When it came, where an officer entered it for them."""

    def as_json(self) -> dict[str, object]:
        """One of `GET /reports/mine/messages`."""
        told = {"kind": self.kind, "kind_label": self.kind_label, "text": self.text}
        return {
            "from": "you" if self.mine else "branch",
            **told,
            "sent_at": self.sent_at.isoformat(),
            "received_on": _iso(self.received_on),
        }


@dataclass(frozen=True)
class OwnReport:
    """The reporter's own view: the public step they are at, all there are in order, and what was promised by when."""

    reference: str
    kind_label: str
    received_on: date
    step: str
    steps: tuple[tuple[str, str], ...]
    reply_due_on: date | None
    written_on: date | None
    """On which day the branch replied, as it was recorded; None where it has not, or could not."""
    next_update_on: date | None
    """By when the branch writes again."""
    messages: tuple[Message, ...]
    withdrawals: tuple[Wish, ...]
    """What they asked to withdraw, and what was decided on it."""
    confirmed: str | None
    """What was said last of whether the report is theirs: yes or no."""
    named: bool
    """Whether the report says who sent it; a code without a name behind it cannot be replaced."""
    reachable: bool
    """Whether it gives an address for letters; else all that is for them stands on this page."""
    offers: tuple[str, ...]
    """The kinds of record that can be sent by the code now."""
    advice: str
    has_letters: bool
    """Whether this procedure writes letters: what was decided stands in one."""
    replaceable: bool
    """Whether a lost code can be replaced, once somebody made sure that it is them."""
    ending: str
    """What they are told in the end, as the subject of a sentence; `ending_note` says more of it."""
    ending_note: str
    about_self: bool = False
    """Whether they told us of something of their own."""
    letters: tuple[OwnLetter, ...] = ()
    """What was sent or posted to them."""

    def as_json(self) -> dict[str, object]:
        """The answer of `GET /reports/mine`."""
        return {
            "reference": self.reference,
            "kind": self.kind_label,
            "received_on": self.received_on.isoformat(),
            "step": self.step,
            "step_label": dict(self.steps)[self.step],
            "steps": [{"value": value, "label": label} for value, label in self.steps],
            "reply_due_on": _iso(self.reply_due_on),
            "replied_on": _iso(self.written_on),
            "next_update_on": _iso(self.next_update_on),
            "messages": [message.as_json() for message in self.messages],
            "letters": [letter.as_json() for letter in self.letters],
            "withdrawals": [wish.as_json() for wish in self.withdrawals],
            "withdrawal_asked_on": self.withdrawals[-1].asked_on.isoformat() if self.withdrawals else None,
            "confirmed": self.confirmed,
            "named": self.named,
            "reachable": self.reachable,
            "can_send": list(self.offers),
            "advice": self.advice,
            "ending": self.ending,
            "ending_note": self.ending_note,
        }


def enter(home: Installation, code: str, reference: str, previous: str | None) -> str:
    """Opens a session of the page and answers with its token. NotFound alike for a wrong code and a wrong reference."""
    return code_door.enter(home, REPORTER, code, reference, previous)


def leave(home: Installation, token: str) -> None:
    """Ends a session of the page."""
    code_door.leave(home, token)


def by_code(home: Installation, code: str, via: str) -> CodeHolder:
    """Who a code stands for. NotFound, with its denial."""
    return code_door.by_code(home, REPORTER, code, via)


def by_session(home: Installation, token: str) -> CodeHolder | None:
    """Who a session of the page stands for; None where it is over, so that the code is asked for again."""
    return code_door.by_session(home, REPORTER, token)


def read(home: Installation, holder: CodeHolder, via: str) -> OwnReport:
    """The report as its sender may see it; the view goes on the trail. NotFound where the code was replaced."""
    with home.db.write() as session:
        return describe(session, home, _seen(session, holder, via))


def _seen(session: Session, holder: CodeHolder, via: str) -> Case:
    """The case that a code opens, after the view went on its trail. NotFound."""
    case = session.get_one(Case, holder.case_id)
    if not codes.still_opens(session, case, holder):
        raise NotFound(WRONG[REPORTER])
    codes.touch(session, holder)
    viewed(session, BY_CODE, holder.session_id, ref(case), via)
    return case


def receipt(home: Installation, holder: CodeHolder, via: str) -> dict[str, Any]:
    """Reference and receipt, as when it came; the view goes on the trail. NotFound where the code was replaced."""
    with home.db.write() as session:
        case = _seen(session, holder, via)
        return {"reference": case.reference, "receipt": receipts.of_report(session, home, case.id)}


def kind(home: Installation, holder: CodeHolder, name: str) -> RecordKind:
    """A kind of record that the procedure of this case lets whoever has this code keep. NotFound."""
    return code_door.kind(home, holder, name)


def is_about_self(home: Installation, holder: CodeHolder) -> bool:
    """Whether whoever has this code told us of something of their own."""
    with home.db.read() as session:
        return session.get_one(Case, holder.case_id).kind == SELF


def describe(session: Session, home: Installation, case: Case) -> OwnReport:
    """What the reporter of a case sees of it."""
    workflow = home.workflows.get(case.workflow, case.workflow_version)
    report_kind = next(one for one in workflow.opening.kinds if one.name == case.kind)
    step = workflow.states[case.state].public_step
    due = {one.clock: one.due_on for one in deadlines.running(session, workflow, case, case.state)}
    rows = _rows(session, case, DIALOGUE)
    newest, sender = _newest(rows), _sender(session, home, case)
    asked = _wishes(session, home, case, workflow, rows)
    confirmed = [row.plain["confirmed"] for row in newest if row.kind == CONFIRMATIONS]
    ending, note = _ending(workflow, report_kind, sender)
    return OwnReport(
        reference=case.reference,
        kind_label=report_kind.label,
        received_on=case.received_on,
        step=step,
        steps=tuple((option.value, option.label) for option in workflow.public_steps),
        reply_due_on=min(due.values(), default=None) if case.state == workflow.initial else None,
        written_on=_replied_on(session, workflow, case),
        next_update_on=due.get(UPDATE),
        messages=tuple(_messages(session, home, case, workflow, newest)),
        withdrawals=asked,
        confirmed=confirmed[-1] if confirmed else None,
        named=bool(sender.get("name")),
        reachable=bool(sender.get("email") or sender.get("address")),
        advice=workflow.opening.advice_for(case.kind),
        has_letters=bool(workflow.letters),
        replaceable=bool(sender.get("name")) and REISSUES in workflow.records,
        ending=ending,
        ending_note=note,
        about_self=case.kind == SELF,
        letters=own_letters.of_reporter(session, home, case),
        offers=(*_offers(workflow, case, asked), *by_code_now(workflow, case, REPORTER)),
    )


def _ending(workflow: Workflow, kind: ReportKind, sender: Mapping[str, Any]) -> tuple[str, str]:
    """What whoever sent such a report is told in the end; less where nobody knows who reads it."""
    known = any(sender.get(name) for name in CONTACTS)
    withheld = any(letter.sender == NAMED and letter.is_for(kind.name) for letter in workflow.letters.values())
    return (kind.ending, kind.ending_note) if known or not withheld else UNNAMED


def _offers(workflow: Workflow, case: Case, asked: Sequence[Wish]) -> list[str]:
    """What can be sent now: no further wish while one waits."""
    kinds = (kind for kind in workflow.records.values() if REPORTER in kind.roles and case.state in kind.states)
    waits = any(not wish.decision for wish in asked)
    return [kind.name for kind in kinds if kind.name != REQUESTS or not waits]


def _rows(session: Session, case: Case, kinds: Iterable[str]) -> Sequence[CaseRecord]:
    """Every row of these kinds, oldest first."""
    chosen = select(CaseRecord).where(CaseRecord.case_id == case.id, col(CaseRecord.kind).in_(list(kinds)))
    return session.exec(chosen.order_by(col(CaseRecord.case_version), col(CaseRecord.recorded_at))).all()


def _newest(rows: Sequence[CaseRecord]) -> list[CaseRecord]:
    """The newest row of each chain."""
    replaced = {row.replaces for row in rows if row.replaces}
    return [row for row in rows if row.id not in replaced]


def _wishes(
    session: Session, home: Installation, case: Case, workflow: Workflow, rows: Sequence[CaseRecord]
) -> tuple[Wish, ...]:
    decided = [row.id for row in rows if row.kind == DECISIONS]
    texts = _opened(session, home, case, decided) if decided else {}
    told = {row: texts.get((row, TEXT), {}).get(TOLD, "") for row in decided}
    return wishes(workflow, [row for row in rows if row.kind in (REQUESTS, DECISIONS)], told)


def _messages(
    session: Session, home: Installation, case: Case, workflow: Workflow, rows: Iterable[CaseRecord]
) -> Iterable[Message]:
    sent = [row for row in rows if row.kind == MESSAGES]
    texts = _opened(session, home, case, [row.id for row in sent]) if sent else {}
    for row in sent:
        said = row.plain["kind"]
        label, text = workflow.label("message_kinds", said), texts[row.id, TEXT]["text"]
        came = date.fromisoformat(row.plain["received_on"]) if row.plain.get("received_on") else None
        yield Message(is_theirs(row.by_role, said), said, label, text, row.recorded_at, came)


def _sender(session: Session, home: Installation, case: Case) -> dict[str, Any]:
    """What the report says of whoever sent it."""
    if case.anonymous:
        return {}
    report = session.exec(select(CaseRecord.id).where(CaseRecord.case_id == case.id, CaseRecord.kind == REPORT)).one()
    told = _opened(session, home, case, [report]).get((report, "reporter"), {})
    return dict(told.get("reporter", {}))


def _opened(session: Session, home: Installation, case: Case, ids: list[str]) -> dict[tuple[str, str], Any]:
    """What is sealed of these rows of the case, by row and group."""
    opened = home.vault.open_rows(session, case.id, str(CaseRecord.__tablename__), ids)
    return {(row, group): data for (_, row, group), data in opened.items()}


def _replied_on(session: Session, workflow: Workflow, case: Case) -> date | None:
    """The day given in the newest record that a step out of the first state asks for and that says when it was sent."""
    asked = {condition for arrow in workflow.leaving(workflow.initial) for condition in arrow.conditions}
    kinds = [
        kind.name
        for kind in workflow.records.values()
        if asked & set(kind.answers) and any(question.name == SENT_ON for question in kind.fields)
    ]
    rows = select(CaseRecord).where(CaseRecord.case_id == case.id, col(CaseRecord.kind).in_(kinds))
    newest = session.exec(rows.order_by(col(CaseRecord.case_version).desc()).limit(1)).first()
    given = newest.plain.get(SENT_ON) if newest is not None else None
    return date.fromisoformat(given) if given else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
