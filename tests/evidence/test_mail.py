"""Reading a mail: sender, day, text and attachments; broken and hostile ones end in clear words, and soon."""

import time
from datetime import date
from email.message import EmailMessage

import pytest
from freezegun import freeze_time

from app.evidence.mail import MOST_ATTACHMENTS, Twisted, read_mail
from tests.evidence import files, mails
from tests.evidence.mails import SENDER, mail, raw

pytestmark = pytest.mark.filterwarnings("error")


def test_an_ordinary_mail() -> None:
    found = read_mail(mails.with_picture("First line.\n\nSecond line."))
    assert (found.name, found.address) == ("Ward member (example)", SENDER)
    assert found.day == date(2026, 5, 11)
    assert found.text == "First line.\n\nSecond line."
    assert [(one.name, one.content) for one in found.attachments] == [
        ("seen.jpg", files.jpeg()),
        ("../../page.html", files.HTML),
    ]
    assert found.subject == "What I saw"


@pytest.mark.parametrize(
    ("sent", "day"),
    [
        ("Mon, 11 May 2026 23:40:00 +0000", date(2026, 5, 12)),
        ("Sun, 11 Jan 2026 23:40:00 +0000", date(2026, 1, 11)),
        ("Mon, 11 May 2026 02:00:00 +0900", date(2026, 5, 10)),
        ("Monday, 11 May 2026 19:40", date(2026, 5, 11)),
        ("11 May 2026 19:40", date(2026, 5, 11)),
        ("Tue, 02 Jun 2026 12:00:00 +0100", None),
        ("Thu, 01 Jan 1970 00:00:00 +0000", None),
        ("yesterday", None),
        ("Mon, 99 May 2026 99:40:00 +9999", None),
        ("Mon, 11 May 99999999999999999999 19:40:00 +0000", None),
        ("", None),
    ],
)
@freeze_time("2026-06-01 12:00:00")
def test_the_day_is_one_in_britain_that_has_come_or_none(sent: str, day: date | None) -> None:
    assert read_mail(raw(f"From: {SENDER}", f"Date: {sent}")).day == day
    assert read_mail(raw(f"From: {SENDER}")).day is None


@pytest.mark.parametrize(
    ("header", "name", "address"),
    [
        ("=?utf-8?q?Zo=C3=AB_Example?= <zoe@example.org>", "Zoë Example", "zoe@example.org"),
        ("=?utf-8?q?A=0D=0ABcc=3A_x=40example=2Eorg?= <zoe@example.org>", "A Bcc: x@example.org", "zoe@example.org"),
        ('"Example, Zoë" <zoe@example.org>', "Example, Zoë", "zoe@example.org"),
        ("=?utf-8?b?4oCuZ3Jv?= <zoe@example.org>", "gro", "zoe@example.org"),
        ("=?nonsense?q?Zo=EB?= <zoe@example.org>", "=?nonsense?q?Zo=EB?=", "zoe@example.org"),
        ("zoe@example.org", "", "zoe@example.org"),
        ("Zoe <zoe at example.org>", "Zoe", ""),
        ("Zoe <zoe@exa<b>mple.org>", None, ""),
        ("(" * 900, None, ""),
        ("x" * 5000 + "@example.org", None, ""),
    ],
)
def test_the_sender_is_one_line_and_the_address_one_that_can_be(header: str, name: str | None, address: str) -> None:
    found = read_mail(raw(f"From: {header}", "Date: nothing"))
    assert found.address == address
    assert name is None or found.name == name
    assert "\n" not in found.name


