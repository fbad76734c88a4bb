"""On PostgreSQL the application works under a login that can neither change nor delete what is on record."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import make_url, text
from sqlalchemy.exc import ProgrammingError
from typer.testing import CliRunner

from app import clock, migrate, rights, worker
from app.cli import cli
from app.db import Database, new_id
from app.settings import Settings
from tests import postgres
from tests.api import test_own_report, test_walks
from tests.branch import AUDITOR, PASSWORD, Branch, installation, settings_for, staffed
from tests.evidence import test_by_api
from tests.postbox import postbox

pytestmark = pytest.mark.postgres
JOURNEYS: list[Callable[[Branch], None]] = [
    test_walks.test_case_1_no_breach,
    test_walks.test_case_3_bullying_upheld,
    test_by_api.test_a_file_comes_in_is_kept_untouched_and_goes_out,
    test_by_api.test_the_reporter_sends_more_with_the_code,
    test_own_report.test_every_answer_is_as_described,
    test_own_report.test_bad_input_is_named_and_a_repeat_is_the_same,
    test_own_report.test_sending_is_throttled,
    test_own_report.test_an_officer_gets_the_new_code_once_and_reading_marks_as_read,
]
"""Reports, steps, letters, files, codes and refusals, as other tests walk them."""
INSERT_ONLY = (
    "audit_entry",
    "log_entry",
    "log_hash",
    "checkpoint",
    "old_log_entry",
    "old_log_hash",
    "old_checkpoint",
    "case_record",
    "case_deadline",
    "letter_version",
    "reply_code",
    "workflow_text",
    "closure_day",
    "yearly_declaration",
)
KEPT = ("cases", "person", "office", "letter", "api_token")


@dataclass
class Server:
    """A database with three roles, and the settings of a machine that has the two logins."""

    settings: Settings
    login: str
    owner: str


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Made by the SQL that the command prints; dropped afterwards."""
    name = f"casetrail_test_{new_id()[:12]}"
    own, login, migrator, owner = make_url(postgres.server_url()), f"{name}_app", f"{name}_migrate", f"{name}_owner"
    printed = CliRunner().invoke(cli, ["database-roles", "--login", login, "--migrator", migrator, "--owner", owner])
    assert printed.exit_code == 0
    url = own.set(database=name)
    admin = psycopg.connect(_address(own), autocommit=True)
    admin.execute(f'CREATE ROLE "{login}" LOGIN')
    admin.execute(f'CREATE DATABASE "{name}" OWNER "{login}" TEMPLATE template0')
    urls = {user: url.set(username=user).render_as_string(hide_password=False) for user in (login, migrator)}
    folder = tmp_path_factory.mktemp("rights")
    migrate.migrate(settings_for(urls[login], folder, folder / "keys"))  # as many begin: one login owns everything
    for _ in range(2):  # a second time it changes nothing
        with psycopg.connect(_address(url), autocommit=True) as inside:
            inside.execute(printed.stdout)
    settings = settings_for(urls[login], folder, folder / "keys", migrate_database_url=urls[migrator])
    migrate.migrate(settings)
    yield Server(settings, login, owner)
    admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    for role in (login, migrator, owner):
        admin.execute(f'DROP ROLE "{role}"')
    admin.close()


@pytest.fixture(scope="module")
def modest(server: Server) -> Iterator[Branch]:
    """A staffed branch that works under the application's own login."""
    folder = server.settings.data_dir.parent
    db = Database(server.settings.database_url)
    yield staffed(installation(db, folder, folder / "keys"))
    db.close()


def _address(url: object) -> str:
    return make_url(str(url)).set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.__name__)
def test_the_whole_journey_works(modest: Branch, journey: Callable[[Branch], None]) -> None:
    journey(modest)


def test_people_sign_in_and_the_worker_works(modest: Branch) -> None:
    client = modest.client()
    modest.give_password(AUDITOR)
    assert client.post("/sign-in", data={"email": AUDITOR, "password": PASSWORD}).status_code == 303
    assert client.get("/integrity").status_code == 200
    assert client.post("/integrity/check").headers["location"] == "/integrity"
    with postbox() as box:
        given = {"smtp_url": SecretStr(box.url), "mail_from": "branch@example.org"}
        home = replace(modest.home, settings=modest.home.settings.model_copy(update=given))
        for job in worker.JOBS:
            job.run(home, clock.now(), lambda: True)
    modest.home.log.catch_up()
    assert modest.home.log.refusal() is None


@pytest.mark.parametrize("table", INSERT_ONLY)
@pytest.mark.parametrize("verb", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_is_on_record_cannot_be_changed(modest: Branch, table: str, verb: str) -> None:
    with modest.home.db.read() as session:
        column = session.connection().execute(text(f"SELECT * FROM {table} LIMIT 0")).keys()
    first = next(iter(column))
    with pytest.raises(ProgrammingError, match="permission denied"), modest.home.db.write() as session:
        session.connection().execute(text(verb.format(table, first, first)))


@pytest.mark.parametrize("table", KEPT)
def test_what_stays_cannot_be_deleted(modest: Branch, table: str) -> None:
    for statement in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        with pytest.raises(ProgrammingError, match="permission denied"), modest.home.db.write() as session:
            session.connection().execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE audit_entry CASCADE",
        "DROP TABLE old_checkpoint",
        "DROP SCHEMA public CASCADE",
        "CREATE SCHEMA own",
        "CREATE TEMPORARY TABLE own (id int)",
        "ALTER DATABASE {database} OWNER TO {login}",
        "ALTER DATABASE {database} SET session_replication_role = replica",
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_entry_no_change ON audit_entry",
        "SET session_replication_role = replica",
        "CREATE TABLE own (id int)",
        "UPDATE alembic_version SET version_num = '0001'",
        "SET ROLE {owner}",
    ],
)
def test_the_login_cannot_take_the_guards_away(modest: Branch, server: Server, statement: str) -> None:
    names = {"owner": server.owner, "login": server.login, "database": make_url(server.settings.database_url).database}
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), modest.home.db.write() as session:
        session.connection().execute(text(statement.format(**names)))


def test_nobody_signs_in_as_the_owner_and_everything_is_owned_by_it(modest: Branch, server: Server) -> None:
    with modest.home.db.read() as session:
        run = session.connection().execute
        owners = set(run(text("SELECT tableowner FROM pg_tables WHERE schemaname = 'public'")).scalars())
        can = run(text("SELECT rolcanlogin FROM pg_roles WHERE rolname = :name"), {"name": server.owner}).scalar_one()
        tables = set(run(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars())
    assert (owners, can) == ({server.owner}, False)
    assert set(rights.CHANGES) <= tables
    assert not set(rights.CHANGES) & set(INSERT_ONLY)
