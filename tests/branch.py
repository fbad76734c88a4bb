"""A branch for tests: an Installation with people in every office, a client for each, and steps that bring cases on.

Take the fixture into a folder by a conftest.py with: `from tests.branch import branch` and `__all__ = ["branch"]`.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
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
from app.cases import door, letter_door
from app.cases.models import Case, CaseRecord
from app.db import Database
from app.installation import Installation
from app.letters.models import FINAL
from app.people import actions, queries
from app.people.queries import Viewer
from tests import loops
from tests.databases import KINDS, Postgresql, Sqlite, build_schema
from tests.installations import installation, library, settings_for, shared_app
from tests.ready import Ready
from tests.steps import CLOSING, PANEL, REFERRAL, STATES, Steps

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
    "settings_for",
]
PASSWORD = "gravel teapot ninety orbit"
SECRETARY, DEPUTY, STAND_IN = "secretary@example.org", "deputy@example.org", "stand_in@example.org"
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
LONG_AGO = date(2020, 1, 1)
"""An account without any office."""
REPORT: dict[str, Any] = {
    "kind": "third_party",
    "statement": "On the ward page a member called a colleague names I will not repeat here.",
    "clauses": ["3.1"],
    "how_seen": "It was shown to me at a meeting.",
    "respondent": {"name": "Ward organiser (example)", "is_member": "yes"},
}


@dataclass
class Branch(Steps):
    """An installation with people; `ids` by mail address. Steps go through the door, as `via: api`."""

    home: Installation
    ids: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    """The access code of each case opened here, by reference."""
    ready: "Ready | None" = None
    """Where cases of branches that begin like this one are kept."""

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
        client.portal = loops.shared()
        if email is not None:
            client.headers["Authorization"] = f"Bearer {self.token(email)}"
        return client

    def report(self, by: str | None = None, **changes: Any) -> str:
        """Opens a case (a third party's report unless changed) and answers with its reference."""
        answers = {name: value for name, value in {**REPORT, **changes}.items() if value is not None}
        opened = door.open_case(self.home, answers, self.viewer(by) if by else None, "api")
        self.codes[opened["reference"]] = opened["access_code"]
        return str(opened["reference"])

    def at(self, state: str, by: str | None = None, **changes: Any) -> str:
        """A new case brought to a state by the shortest way, or a copy of one; its reference."""
        if self.ready is None:
            return super().at(state, by, **changes)
        asked = {"state": state, "by": by, **changes}
        return self.ready.at(self, asked, lambda: super(Branch, self).at(state, by, **changes))

    def act(self, by: str, reference: str, trigger: str, **inputs: Any) -> dict[str, Any]:
        """Takes a step with no word about the version."""
        return door.take_action(self.home, self.viewer(by), reference, trigger, inputs, None, "api")

    def keep(self, by: str, reference: str, record: str, **values: Any) -> str:
        """Adds a record; its id."""
        return str(door.add_record(self.home, self.viewer(by), reference, record, values, None, "api")["id"])

    def handed_over(self, reference: str, how: str = "post", on: str = "", name: str = "notice") -> None:
        """Whatever is missing in the letters of a name is typed in, and each is noted as posted or handed over."""
        viewer = self.viewer(self.handler(reference))
        for one in letter_door.list_letters(self.home, viewer, reference, "api")["items"]:
            if one["letter"] == name and one["state"] not in FINAL:
                where = (self.home, viewer, reference, one["id"])
                text = re.sub(r"\{[a-z_]+\}", "As told.", letter_door.open_letter(*where, "api")["text"])
                letter_door.change_letter(*where, "edit", {"text": text}, "api")
                given = {"how": how, "sent_on": on or clock.today().isoformat()}
                letter_door.change_letter(*where, "posted", given, "api")

    def served(self, reference: str, item: str, days: int = 14) -> None:
        """An item of evidence was given to the member so many days ago, and entered then."""
        viewer = self.viewer(self.handler(reference))
        with clock.set_to(clock.now() - timedelta(days=days)):
            given = {"item": item, "served_on": clock.today().isoformat(), "gives_away": "no"}
            door.add_record(self.home, viewer, reference, "evidence-services", given, None, "api")

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


def _entries(session: Session, case_id: str | None) -> list[AuditEntry]:
    chosen = select(AuditEntry)
    if case_id is not None:
        return list(session.exec(chosen.where(AuditEntry.case_id == case_id).order_by(col(AuditEntry.seq))))
    return list(session.exec(chosen.order_by(col(AuditEntry.recorded_at), col(AuditEntry.id))))


def staffed(home: Installation) -> Branch:
    """Somebody in every office for years, a panel of four, and one account without office."""
    made = Branch(home)
    for email, office in OFFICES.items():
        made.add(email)
        with home.db.write() as session:
            actions.give_office(session, made.ids[email], office, actor=SYSTEM, via="cli", starts_on=LONG_AGO)
    made.add(NOBODY)
    return made


class Staffed:
    """Branches with somebody in every office, a panel of four, and one account without office.

    The people are made once per worker; each test gets a copy of database and keys.
    """

    def __init__(self, kind: type[Sqlite | Postgresql], folder: Path) -> None:
        self._folder, self._keys = folder, folder / "keys"
        self._ids: dict[str, str] = {}
        self._open: dict[str, Database] = {}
        self._source = kind(self._build)
        self._ready: Ready | None = None

    def _build(self, url: str) -> None:
        build_schema(url)
        db = Database(url)
        self._ids = staffed(installation(db, self._folder, self._keys)).ids
        db.close()

    @contextmanager
    def opened(self, folder: Path, keys: Path) -> Iterator[Branch]:
        """A branch of its own."""
        url = self._source.take()
        shutil.copytree(self._keys, keys)
        db = self._open.pop(url, None) or Database(url)
        branch = Branch(installation(db, folder, keys), dict(self._ids))
        if self._ready is None:
            self._ready = Ready(self._source, branch)
        branch.ready = self._ready
        yield branch
        if not self._source.reuses:
            db.close()
        if self._source.give_back(url):
            self._open[url] = db  # its connections are warm
        else:
            db.close()

    def close(self) -> None:
        """Lets go of the databases."""
        for db in self._open.values():
            db.close()
        self._source.close()


@pytest.fixture(params=KINDS)
def branch(request: pytest.FixtureRequest, tmp_path: Path, keys_dir: Path) -> Iterator[Branch]:
    """A branch with somebody in every office; the test runs once on each kind of database."""
    yield from a_branch(request, tmp_path, keys_dir)


def a_branch(request: pytest.FixtureRequest, folder: Path, keys: Path) -> Iterator[Branch]:
    """For fixtures: a branch with somebody in every office, on the kind of database that the parameter names."""
    with request.getfixturevalue(f"staffed_{request.param}").opened(folder, keys) as made:
        yield made


def in_days(days: int) -> str:
    """The local day so many days from today, as the API takes it."""
    day: date = clock.today() + timedelta(days=days)
    return day.isoformat()
