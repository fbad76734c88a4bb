"""What the application's own PostgreSQL login may do: read and add everywhere, change and delete only where named."""

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, inspect

CHANGES: Mapping[str, str] = {
    "api_token": "UPDATE",
    "audit_limit": "UPDATE, DELETE",
    "audit_pending": "DELETE",
    "audit_tip": "UPDATE",
    "calendar_feed": "UPDATE",
    "case_key": "UPDATE",
    "case_standing": "UPDATE",
    "cases": "UPDATE",
    "code_session": "UPDATE, DELETE",
    "evidence_file": "DELETE",
    "idempotent_answer": "UPDATE, DELETE",
    "letter": "UPDATE",
    "office": "UPDATE",
    "outbox": "UPDATE, DELETE",
    "person": "UPDATE",
    "setting": "UPDATE",
    "sign_in_link": "UPDATE, DELETE",
    "sign_in_session": "UPDATE, DELETE",
    "throttle": "UPDATE, DELETE",
    "throttle_salt": "DELETE",
    "unread_record": "DELETE",
    "vault": "DELETE",
}
"""By table, beyond SELECT and INSERT: cases in work, queues, what is kept for a while, and what erasure takes."""
VERSIONS = "alembic_version"
_NO_SUPERUSER = """DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = {login} AND rolsuper) THEN
RAISE EXCEPTION 'The login may do everything on this server: name another one.'; END IF; END $$;"""
_HANDED_OVER = """DO $$ DECLARE one record; BEGIN
EXECUTE format('ALTER DATABASE %I OWNER TO {owner}', current_database());
EXECUTE format('REVOKE CREATE, TEMPORARY ON DATABASE %I FROM PUBLIC, {login}', current_database());
ALTER SCHEMA public OWNER TO {owner};
REVOKE CREATE ON SCHEMA public FROM PUBLIC, {login};
FOR one IN SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = 'public'
LOOP EXECUTE 'ALTER TABLE ' || one.name || ' OWNER TO {owner}'; END LOOP;
FOR one IN SELECT oid::regprocedure AS name FROM pg_proc
WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'casetrail%'
LOOP EXECUTE 'ALTER FUNCTION ' || one.name || ' OWNER TO {owner}'; END LOOP; END $$;"""


def grant(connection: Connection, login: str) -> None:
    """Gives a login these rights and no others on every table there is; whoever owns the tables calls it."""
    quote = connection.dialect.identifier_preparer.quote
    for table in inspect(connection).get_table_names():
        connection.exec_driver_sql(f"REVOKE ALL ON {quote(table)} FROM {quote(login)}")
        connection.exec_driver_sql(f"GRANT {_verbs(table)} ON {quote(table)} TO {quote(login)}")


def _verbs(table: str) -> str:
    if table == VERSIONS:
        return "SELECT"
    return ", ".join(filter(None, ("SELECT, INSERT", CHANGES.get(table))))


def roles(owner: str, migrator: str, login: str) -> Iterator[str]:
    """Statements that make the roles, once, by an administrator of the server in the branch's database."""
    for name, may in ((owner, "NOLOGIN"), (migrator, "LOGIN"), (login, "LOGIN")):
        yield (
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {_literal(name)}) THEN "
            f"CREATE ROLE {_quoted(name)} {may}; END IF; END $$;"
        )
    yield f"GRANT {_quoted(owner)} TO {_quoted(migrator)};"
    yield f"ALTER ROLE {_quoted(migrator)} SET role = {_literal(owner)};"
    yield _NO_SUPERUSER.format(login=_literal(login))
    yield f"ALTER ROLE {_quoted(login)} NOCREATEDB NOCREATEROLE;"
    yield f"REVOKE {_quoted(owner)}, {_quoted(migrator)} FROM {_quoted(login)};"
    yield _HANDED_OVER.format(owner=_quoted(owner), login=_quoted(login))
    yield f"GRANT USAGE ON SCHEMA public TO {_quoted(login)};"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
