"""Tables of the trail. Only `audit_pending` and `audit_limit` allow DELETE, only tip and limit UPDATE."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

COLUMNS = "columns"
"""The key under which an entry says what stands in plain columns of its row."""
CLOCK_BACK, OCCURRED_ON = "clock_back_us", "occurred_on"
"""Keys that few entries hold and lists ask for: each has an index of its own."""


def holding(key: str, dialect: str) -> str:
    """SQL for entries that hold a key; word for word what the index says, or the database would not use it."""
    mark = f'"{key}"'.encode().hex()
    return f"instr(entry, X'{mark}') > 0" if dialect == "sqlite" else rf"position('\x{mark}'::bytea in entry) > 0"


def _few(name: str, key: str) -> Index:
    sqlite, postgresql = (text(holding(key, dialect)) for dialect in ("sqlite", "postgresql"))
    return Index(f"ix_audit_entry_{name}", "recorded_at", "id", sqlite_where=sqlite, postgresql_where=postgresql)


class AuditEntry(SQLModel, table=True):
    """One entry: canonical bytes (they are what counts), their leaf hash, and plain copies for filters."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        UniqueConstraint("case_id", "seq"),
        Index("ix_audit_entry_recorded_at_id", "recorded_at", "id"),
        Index("ix_audit_entry_event_recorded_at", "event", "recorded_at", "id"),
        *(_few(name, key) for name, key in (("clock_back", CLOCK_BACK), ("occurred_on", OCCURRED_ON))),
    )

    id: str = Field(primary_key=True, max_length=32)
    case_id: str | None = Field(default=None, max_length=32)
    seq: int | None = None
    entry: bytes = Field(sa_type=LargeBinary)
    leaf: bytes = Field(sa_type=LargeBinary)
    event: str = Field(max_length=40)
    actor_id: str | None = Field(default=None, max_length=32, index=True)
    actor_role: str = Field(max_length=40)
    to_state: str | None = Field(default=None, max_length=60)
    recorded_at: datetime
    subject_id: str | None = Field(default=None, max_length=64, index=True)


class AuditTip(SQLModel, table=True):
    """The end of one case's chain; locked while an entry is added to it."""

    __tablename__ = "audit_tip"

    case_id: str = Field(primary_key=True, max_length=32)
    seq: int
    leaf: bytes = Field(sa_type=LargeBinary)
    recorded_at: datetime


class AuditPending(SQLModel, table=True):
    """An entry that waits for its place in the log."""

    __tablename__ = "audit_pending"

    entry_id: str = Field(primary_key=True, max_length=32, foreign_key="audit_entry.id")


class LogEntry(SQLModel, table=True):
    """An entry's place in the log, counted from 0."""

    __tablename__ = "log_entry"

    log_index: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    entry_id: str = Field(max_length=32, foreign_key="audit_entry.id", unique=True)


class LogHash(SQLModel, table=True):
    """Hashes of the tree (RFC 6962): level 0 are the leaves, then every eighth level."""

    __tablename__ = "log_hash"

    level: int = Field(primary_key=True)
    idx: int = Field(primary_key=True)
    hash: bytes = Field(sa_type=LargeBinary)


class Checkpoint(SQLModel, table=True):
    """A signed note about the tree at one size."""

    __tablename__ = "checkpoint"

    size: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    note: str = Field(sa_type=Text)
    signed_at: datetime


class OldLogEntry(SQLModel, table=True):
    """An entry's place in a log that ended with a declared loss; logs are numbered from 1."""

    __tablename__ = "old_log_entry"

    log: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    log_index: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    entry_id: str = Field(max_length=32, foreign_key="audit_entry.id", unique=True)


class OldLogHash(SQLModel, table=True):
    """A hash of the tree of such a log."""

    __tablename__ = "old_log_hash"

    log: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    level: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    idx: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    hash: bytes = Field(sa_type=LargeBinary)


class OldCheckpoint(SQLModel, table=True):
    """A signed note of such a log."""

    __tablename__ = "old_checkpoint"

    log: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    size: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    note: str = Field(sa_type=Text)
    signed_at: datetime


class AuditLimit(SQLModel, table=True):
    """How often someone looked or was turned away lately; a queue, not part of the record."""

    __tablename__ = "audit_limit"

    key: str = Field(primary_key=True, max_length=160)
    since: datetime = Field(index=True)
    count: int = 0
    actor_id: str | None = Field(default=None, max_length=32)
    role: str = Field(default="", max_length=40)
    via: str = Field(default="", max_length=20)
