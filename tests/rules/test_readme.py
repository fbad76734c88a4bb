"""What README.md and the Makefile name is what there is."""

import re
import subprocess
from pathlib import Path

import pytest

from app.settings import Settings
from tests.rules.sizes import ROOT

README = (ROOT / "README.md").read_text("utf-8")


def test_the_database_file_is_the_default_of_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    database = Path(Settings().database_url.removeprefix("sqlite:///")).relative_to(tmp_path)
    assert set(re.findall(r"data/[\w.-]+\.\w+", README)) == {database.as_posix()}


def test_every_folder_and_file_in_the_table_exists() -> None:
    cells = re.findall(r"^\| (`.+?`) \|", README, re.MULTILINE)
    named = [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_make_chaos_runs_the_long_tests() -> None:
    def said(*arguments: str) -> str:
        return subprocess.run(["make", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    shown = said("-n", "chaos")
    for words in ("CASETRAIL_TEST_FUZZ=2000", "CASETRAIL_TEST_KILLS=", "CASETRAIL_TEST_WALKS=", "tests/chaos"):
        assert words in shown
    for path in re.findall(r"tests/\S+", shown):
        assert (ROOT / path).exists()
    assert "make chaos" in said("help")
