"""What is in the repository: the fixed top level, no registry hosts or machine paths, lock files that hold."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.rules.sizes import ROOT

TOP = {
    ".ci", ".gitignore", "Makefile", "README.md", "alembic.ini", "app", "docs", "migrations", "pyproject.toml",
    "requirements-dev.lock", "requirements.lock", "templates", "tests", "workflows",
}  # fmt: skip
# A ~ breaks every name, so that this file does not hold what it looks for.
HOSTS = """py~pi.org python~hosted npm~js.org npm~js.com npm~mirror yarn~pkg.com crates~.io ruby~gems.org
    proxy.go~lang anaconda~.org anaconda~.com js~delivr.net un~pkg.com"""
NO_HOST = "|".join(re.escape(host) for host in HOSTS.replace("~", "").split())
NO_PLACE = r"(?<![\w.~/-])/(w@ork|r@oot|h@ome|U@sers)/[\w.]".replace("@", "")
LOCKS = ["requirements.lock", "requirements-dev.lock"]


def tracked() -> list[str]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def holding(pattern: str, flags: int = 0) -> list[str]:
    looked_for = re.compile(pattern.encode(), flags)
    return [name for name in tracked() if looked_for.search((ROOT / name).read_bytes())]


def requirements(lock: str) -> dict[str, str]:
    """Name and pinned version of every requirement of a lock file."""
    return dict(re.findall(r"^([a-z0-9-]+)(?:\[[^]]*\])?==([^\s;\\]+)", (ROOT / lock).read_text(), re.MULTILINE))


def test_the_top_level_is_as_agreed() -> None:
    assert {name.partition("/")[0] for name in tracked()} == TOP


def test_no_registry_is_named() -> None:
    assert holding(NO_HOST, re.IGNORECASE) == []


def test_no_path_of_one_machine_is_named() -> None:
    assert holding(NO_PLACE) == []


def test_the_patterns_find_what_they_should() -> None:
    assert re.search(NO_HOST, "see files." + "python" + "hosted.org")
    assert re.search(NO_PLACE, "open('/" + "root/.cache')")
    assert not re.search(NO_PLACE, "https://example.org/home/page ./work/x")


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_pin_and_hash_everything_and_name_no_place(lock: str) -> None:
    blocks = re.split(r"\n(?=\S)", (ROOT / lock).read_text().strip())
    assert len(blocks) == len(requirements(lock)) > 20
    assert [block for block in blocks if not re.search(r"--hash=sha256:[0-9a-f]{64}", block)] == []
    assert not re.search(r"://|--(extra-)?index|--find-links|--trusted| @ ", (ROOT / lock).read_text())


def test_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = [re.split(r"[^A-Za-z0-9.-]", line)[0] for line in project["dependencies"]]
    run, dev = map(requirements, LOCKS)
    assert {name.lower().replace(".", "-") for name in names} <= set(run)
    extra = {re.split(r"[^A-Za-z0-9-]", line)[0] for line in project["optional-dependencies"]["dev"]}
    assert extra <= set(dev)
    assert run.items() <= dev.items(), "tests must run what is installed"


def test_the_ci_script_can_be_run() -> None:
    assert Path(ROOT / ".ci/run").stat().st_mode & 0o111
