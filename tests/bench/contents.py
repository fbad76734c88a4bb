"""The check of a whole branch: its trail, its cases, letters and people, and all that is sealed."""

from collections.abc import Iterator
from pathlib import Path

from app.oversight.checking import check
from tests.bench.figures import Figure, interleaved, medians, seconds, spread
from tests.bench.places import Kind
from tests.branch import Branch, Staffed

FEW, MANY = 40, 160
"""Cases that went from their report to their end."""


def contents(kind: Kind, folder: Path) -> Iterator[Figure]:
    """What a case costs the check in a branch of many cases, over what it costs in one of few."""
    source = Staffed(kind, folder / "staffed")
    with (
        source.opened(folder / "few", folder / "few" / "keys") as few,
        source.opened(folder / "many", folder / "many" / "keys") as many,
    ):
        for branch, number in ((few, FEW), (many, MANY)):
            for _ in range(number):
                branch.at("closed")
            branch.home.log.catch_up()
        rounds = interleaved(lambda: _checked(few) / FEW, lambda: _checked(many) / MANY)
        of_few, of_many = medians(rounds)
        entries = len(many.entries()) / MANY
        detail = f"{of_many * 1000:.2f} ms a case of {entries:.0f} entries, {entries / of_many:,.0f} entries/s"
        detail += f"; many / few {spread(rounds, 1, 0)}"
        name = f"{many.home.db.dialect}: whole check a case, {MANY} / {FEW} cases"
        yield Figure(name, of_many / of_few, 1.2, 1.0, detail=detail)
    source.close()


def _checked(branch: Branch) -> float:
    def whole() -> None:
        with branch.home.db.read() as session:
            if found := check(branch.home, session):
                raise RuntimeError(f"the record is not sound: {found[0]}")

    return seconds(whole)
