"""Copies for looking at: pixels and nothing else, from every kind of picture, and never more memory than is borne."""

import io
import struct
import zlib

import pytest
from PIL import Image

from app.evidence import pictures
from app.evidence.pictures import THUMBNAIL, VIEW, copies_of
from tests.evidence import files

PRIVATE = (b"Exif", b"Ward member", b"Taken at home", b"GPS", b"ICC_PROFILE", b"http://ns.adobe.com")


def shown(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(copies_of(data)[VIEW]))


@pytest.mark.parametrize("shape", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF"])
def test_every_kind_of_picture_becomes_readable(shape: str) -> None:
    view = shown(files.picture(shape, (320, 240)))
    assert (view.format, view.size) == ("JPEG", (320, 240))
    red, green, blue = view.convert("RGB").tobytes()[:3]
    assert abs(red - 0x33) + abs(green - 0x66) + abs(blue - 0x99) < 24


def test_a_telephone_picture_becomes_readable_and_says_nothing_more() -> None:
    assert b"Taken at home" in files.heic()
    view = copies_of(files.heic())[VIEW]
    assert Image.open(io.BytesIO(view)).size == (96, 64)
    assert not any(mark in view for mark in PRIVATE)


def test_no_place_name_or_comment_comes_along() -> None:
    assert Image.open(io.BytesIO(files.jpeg())).getexif().get_ifd(0x8825)
    for copy in copies_of(files.jpeg()).values():
        opened = Image.open(io.BytesIO(copy))
        assert not opened.getexif()
        assert not {"comment", "exif", "icc_profile", "xmp"} & set(opened.info)
        assert not any(mark in copy for mark in PRIVATE)


def test_the_thumbnail_is_small_and_blurred() -> None:
    stripes = Image.new("L", (640, 640))
    stripes.putdata([255 * (x // 4 % 2) for _ in range(640) for x in range(640)])
    written = io.BytesIO()
    stripes.save(written, "PNG")
    small = Image.open(io.BytesIO(copies_of(written.getvalue())[THUMBNAIL])).convert("L")
    assert max(small.size) <= pictures.SMALL
    inside = small.crop((60, 60, 260, 260)).tobytes()
    assert max(inside) - min(inside) < 20, "the stripes can still be seen"


def test_a_picture_lies_the_way_its_camera_meant() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert shown(files.picture("JPEG", (100, 50), exif=exif)).size == (50, 100)


def huge_png(side: int) -> bytes:
    """A PNG of side x side pixels in a few kilobytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    lines = zlib.compress(bytes((side // 8 + 1) * side), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


def test_a_hundred_megapixels_are_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    data = huge_png(10_000)
    assert len(data) < 100_000

    tried: list[str] = []
    monkeypatch.setattr(Image.Image, "load", lambda *_: tried.append("load"))
    assert copies_of(data) == {}
    assert tried == []


def test_a_hundred_megapixels_of_jpeg_are_unpacked_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    Image.new("L", (10_000, 10_000), 90).save(written, "JPEG", quality=10)
    loaded: list[tuple[int, int]] = []

    def turned(picture: Image.Image) -> Image.Image:
        loaded.append(picture.size)
        return picture

    monkeypatch.setattr(pictures, "_turned", turned)
    view = shown(written.getvalue())
    assert max(loaded[0]) < 5000
    assert view.size == (1600, 1600)


def test_many_megapixels_in_several_passes_are_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    data = bytearray(files.picture("JPEG", (64, 64), progressive=True))
    size = data.index(b"\xff\xc2") + 5  # the frame header says how many lines and columns there are
    data[size : size + 4] = struct.pack(">HH", 6000, 6000)
    tried: list[str] = []
    monkeypatch.setattr(Image.Image, "load", lambda *_: tried.append("load"))
    assert Image.open(io.BytesIO(data)).size == (6000, 6000)
    assert copies_of(bytes(data)) == {}
    assert tried == []


@pytest.mark.parametrize(
    "data", [files.jpeg()[:900], files.picture("GIF")[:40], files.PDF, files.SVG, b"", bytes(5000)]
)
def test_what_cannot_be_drawn_has_no_copy(data: bytes) -> None:
    assert copies_of(data) == {}


def test_a_note_that_would_unpack_to_much_is_not_unpacked() -> None:
    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    plain = files.picture("PNG", (8, 8))
    note = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(80 * 1024 * 1024), 9))
    assert copies_of(plain[:33] + note + plain[33:]) == {}
