"""A letter on paper: a tagged PDF (PDF/UA-1 and PDF/A-2a), made in this process, the same bytes every time."""

import json
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

import typst

from app.errors import Problem
from app.letters.wording import Block

HERE = Path(__file__).resolve().parent
SOURCE, FONTS = HERE / "letter.typ", HERE / "fonts"
Standard = Literal["a-2a", "ua-1"]
ARCHIVAL: Standard = "a-2a"
ACCESSIBLE: Standard = "ua-1"
_one_at_a_time = threading.Lock()


class NoPaper(Problem):
    """A letter that could not be set."""

    title = "The letter could not be made into a PDF"


@dataclass(frozen=True)
class Paper:
    """What stands on the paper: `to` and `contact` line by line, `day` is its date, printed where it is `dated`.

    `record` stands in small print at the foot; `dense` is for what should stand on one page.
    """

    title: str
    organisation: str
    contact: Sequence[str]
    to: Sequence[str]
    day: date
    parts: Sequence[Block]
    dated: bool = True
    record: Sequence[str] = ()
    dense: bool = False


@dataclass(frozen=True)
class Printed:
    """The file, and whether some sign of it has no shape in our letters (then it is not PDF/UA)."""

    content: bytes
    lacks_signs: bool


def printed(paper: Paper) -> Printed:
    """The PDF. NoPaper where it cannot be made at all."""
    day = paper.day
    dated = {"day": [day.year, day.month, day.day], "dated": f"{day.day} {day:%B %Y}" if paper.dated else ""}
    said = json.dumps({**asdict(paper), **dated, "page_word": "Page", "of_word": "of"}, ensure_ascii=False)
    tries: list[tuple[list[Standard], bool]] = [([ACCESSIBLE, ARCHIVAL], False), ([ARCHIVAL], True), ([], True)]
    for standards, lacks_signs in tries:
        try:
            return Printed(_compiled(said, standards), lacks_signs)
        except typst.TypstError as fault:
            if not _is_about_signs(fault):
                raise NoPaper(str(fault)) from None
    raise NoPaper


def _compiled(said: str, standards: list[Standard]) -> bytes:
    with _one_at_a_time:
        made = _compiler().compile(
            format="pdf",
            sys_inputs={"letter": said},
            pdf_standards=[*standards],
            timestamp=0,
        )
    if not isinstance(made, bytes):
        raise NoPaper
    return made


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
    return typst.Compiler(SOURCE, root=HERE, font_paths=fonts)


def _is_about_signs(fault: typst.TypstError) -> bool:
    return "could not be displayed" in str(fault)
