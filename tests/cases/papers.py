"""A case file on paper: for conditions that only read it. No database."""

from datetime import UTC, date, datetime
from typing import Any

from app.cases.casefile import REPORT, STEP, CaseFile, Row
from app.cases.guards import GUARDS, Attempt
from app.cases.models import Case, CaseStanding
from app.db import new_id
from app.letters.models import Letter
from tests.branch import library

HANDLER, SOMEBODY = "handler", "somebody"
MOMENT = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday


class Papers:
    """A case of the real procedure; rows get the next version of the case, as through the door."""

    def __init__(self, state: str = "under_review", kind: str = "third_party", guidance: bool = True) -> None:
        self.workflow = library().default()
        self.guidance = library().guidance_in_force(MOMENT.date()) if guidance else None
        self.case = Case(
            id="case",
            reference="2026-K7QFM",
            workflow=self.workflow.name,
            workflow_version=self.workflow.version,
            rules_digest=self.workflow.digest,
            guidance_version=self.guidance.version if self.guidance else None,
            kind=kind,
            channel="web",
            state=state,
            version=0,
            handler_id=HANDLER,
            received_on=MOMENT.date(),
            opened_at=MOMENT,
            access_lookup="",
        )
        self.rows: list[Row] = []
        self.standings: dict[str, CaseStanding] = {}
        self.serving: frozenset[str] | None = None
        self.today = MOMENT.date()
        self.somebody = ""
        self.letters: list[Letter] = []
        self.add(REPORT, clauses=["3.1"])

    def add(
        self,
        kind: str,
        *,
        replaces: str | None = None,
        by: str = HANDLER,
        as_role: str = "secretary",
        entered: str = "",
        **values: Any,
    ) -> str:
        """One row, entered on the day on which the file is read unless another is given; its id."""
        self.case.version += 1
        day = date.fromisoformat(entered) if entered else self.today
        moment = datetime.combine(day, MOMENT.timetz())
        row = Row(new_id(), kind, values, replaces, by, as_role, moment, self.case.version, values)
        self.rows.append(row)
        return row.id

    def step(self, trigger: str, to: str) -> None:
        """A step that was taken."""
        self.add(STEP, **{"trigger": trigger, "from": self.case.state, "to": to})
        self.case.state = to

    def stands(self, person: str, part: str, answer: str | None) -> None:
        """What somebody is to the case."""
        self.standings[person] = CaseStanding(case_id="case", person_id=person, part=part, answer=answer)

    def panel(self, *answers: str | None) -> list[str]:
        """Seats with these answers; the ids of those who sit on them."""
        people = [f"panel-{place}" for place, _ in enumerate(answers)]
        for person, answer in zip(people, answers, strict=True):
            self.stands(person, "panel", answer)
        return people

    def member(self, **changes: Any) -> str:
        """A named respondent who was a member, unless changed."""
        given = {"role": "respondent", "name": "Ward organiser", "identified": "named", "member_then": "yes"} | changes
        return self.add("parties", **given)

    def alleged(self, clause: str = "3.1", respondent: str | None = None, **more: Any) -> str:
        """An allegation against one and the same named member unless another is given."""
        if respondent is None:
            respondent = self.somebody = self.somebody or self.member()
        given = {"clause": clause, "respondent": respondent, "conduct": "A post."} | more
        return self.add("allegations", **given)

    def notice(self, *allegations: str, sent: str = "2026-03-02", reply_by: str = "2026-03-16", **more: Any) -> str:
        """A notice that puts these allegations to the member whom the first is about, entered as it went."""
        about = next(row.plain["respondent"] for row in self.rows if row.id == allegations[0])
        given = {"respondent": about, "sent_on": sent, "how": "email", "reply_by": reply_by, "entered": sent} | more
        return self.add("notices", allegations=list(allegations), **given)

    def letter(self, cause: str, state: str, *needs: str, name: str = "notice", **more: Any) -> Letter:
        """The letter that a notice asked for."""
        whole = {"id": new_id(), "case_id": "case", "version_id": "", "prepared_at": MOMENT, "recipient": "respondent"}
        made = Letter(**{**whole, "name": name, "cause_id": cause, "state": state, "needs": list(needs), **more})
        self.letters.append(made)
        return made

    def reply(self, notice: str, **more: Any) -> str:
        """A reply to a notice."""
        given = {"received_on": "2026-03-05", "text": "Banter.", "disputes_attribution": "no"} | more
        return self.add("replies", notice=notice, **given)

    def reminder(self, notice: str, **more: Any) -> str:
        """A reminder of a notice, entered as it went."""
        given = {"notice": notice, "sent_on": "2026-03-09", "how": "email"} | more
        return self.add("reminders", **({"entered": given["sent_on"]} | given))

    def finding(self, allegation: str, result: str = "not_proved", **more: Any) -> str:
        """A finding."""
        return self.add("findings", allegation=allegation, result=result, reasons="More likely than not.", **more)

    def decision(self, members: list[str], **more: Any) -> str:
        """A decision of the panel."""
        given = {"decided_on": "2026-03-02", "outcome": "not_upheld", "measures": ["none"], "reasons": "As written."}
        return self.add("panel-decisions", members=members, **(given | more))

    def on(self, day: str) -> "Papers":
        """The same file read on another day."""
        self.today = date.fromisoformat(day)
        return self

    def unmet(self, condition: str, person: str = HANDLER, **inputs: Any) -> str | None:
        """What the condition says is missing; None where it holds."""
        return GUARDS[condition].check(Attempt(self.file(), person, inputs))

    def file(self) -> CaseFile:
        """The case file as it is now."""
        return CaseFile(
            self.case,
            self.workflow,
            self.guidance,
            self.rows,
            self.standings,
            self.serving,
            letters=self.letters,
            today=self.today,
        )
