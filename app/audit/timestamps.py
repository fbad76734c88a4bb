"""Time stamps of RFC 3161: the request over a hash, and whether an answer is a token over just that. Pure."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from asn1crypto import cms, core, tsp
from cryptography import x509
from cryptography.exceptions import InternalError, InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

LONGEST_NAME = 200
GRANTED = frozenset({"granted", "granted_with_mods"})
_DIGESTS: dict[str, Callable[[], hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
_UNREADABLE = (
    *(ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError),
    *(x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType),
    *(UnsupportedAlgorithm, InternalError),
)
_BY_SHA1, _BY_NAMED_HASH = "signing_certificate", "signing_certificate_v2"
"""The attributes that bind a signature to one certificate (RFC 2634, RFC 5816); OpenSSL takes no token without."""


class Reason(StrEnum):
    """Why an answer is no time stamp of what was asked."""

    REFUSED = "refused"
    NO_TOKEN = "no_token"  # noqa: S105 (what is missing, no secret)
    OTHER_CONTENT = "other_content"
    OTHER_NONCE = "other_nonce"
    NOT_SIGNED = "signature_wrong"
    NOT_FOR_STAMPS = "not_for_stamps"
    NOT_VALID_THEN = "not_valid_then"


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
    except _UNREADABLE:
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
    at = info["gen_time"].native
    if info["version"].native != "v1" or not isinstance(at, datetime) or at.utcoffset() != timedelta(0):
        raise StampWrong(Reason.NO_TOKEN)
    certificate = _signed_by(signed, bytes(content.contents))
    if not _for_stamps(certificate):
        raise StampWrong(Reason.NOT_FOR_STAMPS)
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise StampWrong(Reason.NOT_VALID_THEN)
    return Stamp(at, _name(certificate))


def _signed_by(signed: cms.SignedData, content: bytes) -> x509.Certificate:
    """The certificate in the token that signed this content, and that the signature names. StampWrong."""
    try:
        [signer] = signed["signer_infos"]
        certificate = _certificate(signed, signer["sid"].chosen)
        attributes = {one["type"].native: one["values"][0] for one in signer["signed_attrs"]}
        told, twice = attributes["message_digest"].native, len(attributes) != len(signer["signed_attrs"])
        whose, listed = (
            attributes["content_type"].native,
            [one["algorithm"].native for one in signed["digest_algorithms"]],
        )
        if signer["digest_algorithm"]["algorithm"].native not in listed or twice:
            raise StampWrong(Reason.NOT_SIGNED)
        if whose != "tst_info" or told != _hashed(signer["digest_algorithm"], content):
            raise StampWrong(Reason.NOT_SIGNED)
        _check(certificate, signer)
    except (InvalidSignature, UnsupportedAlgorithm, KeyError, ValueError):
        raise StampWrong(Reason.NOT_SIGNED) from None
    if not _names(attributes, certificate.public_bytes(Encoding.DER)):
        raise StampWrong(Reason.NOT_SIGNED)
    return certificate


def _names(attributes: dict[str, Any], certificate: bytes) -> bool:
    """Whether the signature says which certificate is meant: this one, and no other by the same key."""
    named = []
    if _BY_SHA1 in attributes:
        told = attributes[_BY_SHA1]["certs"][0]["cert_hash"].native
        named.append(told == hashlib.sha1(certificate, usedforsecurity=False).digest())
    if _BY_NAMED_HASH in attributes:
        one = attributes[_BY_NAMED_HASH]["certs"][0]
        named.append(one["cert_hash"].native == _hashed(one["hash_algorithm"], certificate))
    return bool(named) and all(named)


def _for_stamps(certificate: x509.Certificate) -> bool:
    """RFC 3161, 2.3: its one purpose, marked critical, is time stamps; so OpenSSL asks, too."""
    try:
        purpose = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        return False
    return purpose.critical and list(purpose.value) == [ExtendedKeyUsageOID.TIME_STAMPING] and _may_sign(certificate)


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        use = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    signs, else_used = use.digital_signature or use.content_commitment, use.key_encipherment or use.data_encipherment
    return signs and not (else_used or use.key_agreement or use.key_cert_sign or use.crl_sign)


def _name(certificate: x509.Certificate) -> str:
    """Whose it is, as a line that can be shown: a false authority may write anything there."""
    said = "".join(sign if sign.isprintable() else "?" for sign in certificate.subject.rfc4514_string())
    return said if len(said) <= LONGEST_NAME else f"{said[:LONGEST_NAME]}..."


def _certificate(signed: cms.SignedData, issued: Any) -> x509.Certificate:
    """The certificate in the token that the signer names. KeyError where it is not there."""
    there = [one.chosen for one in signed["certificates"]]
    [one.native for one in there]  # reads each to its end: OpenSSL takes no token with one that is broken
    for one in there:
        if one.issuer == issued["issuer"] and one.serial_number == issued["serial_number"].native:
            return x509.load_der_x509_certificate(one.dump())
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
