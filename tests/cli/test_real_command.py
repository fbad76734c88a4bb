"""The command as a process of its own, as somebody at a keyboard starts it: it knows only what it names itself."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

from app.oversight.backup import LEFT_OUT
from app.oversight.tables import METADATA
from tests.cli.test_commands import AS, SECRETARY


def casetrail(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Runs the command with its data and keys under `folder`."""
    environment = {"CASETRAIL_DATA_DIR": str(folder / "data"), "CASETRAIL_KEYS_DIR": str(folder / "keys")}
    command = [sys.executable, "-c", "from app.cli import main; main()", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_wrong_usage_is_one_line(tmp_path: Path) -> None:
    done = casetrail(tmp_path, "case", "list", "--colour", "blue")
    assert (done.returncode, done.stdout) == (2, "")
    [line] = done.stderr.splitlines()
    assert line.startswith("casetrail: No such option: --colour")


def test_it_runs_from_nothing_and_copies_every_table(tmp_path: Path) -> None:
    early = casetrail(tmp_path, "case", "list", *AS)
    assert (early.returncode, early.stderr.count("\n")) == (1, 1)
    assert casetrail(tmp_path, "migrate").returncode == 0
    made = casetrail(tmp_path, "user", "add", SECRETARY, "--name", "Secretary", "--role", "secretary")
    assert made.returncode == 0, made.stderr
    listed = casetrail(tmp_path, "case", "list", *AS, "--json")
    assert (listed.returncode, json.loads(listed.stdout)["items"]) == (0, []), listed.stderr
    copied = casetrail(tmp_path, "backup", str(tmp_path / "copy.zip"))
    assert copied.returncode == 0, copied.stderr
    with zipfile.ZipFile(tmp_path / "copy.zip") as packed:
        tables = {table["name"] for table in json.loads(packed.read("manifest.json"))["tables"]}
    assert tables == METADATA.tables.keys() - LEFT_OUT  # also those of modules that it needs for nothing else
    assert {"remark", "unmasking", "yearly_declaration"} <= tables
