"""Whether cases went the way their procedure allows, at the command line."""

import json

from tests.branch import AUDITOR, SECRETARY, Branch
from tests.cli.computers import Computer, here
from tests.oversight.test_conformance import tampered

__all__ = ["here"]
COMMAND = ("audit", "conformance")


def test_each_deviation_is_a_line_and_the_exit_says_whether_there_is_one(here: Computer, branch: Branch) -> None:
    reference, sound = branch.at("acknowledged"), branch.at("acknowledged")
    for words in ((), (reference,)):
        assert "Every step is one that the procedure allows." in here.run(*COMMAND, *words, "--as", AUDITOR)
    tampered(branch, reference)
    for words in ((), (reference,)):
        told = here.run(*COMMAND, *words, "--as", AUDITOR, code=1)
        (line,) = [line for line in told.splitlines() if line.startswith(f"{reference}, ")]
        assert "does not lead from “Arrived” to “We have replied”" in line
        assert "Deviations: 1" in told
    body = json.loads(here.run(*COMMAND, reference, "--as", AUDITOR, "--json", code=1))
    assert (body["conforms"], [row["case"] for row in body["items"]]) == (False, [reference])
    assert json.loads(here.run(*COMMAND, sound, "--as", SECRETARY, "--json")) == {"conforms": True, "items": []}
    assert "Only auditors" in here.run(*COMMAND, "--as", SECRETARY, code=1)
    assert "Deviations" not in here.run(*COMMAND, "2026-ZZZZZ", "--as", AUDITOR, code=1)
