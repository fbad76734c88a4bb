"""The size rules, as a command: `python -m tests.rules.sizes` prints what is too long and exits 1."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULE, FUNCTION, TEMPLATE = 300, 40, 120
CODE = ("app", "tests")  # migrations are exempt: they are written once and never read for pleasure
SKIPPED = {"__pycache__", "vendor"}


def too_long(root: Path) -> list[str]:
    """One line for each module, function or template under `root` that has more lines than it may."""
    found = [line for folder in CODE for path in _files(root / folder, "*.py") for line in _in_module(root, path)]
    for path in _files(root / "templates", "*"):
        found += _over(f"{path.relative_to(root)}", _lines(path), TEMPLATE)
    return found


def _in_module(root: Path, path: Path) -> Iterator[str]:
    name = path.relative_to(root)
    yield from _over(f"{name}", _lines(path), MODULE)
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            yield from _over(f"{name}:{node.lineno} {node.name}", length, FUNCTION)


def _files(folder: Path, pattern: str) -> list[Path]:
    return sorted(path for path in folder.rglob(pattern) if path.is_file() and not SKIPPED & set(path.parts))


def _lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def _over(name: str, length: int, limit: int) -> list[str]:
    return [f"{name}: {length} lines, {limit} at most"] if length > limit else []


def main(root: Path = ROOT) -> int:
    """Prints what is too long; 1 when there is any."""
    found = too_long(root)
    for line in found:
        sys.stdout.write(f"{line}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
