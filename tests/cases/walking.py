"""One case on a walk: what is done to it, what must have come of it, and whether the database agrees."""

import itertools
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import col, select

from app.audit.models import AuditEntry
from app.cases import door
from app.cases.models import Case, CaseRecord
from app.errors import Invalid, NotFound, Problem, Refused
from app.people.queries import Viewer
from tests.branch import CLOSING, NOBODY, PANEL, REFERRAL, Branch, in_days

MOVES = {
    "acknowledge": ("received", "acknowledged"),
    "begin_review": ("acknowledged", "under_review"),
    "refer": ("under_review", "referred"),
    "close_after_review": ("under_review", "closed"),
    "close_after_panel": ("referred", "closed"),
    "refer_back": ("referred", "under_review"),
    "reopen": ("closed", "under_review"),
}
INPUTS: dict[str, dict[str, Any]] = {
    "refer": REFERRAL,
    "close_after_review": CLOSING,
    "close_after_panel": {"reasons": "As the panel wrote."},
    "refer_back": {"reason_code": "more_evidence", "missing": "A thread.", "requested_on": in_days(0)},
    "reopen": {"ground": "new_evidence", "reasons": "A picture nobody had seen."},
}
SIMPLE: dict[str, dict[str, Any]] = {
    "acknowledgements": {"how": "email", "sent_on": in_days(0)},
    "risks": {"threat": "no", "child": "no", "vulnerable": "unknown"},
    "scope-notes": {"in_scope": "yes", "note": "On a public page.", "national_route": "not_needed"},
    "parties": {"role": "respondent", "name": "A Member", "identified": "named", "member_then": "yes"},
    "review-notes": {
        "established": "A.",
        "not_established": "B.",
        "mitigation": "C.",
        "recommends": "refer",
        "reasons": "D.",
    },
}
"""Records that stand alone."""
THE_HANDLER = "the handler"


