"""A figure with what it must reach, and the table of all of them."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

ROUNDS = 5


@dataclass(frozen=True)
class Figure:
    """What was measured: a ratio or a time, what it must and should reach, and where more is better."""

    name: str
    value: float
    must: float
    stretch: float
    unit: str = ""
    more: bool = False
    detail: str = ""

    @property
    def met(self) -> str:
        """`stretch`, `must` or `no`."""
        for name, bound in (("stretch", self.stretch), ("must", self.must)):
            if (self.value >= bound) if self.more else (self.value <= bound):
                return name
        return "no"


def table(figures: Iterable[Figure]) -> str:
    """One line a figure, for people."""
    lines: list[tuple[str, ...]] = [("figure", "value", "must", "stretch", "met", "")]
    for one in figures:
        bounds = tuple(f"{'>=' if one.more else '<='} {bound:g}{one.unit}" for bound in (one.must, one.stretch))
        lines.append((one.name, f"{one.value:.3g}{one.unit}", *bounds, one.met, one.detail))
    widths = [max(len(line[place]) for line in lines) for place in range(6)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def write_json(figures: Iterable[Figure], path: Path) -> None:
    """The same for programs."""
    path.write_text(json.dumps([{**asdict(one), "met": one.met} for one in figures], indent=1) + "\n", "utf-8")


def seconds(work: Callable[[], object]) -> float:
    """How long it took, by the clock on the wall."""
    began = perf_counter()
    work()
    return perf_counter() - began


def interleaved(*works: Callable[[], float], rounds: int = ROUNDS) -> list[tuple[float, ...]]:
    """What each took, round by round; in every round each runs once, so that a busy moment meets them all.

    A round in which the first took over twice its best is dropped: this machine was at something else.
    """
    found = [tuple(work() for work in works) for _ in range(rounds)]
    best = min(first for first, *_ in found)
    return [one for one in found if one[0] <= 2 * best]


def medians(found: Sequence[tuple[float, ...]]) -> list[float]:
    """Of each work its median over the rounds."""
    return [median(column) for column in zip(*found, strict=True)]


def spread(found: Sequence[tuple[float, ...]], over: int, under: int) -> str:
    """The lowest and the highest that one work over another came to in a round, and how many rounds count."""
    ratios = sorted(one[over] / one[under] for one in found)
    return f"{ratios[0]:.3g} to {ratios[-1]:.3g} in {len(ratios)} rounds"
