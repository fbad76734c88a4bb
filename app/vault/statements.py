"""What every change and every opening of a case asks of the vault, made once."""

from sqlalchemy import bindparam, select
from sqlmodel import SQLModel

from app.vault.models import CaseKey, SealedItem

_ITEMS, _KEYS = (SQLModel.metadata.tables[str(table.__tablename__)].c for table in (SealedItem, CaseKey))
SEALED = SQLModel.metadata.tables[str(SealedItem.__tablename__)].insert()
STORED_KEY = select(_KEYS.owner_id, _KEYS.wrapped, _KEYS.erased).where(_KEYS.owner_id == bindparam("owner"))
_OWNED = select(_ITEMS.table_name, _ITEMS.row_id, _ITEMS.group_name, _ITEMS.sealed)
_OWNED = _OWNED.where(_ITEMS.owner_id == bindparam("owner"))
OF_OWNER = _OWNED.where(_ITEMS.group_name != bindparam("without"))
OF_ROWS = _OWNED.where(_ITEMS.table_name == bindparam("table"), _ITEMS.row_id.in_(bindparam("rows", expanding=True)))
ONE_ITEM = select(_ITEMS.sealed).where(
    _ITEMS.owner_id == bindparam("owner"),
    _ITEMS.table_name == bindparam("table"),
    _ITEMS.row_id == bindparam("row"),
    _ITEMS.group_name == bindparam("group"),
)
