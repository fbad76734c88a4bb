"""What is stored of a file. Its key, name and digest lie in the vault; its bytes, sealed, in the store."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from app.db import ID_LENGTH


class EvidenceFile(SQLModel, table=True):
    """One file of one case, or a copy of it made for looking at; never changed."""

    __tablename__ = "evidence_file"
    __table_args__ = (UniqueConstraint("case_id", "name"),)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    case_id: str = Field(max_length=ID_LENGTH)
    name: str = Field(max_length=64)
    """HMAC of the digest under the case's key: the same bytes get the same name in a case."""
    kind: str = Field(max_length=20)
    """`original`, or what a copy is for: `view` and `thumbnail`."""
    parent_id: str | None = Field(default=None, max_length=ID_LENGTH, index=True)
    """The original that a copy was made from."""
    media_type: str = Field(max_length=100)
    """Told from the content, never from what the sender said."""
    size: int
    """Bytes before sealing."""
    scan: str = Field(max_length=20)
    """`clean` or `not_scanned`."""
    arrived_at: datetime

    @property
    def place(self) -> str:
        """Where the store keeps it. With the id, so that undoing one arrival never takes another's file away."""
        return f"{self.name}.{self.id}"
