"""Pictures for the demonstration, drawn here: nobody's post, and no real person in it."""

import io
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, ImageDraw

from app.evidence.arrival import Arrival, Arrived
from app.evidence.looking import look_at
from app.installation import Installation

SIZE, PAPER, INK, PALE = (640, 360), "#ffffff", "#1d1d1b", "#c9d6df"


@contextmanager
def picture(home: Installation, said: str) -> Iterator[Arrived]:
    """A picture of a post that says this, on its way into a record."""
    arrival = Arrival(home.settings, "post.png")
    arrival.write(_drawn(said))
    arrived = arrival.finish()
    look_at(home.settings, arrived)
    try:
        yield arrived
    finally:
        arrived.discard()


def _drawn(said: str) -> bytes:
    page = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(page)
    pen.rectangle((0, 0, SIZE[0], 56), fill=PALE)
    pen.ellipse((24, 80, 72, 128), fill=PALE)
    pen.text((24, 18), "Ward page (example)", fill=INK, font_size=20)
    pen.text((92, 92), "A member (example)", fill=INK, font_size=20)
    pen.multiline_text((24, 152), said, fill=INK, font_size=26, spacing=10)
    written = io.BytesIO()
    page.save(written, "PNG")
    return written.getvalue()
