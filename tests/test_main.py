"""The application tidies up by itself only where it was asked to, and stops with the server."""

import threading
from typing import Any

import pytest
import structlog
from starlette.testclient import TestClient

from app import main, worker
from app.audit.events import Event
from app.audit.log import SYSTEM, append
from app.audit.log_state import state_of
from app.db import Database
from tests.installations import installation


@pytest.fixture
def tidied(monkeypatch: pytest.MonkeyPatch) -> threading.Semaphore:
    """Counts the times that somebody tidied up; every time fails."""
    times = threading.Semaphore(0)

    def tidy_up(*_: object) -> None:
        times.release()
        raise RuntimeError("the name of somebody")

    monkeypatch.setattr(worker, "JOBS", (worker.Job("tidy_up", tidy_up),))
    return times


def test_it_tidies_up_again_and_again_and_stops(
    db: Database, tmp_path: Any, keys_dir: Any, tidied: threading.Semaphore
) -> None:
    app = main.create_app(installation(db, tmp_path, keys_dir), tick_every=0.01)
    with structlog.testing.capture_logs() as lines, TestClient(app) as client:
        for _ in range(3):
            assert tidied.acquire(timeout=10)
        assert client.get("/healthz").status_code == 200
    while tidied.acquire(blocking=False):
        pass
    assert not tidied.acquire(timeout=0.1)
    faults = [line for line in lines if line["event"] == "fault"]
    assert {line["kind"] for line in faults} == {"RuntimeError"}
    assert "somebody" not in str(lines)


def test_it_keeps_the_log_and_goes_on_where_that_failed(
    db: Database, tmp_path: Any, keys_dir: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "LOG_EVERY", 0.01)
    home = installation(db, tmp_path, keys_dir)
    times, really = threading.Semaphore(0), home.log.sequence

    def fails_once() -> bool:
        times.release()
        monkeypatch.setattr(home.log, "sequence", really)
        raise RuntimeError("the name of somebody")

    monkeypatch.setattr(home.log, "sequence", fails_once)
    with structlog.testing.capture_logs() as lines, TestClient(main.create_app(home, tick_every=60)):
        assert times.acquire(timeout=10)
        with db.write() as session:
            append(session, Event.SIGNED_OUT, actor=SYSTEM, via="page")
        for _ in range(1000):
            with db.read() as session:
                if state_of(session).signed:
                    break
            threading.Event().wait(0.01)
    with db.read() as session:
        assert (state_of(session).signed, state_of(session).pending) == (1, 0)
    assert [line["kind"] for line in lines if line["event"] == "fault"] == ["RuntimeError"]
    assert "somebody" not in str(lines)


def test_nobody_tidies_up_unasked(db: Database, tmp_path: Any, keys_dir: Any, tidied: threading.Semaphore) -> None:
    with TestClient(main.create_app(installation(db, tmp_path, keys_dir))):
        assert not tidied.acquire(timeout=0.1)
