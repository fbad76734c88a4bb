"""What of a case file somebody may read: the panel without contacts and withheld names, auditors codes only."""

from collections.abc import Collection, Mapping
from typing import Any

from app.cases import persons
from app.cases.access import CARD, FULL
from app.cases.casefile import REPORT, STEP, CaseFile, Row
from app.cases.code_holders import REPORTER, RESPONDENT
from app.cases.dialogue import CONFIRMATIONS
from app.cases.hearing import TOLD, identity_decision, is_confirmed
from app.cases.involvement import same_name
from app.cases.likeness import without
from app.cases.permissions import Position

WITHHELD = "Name withheld"
CONTACTS = frozenset({"email", "phone", "address"})
PRIVATE = frozenset({"handlers", "hidden"})
EVIDENCE, SERVICES = "evidence", "evidence-services"
ABOUT_EVIDENCE = frozenset({SERVICES, "evidence-checks", "authenticity-assessments"})
METHODS = {REPORTER: "reporter_screenshot", RESPONDENT: "from_respondent"}
"""How a file was obtained, by the part of whoever sends it."""
THE_MESSAGE, WITH_IT = "The message by which it was reported", "It came with the message"
"""What a card says of a file that came by mail with a report, as it was entered."""
LATER_MAIL = "A mail that came later, as it came"
"""The same of a mail that was put on a case: what it says stands in another place."""
ABOUT_AFFECTED = frozenset({"affected_safety", "told_affected_on", "told_affected_reason", "address_confirmed_by"})
GIVES_AWAY = "gives_away"
CAME_FROM, CAME_ON = "came_from", "received_on"
"""On a card of evidence: who sent it to the branch, and on which day it arrived."""
WORDS_IN = "words_in"
"""On the card of a mail as it came: the message or reply in which its words stand. No form and no program sets it."""
WHO_COLLECTED = frozenset(
    {CAME_FROM, WORDS_IN, "captured_by", "why_collected", "copy_of", "redaction_reason", GIVES_AWAY}
)
"""What could name the person who told us, or tell what was left out: kept from the panel."""


def rows(file: CaseFile, position: Position) -> list[tuple[Row, dict[str, Any]]]:
    """The records this person may read, oldest first, each with what they may read of it."""
    if position.part:
        return []  # what somebody who comes by a code may read is put together elsewhere, row by row
    if position.view == FULL and position.is_panel:
        served, known = served_before_referral(file), _kept_from_panel(file)
        may = (row for row in file.rows if _panel_may(file, row, position, served))
        return [
            (row, _unnamed(() if _wrote(row, position) else known, _for_panel(file, row), row.plain)) for row in may
        ]
    if position.view == FULL:
        return [(row, row.values) for row in file.rows if not _hidden_from(row, position)]
    if position.view == CARD:
        return [(row, row.values) for row in file.rows if _on_card(file, row, position)]
    return [(row, row.plain) for row in file.rows]


def name_withheld(file: CaseFile) -> bool:
    """Whether the reporter's name stays with the handler: unless its owner confirmed the report and it may be told."""
    decided = identity_decision(file)
    theirs = file.case.share_identity == "yes" and not persons.part_since(file, "reporter")
    may = decided.plain["decision"] == TOLD if decided is not None else theirs
    return not may or (CONFIRMATIONS in file.workflow.records and not is_confirmed(file))


def card(file: CaseFile) -> dict[str, Any]:
    """The declaration card: who it is about, other parties unless withheld, what is alleged in short."""
    report = file.report.values
    parties = file.current("parties") if "parties" in file.workflow.records else []
    about = [
        row.values.get("name") or row.values.get("handle", "") for row in parties if row.plain["role"] == "respondent"
    ]
    told = report.get("respondent", {})
    named = [name for name in about if name] or [name for name in (told.get("name"), told.get("handle")) if name][:1]
    if not named and file.case.kind == "self" and not file.case.anonymous:
        named = [report.get("reporter", {}).get("name", "")]
    others = [
        WITHHELD if is_reporter(file, row.values) and name_withheld(file) else row.values.get("name", "")
        for row in parties
        if row.plain["role"] != "respondent"
    ]
    return {
        "about": [name for name in named if name],
        "others": sorted({name for name in others if name}),
        "clauses": clauses(file),
    }


def clauses(file: CaseFile) -> list[dict[str, str]]:
    """The clauses alleged, else those the report named, with their short labels."""
    alleged = (
        [row.plain["clause"] for row in file.current("allegations")] if "allegations" in file.workflow.records else []
    )
    codes = sorted(set(alleged or file.report.plain.get("clauses", [])))
    known = file.guidance.clauses if file.guidance else {}
    return [{"code": code, "label": known[code].label} for code in codes if code in known]


def _hidden_from(row: Row, position: Position) -> bool:
    return row.plain.get("audience") == "hidden" and row.by_person != position.viewer.id


def served_before_referral(file: CaseFile) -> frozenset[str]:
    """The rows of evidence that the panel reads: what the member was given before the case was referred.

    And what the member sent. Withheld items, originals of which only a redacted copy was given, and files that took
    the place of the one that was given, stay with the handler.
    """
    if EVIDENCE not in file.workflow.records:
        return frozenset()
    before = file.version_after("refer")
    rows = [row for row in file.rows if row.version < before]
    served = [row for row in rows if row.kind == SERVICES and row.plain.get("served_on")]
    given = {(file.root(row.plain["item"]), file_served(file, row)) for row in served}
    return frozenset(
        row.id
        for row in rows
        if row.kind == EVIDENCE and ((file.root(row.id), row.plain.get("file")) in given or sent_by_member(file, row))
    )


