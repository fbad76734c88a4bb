"""No module, function or template is longer than a person wants to read."""

from pathlib import Path

import pytest

from tests.rules import sizes


def test_nothing_here_is_too_long() -> None:
    assert sizes.too_long(sizes.ROOT) == []


def function(name: str, lines: int) -> str:
    return f"def {name}():\n" + "    x = 1\n" * (lines - 1)


def test_the_rules_are_seen_to_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("app/cases", "templates/errors", "migrations/versions", "tests"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "app/cases/exact.py").write_text(function("fits", 40) + "x = 1\n" * 260)
    (tmp_path / "app/cases/long.py").write_text("x = 1\n" * 301)
    (tmp_path / "app/cases/inner.py").write_text("class A:\n    async def step(self):\n" + "        x = 1\n" * 40)
    (tmp_path / "tests/test_long.py").write_text(function("test_long", 41))
    (tmp_path / "templates/errors/exact.html").write_text("<p>\n" * 120)
    (tmp_path / "templates/errors/long.html").write_text("<p>\n" * 121)
    (tmp_path / "migrations/versions/0001_all.py").write_text("x = 1\n" * 900)
    assert sizes.main(tmp_path) == 1
    assert capsys.readouterr().out.splitlines() == [
        "app/cases/inner.py:2 step: 41 lines, 40 at most",
        "app/cases/long.py: 301 lines, 300 at most",
        "tests/test_long.py:1 test_long: 41 lines, 40 at most",
        "templates/errors/long.html: 121 lines, 120 at most",
    ]
