"""What is stored above cases: what auditors leave on them, and what is kept about the record as a whole."""

from datetime import date, datetime

from sqlalchemy import LargeBinary, Text
from sqlmodel import Field, SQLModel

from app.db import ID_LENGTH


class CheckpointDay(SQLModel, table=True):
    """That an auditor was sent the checkpoint of a day; claimed before the mail is written, so it goes once."""

    __tablename__ = "checkpoint_day"

    person_id: str = Field(primary_key=True, foreign_key="person.id", max_length=ID_LENGTH)
    day: date = Field(primary_key=True)
    made_at: datetime


class CheckpointStamp(SQLModel, table=True):
    """The checkpoint of a day as an outside authority stamped it; `answer` is its whole answer (RFC 3161, DER)."""

    __tablename__ = "checkpoint_stamp"

    day: date = Field(primary_key=True)
    size: int
    note: str = Field(sa_type=Text)
    answer: bytes = Field(sa_type=LargeBinary)
    stamped_at: datetime
    made_at: datetime


class YearlyDeclaration(SQLModel, table=True):
    """One person's word for one year, remarks sealed; never changed, a later one of the same person counts instead."""

    __tablename__ = "yearly_declaration"

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    year: int = Field(index=True)
    part: str = Field(max_length=20)
    person_id: str = Field(max_length=ID_LENGTH)
    answer: str = Field(max_length=20)
    recorded_at: datetime


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


class OpeningSeen(SQLModel, table=True):
    """That somebody who is to know of an opening was shown it: until then it stands on their list."""

    __tablename__ = "opening_seen"

    unmasking_id: str = Field(primary_key=True, foreign_key="unmasking.id", max_length=ID_LENGTH)
    person_id: str = Field(primary_key=True, max_length=ID_LENGTH)
    seen_at: datetime