def sent_by_member(file: CaseFile, item: Row) -> bool:
    """Whether the member sent an item by their code: that an officer says it came from them is not enough (X21)."""
    first = file.row(file.root(item.id))
    return first is not None and first.by_role == RESPONDENT


def file_served(file: CaseFile, service: Row) -> str | None:
    """The file that an item had when it was served: one that takes its place later was not (X21)."""
    root = file.root(service.plain["item"])
    then = [row for row in file.rows if file.root(row.id) == root and row.version < service.version]
    return then[-1].plain.get("file") if then else None


def copies_of(file: CaseFile, item: Row) -> list[Row]:
    """The redacted copies of an item of evidence as they stand now, oldest first."""
    root = file.root(item.id)
    return [
        row for row in file.current(EVIDENCE) if row.plain.get("copy_of") and file.root(row.plain["copy_of"]) == root
    ]


def _wrote(row: Row, position: Position) -> bool:
    return row.by_person == position.viewer.id


def _panel_may(file: CaseFile, row: Row, position: Position, served: frozenset[str]) -> bool:
    if _wrote(row, position):
        return True
    if row.plain.get("audience") in PRIVATE or row.kind in ("conflict-declarations", "conflict-clearances"):
        return False
    about = row.id if row.kind == EVIDENCE else row.plain.get("item") if row.kind in ABOUT_EVIDENCE else None
    return (about is None or about in served) and not _for_handler(file, row)


def _for_handler(file: CaseFile, row: Row) -> bool:
    """Whether the procedure keeps this kind of record for the officers who look after the case."""
    rules = file.workflow.records.get(row.kind)
    return rules is not None and rules.audience == "handler"


def _for_panel(file: CaseFile, row: Row) -> dict[str, Any]:
    if row.kind == REPORT:
        kept_back = {
            f.name for f in file.workflow.opening.fields(file.case.kind, account=True) if f.audience == "handler"
        }
        values = {name: value for name, value in row.values.items() if name not in kept_back}
        if not name_withheld(file) and row.values.get("reporter", {}).get("name"):
            values["reporter"] = {"name": row.values["reporter"]["name"]}
        return values
    if row.kind == "parties":
        values = {name: value for name, value in row.values.items() if name not in CONTACTS}
        if row.plain["role"] != RESPONDENT and name_withheld(file) and is_reporter(file, row.values):
            hidden = {"name", "handle", "basis"}
            values = {name: value for name, value in values.items() if name not in hidden} | {"name": WITHHELD}
        return values
    if row.kind == "notices":
        return {name: value for name, value in row.values.items() if name not in ABOUT_AFFECTED}
    if row.kind in (EVIDENCE, SERVICES):
        return {name: value for name, value in row.values.items() if name not in WHO_COLLECTED}
    return row.values


def _kept_from_panel(file: CaseFile) -> set[tuple[str, str]]:
    """All that gives the reporter away where the panel may not know them (X8), but what the member it is about has too.

    A namesake's name tells nothing, and a member who came forward is known.
    """
    known = known_of_reporter(file, file.report.values) if file.case.kind != "self" else set()
    members = [row.values for row in file.current("parties") if row.plain["role"] == RESPONDENT] if known else []
    theirs = {str(said).strip().casefold() for one in members for said in one.values() if isinstance(said, str)}
    return {(way, told) for way, told in known if told.casefold() not in theirs}


def _unnamed(known: Collection[tuple[str, str]], values: dict[str, Any], plain: Any) -> dict[str, Any]:
    """The same without what gives the reporter away in words that somebody wrote; codes and ids stay as they are."""
    if not known:
        return values
    codes = plain if isinstance(plain, dict) else {}
    return {name: _words(known, value, codes.get(name)) for name, value in values.items()}


def _words(known: Collection[tuple[str, str]], value: Any, code: Any) -> Any:
    if isinstance(value, str):
        return value if value == code else without(known, value)
    if isinstance(value, dict):
        return _unnamed(known, value, code)
    if isinstance(value, list) and value != code:
        return [_words(known, one, None) for one in value]
    return value


def is_reporter(file: CaseFile, party: dict[str, Any]) -> bool:
    """Whether a party is the person who sent the report, in whatever part."""
    if party.get("role") == "reporter":
        return True
    reporter = file.report.values.get("reporter", {})
    if party.get("role") == file.case.kind:  # the kind of report says which part its sender has
        return True
    same = (name for name in ("email", "phone") if party.get(name) and reporter.get(name))
    alike = any(party[name].strip().casefold() == reporter[name].strip().casefold() for name in same)
    return alike or same_name(party.get("name", ""), reporter.get("name", ""))


def known_of_reporter(file: CaseFile, report: Mapping[str, Any]) -> set[tuple[str, str]]:
    """All that gives the reporter away, each with its question; empty where their name may be told (X17)."""
    if not name_withheld(file):
        return set()
    parties = file.current("parties") if "parties" in file.workflow.records else []
    known = [report.get(REPORTER) or {}]
    known += [row.values for row in parties if is_reporter(file, row.values)]
    ways = ("name", "handle", "email", "phone", "address")
    told = {(way, str(one.get(way, "")).strip()) for one in known for way in ways}
    return {(way, text) for way, text in told if len(text) > 1}


def _on_card(file: CaseFile, row: Row, position: Position) -> bool:
    if row.kind in (REPORT, STEP):
        return False
    if row.by_person == position.viewer.id:
        return row.kind == "conflict-declarations"
    waits = (mine := file.standings.get(row.by_person or "")) is not None and mine.answer == "possible"
    return row.kind == "conflict-declarations" and waits and position.is_officer and position.is_clear
