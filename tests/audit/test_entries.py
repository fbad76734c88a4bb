"""An entry is canonical JSON that anyone can hash again."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone

import pytest

from app.audit.entries import EntryTooLarge, decode, encode, leaf_hash, stamp


def test_the_bytes_are_canonical_and_keys_without_value_are_left_out() -> None:
    document: dict[str, object] = {
        "v": 1,
        "to": None,
        "held": [],
        "commits": {},
        "via": "",
        "event": "case_opened",
        "count": 0,
    }
    assert encode(document) == b'{"count":0,"event":"case_opened","v":1}'


def test_the_leaf_is_the_one_of_rfc_6962() -> None:
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert leaf_hash(b"entry") == hashlib.sha256(b"\x00entry").digest()


def test_an_entry_over_65535_bytes_is_refused() -> None:
    room = 65_535 - len(encode({"x": "a"})) + 1
    assert len(encode({"x": "a" * room})) == 65_535
    with pytest.raises(EntryTooLarge, match="65536"):
        encode({"x": "a" * (room + 1)})


def test_times_are_written_in_utc_with_six_digits() -> None:
    assert stamp(datetime(2026, 7, 1, 12, 0, 0, 5, tzinfo=UTC)) == "2026-07-01T12:00:00.000005Z"
    summer = timezone(timedelta(hours=1))
    assert stamp(datetime(2026, 7, 1, 12, 0, tzinfo=summer)) == "2026-07-01T11:00:00.000000Z"


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (b"[]", "JSON object"),
        (b'"text"', "JSON object"),
        (b"{", "truncated"),
        (b"\xff", "malformed"),
        (b'{"via":"\xff"}', "can't decode"),
        (b'{"count":NaN}', "malformed"),
        (b'{"via":"\\ud800"}', "truncated"),
        (b'{"v":1}{', "trailing"),
        (b"[" * 100_000, "not so deep"),
    ],
)
def test_bytes_that_are_no_entry_are_refused(broken: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        decode(broken)
