"""Tables of the vault: a wrapped key per owner, and the sealed items."""

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.db import new_id


class CaseKey(SQLModel, table=True):
    """The wrapped key of one owner (a case id, or `system`); one marked `erased` never gets a key again."""

    __tablename__ = "case_key"

    owner_id: str = Field(primary_key=True, max_length=32)
    wrapped: bytes | None = Field(default=None, sa_type=LargeBinary)
    erased: bool = False


class SealedItem(SQLModel, table=True):
    """Salt and data of one group of one row, sealed under its owner's key."""

    __tablename__ = "vault"
    __table_args__ = (UniqueConstraint("owner_id", "table_name", "row_id", "group_name"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    owner_id: str = Field(max_length=32)
    table_name: str = Field(max_length=60)
    row_id: str = Field(max_length=64)
    group_name: str = Field(max_length=60)
    sealed: bytes = Field(sa_type=LargeBinary)
