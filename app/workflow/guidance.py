"""A guidance file into a Guidance: its clauses in our own words, with the day from which it is in force."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from app.workflow.catalogue import Clause, Guidance
from app.workflow.source import Block, read_source

_NEEDS = ("", "explanation")


def load_guidance(path: Path) -> Guidance:
    """The guidance in this file, found sound. WorkflowErrors has every mistake as 'file:line: message'."""
    top, complaints = read_source(path)
    if top is None:
        complaints.finish()
        raise AssertionError("unreachable: a file without a top has a complaint")
    block = top.block("version title agreed_on adopted_on definitions clauses", "process")
    guidance = Guidance(
        version=block.name("version"),
        title=block.text("title"),
        agreed_on=_day(block, "agreed_on"),
        adopted_on=_day(block, "adopted_on"),
        definitions=_words(block, "definitions"),
        clauses={clause.code: clause for clause in _clauses(block)},
        process=_words(block, "process"),
    )
    complaints.finish()
    return guidance


def family(guidance: Guidance) -> str:
    """What its versions have in common: `use-of-social-media` of `use-of-social-media-2014`."""
    return guidance.version.rpartition("-")[0] or guidance.version


def _day(block: Block, key: str) -> str:
    text = block.text(key)
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        if text:
            block.at(key).wrong(f'"{text}" is no date: write it like "2014-06-27"')
        return ""


def _words(block: Block, key: str) -> dict[str, str]:
    entries = block.at(key).entries() if key in block else {}
    return {name.name(): words.text() for name, words in entries.values()}


def _clauses(block: Block) -> Iterator[Clause]:
    seen: set[str] = set()
    for place in block.places("clauses"):
        clause = place.block("code label text force", "referable gross_possible needs note")
        code = clause.at("code").code() if "code" in clause else ""
        if code and code in seen:
            place.wrong(f'The clause "{code}" is here twice')
        if clause.text("needs") not in _NEEDS:
            clause.at("needs").wrong('"needs" can only be explanation')
        seen.add(code)
        yield Clause(
            code=code,
            label=clause.text("label"),
            text=clause.text("text"),
            force=clause.text("force"),
            referable=clause.flag("referable"),
            gross_possible=clause.flag("gross_possible"),
            needs=clause.text("needs"),
            note=clause.text("note"),
        )
