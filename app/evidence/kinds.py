"""What a file is, told from its content alone: a list of what is taken; everything else is refused in clear words."""

import re
import zlib
from dataclasses import dataclass

import filetype

HEAD = 64 * 1024
"""So many bytes from the beginning are looked at."""


@dataclass(frozen=True)
class Kind:
    """A type of file that is taken: its media type, what pages call it, the ending of its download, its group."""

    media_type: str
    label: str
    ending: str
    group: str


def _kinds(group: str, label: str, *pairs: str) -> list[Kind]:
    return [Kind(media_type, label, ending, group) for media_type, ending in (pair.split(" ") for pair in pairs)]


_OPEN_XML = "application/vnd.openxmlformats-officedocument"
TAKEN: dict[str, Kind] = {
    kind.media_type: kind
    for kind in [
        *_kinds("image", "Picture", "image/jpeg jpg", "image/png png", "image/apng png", "image/gif gif"),
        *_kinds("image", "Picture", "image/webp webp", "image/tiff tif", "image/bmp bmp"),
        *_kinds("image", "Picture", "image/heic heic", "image/avif avif"),
        *_kinds("pdf", "PDF", "application/pdf pdf"),
        *_kinds("text", "Text", "text/plain txt"),
        *_kinds("mail", "Mail message", "message/rfc822 eml"),
        *_kinds("office", "Text document", f"{_OPEN_XML}.wordprocessingml.document docx", "application/rtf rtf"),
        *_kinds("office", "Text document", "application/vnd.oasis.opendocument.text odt"),
        *_kinds("office", "Table", f"{_OPEN_XML}.spreadsheetml.sheet xlsx"),
        *_kinds("office", "Table", "application/vnd.oasis.opendocument.spreadsheet ods"),
        *_kinds("office", "Slides", f"{_OPEN_XML}.presentationml.presentation pptx"),
        *_kinds("office", "Slides", "application/vnd.oasis.opendocument.presentation odp"),
        *_kinds("office", "Text document", "application/msword doc"),
        *_kinds("office", "Table", "application/vnd.ms-excel xls"),
        *_kinds("office", "Slides", "application/vnd.ms-powerpoint ppt"),
        *_kinds("web", "Saved web pages", "application/warc warc", "application/warc+gzip warc.gz"),
        *_kinds("web", "Saved web pages", "application/wacz wacz"),
        *_kinds("audio", "Sound", "audio/mpeg mp3", "audio/mp4 m4a", "audio/ogg ogg", "audio/x-flac flac"),
        *_kinds("audio", "Sound", "audio/x-wav wav", "audio/aac aac", "audio/amr amr", "audio/x-aiff aiff"),
        *_kinds("video", "Film", "video/mp4 mp4", "video/x-m4v m4v", "video/quicktime mov", "video/webm webm"),
        *_kinds("video", "Film", "video/x-matroska mkv", "video/3gpp 3gp", "video/x-msvideo avi"),
        *_kinds("video", "Film", "video/mpeg mpg", "video/x-ms-wmv wmv"),
        *_kinds("zip", "Packed folder", "application/zip zip"),
    ]
}
TAKEN_WORDS = "pictures, PDF, text, Word and other office documents, mail (.eml), saved web pages, sound, film, and zip"
_OLD_OFFICE = (
    ("WordDocument", "application/msword"),
    ("Workbook", "application/vnd.ms-excel"),
    ("Book", "application/vnd.ms-excel"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
)
OLD_OFFICE_MARKS = {mark.encode("utf-16-le"): media_type for mark, media_type in _OLD_OFFICE}
OLD_OFFICE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"\x4c\x00\x00\x00",
    b"#!",
)
_OPEN_DOCUMENTS = tuple(name for name in TAKEN if name.startswith("application/vnd.oasis."))
_OPEN_XML_FOLDERS = {
    b"word/": f"{_OPEN_XML}.wordprocessingml.document",
    b"xl/": f"{_OPEN_XML}.spreadsheetml.sheet",
    b"ppt/": f"{_OPEN_XML}.presentationml.presentation",
}
MOST_NAMES = 200
_PROGRAM_FOLDERS = (b"META-INF/MANIFEST.MF", b"AndroidManifest.xml", b"classes.dex")
_MARKUP = re.compile(
    rb"<\s*(!doctype|\?xml|\?php|html|head|body|script|svg|iframe|object|embed|math|xsl)\b", re.IGNORECASE
)
_MAIL = re.compile(
    rb"^(from|to|subject|date|received|return-path|message-id|mime-version|delivered-to|x-[\w-]+):", re.IGNORECASE
)
_FOLDED = re.compile(rb"\r?\n(?=[ \t])")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff]")


