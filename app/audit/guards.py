"""Triggers that make tables append-only, for migrations (`op.get_bind()`) and tests.

They stop mistakes and a stolen application login; whoever owns the tables can drop them, then only a check of
the record shows it. Alembic's batch mode rebuilds SQLite tables without triggers: protect those again.
"""

from collections.abc import Sequence

from sqlalchemy import Connection

Unique = Sequence[tuple[str, ...]]
TRAIL_TABLES: dict[str, list[tuple[str, ...]]] = {
    "audit_entry": [("id",), ("case_id", "seq")],
    "log_entry": [("log_index",), ("entry_id",)],
    "log_hash": [("level", "idx")],
    "checkpoint": [("size",)],
}
OLD_LOG_TABLES: dict[str, list[tuple[str, ...]]] = {
    "old_log_entry": [("log", "log_index"), ("entry_id",)],
    "old_log_hash": [("log", "level", "idx")],
    "old_checkpoint": [("log", "size")],
}

_POSTGRESQL_REFUSAL = """
CREATE OR REPLACE FUNCTION casetrail_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'integrity_constraint_violation';
END $$
"""

# the schema is the trigger's own: a caller's search_path must not choose which entries are asked
_POSTGRESQL_CASE_STATE = """
CREATE OR REPLACE FUNCTION casetrail_case_state() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE newest text;
BEGIN
  EXECUTE format(
    'SELECT to_state FROM %I.audit_entry WHERE case_id = $1 AND to_state IS NOT NULL'
    ' ORDER BY seq DESC LIMIT 1', TG_TABLE_SCHEMA
  ) INTO newest USING NEW.id;
  IF newest IS DISTINCT FROM NEW.state THEN
    RAISE EXCEPTION 'the newest entry of this case does not name the new state'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$
"""

_SQLITE_CASE_STATE = """
CREATE TRIGGER cases_state BEFORE UPDATE ON cases WHEN OLD.state IS NOT NEW.state
AND (SELECT to_state FROM audit_entry WHERE case_id = NEW.id AND to_state IS NOT NULL
     ORDER BY seq DESC LIMIT 1) IS NOT NEW.state
BEGIN SELECT RAISE(ABORT, 'the newest entry of this case does not name the new state'); END
"""


def protect_trail(connection: Connection) -> None:
    """Makes entries, log tables and checkpoints insert-only."""
    for table, unique in TRAIL_TABLES.items():
        protect(connection, table, unique=unique, allow_delete=False)


def protect(
    connection: Connection, table: str, *, unique: Unique, allow_delete: bool = False, allow_update: bool = False
) -> None:
    """Refuses INSERT OR REPLACE, TRUNCATE and, unless allowed, UPDATE and DELETE; refusals are IntegrityErrors.

    `unique` lists the columns of the primary key and of every unique constraint: SQLite's REPLACE deletes a
    row with the same key without asking a DELETE trigger.
    """
    if _is_postgresql(connection):
        statements = _postgresql(table, allow_delete, allow_update)
    else:
        statements = _sqlite(table, unique, allow_delete, allow_update)
    for statement in statements:
        _run(connection, statement)


def protect_final(connection: Connection, table: str, column: str, final: Sequence[str]) -> None:
    """Refuses every UPDATE of a row whose `column` holds one of the `final` values (X5: a sent letter stays)."""
    values = ", ".join(f"'{value}'" for value in final)
    if not _is_postgresql(connection):
        connection.exec_driver_sql(
            f"CREATE TRIGGER {table}_final BEFORE UPDATE ON {table} WHEN OLD.{column} IN ({values}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} is final: UPDATE is refused'); END"
        )
        return
    _run(connection, _POSTGRESQL_REFUSAL)
    connection.exec_driver_sql(
        f"CREATE TRIGGER {table}_final BEFORE UPDATE ON {table} FOR EACH ROW"
        f" WHEN (OLD.{column} IN ({values})) EXECUTE FUNCTION casetrail_append_only()"
    )
    connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_final")


def release(connection: Connection, table: str) -> None:
    """Drops what `protect` made, for a downgrade or a rebuild of the table."""
    for name in ("no_update", "no_delete", "no_replace", "no_change", "no_truncate", "final"):
        _drop(connection, f"{table}_{name}", table)


def protect_case_state(connection: Connection) -> None:
    """Lets `cases.state` change only to what the case's newest entry names (rule X1)."""
    if not _is_postgresql(connection):
        connection.exec_driver_sql(_SQLITE_CASE_STATE)
        return
    _run(connection, _POSTGRESQL_CASE_STATE)
    connection.exec_driver_sql(
        "CREATE TRIGGER cases_state BEFORE UPDATE ON cases FOR EACH ROW"
        " WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION casetrail_case_state()"
    )
    connection.exec_driver_sql("ALTER TABLE cases ENABLE ALWAYS TRIGGER cases_state")


def release_case_state(connection: Connection) -> None:
    """Drops what `protect_case_state` made."""
    _drop(connection, "cases_state", "cases")


def _is_postgresql(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _run(connection: Connection, statement: str) -> None:
    # psycopg reads % as the mark of a parameter, SQLite does not
    connection.exec_driver_sql(statement.replace("%", "%%") if _is_postgresql(connection) else statement)


def _drop(connection: Connection, trigger: str, table: str) -> None:
    place = f" ON {table}" if _is_postgresql(connection) else ""
    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger}{place}")


def _sqlite(table: str, unique: Unique, allow_delete: bool, allow_update: bool) -> list[str]:
    same_key = [" AND ".join(f"{column} = NEW.{column}" for column in columns) for columns in unique]
    same_key.append("rowid = NEW.rowid")  # REPLACE with an explicit rowid removes a row whatever its keys
    exists = f"EXISTS (SELECT 1 FROM {table} WHERE {' OR '.join(f'({keys})' for keys in same_key)})"  # noqa: S608 (names of our own tables)
    statements = [
        _sqlite_refusal(table, "no_replace", "INSERT", f"WHEN {exists}", "this row exists, REPLACE is refused")
    ]
    if not allow_update:
        statements.append(_sqlite_refusal(table, "no_update", "UPDATE", "", "UPDATE is refused"))
    if not allow_delete:
        statements.append(_sqlite_refusal(table, "no_delete", "DELETE", "", "DELETE is refused"))
    return statements


def _sqlite_refusal(table: str, name: str, verb: str, when: str, why: str) -> str:
    return (
        f"CREATE TRIGGER {table}_{name} BEFORE {verb} ON {table} {when} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: {why}'); END"
    )


def _postgresql(table: str, allow_delete: bool, allow_update: bool) -> list[str]:
    verbs = " OR ".join(verb for verb, allowed in (("UPDATE", allow_update), ("DELETE", allow_delete)) if not allowed)
    refuse = "EXECUTE FUNCTION casetrail_append_only()"
    return [
        _POSTGRESQL_REFUSAL,
        f"CREATE TRIGGER {table}_no_change BEFORE {verbs} ON {table} FOR EACH ROW {refuse}",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate",
    ]
