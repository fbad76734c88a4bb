"""Nothing that runs in the product carries the GPL or AGPL, nor bundles code under them."""

import importlib.metadata
import re
from pathlib import Path

from tests.rules.test_tracked import requirements

NAMED = re.compile(r"\bA?GPL|(?<!Lesser )(Affero )?General Public License", re.IGNORECASE)
LESSER = re.compile(r"\bLGPL\S*|GNU (Lesser|Library)( or Lesser)? General Public License( \(LGPL\))?", re.IGNORECASE)
BUNDLED = re.compile(r"^\s*GNU (AFFERO )?GENERAL PUBLIC LICENSE\s+Version", re.MULTILINE)


def strong(distribution: importlib.metadata.Distribution) -> list[str]:
    """What in a distribution's own description or licence files is under GPL or AGPL."""
    fields = distribution.metadata
    said = [fields["License-Expression"] or "", (fields["License"] or "")[:200]]
    said += [line for line in fields.get_all("Classifier") or [] if line.startswith("License")]
    found = [line for line in said if NAMED.search(LESSER.sub("", line))]
    for file in distribution.files or []:
        if re.search(r"licen[cs]e|copying|notice", file.name, re.IGNORECASE) and file.suffix != ".py":
            path = Path(file.locate())
            text = path.read_text("utf-8", "replace") if path.is_file() else ""
            found += [str(file)] if BUNDLED.search(text) else []
    return found


def test_no_runtime_dependency_is_under_gpl() -> None:
    installed = {
        name.lower().replace("_", "-"): dist for dist in importlib.metadata.distributions() if (name := dist.name)
    }
    looked_at = {name: strong(installed[name]) for name in requirements("requirements.lock") if name in installed}
    assert len(looked_at) > 20
    assert {name: found for name, found in looked_at.items() if found} == {}


def test_the_patterns_tell_gpl_from_lgpl() -> None:
    for line in (
        "GPL-3.0-only",
        "AGPLv3",
        "License :: OSI Approved :: GNU General Public License v3 (GPLv3)",
    ):
        assert NAMED.search(LESSER.sub("", line))
    for line in (
        "LGPL-3.0-only",
        "License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)",
        "MIT",
    ):
        assert not NAMED.search(LESSER.sub("", line))
    assert BUNDLED.search(
        "\n                    GNU GENERAL PUBLIC LICENSE\n                       Version 3, 29 June 2007"
    )
