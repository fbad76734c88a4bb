"""Where the arrows of a vertical drawing run: skips in lanes on the right, ways back in lanes on the left."""

from collections.abc import Sequence
from dataclasses import dataclass

PORT_GAP = 8


@dataclass(frozen=True)
class Arc:
    """An arrow between two rows that passes beside the others; lane 0 lies innermost."""

    source: int
    dest: int
    lane: int
    leave: float
    """How far below the middle of its row it leaves; negative = above."""
    arrive: float


def arcs(pairs: Sequence[tuple[int, int]]) -> tuple[Arc, ...]:
    """Lanes for arrows of one side so that no two share a line, short ones inside; a port for each end."""
    lanes: dict[tuple[int, int], int] = {}
    for pair in sorted(set(pairs), key=lambda pair: (abs(pair[0] - pair[1]), min(pair))):
        taken = {lanes[other] for other in lanes if _touch(pair, other)}
        lanes[pair] = next(lane for lane in range(len(taken) + 1) if lane not in taken)
    return tuple(
        Arc(*pair, lane, _port(lanes, pair[0], pair), _port(lanes, pair[1], pair)) for pair, lane in lanes.items()
    )


def _touch(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return min(one) <= max(other) and min(other) <= max(one)


def _port(lanes: dict[tuple[int, int], int], row: int, pair: tuple[int, int]) -> float:
    def place(other: tuple[int, int]) -> int:
        # from the top: upward inner to outer, then downward outer to inner: neighbours never cross
        upward = min(other) < row
        return lanes[other] if upward else 2 * len(lanes) - lanes[other]

    here = sorted((other for other in lanes if row in other), key=place)
    return (here.index(pair) - (len(here) - 1) / 2) * PORT_GAP
