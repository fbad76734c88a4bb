"""A timestamp authority of our own: `openssl ts` behind a small server on this computer, honest or not."""

import http.server
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from asn1crypto import tsp

from app import clock
from app.audit.timestamps import read_stamp
from tests.forged_tokens import Forger, at

CONFIG = """
[req]
distinguished_name = dn
[dn]
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[signer]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[tsa]
serial = {folder}/serial
digests = sha256
default_policy = 1.2.3.4.1
signer_digest = sha256
ess_cert_id_alg = sha256
"""
KEYS = {"ec": ("ec", "ec_paramgen_curve:P-256"), "rsa": ("rsa", "rsa_keygen_bits:2048")}


def openssl(folder: Path, *words: str, content: bytes | None = None) -> bytes:
    """Runs it in a folder; what it printed. CalledProcessError."""
    return subprocess.run(["openssl", *words], cwd=folder, input=content, capture_output=True, check=True).stdout


@dataclass
class Authority:
    """Keys of an authority in a folder, and what it was asked."""

    folder: Path
    kind: str = "ec"
    asked: list[bytes] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        (self.folder / "tsa.cnf").write_text(CONFIG.format(folder=self.folder))
        (self.folder / "serial").write_text("01\n")
        algorithm, option = KEYS[self.kind]
        made = ("-newkey", algorithm, "-pkeyopt", option, "-nodes", "-config", "tsa.cnf")
        root = ("-x509", "-days", "30", "-extensions", "root", "-subj", "/CN=Root (test)")
        openssl(self.folder, "req", *made, *root, "-keyout", "root.key", "-out", "root.pem")
        openssl(self.folder, "req", *made, "-subj", "/CN=Authority (test)", "-keyout", "tsa.key", "-out", "tsa.csr")
        extended = ("-extfile", "tsa.cnf", "-extensions", "signer")
        signed = ("-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "30")
        openssl(self.folder, "x509", "-req", "-in", "tsa.csr", *signed, *extended, "-out", "tsa.pem")

    @property
    def root(self) -> Path:
        """The certificate that people trust."""
        return self.folder / "root.pem"

    def reply(self, query: bytes) -> bytes:
        """A real token for a request, with the whole chain in it."""
        with self.lock:
            self.asked.append(query)
            (self.folder / "query").write_bytes(query)
            words = ("-config", "tsa.cnf", "-section", "tsa", "-queryfile", "query", "-chain", "root.pem")
            openssl(self.folder, "ts", "-reply", *words, "-signer", "tsa.pem", "-inkey", "tsa.key", "-out", "reply")
            return (self.folder / "reply").read_bytes()

    def refusal(self) -> bytes:
        """What it says to a request over a hash that it does not take."""
        query = openssl(self.folder, "ts", "-query", "-data", "tsa.cnf", "-sha512")
        return self.reply(query)

    def accepts(self, note: str, answer: bytes, *more: str) -> bool:
        """Whether `openssl ts -verify` takes the answer for a time stamp of the note."""
        (self.folder / "note").write_text(note)
        (self.folder / "answer").write_bytes(answer)
        words = ("ts", "-verify", "-data", "note", "-in", "answer", "-CAfile", "root.pem", *more)
        done = subprocess.run(["openssl", *words], cwd=self.folder, capture_output=True, check=False)
        return done.returncode == 0


@dataclass
class Served:
    """The authority over HTTP; `behaviour` is how it answers the next request."""

    authority: Authority
    url: str
    behaviour: str = "honest"
    fast: timedelta = timedelta(0)
    """How far its clock is before that of the test."""
    release: threading.Event = field(default_factory=threading.Event)

    def answer(self, query: bytes) -> tuple[int, bytes]:
        """The status and the body for a request."""
        asked = tsp.TimeStampReq.load(query)
        match self.behaviour:
            case "refuses":
                return 200, self.authority.refusal()
            case "rubbish":
                return 200, b"<html>sign in to this network first</html>"
            case "nothing":
                return 200, b""
            case "huge":
                return 200, b"\x30" * 100_000
            case "something else":
                asked["message_imprint"]["hashed_message"] = bytes(32)
                return 200, self.authority.reply(asked.dump(force=True))
            case "another request":
                asked["nonce"] = 7
                return 200, self.authority.reply(asked.dump(force=True))
            case "broken":
                return 503, b""
            case "moved":
                return 302, b""
            case "slow":
                self.release.wait(30)
                return 200, b""
        return 200, self.honest(query)

    def honest(self, query: bytes) -> bytes:
        """A real token; signed again where a test has set the clock, which `openssl ts` does not know of."""
        answer = self.authority.reply(query)
        said = read_stamp(answer, tsp.TimeStampReq.load(query)["message_imprint"]["hashed_message"].native).at
        now = clock.now() + self.fast
        return (
            answer if abs(now - said) < timedelta(minutes=1) else Forger(self.authority, content=at(now)).token(answer)
        )


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers as `served` says."""

    served: ClassVar[Served]

    def do_POST(self) -> None:
        """One request."""
        length = int(self.headers["content-length"])
        status, body = self.served.answer(self.rfile.read(length))
        self.send_response(status)
        if status == 302:
            self.send_header("location", f"{self.served.url}/elsewhere")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name is the base class's)
        """Not a word on standard error."""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Keys made once for a module."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def served(authority: Authority) -> Iterator[Served]:
    """The authority on an address of this computer."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        authority.asked.clear()
        Handler.served = Served(authority, f"http://127.0.0.1:{server.server_port}/tsa")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield Handler.served
        Handler.served.release.set()
        server.shutdown()
        thread.join()
