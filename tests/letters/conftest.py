"""A branch with a mail server, one without, and the letters of a case."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr

from app import clock, worker
from tests.branch import Branch, branch
from tests.postbox import Postbox, postbox
from tests.shared_branch import embedded_branch, shared_branch

__all__ = ["branch", "embedded_branch", "shared_branch"]
BRANCH_ADDRESS = "branch@example.org"


@pytest.fixture(scope="module")
def server() -> Iterator[Postbox]:
    """The mail server of a module."""
    with postbox() as box:
        yield box


@pytest.fixture
def box(server: Postbox) -> Postbox:
    """The same, empty and well-behaved."""
    server.again()
    return server


def with_mail(plain: Branch, url: str, **more: object) -> Branch:
    """The branch with a mail server at this address."""
    given = {"smtp_url": SecretStr(url), "mail_from": BRANCH_ADDRESS, "organisation": "Example branch", **more}
    settings = plain.home.settings.model_copy(update={**given, "contact": "Telephone 01632 960000\n1 Example Road"})
    made = replace(plain, home=replace(plain.home, settings=settings))
    made.ids, made.codes = plain.ids, plain.codes
    return made


def with_nothing_waiting(plain: Branch, box: Postbox) -> Branch:
    """The branch with the mail server, after whatever tests before this one left in its queue is gone."""
    made = with_mail(plain, box.url)
    worker.tick(made.home, clock.now() + timedelta(hours=2))
    box.again()
    return made


@pytest.fixture
def desk(shared_branch: Branch, box: Postbox) -> Branch:
    """The shared branch on each kind of database, with the mail server."""
    return with_nothing_waiting(shared_branch, box)


@pytest.fixture
def embedded(embedded_branch: Branch, box: Postbox) -> Branch:
    """The same on SQLite only."""
    return with_nothing_waiting(embedded_branch, box)
