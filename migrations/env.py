"""Runs the migrations on the connection app.migrate hands over; by hand (`alembic`) on the configured database."""

from alembic import context
from sqlalchemy import Connection
from sqlmodel import SQLModel

import app.oversight.tables
from app.migrate import migration_engine
from app.settings import load_settings


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        compare_server_default=True,
        transactional_ddl=True,  # SQLite can, once the driver lets it; the transaction is the caller's
    )
    with context.begin_transaction():
        context.run_migrations()


def run_by_hand() -> None:
    settings = load_settings()
    engine = migration_engine(settings.migrate_database_url or settings.database_url)
    with engine.begin() as connection:
        run(connection)
    engine.dispose()


if context.is_offline_mode():
    raise SystemExit("Casetrail's migrations need the database: run them without --sql")
given = context.config.attributes.get("connection")
if given is None:
    run_by_hand()
else:
    run(given)
