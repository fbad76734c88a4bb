"""The queue of mail. Plain columns hold ids, codes and times; address, subject and text are sealed."""

from datetime import datetime

from sqlalchemy import Column, Index, LargeBinary
from sqlmodel import Field, SQLModel

from app.db import ID_LENGTH

WAITING, SENDING, SENT, FAILED, STOPPED, POSTED = "waiting", "sending", "sent", "failed", "stopped", "posted"


class Mail(SQLModel, table=True):
    """One mail. `owner` is a case id, whose key seals it, or `system`."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_state_due_at", "state", "due_at"),)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    kind: str = Field(max_length=40)
    owner: str = Field(max_length=ID_LENGTH, index=True)
    about: str | None = Field(default=None, max_length=ID_LENGTH)
    """The id of what is sent, for whoever wants to know how it went."""
    message_id: str = Field(max_length=200, unique=True)
    """Fixed when the row is written: a second try after a crash is the same mail to every reader."""
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    state: str = Field(max_length=20)
    made_at: datetime
    due_at: datetime
    """Not sent before."""
    attempts: int = 0
    unsure: int = 0
    """So many attempts may have reached the server although it never said so."""
    lease: str | None = Field(default=None, max_length=ID_LENGTH)
    leased_until: datetime | None = None
    why: str | None = Field(default=None, max_length=40)
    """The code of the last attempt that failed."""
    finished_at: datetime | None = None
