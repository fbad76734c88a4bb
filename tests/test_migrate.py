"""Migrations: a copy is kept first, a failure undoes everything, foreign databases are left alone."""

import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect, make_url, text

import app.oversight.tables
from app.db import Database
from app.errors import SettingsError
from app.migrate import COPIES, MIGRATIONS, head, is_at_head, keep_copy, migration_engine, upgrade
from tests import databases

STEP = """
from alembic import op
revision = {revision!r}
down_revision = {before!r}

def upgrade():
    op.execute({statement!r})
"""


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """A folder of migrations of its own, with one step."""
    folder = tmp_path / "100% migrations"
    (folder / "versions").mkdir(parents=True)
    shutil.copy(MIGRATIONS / "env.py", folder)
    step(folder, "0001", "CREATE TABLE shelf (id INTEGER PRIMARY KEY)")
    return folder


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'data' / 'casetrail.sqlite'}"
        return
    source: databases.Postgresql = request.getfixturevalue("postgresql_databases")
    url = source.take()
    run(url, "DROP SCHEMA public CASCADE")
    run(url, "CREATE SCHEMA public")
    yield url
    source.give_back(url)


def step(folder: Path, revision: str, statement: str) -> None:
    before = f"{int(revision) - 1:04}" if int(revision) > 1 else None
    content = STEP.format(revision=revision, before=before, statement=statement)
    (folder / "versions" / f"{revision}_step.py").write_text(content)


def run(url: str, statement: str) -> None:
    with closing(Database(url)) as database, database.write() as session:
        session.execute(text(statement))


def tables(url: str) -> set[str]:
    with closing(Database(url)) as database:
        return set(inspect(database.engine).get_table_names())


def test_the_migrations_make_what_the_models_say(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, app.oversight.tables.METADATA) == []
    engine.dispose()


def test_migrates_and_then_has_nothing_to_do(empty_url: str, scripts: Path) -> None:
    assert upgrade(empty_url, scripts=scripts) is None
    assert "shelf" in tables(empty_url)
    with closing(Database(empty_url)) as database:
        assert is_at_head(database.engine, scripts=scripts)
        step(scripts, "0002", "CREATE TABLE box (id INTEGER PRIMARY KEY)")
        assert head(scripts) == "0002"
        assert not is_at_head(database.engine, scripts=scripts)
    upgrade(empty_url, scripts=scripts)
    assert upgrade(empty_url, scripts=scripts) is None
    assert tables(empty_url) == {"alembic_version", "shelf", "box"}


def test_a_failing_step_undoes_all_steps(empty_url: str, scripts: Path) -> None:
    upgrade(empty_url, scripts=scripts)
    step(scripts, "0002", "CREATE TABLE box (id INTEGER PRIMARY KEY)")
    step(scripts, "0003", "INSERT INTO nowhere VALUES (1)")
    with pytest.raises(Exception, match="nowhere"):
        upgrade(empty_url, scripts=scripts)
    assert tables(empty_url) == {"alembic_version", "shelf"}
    (scripts / "versions" / "0003_step.py").unlink()
    upgrade(empty_url, scripts=scripts)
    assert "box" in tables(empty_url)


def test_a_newer_database_is_left_alone(empty_url: str, scripts: Path) -> None:
    upgrade(empty_url, scripts=scripts)
    run(empty_url, "UPDATE alembic_version SET version_num = '0999'")
    with pytest.raises(SettingsError, match=r"0999.*newer version"):
        upgrade(empty_url, scripts=scripts)


def test_tables_of_another_program_are_left_alone(empty_url: str, scripts: Path) -> None:
    if empty_url.startswith("sqlite"):
        Path(str(make_url(empty_url).database)).parent.mkdir()
    run(empty_url, "CREATE TABLE foreigners (id INTEGER)")
    with pytest.raises(SettingsError, match="CASETRAIL_DATABASE_URL"):
        upgrade(empty_url, scripts=scripts)
    assert tables(empty_url) == {"foreigners"}


def test_two_processes_migrate_once(empty_url: str, scripts: Path) -> None:
    call = f"upgrade({empty_url!r}, scripts=Path({str(scripts)!r}))"
    code = f"from pathlib import Path; from app.migrate import upgrade; {call}"
    started = [subprocess.Popen([sys.executable, "-c", code], cwd=databases.ROOT) for _ in range(2)]
    assert [process.wait(60) for process in started] == [0, 0]
    assert tables(empty_url) == {"alembic_version", "shelf"}


def test_a_copy_with_all_rows_is_kept_before_each_change(tmp_path: Path, scripts: Path) -> None:
    url = f"sqlite:///{tmp_path / 'data' / 'casetrail.sqlite'}"
    upgrade(url, scripts=scripts)
    run(url, "INSERT INTO shelf VALUES (7)")
    step(scripts, "0002", "DELETE FROM shelf")
    copy = upgrade(url, scripts=scripts)
    assert copy is not None
    assert copy.parent == tmp_path / "data"
    assert copy.name.endswith("-0001.sqlite")
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as kept:
        assert kept.execute("SELECT id FROM shelf").fetchall() == [(7,)]
        assert kept.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)


def test_the_newest_copies_are_kept(tmp_path: Path, scripts: Path) -> None:
    url = f"sqlite:///{tmp_path / 'data' / 'casetrail.sqlite'}"
    made = []
    for number in range(1, COPIES + 4):
        step(scripts, f"{number:04}", f"CREATE TABLE shelf{number} (id INTEGER)")
        made.append(upgrade(url, scripts=scripts))
    assert made[0] is None
    assert sorted((tmp_path / "data").glob("*-before-migration-*")) == made[-COPIES:]


def test_the_database_is_private_from_the_start(tmp_path: Path, scripts: Path) -> None:
    path = tmp_path / "data" / "casetrail.sqlite"
    upgrade(f"sqlite:///{path}", scripts=scripts)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_rows_that_point_nowhere_undo_the_migration(tmp_path: Path, scripts: Path) -> None:
    url = f"sqlite:///{tmp_path / 'data' / 'casetrail.sqlite'}"
    upgrade(url, scripts=scripts)
    step(scripts, "0002", "CREATE TABLE box (shelf INTEGER REFERENCES shelf (id))")
    step(scripts, "0003", "INSERT INTO box VALUES (5)")
    with pytest.raises(SettingsError, match="undone"):
        upgrade(url, scripts=scripts)
    assert tables(url) == {"alembic_version", "shelf"}


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path, scripts: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(SettingsError, match="cannot be opened"):
        upgrade(f"sqlite:///{tmp_path / 'data' / 'casetrail.sqlite'}", scripts=scripts)


def test_a_copy_for_which_there_is_no_room_is_told_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "one.sqlite"
    (tmp_path / "one-before-migration-20260101T000000.000000Z-0001.sqlite.unfinished").write_bytes(b"killed")
    with closing(sqlite3.connect(file)) as made:
        made.execute("CREATE TABLE t AS SELECT zeroblob(200000) AS b")
    engine = migration_engine(f"sqlite:///{file}")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        with engine.connect() as connection:
            resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
            with pytest.raises(SettingsError, match="could be kept"):
                keep_copy(connection, "0001")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        engine.dispose()
    assert [one.name for one in tmp_path.glob("*before-migration*")] == []
