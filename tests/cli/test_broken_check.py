"""A check that a broken database stops says so in one line, whatever its driver has to say of cursors."""

import logging

import pytest
from sqlmodel import Session

from app.oversight import case_rows
from tests.cli.conftest import Run
from tests.cli.test_commands import REPORT, ready

__all__ = ["ready"]
POOL = "sqlalchemy.pool.impl.QueuePool"


def test_one_line_and_no_traceback(
    ready: Run, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    ready("case", "open", *REPORT)

    def broken(session: Session) -> object:
        try:
            raise RuntimeError("the cursor")
        except RuntimeError:  # as SQLAlchemy does where a cursor cannot be closed
            logging.getLogger(POOL).exception("Error closing cursor")
        return session.connection().exec_driver_sql("SELECT missing FROM nowhere")

    monkeypatch.setattr(case_rows, "records", broken)
    monkeypatch.setattr(logging.getLogger(), "handlers", [])  # as at a keyboard, where nothing was set up
    capfd.readouterr()
    said = ready("audit", "verify", code=1)
    assert said.stderr.startswith("The database did not do what was asked")
    assert len(said.stderr.splitlines()) == 1
    assert capfd.readouterr().err == ""
