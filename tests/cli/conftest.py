"""The command line on a database of its own: settings by environment, as somebody at a keyboard would give them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import cli
from tests.branch import branch
from tests.installations import read_workflows_once

__all__ = ["branch"]
Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, tmp_path: Path, keys_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `casetrail ...` in this process; `code` is the exit code expected, `typed` what standard input holds."""
    read_workflows_once(monkeypatch)
    monkeypatch.chdir(tmp_path)
    given = {"DATABASE_URL": database_url, "DATA_DIR": str(tmp_path / "data"), "KEYS_DIR": str(keys_dir)}
    for name, value in given.items():
        monkeypatch.setenv(f"CASETRAIL_{name}", value)

    def call(*words: str, code: int = 0, typed: str = "") -> Result:
        result = CliRunner().invoke(cli, words, input=typed)
        assert result.exit_code == code, (words, result.stdout, result.stderr, result.exception)
        return result

    return call
