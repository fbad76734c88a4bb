"""What auditors leave on a case: remarks and openings of content. Insert-only; every word lies in the vault."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.db import ID_LENGTH


class Remark(SQLModel, table=True):
    """A remark of an auditor on a case or on one of its entries, or an answer to one."""

    __tablename__ = "remark"

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    case_id: str = Field(foreign_key="cases.id", max_length=ID_LENGTH, index=True)
    entry_id: str | None = Field(default=None, max_length=ID_LENGTH)
    """The entry it is about; None for the case as a whole, and for an answer."""
    answers: str | None = Field(default=None, max_length=ID_LENGTH, index=True)
    """The remark that this one answers."""
    by_person: str = Field(max_length=ID_LENGTH)
    by_role: str = Field(max_length=40)
    written_at: datetime


class Unmasking(SQLModel, table=True):
    """One field of one record that an auditor opened for a time, with a reason."""

    __tablename__ = "unmasking"

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    case_id: str = Field(foreign_key="cases.id", max_length=ID_LENGTH, index=True)
    record_id: str = Field(max_length=ID_LENGTH)
    path: str = Field(max_length=200)
    """The field's dotted name."""
    by_person: str = Field(max_length=ID_LENGTH, index=True)
    opened_at: datetime
    ends_at: datetime = Field(index=True)
