"""Makes an environment with pm4py, which is too large and of another licence to be among what the tests install.

python -m tests.oversight.make_pm4py FOLDER
CASETRAIL_TEST_PM4PY=FOLDER/bin/python .venv/bin/pytest tests/oversight/test_pm4py.py
"""

import subprocess
import sys
import venv
from pathlib import Path

WANTED = "pm4py==2.7.18"


def main(folder: str) -> None:
    """A new environment in this folder, with pm4py from the index that pip is set up for."""
    venv.create(folder, with_pip=True)
    subprocess.run([Path(folder) / "bin" / "python", "-m", "pip", "install", "--quiet", WANTED], check=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
