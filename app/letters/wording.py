"""From a template and facts to a letter, and from its words to blocks, mail text and HTML. Pure: no database."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from app.letters.placeholders import PLACEHOLDERS
from app.letters.templates import PLACE, Template

HEADING, SUBHEADING, PARAGRAPH, BULLETS = "heading", "subheading", "paragraph", "bullets"
_MARKS = {"# ": HEADING, "## ": SUBHEADING, "- ": BULLETS}
_APART = re.compile(r"\n[ \t]*\n")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")


@dataclass(frozen=True)
class Words:
    """A letter as it reads: subject, and the text in the small notation of the templates."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Block:
    """A part of a letter: a heading, a paragraph or bullets; `lines` are its lines without marks."""

    kind: str
    lines: tuple[str, ...]


def fill(template: Template, facts: Mapping[str, str]) -> Words:
    """The letter with every known place filled; what is missing keeps its `{name}` and is told by `blanks`."""
    chunks = (_filled(chunk, facts) for chunk in _APART.split(template.text))
    text = "\n\n".join(chunk for chunk in chunks if chunk.strip())
    return words(template, text, facts.get("organisation", ""))


def words(template: Template, text: str, organisation: str) -> Words:
    """The same letter around a text that somebody wrote or changed."""
    frame = _in_line(template.html, {"organisation": escape(organisation)})
    subject = _in_line(template.subject, {"organisation": organisation})
    return Words(" ".join(subject.split()), text.strip(), frame.replace("{body}", as_html(blocks(text)), 1))


def blanks(text: str) -> list[str]:
    """The placeholders that are still empty, in order."""
    return list(dict.fromkeys(found[1] for found in PLACE.finditer(text) if found[1] in PLACEHOLDERS))


def blocks(text: str) -> list[Block]:
    """The parts of a text: `# ` and `## ` begin headings, lines with `- ` make a list, the rest are paragraphs."""
    return [part for chunk in _APART.split(text.strip()) for part in _parts(chunk.strip().splitlines())]


def as_html(parts: list[Block]) -> str:
    """The parts as HTML: everything a person typed is escaped, addresses of pages can be followed."""
    return "\n".join(_HTML[part.kind](part) for part in parts)


def as_mail_text(text: str) -> str:
    """The text for a mail: headings without their marks."""
    return "\n\n".join(_plain(part) for part in blocks(text)) + "\n"


def document(title: str, fragment: str) -> str:
    """A whole HTML page for a mail."""
    head = f'<meta charset="utf-8"><title>{escape(title)}</title>'
    return f'<!doctype html>\n<html lang="en-GB"><head>{head}</head>\n<body>\n{fragment}\n</body></html>\n'


def _filled(chunk: str, facts: Mapping[str, str]) -> str:
    places = list(PLACE.finditer(chunk))
    if any(found[2] and not facts.get(found[1]) for found in places):
        return ""
    return PLACE.sub(lambda found: facts.get(found[1]) or f"{{{found[1]}}}", chunk)


def _in_line(text: str, facts: Mapping[str, str]) -> str:
    return PLACE.sub(lambda found: facts.get(found[1]) or found[0], text)


def _parts(lines: list[str]) -> list[Block]:
    """The parts of one chunk: a bullet may go on in lines without a mark."""
    found: list[Block] = []
    for line in (line.strip() for line in lines):
        mark = next((mark for mark in ("## ", "# ", "- ") if line.startswith(mark)), "")
        kind, said = _MARKS.get(mark, PARAGRAPH), line.removeprefix(mark)
        last = found[-1] if found else None
        if last is not None and last.kind == BULLETS and not mark:
            found[-1] = Block(BULLETS, (*last.lines[:-1], f"{last.lines[-1]} {said}"))
        elif last is not None and last.kind == kind and kind in (BULLETS, PARAGRAPH):
            found[-1] = Block(kind, (*last.lines, said))
        else:
            found.append(Block(kind, (said,)))
    return found


def _plain(part: Block) -> str:
    return "\n".join(f"- {line}" for line in part.lines) if part.kind == BULLETS else "\n".join(part.lines)


def _linked(line: str) -> str:
    parts, end = [], 0
    for found in _ADDRESS.finditer(line):
        shown = escape(found[0])
        parts += [escape(line[end : found.start()]), f'<a href="{shown}">{shown}</a>']
        end = found.end()
    return "".join([*parts, escape(line[end:])])


_HTML = {
    HEADING: lambda part: f"<h1>{_linked(part.lines[0])}</h1>",
    SUBHEADING: lambda part: f"<h2>{_linked(part.lines[0])}</h2>",
    PARAGRAPH: lambda part: f"<p>{'<br>'.join(_linked(line) for line in part.lines)}</p>",
    BULLETS: lambda part: f"<ul>{''.join(f'<li>{_linked(line)}</li>' for line in part.lines)}</ul>",
}
