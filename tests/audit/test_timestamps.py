"""Requests and answers of RFC 3161 against OpenSSL: it reads ours, and we take its tokens for what they are."""

from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import tsp

from app import clock
from app.audit.timestamps import Reason, StampWrong, digest_of, read_stamp, request_for
from tests.authority import Authority, authority, openssl

__all__ = ["authority"]
NOTE = "cases.example.org/log\n5\nAAAA\n\n— cases.example.org/log AAAA\n"
DIGEST, NONCE = digest_of(NOTE), 2**62 + 5


@pytest.fixture(params=["ec", "rsa"])
def issuer(request: pytest.FixtureRequest, tmp_path: Path) -> Authority:
    if request.param == "ec":
        found: Authority = request.getfixturevalue("authority")
        return found
    return Authority(tmp_path, "rsa")


def why(answer: bytes, digest: bytes = DIGEST, nonce: int | None = NONCE) -> Reason:
    with pytest.raises(StampWrong) as wrong:
        read_stamp(answer, digest, nonce)
    return wrong.value.reason


def test_openssl_reads_the_request_and_its_token_is_taken(issuer: Authority) -> None:
    query = request_for(DIGEST, NONCE)
    (issuer.folder / "asked").write_bytes(query)
    told = openssl(issuer.folder, "ts", "-query", "-in", "asked", "-text").decode()
    assert "Hash Algorithm: sha256" in told
    assert f"Nonce: 0x{NONCE:X}" in told
    assert "Certificate required: yes" in told
    answer = issuer.reply(query)
    stamp = read_stamp(answer, DIGEST, NONCE)
    assert stamp.authority == "CN=Authority (test)"
    assert abs(clock.now() - stamp.at) < timedelta(minutes=1)
    assert read_stamp(answer, DIGEST) == stamp
    assert issuer.accepts(NOTE, answer)
    assert not issuer.accepts(f"{NOTE} ", answer)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("ec", "ess_cert_id_alg = sha1"),
        ("rsa", "ess_cert_id_alg = sha512\nsigner_digest = sha384\ness_cert_id_chain = yes"),
        (
            "ec",
            "signer_digest = sha512\naccuracy = secs:1, millisecs:500, microsecs:100\nordering = yes\ntsa_name = yes",
        ),
        ("ec", "clock_precision_digits = 6"),
    ],
)
def test_whatever_an_honest_authority_may_say_besides_is_taken(tmp_path: Path, kind: str, words: str) -> None:
    issuer = Authority(tmp_path, kind)
    config = (tmp_path / "tsa.cnf").read_text()
    for name in (line.partition(" ")[0] for line in words.split("\n")):
        config = "\n".join(line for line in config.split("\n") if not line.startswith(name))
    (tmp_path / "tsa.cnf").write_text(f"{config}\n{words}\n")
    answer = issuer.reply(request_for(DIGEST, NONCE))
    assert read_stamp(answer, DIGEST, NONCE).authority == "CN=Authority (test)"
    assert issuer.accepts(NOTE, answer)


def test_what_is_over_something_else_is_refused(authority: Authority) -> None:
    answer = authority.reply(request_for(DIGEST, NONCE))
    assert why(answer, digest_of(f"{NOTE} ")) == Reason.OTHER_CONTENT
    assert why(answer, nonce=NONCE + 1) == Reason.OTHER_NONCE


def test_refusals_rubbish_and_cut_answers_are_no_stamps(authority: Authority) -> None:
    answer = authority.reply(request_for(DIGEST, NONCE))
    assert why(authority.refusal()) == Reason.REFUSED
    for rubbish in (b"", b"<html>", b"\x30\x03\x02\x01\x00", b"\x30\x80", answer[:-1], answer + b"\x00", answer[:200]):
        assert why(rubbish) == Reason.NO_TOKEN, rubbish[:20]


def test_no_changed_byte_of_what_was_signed_is_taken(authority: Authority) -> None:
    answer = authority.reply(request_for(DIGEST, NONCE))
    response = tsp.TimeStampResp.load(answer)
    signer = response["time_stamp_token"]["content"]["signer_infos"][0]
    signed = bytes(response["time_stamp_token"]["content"]["encap_content_info"]["content"].contents)
    parts = (signed, signer["signature"].native, signer["signed_attrs"].contents)
    for part in parts:
        begin = answer.index(part)
        for place in range(begin, begin + len(part), 5):
            changed = answer[:place] + bytes([answer[place] ^ 1]) + answer[place + 1 :]
            try:
                told = read_stamp(changed, DIGEST, NONCE)
            except StampWrong:
                continue
            pytest.fail(f"byte {place} was changed and it said {told}")


def test_a_token_without_the_certificate_that_signed_it_is_none(authority: Authority) -> None:
    response = tsp.TimeStampResp.load(authority.reply(request_for(DIGEST, NONCE)))
    certificates = response["time_stamp_token"]["content"]["certificates"]
    named = [one.chosen.subject.native["common_name"] for one in certificates]
    del certificates[named.index("Authority (test)")]
    assert why(response.dump(force=True)) == Reason.NOT_SIGNED
