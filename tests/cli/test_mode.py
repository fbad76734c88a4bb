"""From one computer to a server, by command."""

import pytest

from tests.cli.conftest import Run
from tests.cli.test_commands import events, ready

__all__ = ["ready"]


def test_the_mode_is_shown_and_changed_and_the_change_is_recorded(
    ready: Run, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ready("mode").stdout == "desk\n"
    said = ready("mode", "server").stdout
    assert "CASETRAIL_MODE=server" in said
    assert "CASETRAIL_BASE_URL" in said
    assert ready("mode").stdout == "server\n"
    assert events(database_url)[-1] == "setting_changed"
    monkeypatch.setenv("CASETRAIL_MODE", "desk")
    assert "casetrail mode desk" in ready("case", "list", "--as", "secretary@example.org", code=1).stderr
    ready("mode", "desk")  # also while the setting says otherwise
    ready("case", "list", "--as", "secretary@example.org")
    assert "desk or server" in ready("mode", "demo", code=1).stderr
    ready("audit", "verify")
