"""Every tool of `make check` is seen to refuse what it should, under this project's own settings."""

import subprocess
import sys
from pathlib import Path

from tests.rules.sizes import ROOT

CONFIG = ROOT / "pyproject.toml"


def run(tool: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name(tool), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_ruff_refuses_bad_layout(tmp_path: Path) -> None:
    sample = tmp_path / "sample.py"
    sample.write_text("x = {  'a':1 }\n")
    assert run("ruff", "format", "--check", "--config", CONFIG, "--no-cache", sample).returncode == 1


def test_ruff_refuses_what_hides_mistakes(tmp_path: Path) -> None:
    sample = tmp_path / "sample.py"
    sample.write_text(
        "import os\nfrom datetime import datetime\n\n\ndef act(x=[]):\n    try:\n        return datetime.now()\n"
        "    except Exception:\n        pass\n    eval('1')\n"
    )
    done = run("ruff", "check", "--config", CONFIG, "--no-cache", "--output-format", "concise", sample)
    assert done.returncode == 1
    for rule in ("F401", "B006", "DTZ005", "BLE001", "D103", "S110", "S307"):
        assert rule in done.stdout


def test_mypy_refuses_untyped_and_mistyped_code(tmp_path: Path) -> None:
    sample = tmp_path / "sample.py"
    sample.write_text("def act(x):\n    return x\n\n\ndef count() -> int:\n    return 'one'\n")
    done = run("mypy", "--config-file", CONFIG, "--cache-dir", tmp_path / "cache", sample)
    assert done.returncode == 1
    assert "[no-untyped-def]" in done.stdout
    assert "[return-value]" in done.stdout


def test_make_check_runs_every_tool() -> None:
    said = subprocess.run(["make", "-n", "check"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for tool in ("ruff format --check", "ruff check", "mypy", "lint-imports", "tests.rules.sizes"):
        assert tool in said
