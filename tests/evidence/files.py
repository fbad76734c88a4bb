"""Files as people send them, and hostile ones: all made here, of no real person."""

import io
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
MAIL = (
    b"From: ward-member@example.org\r\nTo: secretary@example.org\r\nSubject: What I saw\r\n"
    b"Date: Mon, 11 May 2026 19:40:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n"
    b"<html>It was on the page.</html>"
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def picture(shape: str = "JPEG", size: tuple[int, int] = (640, 480), **more: Any) -> bytes:
    """A picture with something on it."""
    drawn = Image.new("RGB", size, "#336699")
    ImageDraw.Draw(drawn).ellipse((size[0] // 4, size[1] // 4, size[0] // 2, size[1] // 2), fill="#ffcc00")
    written = io.BytesIO()
    drawn.save(written, shape, **more)
    return written.getvalue()


@cache
def jpeg() -> bytes:
    """A JPEG with a place, a name and a comment in it."""
    exif = Image.Exif()
    exif[0x010E], exif[0x013B] = "Taken at home", "Ward member"
    exif.get_ifd(0x8825)[1], exif.get_ifd(0x8825)[2] = "N", (54.0, 46.0, 34.0)
    return picture("JPEG", exif=exif, comment=b"Ward member at home")


def packed(**files: bytes) -> bytes:
    """A zip; two underscores in a name are a slash, one before the ending is its dot."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(".".join(name.replace("__", "/").rsplit("_", 1)), content)
    return written.getvalue()


@cache
def bomb() -> bytes:
    """A small zip that would unpack to 64 MB."""
    return packed(zeros_bin=bytes(64 * 1024 * 1024))


def heic() -> bytes:
    """A picture as telephones make them, with a comment; made by hand, since the product's library only reads them."""
    return (Path(__file__).parent / "picture.heic").read_bytes()


def docx() -> bytes:
    """The beginning of a Word document."""
    return packed(**{"[Content_Types]_xml": b"<Types/>", "word__document_xml": b"<w:document/>"})


def old_word() -> bytes:
    """What tells an older Word document from an installer: the name of a stream, wherever it stands."""
    return OLE + bytes(70_000) + "WordDocument".encode("utf-16-le") + bytes(500)
