"""A commitment is what anyone can recompute with a JSON canonicaliser and SHA-256."""

import hashlib

import pytest

from app.vault.commitment import commit

SALT = bytes(range(32))


def test_a_commitment_is_the_digest_of_domain_nul_and_canonical_json() -> None:
    written_out = b'{"data":{"a":1,"b":"\xc3\xa9"},"salt":"' + SALT.hex().encode() + b'"}'
    expected = hashlib.sha256(b"casetrail/commit/v1\x00" + written_out).hexdigest()
    assert commit(SALT, {"b": "é", "a": 1}) == expected


def test_another_salt_or_other_data_gives_another_commitment() -> None:
    assert len({commit(SALT, "yes"), commit(SALT[::-1], "yes"), commit(SALT, "no")}) == 3


def test_a_short_salt_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        commit(b"short", "yes")
