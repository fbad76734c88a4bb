"""A commitment proves later what a sealed item said, and tells nothing before it is opened."""

import hashlib
from typing import Any

import rfc8785

DOMAIN = b"casetrail/commit/v1\x00"
SALT_BYTES = 32


def commit(salt: bytes, data: Any) -> str:
    """64 hex characters: SHA-256 of the domain and RFC 8785 JSON of salt (32 bytes, as hex) and data."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"A salt has {SALT_BYTES} bytes, not {len(salt)}.")
    return hashlib.sha256(DOMAIN + rfc8785.dumps({"salt": salt.hex(), "data": data})).hexdigest()
