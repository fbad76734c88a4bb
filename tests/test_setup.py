"""Opening an installation, its mode, and the first set-up of a branch."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from app import demo, setup
from app.audit.events import Event
from app.audit.log import SYSTEM, append
from app.cases.models import CaseRecord, Unread
from app.db import Database
from app.errors import Invalid, NotFound, SettingsError, WrongState
from app.evidence.models import EvidenceFile
from app.installation import Installation
from app.letters.models import Letter
from app.people import queries, sessions
from app.setup import branch_of, open_installation, refuse_unready_server
from tests.branch import PASSWORD, SECRETARY, installation, settings_for
from tests.databases import KINDS
from tests.installations import read_workflows_once

ANSWERS: dict[str, Any] = {
    "organisation": "Ward branch (example)",
    "contact": "01632 960100",
    "contact_about_secretary": "01632 960101",
    "controller_contact": "The branch committee",
    "own": {"name": "Secretary", "email": SECRETARY, "role": "secretary"},
    "stand_in": {"name": "Neighbour", "email": "neighbour@example.org"},
    "others": [{"name": "Reader", "email": "auditor@example.org", "role": "auditor"}],
}


@pytest.fixture(autouse=True)
def _workflows(monkeypatch: pytest.MonkeyPatch) -> None:
    read_workflows_once(monkeypatch)


@pytest.fixture
def home(db: Database, tmp_path: Path, keys_dir: Path) -> Installation:
    return installation(db, tmp_path, keys_dir)


@pytest.fixture(scope="module", params=KINDS)
def demonstration(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The demonstration, made once with the set-up link: the tests here only look, or are refused."""
    source, folder = request.getfixturevalue(f"{request.param}_databases"), tmp_path_factory.mktemp("demonstration")
    url = source.take()
    with closing(Database(url)) as db:
        home = installation(db, folder, folder / "keys")
        demo.set_up(home, secret_of(home), via="page")
        yield home
    source.give_back(url)


def secret_of(home: Installation) -> str:
    link = setup.new_setup_link(home)
    assert link is not None
    return link.removeprefix("/set-up/")


def test_a_branch_is_set_up_once(home: Installation) -> None:
    secret = secret_of(home)
    token = setup.set_up_branch(home, secret, ANSWERS, PASSWORD, "page")
    with home.db.read() as session:
        viewer = queries.by_session_token(session, home.vault, token)
        branch = branch_of(session, home.settings)
        held = {(row.email, office.role) for row in queries.people_list(session, home.vault) for office in row.offices}
    assert viewer is not None
    assert viewer.offices == {"secretary", "administrator"}
    assert (branch.mode, branch.organisation, branch.is_new, branch.keys_copied) == (
        "desk",
        "Ward branch (example)",
        False,
        False,
    )
    assert ("neighbour@example.org", "stand_in") in held
    assert ("auditor@example.org", "auditor") in held
    assert setup.new_setup_link(home) is None
    with pytest.raises(NotFound):
        setup.set_up_branch(home, secret, ANSWERS, PASSWORD, "page")


@pytest.mark.parametrize(
    ("changes", "password", "wrong"),
    [
        ({"contact": ""}, PASSWORD, "contact"),
        ({"own": {"name": "X"}}, PASSWORD, "own.email"),
        ({"own": {**ANSWERS["own"], "role": "auditor"}}, PASSWORD, "own.role"),
        ({}, "short", "password"),
        ({"deputy": {"name": "Two", "email": SECRETARY}}, PASSWORD, "deputy.email"),
        ({"others": [{"name": "Two", "email": "two@example.org", "role": "secretary"}]}, PASSWORD, "others.0.role"),
    ],
)
def test_set_up_names_what_is_wrong_and_keeps_nothing(
    home: Installation, changes: dict[str, Any], password: str, wrong: str
) -> None:
    secret = secret_of(home)
    with pytest.raises(Invalid) as caught:
        setup.set_up_branch(home, secret, {**ANSWERS, **changes}, password, "page")
    assert wrong in {error.field for error in caught.value.errors}
    with home.db.read() as session:
        assert queries.is_empty(session)
    setup.set_up_branch(home, secret, ANSWERS, PASSWORD, "page")


def test_a_mode_that_is_set_must_agree_with_the_one_remembered(
    home: Installation, tmp_path: Path, keys_dir: Path
) -> None:
    setup.set_up_branch(home, secret_of(home), ANSWERS, PASSWORD, "page")
    for mode, agrees in (("desk", True), (None, True), ("demo", False)):
        settings = settings_for(home.settings.database_url, tmp_path, keys_dir, mode=mode)
        if agrees:
            open_installation(settings).db.close()
        else:
            with pytest.raises(SettingsError, match="set up for mode desk"):
                open_installation(settings)


