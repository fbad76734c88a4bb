"""Statements as text, past SQLAlchemy's compiler: for what runs in every transaction, or once in a cold process."""

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import CursorResult
from sqlmodel import Session

BATCH = 1000
"""How many rows are read at once."""
_NAMED = re.compile(r"(?<!:):([a-z]+)")


def either(statement: str) -> dict[str, str]:
    """A statement with `:named` values as each driver reads it."""
    return {"sqlite": statement, "postgresql": _NAMED.sub(r"%(\1)s", statement)}


def run(session: Session, statement: dict[str, str], **values: int) -> CursorResult[Any]:
    """Runs one at once."""
    connection = session.connection()
    return connection.exec_driver_sql(statement[connection.dialect.name], values)


def flowing(session: Session, statement: dict[str, str], **values: int) -> Iterator[Any]:
    """The rows of one, read as they are asked for."""
    connection, options = session.connection(), {"yield_per": BATCH}
    with connection.exec_driver_sql(statement[connection.dialect.name], values, execution_options=options) as rows:
        yield from rows
