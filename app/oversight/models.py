"""What is stored above cases for those who look after the record."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from app.db import ID_LENGTH


class CheckpointDay(SQLModel, table=True):
    """That an auditor was sent the checkpoint of a day; claimed before the mail is written, so it goes once."""

    __tablename__ = "checkpoint_day"

    person_id: str = Field(primary_key=True, foreign_key="person.id", max_length=ID_LENGTH)
    day: date = Field(primary_key=True)
    made_at: datetime


class YearlyDeclaration(SQLModel, table=True):
    """One person's word for one year, remarks sealed; never changed, a later one of the same part counts instead."""

    __tablename__ = "yearly_declaration"

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    year: int = Field(index=True)
    part: str = Field(max_length=20)
    person_id: str = Field(max_length=ID_LENGTH)
    answer: str = Field(max_length=20)
    recorded_at: datetime
