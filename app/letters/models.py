"""Letters: which, to whom in the case, how far they are. Names, addresses and words lie in the vault."""

from datetime import date, datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from app.audit.entries import stamp
from app.db import ID_LENGTH

NEEDS_YOU, QUEUED, STOPPED, SENT, POSTED = "needs_you", "queued", "stopped", "sent", "posted"
FINAL = frozenset({SENT, POSTED})


class Letter(SQLModel, table=True):
    """One letter. Once `sent` or `posted` the database refuses every change (X5)."""

    __tablename__ = "letter"

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    case_id: str = Field(max_length=ID_LENGTH, index=True)
    name: str = Field(max_length=60)
    """The folder of its templates, and its name in the procedure."""
    recipient: str = Field(max_length=40)
    """The part in the case of whoever gets it."""
    party_id: str | None = Field(default=None, max_length=ID_LENGTH)
    """The record that names them; None where the report does."""
    cause_id: str | None = Field(default=None, max_length=ID_LENGTH)
    """The record or step that asked for it."""
    state: str = Field(max_length=20, index=True)
    needs: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Codes of what keeps it from being sent."""
    version_id: str = Field(max_length=ID_LENGTH)
    mail_id: str | None = Field(default=None, max_length=ID_LENGTH)
    prepared_at: datetime
    prepared_by: str | None = Field(default=None, max_length=ID_LENGTH)
    how: str | None = Field(default=None, max_length=20)
    sent_on: date | None = None
    sent_at: datetime | None = None


def letter_columns(letter: Letter) -> dict[str, str | None]:
    """To whom it goes, why, and how it went, as entries say it and the check compares."""
    return {
        "recipient": letter.recipient,
        "party_id": letter.party_id,
        "cause_id": letter.cause_id,
        "prepared_by": letter.prepared_by,
        "how": letter.how,
        "sent_at": stamp(letter.sent_at) if letter.sent_at else None,
    }


class LetterVersion(SQLModel, table=True):
    """One wording of a letter, sealed under its own id; an edit is a new one."""

    __tablename__ = "letter_version"

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    letter_id: str = Field(foreign_key="letter.id", max_length=ID_LENGTH, index=True)
    case_id: str = Field(max_length=ID_LENGTH)
    written_at: datetime
    written_by: str | None = Field(default=None, max_length=ID_LENGTH)
