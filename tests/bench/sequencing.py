"""What it adds to a step at eight writers that entries get places and the tree is signed: in process and by HTTP."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx2

from app.cases import door
from app.worker import start_working
from tests.bench.figures import Figure, interleaved, medians, seconds, spread
from tests.bench.places import Kind
from tests.bench.serving import TICK, serving
from tests.branch import SECRETARY, Branch, Staffed
from tests.chaos.server import PATIENCE

WRITERS, STEPS = 8, 12
"""Writers at once, and how many steps each takes in a round."""
MOST_ADDED = {"sqlite": 0.15, "postgresql": 0.25}
Shown = tuple[str, int]
"""A case that waits for the step: its reference and its version."""
Work = Callable[[list[Shown], bool], float]
"""Takes the step in each of these cases, with the log or without: the seconds it took."""


def sequencing(kind: Kind, folder: Path) -> Iterator[Figure]:
    """Both figures, on a branch of their own."""
    source = Staffed(kind, folder / "staffed")
    with source.opened(folder, folder / "keys") as branch:
        yield _added(branch, "a step", _in_process(branch))
        yield _added(branch, "a step by HTTP", _by_http(branch))
    source.close()


def _added(branch: Branch, what: str, work: Work) -> Figure:
    def round_of(sequenced: bool) -> float:
        waiting = [_ready(branch) for _ in range(WRITERS * STEPS)]
        branch.home.log.catch_up()
        return work(waiting, sequenced) / len(waiting)

    round_of(True)
    rounds = interleaved(lambda: round_of(False), lambda: round_of(True))
    without, with_log = medians(rounds)
    name, must = branch.home.db.dialect, MOST_ADDED[branch.home.db.dialect]
    detail = f"{without * 1000:.2f} ms a step without, {with_log * 1000:.2f} ms with, {WRITERS} writers"
    detail += f"; with / without {spread(rounds, 1, 0)}"
    return Figure(f"{name}: sequencing adds to {what}", with_log / without - 1, must, must / 2, detail=detail)


def _in_process(branch: Branch) -> Work:
    viewer, closing = branch.viewer(SECRETARY), branch.home.db.closing

    def acknowledge(shown: Shown) -> None:
        reference, version = shown
        door.take_action(branch.home, viewer, reference, "acknowledge", {}, version, "api")

    def work(waiting: list[Shown], sequenced: bool) -> float:
        branch.home.db.closing = closing if sequenced else None
        in_background = sequenced and branch.home.db.dialect != "sqlite"
        end = start_working(branch.home, TICK) if in_background else lambda: None
        with ThreadPoolExecutor(WRITERS) as pool:
            taken = seconds(lambda: list(pool.map(acknowledge, waiting)))
        end()
        branch.home.db.closing = closing
        return taken

    return work


def _by_http(branch: Branch) -> Work:
    """A server for each round, so that none moves what was written through another; writers keep their connections."""
    mine = {"Authorization": f"Bearer {branch.token(SECRETARY)}"}

    def acknowledge(http: httpx2.Client, waiting: list[Shown]) -> None:
        for reference, version in waiting:
            address = f"/api/v1/cases/{reference}/actions/acknowledge"
            http.post(address, json={"version": version}).raise_for_status()

    def work(waiting: list[Shown], sequenced: bool) -> float:
        first = [[_ready(branch)] for _ in range(WRITERS)]
        shares = [waiting[number::WRITERS] for number in range(WRITERS)]
        with ExitStack() as stack:
            url = stack.enter_context(serving(branch, sequenced=sequenced))
            clients = [httpx2.Client(base_url=url, headers=mine, timeout=PATIENCE) for _ in range(WRITERS)]
            writers = [stack.enter_context(one) for one in clients]
            with ThreadPoolExecutor(WRITERS) as pool:
                list(pool.map(acknowledge, writers, first))  # what a server does once is done
                return seconds(lambda: list(pool.map(acknowledge, writers, shares)))

    return work


def _ready(branch: Branch) -> Shown:
    reference = branch.report()
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="none")
    branch.keep(SECRETARY, reference, "risks", threat="no", child="no", vulnerable="no")
    branch.keep(SECRETARY, reference, "acknowledgements", how="impossible", reason="Nobody to write to.")
    return reference, branch.case(reference).version
