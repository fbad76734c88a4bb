"""A branch that the tests of one module share, and what they compare before and after an attempt.

Take a fixture into a test module by importing it, and name it in `__all__`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel, col, select

from app.audit.models import AuditEntry
from app.cases.models import Case, CaseStanding
from tests.branch import Branch
from tests.databases import KINDS

LOG = frozenset({"audit_pending", "log_entry", "log_hash", "checkpoint"})
"""Where an entry waits for its place and then has it, sooner or later."""
TRAIL = frozenset({"audit_entry", "audit_tip", "audit_limit"}) | LOG
"""Tables in which refusals and denials leave their own marks."""


@contextmanager
def opened(request: pytest.FixtureRequest, kind: str, folder: Path) -> Iterator[Branch]:
    """A staffed branch on a fresh database of a kind."""
    with request.getfixturevalue(f"staffed_{kind}").opened(folder, folder / "keys") as branch:
        yield branch


@pytest.fixture(scope="module", params=KINDS)
def shared_branch(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Branch]:
    """One branch for all tests of a module, on each kind of database; tests use cases of their own."""
    with opened(request, request.param, tmp_path_factory.mktemp("branch")) as branch:
        yield branch


@pytest.fixture(scope="module")
def embedded_branch(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Branch]:
    """The same on SQLite only, for rules that no database has a part in."""
    with opened(request, "sqlite", tmp_path_factory.mktemp("branch")) as branch:
        yield branch


def counts(branch: Branch) -> dict[str, int]:
    """How many rows each table holds."""
    with branch.home.db.read() as session:
        return dict(session.connection().execute(text(_counting())).all())


@cache
def _counting() -> str:
    tables = sorted(SQLModel.metadata.tables)
    return " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in tables)


def kept(branch: Branch, reference: str) -> dict[str, Any]:
    """All that an attempt without success leaves as it was: the case row, who stands how, rows of every table."""
    with branch.home.db.read() as session:
        case = session.exec(select(Case).where(Case.reference == reference)).one()
        chosen = select(CaseStanding).where(CaseStanding.case_id == case.id).order_by(CaseStanding.person_id)
        standings = [row.model_dump() for row in session.exec(chosen)]
    rows = {name: count for name, count in counts(branch).items() if name not in TRAIL}
    return {"case": case.model_dump(), "standings": standings, "rows": rows}


def events_after(branch: Branch, known: set[str]) -> list[str]:
    """The events of the entries whose ids are not in `known`."""
    with branch.home.db.read() as session:
        rows = session.exec(select(AuditEntry.id, AuditEntry.event).order_by(col(AuditEntry.recorded_at))).all()
    return [event for entry_id, event in rows if entry_id not in known]


def entry_ids(branch: Branch) -> set[str]:
    """The ids of all entries."""
    with branch.home.db.read() as session:
        return set(session.exec(select(AuditEntry.id)).all())
