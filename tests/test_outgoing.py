"""Whoever is asked cannot keep us waiting, fill the memory or send us elsewhere."""

import ssl
from pathlib import Path
from time import monotonic

import pytest

from app.outgoing import FRAMING, Unanswered, answer_of
from tests.authority import Authority, authority
from tests.hostile import OK, Hostile, answering, hostile

__all__ = ["authority", "hostile"]
SECONDS, MOST = 0.3, 1000
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


def why(url: str, seconds: float = SECONDS) -> str:
    started = monotonic()
    with pytest.raises(Unanswered) as wrong:
        answer_of(url, seconds=seconds, most=MOST)
    assert monotonic() - started < seconds + 5  # of a drip that takes 20 seconds and more
    return wrong.value.why


def test_an_honest_answer_comes_whole(hostile: Hostile) -> None:
    for body in (b"", b"x" * MOST):
        hostile.says(OK + f"Content-Length: {len(body)}\r\n\r\n".encode(), body)
        assert answer_of(hostile.url, seconds=5, most=MOST) == body
        hostile.says(OK + b"\r\n", body)
        assert answer_of(hostile.url, seconds=5, most=MOST, content=b"question") == body
    hostile.says(CHUNKED, b"3\r\nabc\r\n", b"2\r\nde\r\n0\r\n\r\n")
    assert answer_of(hostile.url, seconds=5, most=MOST) == b"abcde"


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 ", b"2"),
        (OK, b"x"),
        (OK, b"x: y\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (OK + b"Content-Length: 5000\r\n\r\n", b"x"),
        (OK + b"\r\n", b"x"),
        (CHUNKED, b"0"),
        (CHUNKED, b"1\r\nx\r\n"),
        (CHUNKED + b"0\r\n", b"x: y\r\n"),
    ],
)
@pytest.mark.parametrize("every", [0.05, 0.0])
def test_what_drips_or_never_ends_is_left(hostile: Hostile, first: bytes, again: bytes, every: float) -> None:
    hostile.says(first, again=again * (1 if every else 20_000), every=every)
    assert why(hostile.url) in ({"timed_out"} if every else {"too_large", "unreachable", "timed_out"})


def test_who_says_nothing_is_left(hostile: Hostile) -> None:
    hostile.says(again=b"", every=0)
    hostile.answer = lambda _: iter(lambda: (hostile.ended.wait(5) and b"") or b"", None)
    assert why(hostile.url) == "timed_out"


def test_a_large_answer_is_not_taken_into_memory(hostile: Hostile) -> None:
    hostile.says(OK + b"Content-Length: 100000000\r\n\r\n", again=b"x" * 100_000)
    assert why(hostile.url, 5) == "too_large"
    assert hostile.sent < 8_000_000 + FRAMING


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nobody_else_is_asked(hostile: Hostile, status: int) -> None:
    for there in (f"{hostile.url}/there", "file:///etc/passwd", "ftp://127.0.0.1/x", "//", "\x1b[2J"):
        hostile.says(f"HTTP/1.1 {status} Moved\r\nLocation: {there}\r\nContent-Length: 0\r\n\r\n".encode())
        assert why(hostile.url) == f"answered_{status}"


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/9.9 abc\r\n\r\n",
        CHUNKED + b"zz\r\n",
        CHUNKED + b"5\r\nab",
        b"\x16\x03\x01\x00\x00",
    ],
)
def test_what_is_no_answer_is_unreachable(hostile: Hostile, said: bytes) -> None:
    hostile.says(said)
    assert why(hostile.url, 5) == "unreachable"


def test_no_answer_is_taken_without_a_good_certificate(hostile: Hostile) -> None:
    hostile.says(OK + b"Content-Length: 1\r\n\r\nx")
    assert why(hostile.url.replace("http:", "https:"), 5) == "unreachable"


def test_over_tls_only_who_is_trusted_is_asked(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.folder / "tsa.pem", authority.folder / "tsa.key")
    with answering(context) as secure:
        secure.says(OK + b"Content-Length: 1\r\n\r\nx")
        assert why(secure.url, 5) == "not_trusted"
        monkeypatch.setattr(ssl, "_create_default_https_context", ssl._create_unverified_context)
        assert answer_of(secure.url, seconds=5, most=MOST) == b"x"
        secure.says(OK, again=b"x", every=0.05)
        assert why(secure.url) == "timed_out"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/x",
        "http://127.0.0.1:nine/",
        "http://a b/",
        "http://[::1/",
        f"http://{'x' * 70}.example/",
        "http://.example/",
        "http://127.0.0.1:9/\u2014",
    ],
)
def test_an_address_that_cannot_be_reached_says_so(url: str) -> None:
    assert why(url, 5) == "unreachable"


def test_no_file_of_this_computer_is_an_answer(tmp_path: Path) -> None:
    (tmp_path / "here").write_text("x")
    for url in ((tmp_path / "here").as_uri(), "data:,x", "FILE:///etc/hostname", "ftp://127.0.0.1/x"):
        assert why(url) == "unreachable"
