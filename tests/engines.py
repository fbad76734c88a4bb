"""Engines of tests: each test has a database of its own, but all ask it the same, so it is compiled once a worker."""

from collections.abc import Callable, MutableMapping
from typing import Any

from sqlalchemy import Compiled, Engine
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.util import LRUCache

from app import db

Make = Callable[[str], Engine]
STATEMENTS = 3000
"""More than the product has: none is compiled twice."""


def share_compiled() -> None:
    """From now on every Database of this process uses one cache of compiled statements for each kind."""
    for name in ("_sqlite_engine", "_postgresql_engine"):
        setattr(db, name, _sharing(getattr(db, name)))


def _sharing(make: Make) -> Make:
    compiled: MutableMapping[Any, Compiled] = LRUCache(STATEMENTS)
    known: list[Dialect] = []

    def made(url: str) -> Engine:
        engine = make(url)
        if not known:
            known.append(engine.dialect)
        engine.dialect = engine.pool._dialect = known[0]  # what is compiled is kept by its dialect
        engine._compiled_cache = compiled
        return engine

    return made
