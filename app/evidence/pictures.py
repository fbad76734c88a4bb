"""Copies of pictures for looking at: drawn anew from the pixels, so that nothing else of the file comes along."""

import io
import threading
from contextlib import suppress
from functools import cache

from PIL import Image, ImageFilter, ImageOps

VIEW, THUMBNAIL = "view", "thumbnail"
COPY_TYPE = "image/jpeg"
LARGEST_VIEW, SMALL = 1600, 320
BLUR = 18
LARGEST_DECODED = 50_000_000
"""Pixels that may be unpacked at once, about 150 MB of memory; a JPEG may have more, it is unpacked smaller."""
LARGEST_PROGRESSIVE = 25_000_000
"""Pixels of a JPEG that comes in several passes: those are all held at full size, whatever size is asked for."""
LARGEST_FILE = 64 * 1024 * 1024
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "HEIF", "AVIF")
QUALITY = 85
_one_at_a_time = threading.Lock()


def copies_of(data: bytes) -> dict[str, bytes]:
    """A `view` and a blurred `thumbnail` as JPEG without metadata; none where it cannot be drawn safely."""
    with _one_at_a_time:
        try:
            return _drawn(data)
        except Exception:  # noqa: BLE001 (decoders of hostile files fail in any way; the original is kept as it is)
            return {}


def _drawn(data: bytes) -> dict[str, bytes]:
    _prepare()
    with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
        if opened.info.get("progressive") and opened.width * opened.height > LARGEST_PROGRESSIVE:
            return {}
        opened.draft("RGB", (LARGEST_VIEW, LARGEST_VIEW))
        if opened.width * opened.height > LARGEST_DECODED:
            return {}
        opened.load()
        turned = _turned(opened)
    turned.thumbnail((LARGEST_VIEW, LARGEST_VIEW))
    view = _on_white(turned)
    small = view.copy()
    small.thumbnail((SMALL, SMALL))
    return {VIEW: _as_jpeg(view), THUMBNAIL: _as_jpeg(small.filter(ImageFilter.GaussianBlur(BLUR)))}


@cache
def _prepare() -> None:
    import pi_heif

    pi_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None  # the size is looked at here, before anything is unpacked


def _turned(opened: Image.Image) -> Image.Image:
    """The right way up, as the camera meant it."""
    with suppress(Exception):  # a broken note about the side that is up must not hide the picture
        return ImageOps.exif_transpose(opened)
    return opened


def _on_white(picture: Image.Image) -> Image.Image:
    """The bare pixels on a white ground: a new picture, with no notes, profile or hidden layer of the old one."""
    ground = Image.new("RGB", picture.size, "white")
    clear = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    over = picture.convert("RGBA") if clear else picture.convert("RGB")
    ground.paste(over, mask=over.getchannel("A") if clear else None)
    return ground


def _as_jpeg(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()