def test_a_branch_that_began_on_one_computer_becomes_a_server(
    home: Installation, tmp_path: Path, keys_dir: Path
) -> None:
    setup.set_up_branch(home, secret_of(home), ANSWERS, PASSWORD, "page")

    def start(**given: Any) -> None:
        opened = open_installation(settings_for(home.settings.database_url, tmp_path, keys_dir, **given))
        try:
            refuse_unready_server(opened)
        finally:
            opened.db.close()

    served = {"mode": "server", "base_url": "https://cases.example.org"}
    with pytest.raises(SettingsError, match="casetrail mode server"):  # says what to do
        start(**served)
    with home.db.write() as session:
        setup.change_mode(session, "server", actor=SYSTEM, via="cli")
    with pytest.raises(SettingsError, match="casetrail keys copied"):
        start(**served)
    with home.db.write() as session:
        setup.confirm_keys_copied(session, actor=SYSTEM, via="cli")
    start(**served)
    with pytest.raises(SettingsError, match="CASETRAIL_MODE=server"):  # a server is never served by mistake as a desk
        start()
    with pytest.raises(SettingsError, match="casetrail mode desk"):
        start(mode="desk")


def test_demonstration_data_never_become_a_real_branch(demonstration: Installation) -> None:
    home = demonstration
    for mode in ("server", "desk"):
        with home.db.write() as session, pytest.raises(WrongState, match="empty database"):
            setup.change_mode(session, mode, actor=SYSTEM, via="cli")
    with home.db.write() as session, pytest.raises(Invalid):
        setup.change_mode(session, "demo", actor=SYSTEM, via="cli")


def test_keys_of_another_database_stop_start_up(home: Installation, tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        open_installation(settings_for(home.settings.database_url, tmp_path, tmp_path / "other"))


def test_a_server_does_not_start_before_the_keys_were_copied(db: Database, tmp_path: Path, keys_dir: Path) -> None:
    home = installation(db, tmp_path, keys_dir, mode="server", base_url="https://cases.example.org")
    with pytest.raises(SettingsError, match="casetrail keys copied"):
        refuse_unready_server(home)
    with home.db.write() as session:
        setup.confirm_keys_copied(session, actor=SYSTEM, via="cli")
    refuse_unready_server(home)


def there_is_something_of_everything(home: Installation) -> bool:
    """Letters gone and waiting, a message nobody read, a picture that was served, a reply by the member."""
    with home.db.read() as session:
        assert {"posted", "needs_you"} <= set(session.exec(select(Letter.state)).all())
        assert sorted(session.exec(select(Unread.kind)).all()) == ["messages"]
        assert {file.kind for file in session.exec(select(EvidenceFile)).all()} == {"original", "view", "thumbnail"}
        rows = session.exec(select(CaseRecord)).all()
    (served,) = [row for row in rows if row.kind == "evidence-services"]
    assert served.plain["served_on"]
    assert {row.by_role for row in rows if row.kind == "replies"} == {"respondent"}
    return True


def test_demonstration_data_is_alive_and_sound(demonstration: Installation) -> None:
    from app import clock
    from app.cases.lists import Filter, list_cases
    from app.oversight.checking import check

    home = demonstration
    with home.db.read() as session:
        assert branch_of(session, home.settings).mode == "demo"
        assert check(home, session) == []
        secretary = queries.by_email(session, home.vault, demo.SECRETARY, clock.today())
        auditor = queries.by_email(session, home.vault, "auditor@example.org", clock.today())
        assert secretary is not None
        assert auditor is not None
        everything = list_cases(session, home, auditor, Filter())["items"]
        mine = list_cases(session, home, secretary, Filter())["items"]
    assert {item["state"] for item in everything} == {"received", "acknowledged", "under_review", "referred", "closed"}
    assert {item["overdue"] for item in everything} == {True, False}
    assert 0 < len(mine) < len(everything)
    assert there_is_something_of_everything(home)
    with pytest.raises((NotFound, WrongState)):
        demo.set_up(home, None, via="cli")


def test_everybody_of_the_demonstration_can_sign_in(demonstration: Installation) -> None:
    home = demonstration
    for person in demo.PEOPLE:
        with home.db.write() as session:
            assert sessions.sign_in(session, home.vault, person.email, demo.PASSWORD, "127.0.0.1")


def test_demonstration_data_needs_its_mode(db: Database, tmp_path: Path, keys_dir: Path) -> None:
    home = installation(db, tmp_path, keys_dir, mode="desk")
    with pytest.raises(SettingsError):
        demo.set_up(home, via="cli")


def test_another_name_of_the_log_stops_the_start_once_it_is_signed(
    database_url: str, tmp_path: Path, keys_dir: Path
) -> None:
    def start(**given: str) -> None:
        home = open_installation(settings_for(database_url, tmp_path, keys_dir, **given))
        try:
            with home.db.write() as session:
                append(session, Event.SIGNED_OUT, actor=SYSTEM, via="cli")
            home.log.catch_up()
        finally:
            home.db.close()

    start(log_origin="cases.example.org/log")
    start()
    with pytest.raises(SettingsError, match=r"CASETRAIL_LOG_ORIGIN is elsewhere\.example/log, but") as stopped:
        start(log_origin="elsewhere.example/log")
    assert "\n" not in str(stopped.value)
