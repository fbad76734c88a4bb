"""How stored entries are asked for, each with its place in the log: as text, for both databases."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.audit.chain import COPIES
from app.audit.events import MOVES
from app.audit.plain_sql import either

Either = dict[str, str]
NEWS = "(SELECT entry_id FROM log_entry WHERE log_index >= :since UNION SELECT entry_id FROM audit_pending)"
"""Ids of the entries that have this place in the log or a later one, or wait for one."""
MOVED, VERSIONED = "to_state IS NOT NULL", f"event IN ({', '.join(repr(event.value) for event in sorted(MOVES))})"
"""Entries that gave their case a state, and those that gave it a version."""

# made by the database as entries write it: a value that is no time must differ, not fail
_STAMP = {
    "sqlite": "replace(e.recorded_at, ' ', 'T') || 'Z'",
    "postgresql": """to_char(e.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
}
_LEAF = "LEFT JOIN log_hash AS h ON h.level = 0 AND h.idx = l.log_index"
_PLACES = f"LEFT JOIN log_entry AS l ON l.entry_id = e.id {_LEAF}"
_PLACED_NEWS = """(SELECT entry_id, log_index FROM log_entry WHERE log_index >= :since UNION
SELECT p.entry_id, w.log_index FROM audit_pending AS p LEFT JOIN log_entry AS w ON w.entry_id = p.entry_id)"""
_IN_TREE = "(h.hash IS NOT NULL AND h.hash = e.leaf)"
_ASKED = {
    "audit_pending": "e.id IN (SELECT entry_id FROM audit_pending)",
    "old_log_entry": "e.id IN (SELECT entry_id FROM old_log_entry)",
}
OTHERS = tuple(_ASKED)
"""The tables that entries may be in besides the log."""


@dataclass(frozen=True)
class InLine:
    """Where SQLite keeps its rows of entries: `first` is that of the log's first; `odd` do not stand in line."""

    first: int
    odd: Sequence[int]

    @property
    def is_odd(self) -> str:
        """What is asked of a row."""
        return f"(e.rowid < {self.first:d} OR e.rowid IN ({', '.join(f'{row:d}' for row in self.odd)}))"


def not_in_line() -> Either:
    """Rows of entries from `first` on that do not stand as the log has them, each by itself and with its leaf."""
    beside = f"LEFT JOIN log_entry AS l ON l.log_index = e.rowid - :first {_LEAF}"
    same = "coalesce(l.entry_id = e.id AND h.hash = e.leaf, 0)"
    rows = f"FROM audit_entry AS e {beside} WHERE e.rowid >= :first AND NOT {same} LIMIT :most"
    return either(f"SELECT e.rowid {rows}")


def of_system(filled: frozenset[str], line: InLine | None) -> Either:
    """Entries without a case. Of `OTHERS` only those named as `filled` are asked."""
    where = "WHERE e.case_id IS NULL"
    postgresql = f"{_chosen('postgresql', filled)} FROM audit_entry AS e {_PLACES} {where}"
    return {"sqlite": f"{_beside(filled, line)} {where}", "postgresql": postgresql}


def of_cases(filled: frozenset[str], line: InLine | None) -> Either:
    """Entries of cases, by case and number.

    PostgreSQL would sort whole entries to have their places beside them: here it sorts places alone, and then takes
    each entry from where it is stored.
    """
    ordered = "WHERE e.case_id IS NOT NULL ORDER BY e.case_id, e.seq"
    columns = f"e.ctid AS here, e.case_id, e.seq, l.log_index, {_IN_TREE} AS in_tree"
    places = f"SELECT {columns} FROM audit_entry AS e"  # noqa: S608 (from constants)
    own = "LATERAL (SELECT * FROM audit_entry WHERE ctid = p.here OFFSET 0) AS e"  # OFFSET keeps it from being joined
    place = "p.log_index, p.in_tree"
    return {
        "sqlite": f"{_beside(filled, line)} {ordered}",
        "postgresql": f"{_chosen('postgresql', filled, place)} FROM ({places} {_PLACES} {ordered}) AS p"
        f" CROSS JOIN {own} ORDER BY p.case_id, p.seq",
    }


def _beside(filled: frozenset[str], line: InLine | None) -> str:
    """On SQLite: an entry's place follows from where its row stands; it is looked up for what is not in line."""
    if line is None:
        return f"{_chosen('sqlite', filled)} FROM audit_entry AS e {_PLACES}"
    odd = line.is_odd
    place = f"CASE WHEN {odd} THEN l.log_index ELSE e.rowid - {line.first:d} END"
    looked_up = _PLACES.replace("= e.id", f"= CASE WHEN {odd} THEN e.id END")
    in_tree = f"CASE WHEN {odd} THEN {_IN_TREE} ELSE 1 END"
    return f"{_chosen('sqlite', filled, f'{place}, {in_tree}')} FROM audit_entry AS e {looked_up}"


def since() -> Either:
    """Entries of `NEWS`, those without a case first, then by case and number."""
    # CROSS JOIN keeps SQLite from walking through all entries; the places of all but those that wait are known
    joined = f"FROM {_PLACED_NEWS} AS l CROSS JOIN audit_entry AS e {_LEAF} WHERE e.id = l.entry_id"
    return _either(f"{joined} ORDER BY coalesce(e.case_id, ''), e.seq")


def newest(condition: str) -> Either:
    """Of each case the newest entry that meets the condition, by case: looked for from the end of its chain."""
    own = f"FROM audit_entry WHERE case_id = audit_tip.case_id AND {condition} ORDER BY seq DESC LIMIT 1"
    found = f"(SELECT case_id, (SELECT seq {own}) AS seq FROM audit_tip) AS n"  # noqa: S608 (from constants)
    joined = f"{found} JOIN audit_entry AS e ON e.case_id = n.case_id AND e.seq = n.seq"
    return _either(f"FROM {joined} {_PLACES} ORDER BY e.case_id")


def _either(rest: str) -> Either:
    return {dialect: either(f"{_chosen(dialect, frozenset(OTHERS))} {rest}")[dialect] for dialect in _STAMP}


def _chosen(dialect: str, filled: frozenset[str], place: str = f"l.log_index, {_IN_TREE}") -> str:
    """The columns of a `StoredEntry`."""
    plain = [_STAMP[dialect] if name == "recorded_at" else f"e.{name}" for name in COPIES]
    asked = [said if table in filled else "(0 = 1)" for table, said in _ASKED.items()]
    return f"SELECT {', '.join([*plain, 'e.entry', 'e.leaf', place, *asked])}"
