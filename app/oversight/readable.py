"""Rows that cannot be read at all: on SQLite any column can hold anything, and one such row would stop a check."""

from collections.abc import Iterator

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    String,
    TypeDecorator,
    and_,
    func,
    not_,
    type_coerce,
)
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, select

from app.audit.sources import Fault
from app.oversight.tables import METADATA

STOPPED = "No more was checked: put these rows right first, or go back to a copy."
_DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"


def faults(session: Session) -> Iterator[Fault]:
    """Every column that holds no value of its kind, by table and row; PostgreSQL refuses such a value itself."""
    if session.get_bind().dialect.name != "sqlite":
        return
    found = [fault for table in METADATA.sorted_tables for fault in _of_table(session, table.name)]
    yield from found
    if found:
        yield Fault(None, "the check", STOPPED)


def _of_table(session: Session, name: str) -> Iterator[Fault]:
    table = METADATA.tables[name]
    keys = [func.quote(column) for column in table.primary_key.columns]
    for column in table.columns:
        wrong = and_(column.is_not(None), not_(_fits(column)))
        for row in session.connection().execute(select(*keys).where(wrong)):
            where = f"table {name}, row {', '.join(str(key).strip(chr(39)) for key in row)}"
            yield Fault(None, where, f"its column {column.name} holds what cannot be read: it was edited")


def _fits(column: Column[object]) -> ColumnElement[bool]:
    """SQL: the column holds what its kind can be read from."""
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    stored, held = type_coerce(column, String), func.typeof(column)
    if isinstance(kind, LargeBinary):
        return held == "blob"
    if isinstance(kind, Integer | Boolean):
        return held == "integer"
    if isinstance(kind, JSON):
        return and_(held == "text", func.json_valid(stored) == 1)
    if isinstance(kind, Date):
        return and_(func.date(stored).is_not(None), stored.op("GLOB")(_DAY))
    if isinstance(kind, DateTime):
        return and_(func.datetime(stored).is_not(None), stored.op("GLOB")(f"{_DAY} *"))
    return held == "text"
