"""Time stamps of RFC 3161: the request over a hash, and whether an answer is a token over just that. Pure."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from asn1crypto import cms, core, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

GRANTED = frozenset({"granted", "granted_with_mods"})
_DIGESTS: dict[str, Callable[[], hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}


class Reason(StrEnum):
    """Why an answer is no time stamp of what was asked."""

    REFUSED = "refused"
    NO_TOKEN = "no_token"  # noqa: S105 (what is missing, no secret)
    OTHER_CONTENT = "other_content"
    OTHER_NONCE = "other_nonce"
    NOT_SIGNED = "signature_wrong"


class StampWrong(ValueError):
    """An answer that is no time stamp of what was asked."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True)
class Stamp:
    """What a token says: that its hash was there at this time, in whose name; the chain above is not looked at."""

    at: datetime
    authority: str


class _Answer(core.Sequence):  # type: ignore[misc]  # asn1crypto has no types
    """TimeStampResp of RFC 3161: a refusal has no token, which asn1crypto's own class does not allow."""

    _fields: ClassVar[list[Any]] = [
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


def digest_of(note: str) -> bytes:
    """SHA-256 of a checkpoint's text: all that an authority is ever shown."""
    return hashlib.sha256(note.encode()).digest()


def request_for(digest: bytes, nonce: int) -> bytes:
    """A request in DER that asks for a token over a SHA-256 hash, with the authority's certificate in it."""
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest}
    asked = {"version": 1, "message_imprint": imprint, "nonce": nonce, "cert_req": True}
    return bytes(tsp.TimeStampReq(asked).dump())


def read_stamp(answer: bytes, digest: bytes, nonce: int | None = None) -> Stamp:
    """What an authority's answer says; StampWrong where it is no token over this hash (and, if given, this nonce)."""
    try:
        return _read(answer, digest, nonce)
    except StampWrong:
        raise
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError):
        raise StampWrong(Reason.NO_TOKEN) from None  # what is parsed when it is looked at fails in all these ways


def _read(answer: bytes, digest: bytes, nonce: int | None) -> Stamp:
    response = _Answer.load(answer, strict=True)
    if response["status"]["status"].native not in GRANTED:
        raise StampWrong(Reason.REFUSED)
    token = response["time_stamp_token"]
    signed = token["content"] if token["content_type"].native == "signed_data" else None
    if signed is None or signed["encap_content_info"]["content_type"].native != "tst_info":
        raise StampWrong(Reason.NO_TOKEN)
    content = signed["encap_content_info"]["content"]
    info = content.parsed
    imprint = info["message_imprint"]
    if (imprint["hash_algorithm"]["algorithm"].native, imprint["hashed_message"].native) != ("sha256", digest):
        raise StampWrong(Reason.OTHER_CONTENT)
    if nonce is not None and info["nonce"].native != nonce:
        raise StampWrong(Reason.OTHER_NONCE)
    return Stamp(info["gen_time"].native, _signed_by(signed, bytes(content.contents)))


def _signed_by(signed: cms.SignedData, content: bytes) -> str:
    """The name in the certificate that signed this content. StampWrong."""
    try:
        [signer] = signed["signer_infos"]
        certificate = _certificate(signed, signer["sid"].chosen)
        attributes = {one["type"].native: one["values"][0] for one in signer["signed_attrs"]}
        told = attributes["message_digest"].native
        if attributes["content_type"].native != "tst_info" or told != _hashed(signer["digest_algorithm"], content):
            raise StampWrong(Reason.NOT_SIGNED)
        _check(certificate, signer)
    except (InvalidSignature, UnsupportedAlgorithm, KeyError, ValueError):
        raise StampWrong(Reason.NOT_SIGNED) from None
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    if ExtendedKeyUsageOID.TIME_STAMPING not in usage:
        raise StampWrong(Reason.NOT_SIGNED)
    return certificate.subject.rfc4514_string()


def _certificate(signed: cms.SignedData, issued: Any) -> x509.Certificate:
    """The certificate in the token that the signer names. KeyError where it is not there."""
    for one in signed["certificates"]:
        if one.chosen.issuer == issued["issuer"] and one.chosen.serial_number == issued["serial_number"].native:
            return x509.load_der_x509_certificate(one.chosen.dump())
    raise KeyError("certificate")


def _hashed(algorithm: Any, content: bytes) -> bytes:
    digest = hashes.Hash(_DIGESTS[algorithm["algorithm"].native]())
    digest.update(content)
    return digest.finalize()


def _check(certificate: x509.Certificate, signer: Any) -> None:
    """InvalidSignature; KeyError where it is made in a way that is not known here."""
    key, content, signature = (
        certificate.public_key(),
        signer["signed_attrs"].untag().dump(),
        signer["signature"].native,
    )
    way = signer["signature_algorithm"]
    named = way["algorithm"].native.partition("_")[0]  # such as sha256_ecdsa; alone it is the digest's
    digest = _DIGESTS[named if named in _DIGESTS else signer["digest_algorithm"]["algorithm"].native]()
    if isinstance(key, rsa.RSAPublicKey) and way.signature_algo == "rsassa_pkcs1v15":
        key.verify(signature, content, padding.PKCS1v15(), digest)
    elif isinstance(key, ec.EllipticCurvePublicKey) and way.signature_algo == "ecdsa":
        key.verify(signature, content, ec.ECDSA(digest))
    else:
        raise KeyError(way["algorithm"].native)
