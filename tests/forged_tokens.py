"""Time stamps as an authority could make them that is careless or false: signed again, by any key, over any content."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as seen
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

if TYPE_CHECKING:
    from tests.authority import Authority

STAMPS = (ExtendedKeyUsageOID.TIME_STAMPING,)
_TIME = re.compile(rb"\x18\x0f(\d{14}Z)")
_KEY = ec.generate_private_key(ec.SECP256R1())


def at(moment: datetime) -> Callable[[bytes], bytes]:
    """Content that says this moment."""
    return saying(f"{moment:%Y%m%d%H%M%SZ}".encode())


def saying(time: bytes) -> Callable[[bytes], bytes]:
    """Content that says another time, in the form of ASN.1."""

    def said(content: bytes) -> bytes:
        told = _TIME.sub(bytes([0x18, len(time)]) + time, content)
        return bytes([told[0], told[1] + len(told) - len(content)]) + told[2:]

    return said


@dataclass(frozen=True)
class Forger:
    """How a token is made: by which kind of certificate of this authority, and over which content."""

    authority: "Authority"
    usages: Sequence[ObjectIdentifier] = STAMPS
    critical: bool = True
    key_encipherment: bool = False
    days: tuple[int, int] = (-40, 40)
    """From when until when the certificate counts, from now."""
    content: Callable[[bytes], bytes] = bytes
    ess: Sequence[bytes | None] = (None,)
    """The digests by which the token names its certificate; None is the right one."""
    name: str = "Authority (test)"
    listed: str = "sha256"
    """The hash that the token says it was made with."""
    own: bool = False
    """The certificate is signed by itself."""

    def but(self, **changes: Any) -> "Forger":
        """The same, but for these."""
        return replace(self, **changes)

    def certificate(self) -> bytes:
        """As the authority signed it."""
        root = x509.load_pem_x509_certificate(self.authority.root.read_bytes())
        above = serialization.load_pem_private_key((self.authority.folder / "root.key").read_bytes(), None)
        assert isinstance(above, ec.EllipticCurvePrivateKey)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.name)])
        now = datetime.now(UTC)
        made = x509.CertificateBuilder().subject_name(name).serial_number(7).public_key(_KEY.public_key())
        made = made.issuer_name(name if self.own else root.subject)
        first, last = (now + timedelta(days=days) for days in self.days)
        made = made.not_valid_before(first).not_valid_after(last)
        if self.usages:
            made = made.add_extension(x509.ExtendedKeyUsage(self.usages), critical=self.critical)
        if self.key_encipherment:
            made = made.add_extension(_encipherment(), critical=True)
        return made.sign(_KEY if self.own else above, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def token(self, answer: bytes) -> bytes:
        """A real answer, its token signed anew."""
        response = tsp.TimeStampResp.load(answer)
        signed = response["time_stamp_token"]["content"]
        certificate = self.certificate()
        own = seen.Certificate.load(certificate)
        content = self.content(bytes(signed["encap_content_info"]["content"].contents))
        signer = signed["signer_infos"][0]
        kept = [one for one in signer["signed_attrs"] if not one["type"].native.startswith("signing_certificate")]
        attributes = cms.CMSAttributes(
            [*kept, *(_ess(one or hashlib.sha256(certificate).digest()) for one in self.ess)]
        )
        for one in attributes:
            if one["type"].native == "message_digest":
                one["values"] = [hashlib.sha256(content).digest()]
        whole = cms.CMSAttributes(sorted(attributes, key=lambda one: bytes(one.dump(force=True))))
        signature = _KEY.sign(whole.dump(force=True), ec.ECDSA(hashes.SHA256()))
        named = cms.IssuerAndSerialNumber({"issuer": own.issuer, "serial_number": own.serial_number})
        made = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier({"issuer_and_serial_number": named}),
                "digest_algorithm": {"algorithm": "sha256"},
                "signed_attrs": whole,
                "signature_algorithm": {"algorithm": "sha256_ecdsa"},
                "signature": signature,
            }
        )
        body = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [{"algorithm": self.listed}],
                "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(content)},
                "certificates": [cms.CertificateChoices({"certificate": own})],
                "signer_infos": [made],
            }
        )
        told = cms.ContentInfo({"content_type": "signed_data", "content": body})
        return bytes(tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": told}).dump())


def _encipherment() -> x509.KeyUsage:
    names = ("digital_signature", "content_commitment", "data_encipherment", "key_agreement", "key_cert_sign")
    return x509.KeyUsage(
        **dict.fromkeys(names, False), crl_sign=False, encipher_only=False, decipher_only=False, key_encipherment=True
    )


def _ess(digest: bytes) -> cms.CMSAttribute:
    """The attribute that binds the signature to one certificate (RFC 5816)."""
    named = tsp.ESSCertIDv2(
        {
            "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "cert_hash": digest,
        }
    )
    return cms.CMSAttribute(
        {"type": "signing_certificate_v2", "values": [tsp.SigningCertificateV2({"certs": [named]})]}
    )


def _before_any_clock_is_set() -> None:
    """What reads certificates looks up `datetime` once, at the first: that must be the real one."""
    moment, name = datetime(2026, 1, 1, tzinfo=UTC), x509.Name([])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
    made = made.public_key(_KEY.public_key()).not_valid_before(moment).not_valid_after(moment)
    assert made.sign(_KEY, hashes.SHA256()).not_valid_after_utc == moment


_before_any_clock_is_set()
