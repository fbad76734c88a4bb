"""The words of the letters: three small files each, in a folder that a branch may edit. Read once, checked whole."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.errors import SettingsError
from app.letters.placeholders import IN_SUBJECT, PLACEHOLDERS

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "letters"
SUBJECT, TEXT, HTML = "subject.txt", "body.txt", "body.html"
PLACE = re.compile(r"\{([a-z_]+)(\??)\}")
"""`{name}` must be filled; a paragraph with an empty `{name?}` is left out."""
BODY = "body"


@dataclass(frozen=True)
class Template:
    """The words of one letter. The first line of `text` is its heading; `html` frames the same words."""

    name: str
    subject: str
    text: str
    html: str


class TemplateErrors(SettingsError):
    """Everything wrong with the templates of letters; `lines` are 'file:line: message'."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = tuple(lines)
        super().__init__("\n".join(lines))


@cache
def load(folder: Path = FOLDER) -> Mapping[str, Template]:
    """Every letter in a folder by name. TemplateErrors names every mistake with its file and line."""
    errors: list[str] = [] if folder.is_dir() else [f"{folder}:1: There is no such folder of letters"]
    found: dict[str, Template] = {}
    for place in sorted(path for path in folder.glob("*") if path.is_dir()):
        missing = [name for name in (SUBJECT, TEXT, HTML) if not (place / name).is_file()]
        errors += [f"{place / name}:1: This file is missing" for name in missing]
        if not missing:
            subject, text, html = ((place / name).read_text("utf-8").strip() for name in (SUBJECT, TEXT, HTML))
            found[place.name] = Template(place.name, subject, text, html)
            errors += _mistakes(place, found[place.name])
    if errors:
        raise TemplateErrors(errors)
    return found


def names(folder: Path = FOLDER) -> frozenset[str]:
    """The letters there are templates for."""
    return frozenset(load(folder))


def _mistakes(place: Path, template: Template) -> Iterator[str]:
    yield from _unknown(place / SUBJECT, template.subject, IN_SUBJECT, "A subject holds no fact of a case")
    yield from _unknown(place / TEXT, template.text, frozenset(PLACEHOLDERS), "There is no such placeholder")
    yield from _unknown(place / HTML, template.html, IN_SUBJECT | {BODY}, "The frame knows {body} and {organisation}")
    if not template.subject or "\n" in template.subject:
        yield f"{place / SUBJECT}:1: Write the subject in one line"
    if not template.text.startswith("# "):
        yield f"{place / TEXT}:1: Begin with a heading: # and its words"
    if template.html.count("{body}") != 1:
        yield f"{place / HTML}:1: Write {{body}} once, where the words of the letter go"


def _unknown(path: Path, text: str, known: frozenset[str], message: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        for found in PLACE.finditer(line):
            if found[1] not in known:
                yield f"{path}:{number}: {message}: {found[0]}"
