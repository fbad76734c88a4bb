"""Tokens of careless and false authorities: none is taken that OpenSSL refuses for how it was signed."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from app.audit.timestamps import Reason, StampWrong, digest_of, read_stamp, request_for
from tests.authority import Authority, authority
from tests.forged_tokens import STAMPS, Forger, saying

__all__ = ["authority"]
NOTE, NONCE = "a checkpoint\n", 2**62 + 5
DIGEST = digest_of(NOTE)


def said(answer: bytes) -> Reason | None:
    try:
        read_stamp(answer, DIGEST, NONCE)
    except StampWrong as wrong:
        return wrong.reason
    return None


@pytest.fixture(scope="module")
def answer(authority: Authority) -> bytes:
    return authority.reply(request_for(DIGEST, NONCE))


@pytest.fixture
def forger(authority: Authority) -> Forger:
    return Forger(authority)


def test_a_token_made_as_it_should_be_is_taken_here_and_by_openssl(forger: Forger, answer: bytes) -> None:
    made = forger.token(answer)
    assert read_stamp(made, DIGEST, NONCE).authority == "CN=Authority (test)"
    assert forger.authority.accepts(NOTE, made)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"usages": ()}, Reason.NOT_FOR_STAMPS),
        ({"usages": (ExtendedKeyUsageOID.CLIENT_AUTH,)}, Reason.NOT_FOR_STAMPS),
        ({"usages": (*STAMPS, ExtendedKeyUsageOID.CLIENT_AUTH)}, Reason.NOT_FOR_STAMPS),
        ({"critical": False}, Reason.NOT_FOR_STAMPS),
        ({"key_encipherment": True}, Reason.NOT_FOR_STAMPS),
        ({"days": (-9, -3)}, Reason.NOT_VALID_THEN),
        ({"days": (3, 9)}, Reason.NOT_VALID_THEN),
        ({"ess": ()}, Reason.NOT_SIGNED),
        ({"ess": (bytes(32),)}, Reason.NOT_SIGNED),
        ({"ess": (bytes(31),)}, Reason.NOT_SIGNED),
        ({"ess": (None, bytes(32))}, Reason.NOT_SIGNED),
        ({"listed": "sha384"}, Reason.NOT_SIGNED),
    ],
)
def test_what_openssl_refuses_because_of_the_certificate_is_no_stamp(
    forger: Forger, answer: bytes, changes: dict[str, object], reason: Reason
) -> None:
    made = forger.but(**changes).token(answer)
    assert said(made) == reason
    assert not forger.authority.accepts(NOTE, made)


def test_a_stamp_outlives_its_certificate(forger: Forger, answer: bytes) -> None:
    """Whoever checks it years later says so to OpenSSL (`-attime`); here nothing more has to be said."""
    made = forger.but(days=(-40, 1)).token(answer)
    then = int(read_stamp(made, DIGEST, NONCE).at.timestamp())
    assert not forger.authority.accepts(NOTE, made, "-attime", str(then + 2 * 86_400))
    assert forger.authority.accepts(NOTE, made, "-attime", str(then))


@pytest.mark.parametrize(
    "time", [b"20261127080000", b"00001127080000Z", b"20261127080060Z", b"99991332250000Z", b"20261127080000+0100", b""]
)
def test_a_time_that_is_none_is_no_stamp(forger: Forger, answer: bytes, time: bytes) -> None:
    assert said(forger.but(content=saying(time)).token(answer)) == Reason.NO_TOKEN


def test_another_version_is_no_stamp(forger: Forger, answer: bytes) -> None:
    def second(content: bytes) -> bytes:
        return content.replace(b"\x02\x01\x01", b"\x02\x01\x02", 1)

    assert said(forger.but(content=second).token(answer)) == Reason.NO_TOKEN


def test_another_hash_than_the_one_asked_for_is_no_stamp(forger: Forger, answer: bytes, tmp_path: Path) -> None:
    def other(content: bytes) -> bytes:
        return content.replace(b"\x65\x03\x04\x02\x01", b"\x65\x03\x04\x02\x02", 1)

    assert said(forger.but(content=other).token(answer)) == Reason.OTHER_CONTENT
    weak = Authority(tmp_path, "rsa")
    config = (tmp_path / "tsa.cnf").read_text()
    (tmp_path / "tsa.cnf").write_text(config.replace("signer_digest = sha256", "signer_digest = sha1"))
    assert said(weak.reply(request_for(DIGEST, NONCE))) == Reason.NOT_SIGNED


def test_the_name_of_an_authority_can_do_nothing_to_who_reads_it(forger: Forger, answer: bytes) -> None:
    told = read_stamp(forger.but(name="A\x1b[2J\u202e" + 40 * "x").token(answer), DIGEST, NONCE)
    assert told.authority.isprintable()


def test_a_refusal_with_a_token_is_a_refusal(answer: bytes) -> None:
    granted = b"\x30\x03\x02\x01\x00"
    assert answer.count(granted) >= 1
    assert said(answer.replace(granted, b"\x30\x03\x02\x01\x02", 1)) == Reason.REFUSED


def test_whatever_is_changed_in_a_real_token_nothing_else_is_raised(answer: bytes) -> None:
    drawn, seen = random.Random(3161), set()
    for _ in range(1500):
        changed = bytearray(answer)
        for _ in range(drawn.choice((1, 1, 2, 4))):
            place, width = drawn.randrange(len(changed)), drawn.randrange(1, 20)
            match drawn.randrange(4):
                case 0:
                    changed[place] ^= 1 << drawn.randrange(8)
                case 1:
                    changed[place] = drawn.choice((0, 0x30, 0x31, 0x7F, 0x80, 0x81, 0x84, 0xFF))
                case 2:
                    del changed[place : place + width]
                case _:
                    changed[place:place] = changed[place - width : place] or b"\x00"
        seen.add(said(bytes(changed)))
    assert {Reason.NO_TOKEN, Reason.NOT_SIGNED} <= seen


def test_deep_and_endless_asn1_costs_nothing(answer: bytes) -> None:
    for rubbish in (b"\x30\x80" * 30_000, b"\x30\x84\xff\xff\xff\xff" * 10_000, answer + bytes(60_000)):
        started = datetime.now(UTC)
        assert said(rubbish) is not None
        assert datetime.now(UTC) - started < timedelta(seconds=2)
