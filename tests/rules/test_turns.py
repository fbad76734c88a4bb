"""Taking turns leaves no test out: of each that is there for both kinds of database, one runs."""

from tests.conftest import waits_its_turn

BOTH = [f"tests/web/test_page.py::test_{number}[{kind}-x]" for number in range(40) for kind in ("sqlite", "postgresql")]
ALONE = [f"tests/web/test_page.py::test_alone_{number}[sqlite]" for number in range(40)]
NEVER = ["tests/cases/test_walls.py::test_one[sqlite]", "tests/cases/test_walls.py::test_one[postgresql]"]


def test_one_of_two_runs_and_who_is_alone_always() -> None:
    names = {*BOTH, *ALONE, *NEVER}
    run = {name for name in names if not waits_its_turn(name, names)}
    assert run >= {*ALONE, *NEVER}
    assert {name.partition("[")[0] for name in run} == {name.partition("[")[0] for name in names}
    assert len(run) == 40 + len(ALONE) + len(NEVER)
    assert 5 < sum("postgresql" in name for name in run) < 36  # some on each