@dataclass
class Journey:
    """A case, its state and version as they must be, and how many entries of each event there must be."""

    branch: Branch
    viewers: dict[str, Viewer]
    reference: str
    taken: Counter[str]
    state: str = ""
    version: int = 0
    expected: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.emails = {person: email for email, person in self.branch.ids.items()}
        self.refresh()
        self.state, self.version = self.case.state, self.case.version
        self.expected = Counter(self.events)

    def refresh(self) -> None:
        """Reads the case and its entries."""
        with self.branch.home.db.read() as session:
            self.case = session.exec(select(Case).where(Case.reference == self.reference)).one()
            columns = (AuditEntry.event, col(AuditEntry.to_state), col(AuditEntry.seq), AuditEntry.recorded_at)
            mine = select(*columns).where(AuditEntry.case_id == self.case.id).order_by(col(AuditEntry.seq))
            self.entries = session.exec(mine).all()
        self.events = [entry[0] for entry in self.entries]

    def newest(self, kind: str) -> str:
        """The id of the newest record of a kind; one that no record has where there is none."""
        mine = select(CaseRecord.id).where(CaseRecord.case_id == self.case.id, CaseRecord.kind == kind)
        with self.branch.home.db.read() as session:
            return session.exec(mine.order_by(col(CaseRecord.case_version).desc())).first() or "0" * 32

    def all(self, kind: str) -> list[str]:
        """The ids of all records of a kind."""
        mine = select(CaseRecord.id).where(CaseRecord.case_id == self.case.id, CaseRecord.kind == kind)
        with self.branch.home.db.read() as session:
            return list(session.exec(mine).all())

    def viewer(self, who: str) -> Viewer:
        """Somebody by mail address, or the handler (somebody without an office where there is none)."""
        email = self.emails.get(self.case.handler_id or "", NOBODY) if who == THE_HANDLER else who
        if email not in self.viewers:  # offices do not change during the walks
            self.viewers[email] = self.branch.viewer(email)
        return self.viewers[email]

    def take(self, who: str, trigger: str, version: int) -> None:
        """Tries a step."""
        viewer, inputs = self.viewer(who), INPUTS.get(trigger, {})
        problem: Problem | None = None
        try:
            door.take_action(self.branch.home, viewer, self.reference, trigger, inputs, version, "api")
        except Problem as refusal:
            problem = refusal
        else:
            assert version == self.version
            assert MOVES[trigger][0] == self.state
            self.state, self.version = MOVES[trigger][1], self.version + 1
            self.expected["step_taken"] += 1
            self.taken[trigger] += 1
        self.expected["step_refused"] += isinstance(problem, Refused)
        self.after(problem)

    def add(self, who: str, kind: str, **values: Any) -> None:
        """Tries to keep a record; the handler's conflict brings another handler, with an entry."""
        handler, viewer = self.case.handler_id, self.viewer(who)
        problem: Problem | None = None
        try:
            door.add_record(self.branch.home, viewer, self.reference, kind, values, None, "api")
        except Problem as refusal:
            problem = refusal
        else:
            self.version += 1
            self.expected["record_added"] += 1
        self.after(problem)
        self.expected["handler_assigned"] += self.case.handler_id != handler
        issued = self.events.count("reply_code_issued") - self.expected["reply_code_issued"]
        assert issued in ((0, 1) if kind == "notices" and problem is None else (0,))
        self.expected["reply_code_issued"] += issued

    def look(self, who: str) -> None:
        """Opens the case to read; the limit knows whether that is an entry."""
        problem: Problem | None = None
        try:
            door.note_view(self.branch.home, self.viewer(who), self.reference, "api")
        except NotFound as refusal:
            problem = refusal
        views = self.events.count("case_viewed")
        self.after(problem)
        assert self.events.count("case_viewed") - views in (0, 0 if problem else 1)
        self.expected["case_viewed"] = self.events.count("case_viewed")

    def after(self, problem: Problem | None) -> None:
        """Only 403 and 404 leave a denial, and beyond twenty a minute of one person not even that."""
        self.refresh()
        assert problem is None or isinstance(problem, Invalid) or problem.status in (403, 404, 409)
        denied = problem is not None and problem.status in (403, 404)
        assert self.events.count("access_denied") - self.expected["access_denied"] in ((0, 1) if denied else (0,))
        self.expected["access_denied"] = self.events.count("access_denied")
        if problem is None:  # only what was done prepares letters
            self.expected["letter_prepared"] = self.events.count("letter_prepared")

    def find(self, who: str) -> None:
        """A finding for every allegation; with the panel, after its decision."""
        finding: dict[str, Any] = {"result": "not_proved", "reasons": "More likely than not."}
        if self.state == "referred":
            decision = {"decided_on": in_days(0), "members": list(PANEL[:3]), "outcome": "not_upheld"}
            self.add(who, "panel-decisions", **decision, measures=["none"], reasons="As written.")
            finding["panel_decision"] = self.newest("panel-decisions")
        for allegation in self.all("allegations"):
            self.add(who, "findings", allegation=allegation, **finding)

    def hear(self, who: str) -> None:
        """Notice, reply, review note, and a panel that declared."""
        notice = {"respondent": self.newest("parties"), "allegations": self.all("allegations") or ["0" * 32]}
        self.add(who, "notices", **notice, sent_on=in_days(0), how="email", reply_by=in_days(14))
        reply = {"received_on": in_days(0), "text": "Banter.", "disputes_attribution": "no"}
        self.add(who, "replies", notice=self.newest("notices"), **reply)
        self.add(who, "review-notes", **SIMPLE["review-notes"])
        for email in PANEL[:3]:
            self.add(who, "panel", person=email)
            self.add(email, "conflict-declarations", answer="none")

    def allege(self, who: str, clause: str = "3.1") -> None:
        """An allegation against the newest party."""
        claim = {"respondent": self.newest("parties"), "conduct": "A public post."}
        self.add(who, "allegations", clause=clause, **claim)

    def prepare(self, who: str, trigger: str) -> None:
        """All that a step asks for, as far as this person may."""
        if trigger in ("acknowledge", "reopen"):
            self.add(who, "conflict-declarations", answer="none")
        for kind in {"acknowledge": ("acknowledgements", "risks"), "begin_review": ("scope-notes", "parties")}.get(
            trigger, ()
        ):
            self.add(who, kind, **SIMPLE[kind])
        if trigger == "begin_review":
            self.allege(who)
        elif trigger == "refer":
            self.hear(who)
        elif trigger in ("close_after_review", "close_after_panel"):
            self.find(who)

    def agrees(self) -> None:
        """The case is where its steps brought it, and there is one entry for each change and nothing else."""
        case = self.case
        assert (case.state, case.version) == (self.state, self.version)
        assert next(to for _, to, _, _ in reversed(self.entries) if to) == self.state
        assert Counter(self.events) == +self.expected
        assert [seq for _, _, seq, _ in self.entries] == list(range(1, len(self.entries) + 1))
        assert all(a[3] < b[3] for a, b in itertools.pairwise(self.entries))
        assert case.final == (self.state == "closed")
        assert (case.outcome is None) == (case.closed_by is None) == (self.state != "closed")
