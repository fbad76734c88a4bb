"""The application tidies up by itself only where it was asked to, and stops with the server."""

import threading
from typing import Any

import pytest
import structlog
from starlette.testclient import TestClient

from app import main, worker
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


def test_nobody_tidies_up_unasked(db: Database, tmp_path: Any, keys_dir: Any, tidied: threading.Semaphore) -> None:
    with TestClient(main.create_app(installation(db, tmp_path, keys_dir))):
        assert not tidied.acquire(timeout=0.1)