@pytest.mark.parametrize(
    ("header", "subject"),
    [
        ("=?utf-8?q?Zo=C3=AB=0D=0ABcc=3A_x?=", "Zoë Bcc: x"),
        ("=?utf-8?b?4oCuZ3Jv?= seen", "gro seen"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("y" * 5000, "y" * 300),
        ("", ""),
    ],
)
def test_the_subject_is_one_line_without_signs_that_mislead(header: str, subject: str) -> None:
    assert read_mail(raw(f"From: {SENDER}", f"Subject: {header}")).subject == subject


def test_of_two_forms_of_one_text_the_plain_one_and_of_html_alone_its_words() -> None:
    assert read_mail(bytes(mail("Plain.", html="<p>Styled.</p>"))).text == "Plain."
    page = (
        "<html><head><title>T</title><style>p{color:red}</style></head><body><!-- <b>hidden</b> -->"
        "<p>Zoë &lt;saw&gt; it</p><script>alert(1)</script><div>Again&nbsp;today<br>and <b>here</b></div> 1 < 2</body>"
    )
    alone = EmailMessage()
    alone["From"] = SENDER
    alone.set_content(page, subtype="html")
    assert read_mail(bytes(alone)).text == "Zoë <saw> it\n\nAgain today\nand here\n1 < 2"


def test_a_mail_inside_a_mail_is_one_attachment_and_so_is_what_outlook_packs() -> None:
    outer = mail("See below.")
    outer.add_attachment(mail("The first message."))
    outer.add_attachment(b"\x78\x9f\x3e\x22" + bytes(50), "application", "ms-tnef", filename="winmail.dat")
    found = read_mail(bytes(outer))
    assert found.text == "See below."
    assert [one.name for one in found.attachments] == ["attachment.eml", "winmail.dat"]
    assert read_mail(found.attachments[0].content).text == "The first message."


def test_past_the_most_attachments_the_others_are_counted() -> None:
    many = mail()
    for number in range(MOST_ATTACHMENTS + 3):
        many.add_attachment(b"x", "application", "pdf", filename=f"{number}.pdf")
    found = read_mail(bytes(many))
    assert (len(found.attachments), found.left_out) == (MOST_ATTACHMENTS, 3)


def test_a_pasted_message_with_and_without_headers() -> None:
    pasted = f"\n\nFrom: Zoë Example <{SENDER}>\nSent: Monday, 11 May 2026 19:40\nTo: secretary\n\nIt was there.\n"
    found = read_mail(pasted.encode())
    assert (found.name, found.address, found.day) == ("Zoë Example", SENDER, date(2026, 5, 11))
    assert found.text == "It was there."
    bare = read_mail(b"It was there: on the page.\n\nAnd again.")
    assert (bare.name, bare.address, bare.day) == ("", "", None)
    assert "And again." in bare.text


@pytest.mark.parametrize("charset", ["punycode", "zlib", "idna", "unicode_escape", "no-such", "utf-7", "", "utf-16"])
def test_no_charset_is_an_error(charset: str) -> None:
    found = read_mail(
        raw(f"From: {SENDER}", f'Content-Type: text/plain; charset="{charset}"', body=b"Zo\xeb \x00 \\x41" * 9)
    )
    assert "\0" not in found.text


def nested(depth: int) -> bytes:
    """Parts in parts in parts."""
    opening = (f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(depth))
    return f"From: {SENDER}\r\n".encode() + "".join(opening).encode() + b"\r\nWords."


HOSTILE = {
    "deep": nested(400),
    "digests": b"From: a@example.org\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 3000,
    "many parts": raw('Content-Type: multipart/mixed; boundary="a"', body=b"--a\r\n\r\n" * 100_000),
    "long field": raw("Content-Type: text/plain" + ";" * 2_000_000),
    "folded field": raw("Content-Type: text/plain;" + "\r\n ;" * 200_000),
    "many lines": raw("From: a@example.org", body=b"\n" * 2_000_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_would_take_long_is_refused_at_once(name: str) -> None:
    began = time.perf_counter()
    with pytest.raises(Twisted):
        read_mail(HOSTILE[name])
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\0\0",
        b"From\n\n",
        raw(f"From: {SENDER}", 'Content-Type: multipart/mixed; boundary="x"', body=b"--x\r\n\r\nnever ended"),
        raw(f"From: {SENDER}", "Content-Type: multipart/mixed", body=b"no boundary"),
        raw(f"From: {SENDER}", "Content-Type: message/rfc822", body=b""),
        raw(f"From: {SENDER}", "Content-Transfer-Encoding: base64", body=b"!!! not base64"),
        raw(f"From: {SENDER}", "Content-Transfer-Encoding: x-uuencode", body=b"begin 644 x\n!!!"),
        raw(
            "From: \udcff".encode("utf-8", "surrogateescape").decode("latin-1"),
            "Content-Type: text/html",
            body=b"<!--" * 9000,
        ),
        raw(f"From: {SENDER}", "Content-Type: text/html", body=b"<" * 900_000),
        raw(f"From: {SENDER}", "X: " + "y" * 3_000_000),
        nested(20),
        bytes(range(256)) * 50,
    ],
)
def test_broken_mails_are_read_as_far_as_they_go(data: bytes) -> None:
    began = time.perf_counter()
    found = read_mail(data)
    assert "\0" not in found.text + found.name
    assert time.perf_counter() - began < 2
