"""What the README says is so: its commands run, its files exist, the drawing of the procedure is current."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.settings import PREFIX, Settings
from app.workflow.diagram import mermaid
from tests.branch import library
from tests.rules.sizes import ROOT
from tests.rules.test_tracked import tracked

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = [block.strip().splitlines() for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)]
LINES = [line for block in BLOCKS for line in block]
CODE = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", README, flags=re.DOTALL))
CASETRAIL = ".venv/bin/casetrail"
NEEDS_MORE = ("serve",)
"""Commands that go on until they are stopped; `make run` starts the server here."""
MADE_BY_RUNNING = ("data/", "keys/", "keys/log", "keys/log/checkpoint", "data/casetrail.sqlite", CASETRAIL)
PATIENCE = 60.0
ONE_AFTER_ANOTHER = """
import sys
from typer.testing import CliRunner
from app.cli import cli
for line in sys.argv[1:]:
    done = CliRunner().invoke(cli, line.split()[1:])
    assert (done.exit_code, done.stderr) == (0, ""), (line, done.stdout, done.stderr)
    assert done.stdout, line
    print(done.stdout)
"""
"""The commands of a checkout in one process: each of them alone spends a second on its imports."""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The tracked files in an empty folder, with this machine's environment in place: nothing is downloaded."""
    folder = tmp_path / "checkout"
    for name in tracked():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    (folder / ".venv").mkdir()
    (folder / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    for stamp in ("run", "dev"):
        (folder / ".venv" / f"{stamp}.stamp").touch()
    return folder


def environment(**given: str) -> dict[str, str]:
    """That of this process without any setting of Casetrail or of an outer make."""
    outer = {name: value for name, value in os.environ.items() if not name.startswith((PREFIX, "MAKE", "MFLAGS"))}
    return outer | given


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, timeout=PATIENCE, check=False
    )


@contextmanager
def started(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """`make run` on that port, in a process group of its own; stopped as Ctrl+C does."""
    process = subprocess.Popen(
        ["make", "run"],
        cwd=folder,
        env=environment(PORT=str(port), DATA=str(folder / "data")),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(PATIENCE)
        if process.stdout is not None:
            process.stdout.close()


def answers(url: str, process: subprocess.Popen[str]) -> bool:
    """Whether the address answers before patience or the process ends."""
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit and process.poll() is None:
        try:
            with urlopen(url, timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, ConnectionError):
            time.sleep(0.1)
    return False


def test_the_two_commands_come_first() -> None:
    assert BLOCKS[:2] == [["make run"], ["make test"]]


def test_make_run_serves_and_prints_the_link(checkout: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with started(checkout, port) as process:
        assert answers(f"http://127.0.0.1:{port}/healthz", process)
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(2)]
        link = re.search(r"http://127\.0\.0\.1:\d+/set-up/\S+", "".join(lines))
        assert link, lines
        assert answers(link[0], process)
    assert (checkout / "data" / "casetrail.sqlite").is_file()
    assert list((checkout / "keys").iterdir())
    first, *others = [line for line in LINES if line.startswith(CASETRAIL) and line.split()[1] not in NEEDS_MORE]
    for command in (first.split(), [sys.executable, "-c", ONE_AFTER_ANOTHER, *others]):
        done = run(checkout, *command)
        assert (done.returncode, done.stderr) == (0, ""), command
        assert done.stdout, command


def test_make_test_can_be_read(checkout: Path) -> None:
    done = run(checkout, "make", "-n", "test")
    assert done.returncode == 0, done.stderr
    assert "pytest" in done.stdout


def test_every_command_that_is_named_exists(subtests: pytest.Subtests) -> None:
    named = [words for words in [*LINES, *CODE] if words.startswith((CASETRAIL, "casetrail "))]
    assert named
    for words in named:
        parts = [part for part in words.split()[1:] if re.fullmatch(r"[a-z-]+", part) and not part.startswith("-")]
        with subtests.test(words):
            done = CliRunner().invoke(cli, [*parts[:2], "--help"])
            assert done.exit_code == 0, done.stderr
    for words in [words for words in [*LINES, *CODE] if words.startswith("make ")]:
        with subtests.test(words):
            assert re.search(rf"^{words.split()[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_every_setting_that_is_named_exists() -> None:
    named = set(re.findall(rf"{PREFIX}([A-Z_]+)", README))
    assert named
    assert {name.lower() for name in named} <= set(Settings.model_fields)


def test_every_file_folder_and_link_that_is_named_exists() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    named = [name for name in CODE if re.fullmatch(r"[\w.][\w./-]*/[\w./-]*", name) and name not in MADE_BY_RUNNING]
    assert links
    assert named
    wanted = [name for name in [*links, *named] if not name.startswith("http")]
    assert [name for name in wanted if not (ROOT / name).exists()] == []


def test_links_between_the_documents_lead_somewhere() -> None:
    broken = []
    for page in sorted((ROOT / "docs").rglob("*.md")):
        links = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
        broken += [f"{page.name}: {link}" for link in links if not (page.parent / link).exists()]
    assert broken == []


def test_pictures_are_small_and_shown() -> None:
    pictures = sorted((ROOT / "docs" / "pictures").glob("*"))
    assert {picture.name for picture in pictures} == {"case.png", "worklist.png"}
    assert all(picture.stat().st_size < 250_000 for picture in pictures)
    assert [picture.name for picture in pictures if f"docs/pictures/{picture.name}" not in README] == []


def test_the_drawing_in_the_docs_is_that_of_the_real_procedure() -> None:
    page = (ROOT / "docs" / "procedure.md").read_text(encoding="utf-8")
    drawn = re.search(r"```mermaid\n(.*?)```", page, re.DOTALL)
    assert drawn is not None
    assert drawn[1].split() == mermaid(library().default()).split()
