"""What a file is, by content: a table of what is taken and what is refused, whatever its name says."""

import gzip
import struct

import pytest

from app.evidence.kinds import HEAD, TAKEN, tell
from tests.evidence import files

WARC = b"WARC/1.1\r\nWARC-Type: warcinfo\r\n\r\n"
MP4 = struct.pack(">I", 24) + b"ftypisom" + bytes(4) + b"isommp42" + bytes(40)
TAKEN_FILES = {
    "jpeg": (files.jpeg(), "image/jpeg"),
    "png": (files.picture("PNG"), "image/png"),
    "gif": (files.picture("GIF"), "image/gif"),
    "webp": (files.picture("WEBP"), "image/webp"),
    "tiff": (files.picture("TIFF"), "image/tiff"),
    "avif": (files.picture("AVIF", (64, 64)), "image/avif"),
    "heic": (files.heic(), "image/heic"),
    "pdf": (files.PDF, "application/pdf"),
    "text": ("Am Abend schrieb er „Unfug“.\n".encode(), "text/plain"),
    "text of an old computer": ("Grüße, it said.\r\n".encode("cp1252"), "text/plain"),
    "text in UTF-16": ("It said so.\r\n".encode("utf-16"), "text/plain"),
    "mail": (files.MAIL, "message/rfc822"),
    "docx": (files.docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "rtf": (rb"{\rtf1 It said so.}", "application/rtf"),
    "zip": (files.packed(a_txt=b"It said so."), "application/zip"),
    "zip bomb": (files.bomb(), "application/zip"),
    "wacz": (files.packed(datapackage_json=b"{}", archive__data_warc=WARC), "application/wacz"),
    "warc": (WARC, "application/warc"),
    "warc.gz": (gzip.compress(WARC), "application/warc+gzip"),
    "mp3": (b"ID3\x04" + bytes(60), "audio/mpeg"),
    "wav": (b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(40), "audio/x-wav"),
    "mp4": (MP4, "video/mp4"),
    "picture that is also a page": (files.picture("GIF") + files.HTML, "image/gif"),
    "PDF that is also a page": (files.PDF + files.HTML, "application/pdf"),
}
REFUSED_FILES = {
    "svg": files.SVG,
    "svg with a declaration": b'<?xml version="1.0"?>\n' + files.SVG,
    "html": files.HTML,
    "html behind a byte order mark": b"\xef\xbb\xbf  \n" + files.HTML,
    "html in UTF-16": b"\xff\xfe" + files.HTML.decode().encode("utf-16-le"),
    "html behind a comment": b"<!-- a comment -->" + b" " * 500 + files.HTML,
    "text with a script in it": b"Look here: <ScRiPt>alert(1)</script>",
    "php": b"<?php system('id');",
    "shell script": b"#!/bin/sh\nid\n",
    "windows program": b"MZ" + bytes(100),
    "linux program": b"\x7fELF" + bytes(100),
    "java archive": files.packed(**{"META-INF__MANIFEST_MF": b"Manifest-Version: 1.0"}),
    "android program": files.packed(AndroidManifest_xml=b"x", classes_dex=b"x"),
    "shortcut": b"\x4c\x00\x00\x00\x01\x14\x02\x00" + bytes(70),
    "installer (old Office container)": files.OLE + bytes(600),
    "gzip of anything else": gzip.compress(b"anything"),
    "rar": b"Rar!\x1a\x07\x00" + bytes(60),
    "bytes of nothing known": bytes(range(256)) * 4,
    "empty": b"",
    "flash": b"CWS\x0a" + bytes(60),
}


@pytest.mark.parametrize("name", TAKEN_FILES)
def test_taken(name: str) -> None:
    content, media_type = TAKEN_FILES[name]
    assert tell(content[:HEAD]) == TAKEN[media_type]


@pytest.mark.parametrize("name", REFUSED_FILES)
def test_refused(name: str) -> None:
    assert tell(REFUSED_FILES[name][:HEAD]) is None


def test_a_letter_cut_in_two_at_the_end_of_what_is_looked_at_is_still_text() -> None:
    content = b"a" * (HEAD - 1) + "ü".encode()
    assert tell(content[:HEAD]) == TAKEN["text/plain"]


def test_no_kind_is_one_that_a_browser_runs() -> None:
    assert not {"text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript"} & set(TAKEN)
