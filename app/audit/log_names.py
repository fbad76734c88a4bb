"""What logs are called: the one after a declared loss has the name of the first and the next number. Pure."""

import re
from collections.abc import Iterable

_NUMBERED = re.compile(r"(?P<base>.+?)-(?P<number>[2-9]|[1-9]\d+)")


def next_origin(origins: Iterable[str]) -> str:
    """The name of the log after all these: `host/log-3` after `host/log` and `host/log-2`."""
    number, base = max(map(_parts, origins))
    return f"{base}-{number + 1}"


def _parts(origin: str) -> tuple[int, str]:
    found = _NUMBERED.fullmatch(origin)
    return (int(found["number"]), found["base"]) if found else (1, origin)


def follows(origin: str, first: str) -> bool:
    """Whether a log of that name came after the one named `first`."""
    found = _NUMBERED.fullmatch(origin)
    return found is not None and found["base"] == first
