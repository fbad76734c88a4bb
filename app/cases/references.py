"""References and access codes: nothing in them can be counted, and they survive being read out on the telephone."""

import re
import secrets

REFERENCE_SIGNS = "23456789ABCDEFGHJKMNPQRTVWXYZ"
"""Without 0, 1, I, L, O, S and U, which are misread or misheard."""
REFERENCE = re.compile(rf"[0-9]{{4}}-[{REFERENCE_SIGNS}]{{5}}")
YEAR_LENGTH = 4
CODE_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""32 signs, five bits each (Crockford's alphabet)."""
CODE_LENGTH = 16
BETWEEN = r"[\s.\-\u2010-\u2015\u2212]"
"""What people put between groups, and what a telephone makes of a hyphen."""
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


def new_reference(year: int) -> str:
    """For example 2026-K7QFM."""
    return f"{year}-" + "".join(secrets.choice(REFERENCE_SIGNS) for _ in range(5))


def tidy_reference(text: str) -> str:
    """As a person may type it; the empty string where it cannot be one."""
    signs = re.sub(BETWEEN, "", text).upper()
    tidy = f"{signs[:YEAR_LENGTH]}-{signs[YEAR_LENGTH:]}"
    return tidy if REFERENCE.fullmatch(tidy) else ""


def new_code() -> str:
    """An access code of 80 bits, in four groups of four."""
    signs = "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))
    return " ".join(signs[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def tidy_code(text: str) -> str:
    """As a person may type it: any case, with or without spaces and hyphens, misread signs mended."""
    return re.sub(BETWEEN, "", text).upper().translate(_MISREAD)
