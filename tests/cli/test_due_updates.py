"""Writing to everyone who waits, with one command."""

import json
from datetime import timedelta

from app import clock
from tests.cli.conftest import Run
from tests.cli.test_commands import AS, REPORT, ready

__all__ = ["ready"]


def test_everyone_who_waits_is_written_to_with_one_command(ready: Run) -> None:
    reference = ready("case", "open", *REPORT).stdout.split()[-1]
    ready("case", "add", reference, "conflict-declarations", *AS, "--input", "answer=none")
    ready("case", "add", reference, "acknowledgements", *AS, "--input", "how=impossible", "--input", "reason=None.")
    risks = [word for name in ("threat", "child", "vulnerable") for word in ("--input", f"{name}=no")]
    ready("case", "add", reference, "risks", *AS, *risks)
    ready("case", "act", reference, "acknowledge", *AS)
    assert reference not in ready("case", "update-due", *AS).stdout
    with clock.set_to(clock.now() + timedelta(days=25)):
        assert reference in ready("case", "update-due", *AS).stdout
        assert "text" in ready("case", "update-due", *AS, "--text", " ", code=1).stderr
        written = ("case", "update-due", *AS, "--text", "We are still at it.")
        said = ready(*written).stdout
        assert (reference in said, "written" in said) == (True, True)
        assert json.loads(ready(*written, "--json").stdout) == {"items": []}
        assert reference not in ready("case", "update-due", *AS).stdout
    ready("user", "add", "administrator@example.org", "--name", "Administrator (example)", "--role", "administrator")
    assert "Only officers" in ready("case", "update-due", "--as", "administrator@example.org", code=1).stderr
