"""A branch for tests: an Installation with people in every office, a client for each, and steps that bring cases on.

Take the fixture into a folder by a conftest.py with: `from tests.branch import branch` and `__all__ = ["branch"]`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import Session, col, select

from app import clock
from app.audit.log import SYSTEM
from app.audit.models import AuditEntry
from app.cases import door
from app.cases.models import Case, CaseRecord
from app.db import Database
from app.installation import Installation
from app.people import actions, queries
from app.people.queries import Viewer
from tests.installations import installation, library, quicken, settings_for, shared_app

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.testclient import TestClient

__all__ = [
    "ADMINISTRATOR",
    "AUDITOR",
    "CLOSING",
    "DATA_PROTECTION",
    "DEPUTY",
    "NOBODY",
    "OFFICES",
    "PANEL",
    "PASSWORD",
    "REFERRAL",
    "REPORT",
    "SECRETARY",
    "STAND_IN",
    "STATES",
    "Branch",
    "branch",
    "in_days",
    "installation",
    "library",
    "quicken",
    "settings_for",
]
PASSWORD = "gravel teapot ninety orbit"
SECRETARY, DEPUTY, STAND_IN = "secretary@example.org", "deputy@example.org", "stand_in@example.org"
PANEL = tuple(f"panel{number}@example.org" for number in (1, 2, 3, 4))
AUDITOR, ADMINISTRATOR = "auditor@example.org", "administrator@example.org"
DATA_PROTECTION = "data_protection@example.org"
OFFICES = {
    SECRETARY: "secretary",
    DEPUTY: "deputy",
    STAND_IN: "stand_in",
    **dict.fromkeys(PANEL, "panel"),
    AUDITOR: "auditor",
    ADMINISTRATOR: "administrator",
    DATA_PROTECTION: "data_protection",
}
NOBODY = "member@example.org"
"""An account without any office."""
STATES = ("received", "acknowledged", "under_review", "referred", "closed")
REPORT: dict[str, Any] = {
    "kind": "third_party",
    "statement": "On the ward page a member called a colleague names I will not repeat here.",
    "clauses": ["3.1"],
    "how_seen": "It was shown to me at a meeting.",
    "respondent": {"name": "Ward organiser (example)", "is_member": "yes"},
}
CLOSING = {
    "outcome": "no_breach",
    "reasons": "An opinion about policy, within the guidance.",
    "respondent_told": "yes",
}
REFERRAL = {
    "recommendation": "Repeated and aimed at one person.",
    "informal_considered": "The person affected does not want to meet.",
}


@dataclass
class Branch:
    """An installation with people; `ids` by mail address. Steps go through the door, as `via: api`."""

    home: Installation
    ids: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    """The access code of each case opened here, by reference."""

    @cached_property
    def app(self) -> "FastAPI":
        """An application of this branch alone; clients made from now on use it."""
        from app.main import create_app

        return create_app(self.home)

    def add(self, email: str, *roles: str, name: str = "", **details: Any) -> str:
        """Makes an account with offices from today; its id."""
        with self.home.db.write() as session:
            shown = name or email.split("@")[0].replace("_", " ").capitalize() + " (test)"
            person = actions.add_person(
                session, self.home.vault, name=shown, email=email, actor=SYSTEM, via="cli", **details
            )
            for role in roles:
                actions.give_office(session, person.id, role, actor=SYSTEM, via="cli")
        self.ids[email] = person.id
        return person.id

    def give_password(self, email: str, password: str = PASSWORD) -> None:
        """Sets a password, for tests that sign in by page."""
        with self.home.db.write() as session:
            actions.set_password(session, self.home.vault, self.ids[email], password, actor=SYSTEM, via="cli")

    def viewer(self, email: str) -> Viewer:
        """The person with today's offices."""
        with self.home.db.read() as session:
            viewer = queries.by_email(session, self.home.vault, email, clock.today())
        assert viewer is not None
        return viewer

    def token(self, email: str) -> str:
        """A fresh API token."""
        with self.home.db.write() as session:
            return actions.issue_token(session, self.home.vault, self.ids[email], "test", actor=SYSTEM, via="cli")

    def client(self, email: str | None = None) -> "TestClient":
        """A client of the application; with a mail address it sends that person's bearer token."""
        from starlette.testclient import TestClient

        application = self.app if "app" in vars(self) else shared_app(self.home)
        client = TestClient(application, base_url=self.home.settings.base_url, follow_redirects=False)
        if email is not None:
            client.headers["Authorization"] = f"Bearer {self.token(email)}"
        return client

    def report(self, by: str | None = None, **changes: Any) -> str:
        """Opens a case (a third party's report unless changed) and answers with its reference."""
        answers = {name: value for name, value in {**REPORT, **changes}.items() if value is not None}
        opened = door.open_case(self.home, answers, self.viewer(by) if by else None, "api")
        self.codes[opened["reference"]] = opened["access_code"]
        return str(opened["reference"])

    def act(self, by: str, reference: str, trigger: str, **inputs: Any) -> dict[str, Any]:
        """Takes a step with no word about the version."""
        return door.take_action(self.home, self.viewer(by), reference, trigger, inputs, None, "api")

    def keep(self, by: str, reference: str, record: str, **values: Any) -> str:
        """Adds a record; its id."""
        return str(door.add_record(self.home, self.viewer(by), reference, record, values, None, "api")["id"])

    def handler(self, reference: str) -> str:
        """The mail address of whoever looks after the case."""
        handler_id = self.case(reference).handler_id
        return next(email for email, person_id in self.ids.items() if person_id == handler_id)

    def case(self, reference: str) -> Case:
        """The case row."""
        with self.home.db.read() as session:
            return session.exec(select(Case).where(Case.reference == reference)).one()

    def entries(self, reference: str | None = None) -> list[AuditEntry]:
        """The entries of a case in order; without a reference, every entry by time."""
        with self.home.db.read() as session:
            return _entries(session, self.case(reference).id if reference else None)

    def events(self, reference: str | None = None) -> list[str]:
        """The events of `entries`."""
        return [entry.event for entry in self.entries(reference)]

    def rows(self, reference: str, kind: str) -> list[CaseRecord]:
        """The stored records of one kind, oldest first."""
        with self.home.db.read() as session:
            chosen = select(CaseRecord).where(CaseRecord.case_id == self.case(reference).id, CaseRecord.kind == kind)
            return list(session.exec(chosen.order_by(col(CaseRecord.case_version))))

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

    def heard(self, reference: str) -> None:
        """Under review: every allegation is put to the member, who replied."""
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


def _entries(session: Session, case_id: str | None) -> list[AuditEntry]:
    chosen = select(AuditEntry)
    if case_id is not None:
        return list(session.exec(chosen.where(AuditEntry.case_id == case_id).order_by(col(AuditEntry.seq))))
    return list(session.exec(chosen.order_by(col(AuditEntry.recorded_at), col(AuditEntry.id))))


@pytest.fixture
def branch(db: Database, tmp_path: Path, keys_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Branch:
    """A branch with somebody in every office, a panel of four, and one account without office."""
    quicken(monkeypatch)
    made = Branch(installation(db, tmp_path, keys_dir))
    for email, office in OFFICES.items():
        made.add(email, office)
    made.add(NOBODY)
    return made


def in_days(days: int) -> str:
    """The local day so many days from today, as the API takes it."""
    day: date = clock.today() + timedelta(days=days)
    return day.isoformat()
