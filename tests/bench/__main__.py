"""`make bench`: both databases, medians of five rounds, one table, and the same as JSON."""

import argparse
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import app.oversight.tables  # noqa: F401 (makes every table known)
from tests.bench.contents import contents
from tests.bench.figures import Figure, table, write_json
from tests.bench.log_figures import large
from tests.bench.places import Kind, workplace
from tests.bench.sequencing import sequencing
from tests.databases import Postgresql, Sqlite

GROUPS = ("sequencing", "contents", "large")


def measured(folder: Path, kinds: list[Kind], groups: list[str], small: int, many: int) -> Iterator[Figure]:
    """Every figure of these groups, as it comes."""
    ways: dict[str, Callable[[Kind, Path], Iterator[Figure]]]
    ways = {"sequencing": sequencing, "contents": contents, "large": partial(large, small=small, many=many)}
    for kind in kinds:
        for name in groups:
            figures, at = ways[name], folder / f"{name}-{kind.__name__.lower()}"
            at.mkdir()
            for one in figures(kind, at):
                print(f"{one.name}: {one.value:.3g}{one.unit}", file=sys.stderr, flush=True)  # noqa: T201 (progress)
                yield one


def main() -> None:
    """Measures and prints; never fails on a time."""
    asked = argparse.ArgumentParser(prog="make bench ARGS=...")
    asked.add_argument("--entries", type=int, default=1_000_000, help="how large the large record is")
    asked.add_argument("--few", type=int, default=10_000, help="how large the small one is")
    asked.add_argument("--database", choices=["sqlite", "postgresql"], help="only this one")
    asked.add_argument("--only", choices=GROUPS, help="only this group of figures")
    asked.add_argument("--json", type=Path, default=Path("bench.json"), help="where the figures go for programs")
    given = asked.parse_args()
    kinds: dict[str, Kind] = {"sqlite": Sqlite, "postgresql": Postgresql}
    with workplace() as folder:
        chosen = [kinds[given.database]] if given.database else list(kinds.values())
        groups = [given.only] if given.only else list(GROUPS)
        found = list(measured(folder, chosen, groups, given.few, given.entries))
    print(table(found))  # noqa: T201 (its answer)
    write_json(found, given.json)


if __name__ == "__main__":
    main()
