"""Words out of a mail: headers in any of their codings, text in any alphabet, HTML without its tags.

Everything here is linear in what it reads, and what comes out is plain text that pages escape like any other.
"""

import codecs
import re
import unicodedata
from email.errors import HeaderParseError, MessageError
from email.header import decode_header, make_header
from email.utils import parseaddr
from html import unescape

LONGEST_HEADER = 1000
LONGEST_NAME, LONGEST_ADDRESS = 200, 254
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_TAG = re.compile(r"(<[^<>]*>)")
_NAME = re.compile(r"</?\s*([A-Za-z0-9]+)")
_LINES = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "hr"})
_UNSEEN = frozenset({"script", "style", "head", "title", "noscript", "template"})
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_ALPHABETS = re.compile(
    r"ascii|utf-8|utf-16|utf-16-le|utf-16-be|iso8859-\d+|cp125\d|cp437|cp85\d|cp949|cp932|koi8-[ru]|mac-roman"
    r"|gb2312|gbk|gb18030|big5|shift_jis|euc_jp|euc_kr|iso2022_jp"
)
"""Python knows many more codings, some of which take very long; these are what letters are written in."""


def as_text(data: bytes, charset: str) -> str:
    """Bytes of a part as text: never an error, whatever its charset is said to be; a mark at their beginning counts."""
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if marked is not None:
        return data.decode(marked, "replace")
    try:
        name = codecs.lookup(charset).name if charset else "utf-8"
    except (LookupError, ValueError):
        name = "utf-8"
    if not _ALPHABETS.fullmatch(name) or name in ("ascii", "utf-8"):
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            name = "cp1252"
    return data.decode(name, "replace")


def decoded(header: str) -> str:
    """A header's words on one line, without signs that mislead."""
    given = header[:LONGEST_HEADER].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        words = str(make_header(decode_header(given)))
    except (HeaderParseError, MessageError, LookupError, ValueError):
        words = given
    return one_line(words)


def one_line(text: str) -> str:
    """The same without line ends, controls and marks that turn the direction of writing."""
    spaced = " ".join(text.split())
    return " ".join("".join(sign for sign in spaced if unicodedata.category(sign)[0] != "C").split())


def sender_of(header: str) -> tuple[str, str]:
    """Name and mail address in a From header; empty where it does not hold one of them."""
    unfolded = " ".join(header[:LONGEST_HEADER].split())
    try:
        name, address = parseaddr(unfolded)
    except (RecursionError, IndexError, ValueError):
        return "", ""
    words, address = decoded(name)[:LONGEST_NAME], address.strip()
    mangled = "<" in unfolded and f"<{address}>" not in unfolded
    if mangled or len(address) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(address):
        return words, ""
    return ("" if words == address else words), address


def without_tags(html: str) -> str:
    """The text of an HTML mail: scripts, styles and comments gone, a line for each block."""
    kept, unseen, comment = [], "", False
    for piece in _TAG.split(html):
        found = _NAME.match(piece) if piece.startswith("<") else None
        name = found[1].lower() if found else ""
        if comment or piece.startswith("<!--"):
            comment = not piece.endswith("-->")
        elif unseen:
            unseen = "" if name == unseen and piece.startswith("</") else unseen
        elif name in _UNSEEN and not piece.startswith("</"):
            unseen = name
        elif name in _LINES:
            kept.append("\n")
        elif not (piece.startswith("<") and piece.endswith(">")):
            kept.append(re.sub(r"\s+", " ", unescape(piece)))
    lines = "".join(kept).split("\n")
    return tidy("\n".join(" ".join(line.split()) for line in lines))


def tidy(text: str) -> str:
    """Text with one kind of line end, without controls, and with one empty line where there were many."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    plain = ("".join(sign for sign in line if _stays(sign)).rstrip() for line in lines)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(plain)).strip()


def _stays(sign: str) -> bool:
    return sign == "\t" or unicodedata.category(sign) not in {"Cc", "Cs", "Cn"}
