"""The steps that bring a case on, each by the shortest way: what a test needs before the part it is about."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from app import clock
from app.cases.models import Case, CaseRecord

PANEL = tuple(f"panel{number}@example.org" for number in (1, 2, 3, 4))
STATES = ("received", "acknowledged", "under_review", "referred", "closed")
CLOSING = {
    "outcome": "no_breach",
    "reasons": "An opinion about policy, within the guidance.",
    "respondent_told": "yes",
}
REFERRAL = {
    "recommendation": "Repeated and aimed at one person.",
    "informal_considered": "The person affected does not want to meet.",
}


class Steps(ABC):
    """Steps of a branch; whoever handles the case takes them."""

    @abstractmethod
    def act(self, by: str, reference: str, trigger: str, **inputs: Any) -> dict[str, Any]:
        """Takes a step."""

    @abstractmethod
    def keep(self, by: str, reference: str, record: str, **values: Any) -> str:
        """Adds a record; its id."""

    @abstractmethod
    def handler(self, reference: str) -> str:
        """The mail address of whoever looks after the case."""

    @abstractmethod
    def rows(self, reference: str, kind: str) -> Sequence[CaseRecord]:
        """The stored records of one kind, oldest first."""

    @abstractmethod
    def report(self, by: str | None = None, **changes: Any) -> str:
        """Opens a case; its reference."""

    @abstractmethod
    def case(self, reference: str) -> Case:
        """The case row."""

    def acknowledged(self, reference: str) -> None:
        """From received: declares, records reply and risks, takes the step."""
        by = self.handler(reference)
        self.keep(by, reference, "conflict-declarations", answer="none")
        self.keep(by, reference, "acknowledgements", how="email", sent_on=clock.today().isoformat())
        self.keep(by, reference, "risks", threat="no", child="no", vulnerable="no")
        self.act(by, reference, "acknowledge")

    def under_review(self, reference: str, clauses: tuple[str, ...] = ("3.1",)) -> list[str]:
        """From acknowledged: the respondent, an allegation per clause, the scope note, the step; allegation ids."""
        by = self.handler(reference)
        member = self.keep(
            by,
            reference,
            "parties",
            role="respondent",
            name="Ward organiser (example)",
            identified="named",
            member_then="yes",
        )
        more = {"explanation": "Not a disagreement with policy."}
        alleged = [
            self.keep(by, reference, "allegations", clause=clause, respondent=member, conduct="A public post.", **more)
            for clause in clauses
        ]
        self.keep(
            by,
            reference,
            "scope-notes",
            in_scope="yes",
            note="A member, on a public page.",
            national_route="not_needed",
        )
        self.act(by, reference, "begin_review")
        return alleged

    def decided_on_name(self, reference: str) -> None:
        """Where the report gives a name: told if its owner said so and confirmed it, else withheld."""
        by, case = self.handler(reference), self.case(reference)
        if case.anonymous or case.kind == "self":
            return
        if case.share_identity == "yes":
            self.keep(by, reference, "report-confirmations", confirmed="yes", how="telephone")
        told = "told" if case.share_identity == "yes" else "withheld"
        self.keep(by, reference, "identity-decisions", decision=told, reasons="As they asked.")

    def heard(self, reference: str) -> None:
        """Under review: every allegation is put to the member, who replied."""
        self.decided_on_name(reference)
        by, today = self.handler(reference), clock.today()
        alleged = [row.id for row in self.rows(reference, "allegations")]
        member = self.rows(reference, "parties")[0].id
        notice = self.keep(
            by,
            reference,
            "notices",
            respondent=member,
            allegations=alleged,
            sent_on=today.isoformat(),
            how="email",
            reply_by=(today + timedelta(days=14)).isoformat(),
            told_affected_reason="They asked us to lose no time.",
        )
        answer = {"received_on": today.isoformat(), "text": "It was banter.", "disputes_attribution": "no"}
        self.keep(by, reference, "replies", notice=notice, **answer)

    def found(self, reference: str, result: str = "not_proved", **more: Any) -> None:
        """A finding with this result for every allegation."""
        by = self.handler(reference)
        for row in self.rows(reference, "allegations"):
            self.keep(
                by, reference, "findings", allegation=row.id, result=result, reasons="More likely than not.", **more
            )

    def seated(self, reference: str, panel: tuple[str, ...] = PANEL[:3]) -> None:
        """Under review: the panel is asked and everyone on it declares that nothing connects them."""
        by = self.handler(reference)
        for email in panel:
            self.keep(by, reference, "panel", person=email)
            self.keep(email, reference, "conflict-declarations", answer="none")

    def relied_on(self, reference: str) -> None:
        """Every item of evidence of which nobody said whether it can be relied on is accepted."""
        by = self.handler(reference)
        assessed = {row.plain["item"] for row in self.rows(reference, "authenticity-assessments")}
        for row in self.rows(reference, "evidence"):
            if row.id not in assessed and not row.plain.get("copy_of"):
                why = {"authenticity": "accepted", "reason": "The member says so."}
                self.keep(by, reference, "authenticity-assessments", item=row.id, **why)

    def referred(self, reference: str, panel: tuple[str, ...] = PANEL[:3]) -> None:
        """From under review, heard or not: review note, panel, the step."""
        by = self.handler(reference)
        if not self.rows(reference, "notices"):
            self.heard(reference)
        self.keep(
            by,
            reference,
            "review-notes",
            established="The post was theirs.",
            not_established="Who saw it.",
            mitigation="It was taken down.",
            recommends="refer",
            reasons="Serious enough for the panel.",
        )
        self.seated(reference, panel)
        self.relied_on(reference)
        self.act(by, reference, "refer", **REFERRAL)

    def decided(self, reference: str, panel: tuple[str, ...] = PANEL[:3], result: str = "proved") -> str:
        """From referred: the panel's decision and a finding for every allegation; the decision's id."""
        decision = self.keep(
            self.handler(reference),
            reference,
            "panel-decisions",
            decided_on=clock.today().isoformat(),
            members=list(panel),
            outcome="upheld_with_measure",
            measures=["posting_rights_removed", "refer_national"],
            reasons="On the balance of probabilities.",
        )
        self.found(reference, result, panel_decision=decision)
        return decision

    def closed(self, reference: str) -> None:
        """From under review: findings, and finished without a panel as `no_breach`."""
        self.found(reference)
        self.act(self.handler(reference), reference, "close_after_review", **CLOSING)

    def at(self, state: str, by: str | None = None, **changes: Any) -> str:
        """A new case brought to a state by the shortest way; its reference."""
        reference = self.report(by, **changes)
        last: dict[str, Callable[[str], None]] = {"referred": self.referred, "closed": self.closed}
        if state != "received":
            self.acknowledged(reference)
        if state not in ("received", "acknowledged"):
            self.under_review(reference)
        if state in last:
            last[state](reference)
        return reference
