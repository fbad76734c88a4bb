"""What logs are called: the one after a declared loss has the name of the first and the next number. Pure."""

import re

_NUMBERED = re.compile(r"(?P<base>.+?)-(?P<number>[2-9]|[1-9]\d+)")


def next_origin(origin: str) -> str:
    """The name of the log after this one: `host/log-2` after `host/log`."""
    found = _NUMBERED.fullmatch(origin)
    return f"{found['base']}-{int(found['number']) + 1}" if found else f"{origin}-2"


def follows(origin: str, first: str) -> bool:
    """Whether a log of that name came after the one named `first`."""
    found = _NUMBERED.fullmatch(origin)
    return found is not None and found["base"] == first
