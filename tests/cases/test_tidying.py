"""What is kept only for a while goes: counted denials are written, old answers and sign-ins are forgotten."""

import importlib
from collections.abc import Iterator
from datetime import timedelta

import pytest
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from sqlmodel import SQLModel, select

from app import clock
from app.audit import limits
from app.audit.models import AuditLimit
from app.cases import door
from app.cases.models import IdempotentAnswer
from app.cases.tidying import tidy_up
from app.errors import NotFound
from app.people import sessions
from app.people.models import SignInSession
from tests.branch import NOBODY, PASSWORD, REPORT, SECRETARY, Branch


@pytest.fixture
def time() -> Iterator[FrozenDateTimeFactory]:
    """A clock that the test moves on."""
    importlib.import_module("app.main")  # before: pydantic cannot build its models while time is frozen
    with freeze_time(clock.now()) as frozen:  # the people of a branch hold office from today
        assert isinstance(frozen, FrozenDateTimeFactory)
        yield frozen


def left(branch: Branch) -> tuple[int, ...]:
    with branch.home.db.read() as session:
        tables: tuple[type[SQLModel], ...] = (AuditLimit, IdempotentAnswer, SignInSession)
        return tuple(len(session.exec(select(table)).all()) for table in tables)


def test_denials_beyond_the_limit_are_written_though_nobody_comes_back(
    time: FrozenDateTimeFactory, branch: Branch
) -> None:
    viewer = branch.viewer(NOBODY)
    for _ in range(limits.DENIALS_WRITTEN + 3):
        with pytest.raises(NotFound):
            door.note_view(branch.home, viewer, "2026-ZZZZZ", "api")
    tidy_up(branch.home)
    assert "denials_counted" not in branch.events()
    time.tick(timedelta(minutes=1, seconds=1))
    for _ in range(2):
        tidy_up(branch.home)
    assert branch.events().count("denials_counted") == 1
    assert left(branch)[0] == 0


def test_what_is_over_is_forgotten_and_the_rest_stays(time: FrozenDateTimeFactory, branch: Branch) -> None:
    branch.give_password(SECRETARY)
    reference = branch.report()
    door.open_case(branch.home, REPORT, None, "api", "key")
    door.note_view(branch.home, branch.viewer(SECRETARY), reference, "api")
    with branch.home.db.write() as session:
        assert sessions.sign_in(session, branch.home.vault, SECRETARY, PASSWORD, "")
    for passed, kept in ((0, (1, 1, 1)), (14, (1, 1, 1)), (17, (0, 1, 0)), (24 * 60, (0, 0, 0))):
        time.tick(timedelta(minutes=passed))
        tidy_up(branch.home)
        assert left(branch) == kept


def test_lists_tidy_up(time: FrozenDateTimeFactory, branch: Branch) -> None:
    door.open_case(branch.home, REPORT, None, "api", "key")
    time.tick(timedelta(hours=25))
    assert branch.client(SECRETARY).get("/api/v1/cases").status_code == 200
    assert left(branch)[1] == 0
