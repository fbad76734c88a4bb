"""Whoever copies the database without the keys reads no name, no contact and no sentence, nor in the log of writes."""

from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlmodel import SQLModel

from app.cases import door
from tests.branch import DEPUTY, SECRETARY, Branch
from tests.shared_branch import embedded_branch

__all__ = ["embedded_branch"]

WORDS = (
    "Quillon Zebedee-Fenwick",
    "quillon.zebedee@example.org",
    "0191 498 7654",
    "17 Wisteria Passage",
    "The marmalade remark",
    "Hesper Throckmorton",
    "hesperthrock77",
    "Peregrine telephoned",
    "Rhubarb reasons",
    "shared an allotment",
    "Ottoline Officer",
    "ottoline@example.org",
    "They shouted about bassoons",
    "Bring a cushion",
)


def spoken(branch: Branch) -> str:
    """A whole case in distinctive words; its reference."""
    branch.add("ottoline@example.org", name="Ottoline Officer", phone="0191 498 7654", handles=("hesperthrock77",))
    reporter = {"name": WORDS[0], "email": WORDS[1], "phone": WORDS[2], "address": WORDS[3]}
    told = {"name": "Hesper Throckmorton", "handle": "@hesperthrock77"}
    report = {
        "kind": "target",
        "statement": "The marmalade remark was repeated",
        "reporter": reporter,
        "respondent": told,
        "effect": "They shouted about bassoons",
        "support_wanted": "Bring a cushion",
        "items": [{"url": "https://example.org/hesperthrock77", "what": "The marmalade remark"}],
    }
    reference = str(door.open_case(branch.home, report, None, "api", "a-key")["reference"])
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="possible", describe="We shared an allotment")
    branch.keep(DEPUTY, reference, "conflict-declarations", answer="none")
    declared = branch.rows(reference, "conflict-declarations")[0].id
    cleared = {"declaration": declared, "decision": "cleared", "reason": "Rhubarb reasons"}
    branch.keep(DEPUTY, reference, "conflict-clearances", **cleared)
    branch.keep(SECRETARY, reference, "acknowledgements", how="impossible", reason="Rhubarb reasons")
    branch.keep(SECRETARY, reference, "risks", threat="no", child="no", vulnerable="no", note="Peregrine telephoned")
    branch.act(SECRETARY, reference, "acknowledge")
    branch.under_review(reference)
    party = {"role": "respondent", "identified": "named", "member_then": "yes", **told}
    branch.keep(SECRETARY, reference, "parties", **party, basis="Peregrine telephoned")
    branch.keep(SECRETARY, reference, "notes", text="Peregrine telephoned about it", audience="hidden")
    branch.found(reference)
    closing = {"outcome": "no_breach", "reasons": "Rhubarb reasons", "respondent_told": "no"}
    viewer, more = branch.viewer(SECRETARY), {"respondent_not_told_reason": "Rhubarb reasons"}
    door.take_action(branch.home, viewer, reference, "close_after_review", closing | more, None, "api", "a-key")
    door.note_denial(branch.home, viewer, "Hesper Throckmorton", "api")
    return reference


def found_in(raw: bytes) -> list[str]:
    """The words that can be read in these bytes, in any case and as UTF-8 or UTF-16."""
    low = raw.lower()
    return [
        word
        for word in WORDS
        if any(word.lower().encode(encoding) in low for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
    ]


def test_no_word_in_any_column(branch: Branch) -> None:
    reference = spoken(branch)
    raw = b""
    with branch.home.db.read() as session:
        for table in SQLModel.metadata.tables:
            for row in session.connection().execute(text(f"SELECT * FROM {table}")):
                raw += b"\0".join(
                    bytes(one) if isinstance(one, bytes | memoryview) else str(one).encode() for one in row
                )
    assert found_in(raw) == []
    assert reference.encode() in raw, "otherwise nothing was searched"
    assert b"close_after_review" in raw


def test_no_word_in_the_files(embedded_branch: Branch) -> None:
    branch = embedded_branch  # the files of a PostgreSQL server belong to it; its columns are searched above
    reference = spoken(branch)
    path = Path(str(make_url(branch.home.db.url).database))
    files = {file.name.removeprefix(path.name): file.read_bytes() for file in path.parent.glob(f"{path.name}*")}
    assert len(files["-wal"]) > 100_000
    raw = b"".join(files.values())
    assert found_in(raw) == []
    assert reference.encode() in raw, "otherwise nothing was searched"


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_the_search_finds_what_is_there(word: str, encoding: str) -> None:
    assert found_in(b"\x01" + word.upper().encode(encoding) + b"\x02") == [word]
