"""Installations for tests: on a database that has the schema, with keys of their own and the real procedures."""

from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

import app.oversight.tables  # noqa: F401 (makes every table known)
from app.cases.vocabulary import VOCABULARY
from app.db import Database
from app.installation import Installation
from app.settings import Settings
from app.setup import WORKFLOWS, open_log
from app.vault.keys import KeyFolder
from app.vault.vault import Vault
from app.workflow.library import Library

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import ASGIApp, Receive, Scope, Send


@cache
def library(folder: Path = WORKFLOWS) -> Library:
    """The real procedures, read once per test process."""
    return Library.load(folder, VOCABULARY)


def read_workflows_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation that is opened takes the procedures as this process has read them."""
    monkeypatch.setattr("app.setup.Library", SimpleNamespace(load=lambda folder, _names: library(folder)))


def settings_for(database_url: str, folder: Path, keys: Path, **given: Any) -> Settings:
    """Settings of a test installation; nothing is read from the environment's own data."""
    return Settings(database_url=database_url, data_dir=folder / "data", keys_dir=keys, **given)


def installation(db: Database, folder: Path, keys: Path, **given: Any) -> Installation:
    """An installation on a database that has the schema; its keys are made."""
    vault, settings = Vault(KeyFolder(keys, create=True)), settings_for(db.url, folder, keys, **given)
    with db.write() as session:
        vault.prepare(session)
        log = open_log(session, db, settings)
    return Installation(settings, db, vault, log, library())


_APPS: dict[tuple[object, ...], "FastAPI"] = {}


def shared_app(home: Installation) -> "ASGIApp":
    """One application for all branches with like settings (making its routes takes a while), each with its own home."""
    from app.main import create_app

    settings = home.settings
    key = (settings.base_url, settings.organisation, settings.trusted_proxies, id(home.workflows))
    if key not in _APPS:
        _APPS[key] = create_app(home)
    shared = _APPS[key]

    async def bound(scope: "Scope", receive: "Receive", send: "Send") -> None:
        shared.state.home = home
        await shared(scope, receive, send)

    return bound