def tell(head: bytes, *, old_office: str = "") -> Kind | None:
    """The kind of a file by its first 64 KiB; None where it is none that is taken.

    `old_office` is what was found further inside a file of the older Office format.
    """
    if not head or head.startswith(_PROGRAMS):
        return None
    if head.startswith(OLD_OFFICE_MAGIC):
        return TAKEN.get(old_office)
    if head.startswith(b"PK\x03\x04"):
        return _packed(head)
    if head.startswith(b"WARC/1."):
        return TAKEN["application/warc"]
    if head.startswith(b"\x1f\x8b"):
        return TAKEN["application/warc+gzip"] if _unpacked(head).startswith(b"WARC/1.") else None
    if head.startswith(b"{\\rtf"):
        return TAKEN["application/rtf"]
    found = filetype.guess(head)
    if found is not None:
        return TAKEN.get(found.mime)
    return _written(head)


def _packed(head: bytes) -> Kind | None:
    """What a zip holds, by the names near its beginning; nothing is ever unpacked."""
    names = _first_names(head)
    if any(name.startswith(_PROGRAM_FOLDERS) for name in names):
        return None
    if names[0] == b"mimetype":
        stated = head[30 + len(names[0]) :][:100]
        open_document = next((one for one in _OPEN_DOCUMENTS if stated.startswith(one.encode())), None)
        return TAKEN[open_document or "application/zip"]
    if any(name in (b"datapackage.json", b"datapackage-digest.json") for name in names):
        return TAKEN["application/wacz"]
    if b"[Content_Types].xml" in names:
        inside = next((kind for kind in _OPEN_XML_FOLDERS if any(name.startswith(kind) for name in names)), None)
        return TAKEN[_OPEN_XML_FOLDERS[inside] if inside else "application/zip"]
    return TAKEN["application/zip"]


def _first_names(head: bytes) -> list[bytes]:
    """The names of the packed files that begin in what is looked at."""
    names: list[bytes] = []
    at = 0
    while at >= 0 and len(names) < MOST_NAMES:
        length = int.from_bytes(head[at + 26 : at + 28], "little")
        names.append(head[at + 30 : at + 30 + length])
        at = head.find(b"PK\x03\x04", at + 30)
    return names


def _unpacked(head: bytes) -> bytes:
    """The first few bytes inside a gzip file: never more, whatever it would grow to."""
    try:
        return zlib.decompressobj(31).decompress(head, 16)
    except zlib.error:
        return b""


def _written(head: bytes) -> Kind | None:
    """Mail or plain text. Whatever a browser could take for a page or a script is neither."""
    text = _as_text(head)
    if text is None or _NOT_TEXT.search(text):
        return None
    plain = text.encode("utf-8", "ignore")
    if _is_mail(plain):
        return TAKEN["message/rfc822"]
    return (
        None if _MARKUP.search(plain) or plain.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"#!") else TAKEN["text/plain"]
    )


def _as_text(head: bytes) -> str | None:
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            return head[2 : len(head) - len(head) % 2].decode(encoding, "replace")
    try:
        return head.decode("utf-8")
    except UnicodeDecodeError as error:
        if len(head) >= HEAD and error.start > len(head) - 4:
            return head[: error.start].decode("utf-8")  # a letter cut in two at the end of what is looked at
    return head.decode("cp1252", "replace")


def _is_mail(plain: bytes) -> bool:
    """Three header lines on top, and nothing else there."""
    top = re.split(rb"\r?\n\r?\n", plain.lstrip(b"\xef\xbb\xbf"), maxsplit=1)[0]
    lines = _FOLDED.sub(b" ", top).splitlines()
    lines = lines[1:] if lines and lines[0].startswith(b"From ") else lines
    return (
        len(lines) >= 3
        and all(re.match(rb"[\x21-\x39\x3b-\x7e]+:", line) for line in lines)
        and (sum(bool(_MAIL.match(line)) for line in lines) >= 3)
    )
