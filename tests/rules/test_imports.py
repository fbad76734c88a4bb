"""Imports point down only; the domain knows no HTTP; one package knows the workflow library."""

import ast
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rules.sizes import ROOT

EDGE = {"api", "cli", "deps", "edge", "file_answer", "main", "uploads", "web"}
VAGUE = {"util", "utils", "helper", "helpers", "manager", "managers", "common", "misc"}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    command = [str(program), "--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def modules(package: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(package.rglob("*.py")):
        yield path, path.relative_to(package).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def test_contracts_are_kept() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("module", "line", "broken"),
    [
        ("db.py", "import app.people.models", "Imports point down only"),
        ("vault/strange.py", "import app.audit.models", "Imports point down only"),
        ("strange.py", "", "Imports point down only"),
        ("cases/models.py", "import fastapi", "What a branch does knows nothing of HTTP"),
        ("workflow/strange.py", "import sqlmodel", "The workflow engine knows no database"),
        ("clock.py", "import app.errors", "Imports point down only"),
    ],
)
def test_contracts_are_seen_to_fail(tmp_path: Path, module: str, line: str, broken: str) -> None:
    shutil.copytree(ROOT / "app", tmp_path / "app", ignore=shutil.ignore_patterns("static", "__pycache__"))
    with (tmp_path / "app" / module).open("a") as code:
        code.write(f"\n{line}\n")
    done = lint_imports(tmp_path)
    assert done.returncode == 1, done.stdout
    assert f"{broken} BROKEN" in done.stdout


def test_a_cycle_between_modules_is_seen(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "app", tmp_path / "app", ignore=shutil.ignore_patterns("static", "__pycache__"))
    (tmp_path / "app/cases/first.py").write_text("import app.cases.second\n")
    (tmp_path / "app/cases/second.py").write_text("import app.cases.first\n")
    assert "No two modules import each other, however far around BROKEN" in lint_imports(tmp_path).stdout


def test_every_domain_package_is_under_the_rule_on_http() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (rule,) = [contract for contract in contracts if contract["id"] == "domain"]
    here = {name for _, name in modules(ROOT / "app")} - EDGE - {"__init__", "tables"}
    assert set(rule["source_modules"]) >= {f"app.{name}" for name in here}


def test_only_the_workflow_package_imports_transitions() -> None:
    users = {name for path, name in modules(ROOT / "app") if "transitions" in imported(path)}
    assert users == {"workflow"}


def test_only_the_edge_imports_the_web_framework() -> None:
    users = {name for path, name in modules(ROOT / "app") if {"fastapi", "starlette"} & set(imported(path))}
    assert users <= EDGE


def test_no_module_has_a_name_that_says_nothing() -> None:
    paths = [path for folder in ("app", "tests") for path, _ in modules(ROOT / folder)]
    assert [path for path in paths if VAGUE & {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}] == []
