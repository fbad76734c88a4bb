"""The database: SQLite embedded, PostgreSQL for many users. Transactions are opened and committed only at the edge."""

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

ID_LENGTH = 32


def new_id() -> str:
    """A random identifier of 32 hexadecimal characters: nothing can be counted or guessed from it."""
    return secrets.token_hex(ID_LENGTH // 2)


def insert_once(session: Session, table: type[SQLModel], row: dict[str, Any]) -> bool:
    """Inserts a row unless one with its key exists, waiting for a rival transaction; whether this call inserted it."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    target = SQLModel.metadata.tables[str(table.__tablename__)]
    insert = dialect.insert(target).values(**row).on_conflict_do_nothing().returning(*target.primary_key.columns)
    return session.connection().execute(insert).first() is not None


Closing = Callable[[Session], Callable[[], None] | None]
"""Called at the end of every write transaction, in it; what it answers with is called once that is committed."""


class Database:
    """An engine with the two kinds of transaction this product uses."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.dialect = "sqlite" if url.startswith("sqlite") else "postgresql"
        self.engine = _sqlite_engine(url) if self.dialect == "sqlite" else _postgresql_engine(url)
        # a reader of several queries must see one moment; SQLite's snapshot does that by itself
        one_moment = {} if self.dialect == "sqlite" else {"isolation_level": "REPEATABLE READ"}
        self._reading = self.engine.execution_options(casetrail_reads=True, **one_moment)
        self._one_writer = threading.RLock()
        self.closing: Closing | None = None

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session whose work is never committed; all its queries see the database as it was at the first."""
        with Session(self._reading, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that commits when the block ends and rolls back when it raises.

        On SQLite one writer at a time in this process: waiting here is fairer than SQLite's busy loop.
        """
        if self.dialect == "sqlite":
            with self._one_writer, self._writing() as session:
                yield session
        else:
            with self._writing() as session:
                yield session

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        with Session(self.engine, expire_on_commit=False) as session:
            with session.begin():
                yield session
                rolled_back = not session.in_transaction()
                after = None if self.closing is None or rolled_back else self.closing(session)
            if after is not None:
                after()

    def close(self) -> None:
        """Lets go of every connection."""
        self.engine.dispose()


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(url, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN would be deferred and lose updates
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=10000",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get("casetrail_reads", False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def _postgresql_engine(url: str) -> Engine:
    engine = create_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True)

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.execute("SET cursor_tuple_fraction = 1")  # whoever streams rows here reads them all
        connection.commit()

    return engine
