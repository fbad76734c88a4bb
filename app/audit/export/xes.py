"""The cases of the trail as an event log (XES, IEEE 1849): a trace for each case, an event for each entry of it.

Entries without a case belong to no trace and are left out. Nobody is named: resources are random ids.
"""

import re
from collections.abc import Iterator
from itertools import groupby
from xml.sax.saxutils import quoteattr

from app.audit.entries import told_by
from app.audit.export.placed import Chosen, Placed, activity, told

NAMESPACE = "http://www.xes-standard.org/"
EXTENSIONS = {"Concept": "concept", "Time": "time", "Lifecycle": "lifecycle", "Organizational": "org"}
LOST = "\ufffd"
_UNFIT = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML may hold; only an entry that was edited has it."""
_HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1849-2016" xes.features="" xmlns="{NAMESPACE}">\n'
_GLOBALS = """<global scope="trace">
<string key="concept:name" value="unknown"/>
</global>
<global scope="event">
<string key="concept:name" value="unknown"/>
<date key="time:timestamp" value="1970-01-01T00:00:00.000000Z"/>
<string key="lifecycle:transition" value="complete"/>
</global>
<classifier name="Activity" keys="concept:name"/>
"""


def lines(chosen: Chosen) -> Iterator[str]:
    """The document piece by piece: its head, each event, its end."""
    yield _HEAD
    for name, prefix in EXTENSIONS.items():
        yield f'<extension name="{name}" prefix="{prefix}" uri="{NAMESPACE}{prefix}.xesext"/>\n'
    yield _GLOBALS
    for key, value in chosen.signed.items():
        yield _attribute("int" if isinstance(value, int) else "string", key, value)
    for number, checkpoint in chosen.ended:
        for key, value in told(checkpoint).items():
            yield _attribute("int" if isinstance(value, int) else "string", f"{key}-{number}", value)
    for case, entries in groupby(chosen.by_case(), lambda placed: placed[0].case_id):
        yield "<trace>\n"
        yield _attribute("string", "concept:name", case)
        yield from map(_event, entries)
        yield "</trace>\n"
    yield "</log>\n"


def _event(placed: Placed) -> str:
    row, index, log = placed
    document = told_by(row)
    return "".join(
        [
            "<event>\n",
            _attribute("string", "concept:name", activity(document)),
            _attribute("date", "time:timestamp", document["recorded_at"]),
            _attribute("string", "lifecycle:transition", "complete"),
            _attribute("string", "org:resource", document.get("actor")),
            _attribute("string", "org:role", document.get("role")),
            _attribute("string", "state:from", document.get("from")),
            _attribute("string", "state:to", document.get("to")),
            _attribute("int", "tlog:index", index),
            _attribute("int", "tlog:log", log),
            "</event>\n",
        ]
    )


def _attribute(kind: str, key: str, value: object) -> str:
    """One attribute; nothing where there is no value."""
    if value is None:
        return ""
    return f"<{kind} key={quoteattr(key)} value={quoteattr(_UNFIT.sub(LOST, str(value)))}/>\n"
