"""The fixtures themselves: every test gets an empty database with the real schema, whatever came before."""

from contextlib import closing

import pytest
from sqlalchemy import create_engine, text

from tests import databases, postgres

GUARD = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'append only'; END $$;
CREATE TABLE kept (id integer GENERATED ALWAYS AS IDENTITY, word text);
CREATE TRIGGER kept_guard BEFORE UPDATE OR DELETE ON kept FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE TRIGGER kept_truncate BEFORE TRUNCATE ON kept EXECUTE FUNCTION refuse();
ALTER TABLE kept ENABLE ALWAYS TRIGGER kept_guard;
INSERT INTO kept (word) VALUES ('from the migration');
"""


def run(url: str, statement: str) -> list[tuple[object, ...]]:
    engine = create_engine(url)
    with engine.begin() as connection:
        result = connection.exec_driver_sql(statement)
        rows = [tuple(row) for row in result] if result.returns_rows else []
    engine.dispose()
    return rows


@pytest.fixture
def guarded(postgresql_databases: databases.Postgresql) -> databases.Postgresql:
    """A source of its own whose schema has an append-only table with one row."""
    return databases.Postgresql(_guard)


def _guard(url: str) -> None:
    run(url, GUARD)


@pytest.mark.postgres
def test_rows_behind_append_only_triggers_are_gone_and_the_triggers_stand(
    guarded: databases.Postgresql,
) -> None:
    with closing(guarded):
        first = guarded.take()
        run(first, "INSERT INTO kept (word) VALUES ('from a test')")
        guarded.give_back(first)
        second = guarded.take()
        assert second == first
        assert run(second, "SELECT id, word FROM kept") == [(1, "from the migration")]
        assert run(second, "SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1") == [
            ("kept_guard", "A"),
            ("kept_truncate", "O"),
        ]


@pytest.mark.postgres
def test_rows_that_a_test_took_out_are_there_again(guarded: databases.Postgresql) -> None:
    with closing(guarded):
        first = guarded.take()
        run(first, "ALTER TABLE kept DISABLE TRIGGER kept_guard")
        run(first, "DELETE FROM kept")
        run(first, "ALTER TABLE kept ENABLE ALWAYS TRIGGER kept_guard")
        guarded.give_back(first)
        assert run(guarded.take(), "SELECT id, word FROM kept") == [(1, "from the migration")]


@pytest.mark.postgres
@pytest.mark.parametrize(
    "damage",
    [
        "ALTER TABLE kept DISABLE TRIGGER kept_guard",
        "DROP TRIGGER kept_guard ON kept",
        "CREATE TABLE other (id integer)",
        "ALTER TABLE kept ADD COLUMN more text",
        "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "DROP SCHEMA public CASCADE",
    ],
)
def test_a_changed_schema_is_never_handed_on(guarded: databases.Postgresql, damage: str) -> None:
    with closing(guarded):
        first = guarded.take()
        run(first, damage)
        guarded.give_back(first)
        assert guarded.take() != first


@pytest.mark.postgres
def test_a_connection_left_open_holds_nobody_up(guarded: databases.Postgresql) -> None:
    with closing(guarded), closing(create_engine(guarded.take()).connect()) as left:
        left.execute(text("LOCK TABLE kept"))
        guarded.give_back(left.engine.url.render_as_string(hide_password=False))
        left.invalidate()
        left.engine.dispose()
        assert run(guarded.take(), "SELECT count(*) FROM kept") == [(1,)]


@pytest.mark.postgres
def test_only_our_own_databases_are_dropped(postgresql_databases: databases.Postgresql) -> None:
    with pytest.raises(ValueError, match=r"^postgres$"):
        postgresql_databases._drop("postgres")


def test_two_databases_in_one_test_are_two(sqlite_databases: databases.Sqlite) -> None:
    urls = [sqlite_databases.take(), sqlite_databases.take()]
    run(urls[0], "CREATE TABLE only_here (id INTEGER)")
    assert run(urls[1], "SELECT name FROM sqlite_master WHERE name = 'only_here'") == []
    for url in urls:
        sqlite_databases.give_back(url)


def test_a_run_that_was_killed_is_reaped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(postgres.RUN_VARIABLE, "")
    dead, alive = postgres.Run(), postgres.Run()
    try:
        assert dead._alive
        dead._alive.close()  # what the end of the process does
        postgres.reap()
        assert not dead.folder.exists()
        assert alive.folder.exists()
    finally:
        alive.close()
