"""pm4py, a program of others, loads XES and OCEL of several hundred cases and replays them on the procedure."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.branch import Branch
from tests.oversight.test_exporting import saved
from tests.oversight.varied import varied

CASES = 306
ORACLE = Path(__file__).with_name("pm4py_oracle.py")


@pytest.mark.pm4py
@pytest.mark.parametrize("branch", ["sqlite"], indirect=True)
@pytest.mark.timeout(1800)
def test_pm4py_replays_every_case(branch: Branch, tmp_path: Path) -> None:
    varied(branch, CASES)
    procedure = branch.home.workflows.default()
    given = {
        "xes": str(saved(branch, "xes", tmp_path).rename(tmp_path / "log.xes")),
        "ocel": str(saved(branch, "ocel", tmp_path).rename(tmp_path / "log.json")),
        "initial": procedure.initial,
        "states": list(procedure.states),
        "arrows": [(arrow.trigger, arrow.source, arrow.dest) for arrow in procedure.transitions],
    }
    command = [os.environ["CASETRAIL_TEST_PM4PY"], str(ORACLE)]
    done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    print(found)  # noqa: T201 (the figures, for whoever runs it with -s)
    assert found["cases"] == found["ocel_cases"] == CASES
    assert found["events"] == sum(entry.case_id is not None for entry in branch.entries())
    assert found["whole"] == 1.0
    assert found["broken"] < 1.0
