"""What is stored of a case. Plain columns hold ids, codes and dates; every name and free text lies in the vault."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel, col

from app import clock
from app.db import ID_LENGTH, new_id


class Case(SQLModel, table=True):
    """The file opened for a report. `version` grows by one with each change of its state or records."""

    __tablename__ = "cases"
    __table_args__ = (Index("ix_cases_handler_final_due", "handler_id", "final", "next_due_on", "id"),)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    reference: str = Field(unique=True, max_length=12)
    workflow: str = Field(max_length=80)
    workflow_version: int
    rules_digest: str = Field(max_length=64)
    guidance_version: str | None = Field(default=None, max_length=80)
    kind: str = Field(max_length=40)
    channel: str = Field(max_length=40)
    state: str = Field(max_length=40, index=True)
    version: int
    final: bool = False
    handler_id: str | None = Field(default=None, max_length=ID_LENGTH)
    awaits_clearance: bool = False
    """Somebody declared that something might connect them; another officer decides."""
    panel_reads: bool = False
    panel_reads_until: date | None = None
    share_identity: str | None = Field(default=None, max_length=20)
    anonymous: bool = False
    received_on: date
    opened_at: datetime = Field(index=True)
    outcome: str | None = Field(default=None, max_length=40)
    closed_by: str | None = Field(default=None, max_length=ID_LENGTH)
    closed_at: datetime | None = None
    next_due_on: date | None = None
    next_due_clock: str | None = Field(default=None, max_length=40)
    access_lookup: str = Field(unique=True, max_length=64)
    """HMAC of the reporter's access code."""


class CaseRecord(SQLModel, table=True):
    """A row on a case that is never changed: the report, each step, and every record of the workflow file."""

    __tablename__ = "case_record"
    __table_args__ = (
        Index("ix_case_record_case_version", "case_id", "case_version"),
        Index("ix_case_record_kind", "kind", "case_id"),
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    case_id: str = Field(foreign_key="cases.id", max_length=ID_LENGTH)
    kind: str = Field(max_length=60)
    plain: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    """Codes, dates and ids only."""
    replaces: str | None = Field(default=None, max_length=ID_LENGTH)
    by_person: str | None = Field(default=None, max_length=ID_LENGTH)
    by_role: str = Field(max_length=40)
    recorded_at: datetime
    case_version: int

    @property
    def version(self) -> int:
        """As an opened row calls it."""
        return self.case_version

    @property
    def day(self) -> date:
        """The local day on which it was recorded."""
        return clock.local(self.recorded_at).date()


class Unread(SQLModel, table=True):
    """A record that came by a code and that the handler has not been shown yet."""

    __tablename__ = "unread_record"

    record_id: str = Field(primary_key=True, foreign_key="case_record.id", max_length=ID_LENGTH)
    case_id: str = Field(foreign_key="cases.id", max_length=ID_LENGTH, index=True)
    kind: str = Field(max_length=60)
    case_version: int


class CaseStanding(SQLModel, table=True):
    """What one person is to one case at present: a shortcut for queries, made from declarations and invitations."""

    __tablename__ = "case_standing"

    case_id: str = Field(primary_key=True, foreign_key="cases.id", max_length=ID_LENGTH)
    person_id: str = Field(primary_key=True, max_length=ID_LENGTH, index=True)
    part: str = Field(max_length=20)
    """`handler`, `officer`, `panel` or `other`."""
    answer: str | None = Field(default=None, max_length=20)
    """None until declared; none, cleared, possible; conflicted, excluded, involved end access."""


class CodeSession(SQLModel, table=True):
    """A browser that a code let in: the part it plays in one case. The token itself is only in its cookie."""

    __tablename__ = "code_session"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=ID_LENGTH)
    token_hash: str = Field(max_length=64, unique=True)
    case_id: str = Field(foreign_key="cases.id", max_length=ID_LENGTH, index=True)
    part: str = Field(max_length=20)
    proof: str = Field(max_length=64)
    """HMAC of the token and the code that opened it: a code that was replaced opens nothing more."""
    last_seen_at: datetime
    expires_at: datetime


class ReplyCode(SQLModel, table=True):
    """A code made for the member a notice goes to, or the end of one. Only the newest row of a member counts."""

    __tablename__ = "reply_code"
    __table_args__ = (UniqueConstraint("case_id", "party_id", "number"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=ID_LENGTH)
    case_id: str = Field(foreign_key="cases.id", max_length=ID_LENGTH, index=True)
    party_id: str = Field(max_length=ID_LENGTH)
    """The first row of the member's chain of corrections."""
    lookup: str | None = Field(default=None, unique=True, max_length=64)
    """HMAC of the code; None where the row says that the code before it opens nothing any more."""
    case_version: int
    number: int
    """How many there were for this member before it, and one."""
    made_at: datetime


class CaseDeadline(SQLModel, table=True):
    """A due date as it was reckoned, kept for good; which of them run is worked out from state and records."""

    __tablename__ = "case_deadline"

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    case_id: str = Field(foreign_key="cases.id", max_length=ID_LENGTH, index=True)
    clock: str = Field(max_length=40)
    due_on: date
    reckoned: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    record_id: str = Field(max_length=ID_LENGTH)
    case_version: int


OLDEST_FIRST = (col(CaseDeadline.case_version), col(CaseDeadline.due_on))
"""The order of due dates: of two of one version the later date was set last."""


class CaseClause(SQLModel, table=True):
    """Which clauses a case touches, for lists and counts."""

    __tablename__ = "case_clause"

    case_id: str = Field(primary_key=True, foreign_key="cases.id", max_length=ID_LENGTH)
    code: str = Field(primary_key=True, max_length=20, index=True)


class WorkflowText(SQLModel, table=True):
    """The rules a case was opened under, kept on first use even if the file is gone."""

    __tablename__ = "workflow_text"

    digest: str = Field(primary_key=True, max_length=64)
    workflow: str = Field(max_length=80)
    version: int
    rules: str


class IdempotentAnswer(SQLModel, table=True):
    """The sealed answer to a request that may be sent twice, kept for 24 hours."""

    __tablename__ = "idempotent_answer"

    key: str = Field(primary_key=True, max_length=64)
    sealed: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    made_at: datetime


class ClosureDay(SQLModel, table=True):
    """A day on which the branch is closed, or (`closed` false) is not after all: the newest row of a day counts."""

    __tablename__ = "closure_day"
    __table_args__ = (UniqueConstraint("day", "number"),)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    day: date
    number: int
    """1 for the first row of its day, and so on."""
    closed: bool
    why: bytes
    """Sealed: why the branch is closed, or why not after all."""
    recorded_at: datetime
    by_person: str | None = Field(default=None, max_length=ID_LENGTH)


class DigestDay(SQLModel, table=True):
    """A person whose digest of a day was made (or there was nothing to say), so that nobody gets it twice."""

    __tablename__ = "digest_day"

    person_id: str = Field(primary_key=True, foreign_key="person.id", max_length=ID_LENGTH)
    day: date = Field(primary_key=True)
    made_at: datetime


class CalendarFeed(SQLModel, table=True):
    """The address of one person's calendar; its secret is shown once and kept as an HMAC."""

    __tablename__ = "calendar_feed"

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=ID_LENGTH)
    lookup: str = Field(unique=True, max_length=64)
    made_at: datetime
    revoked_at: datetime | None = None
