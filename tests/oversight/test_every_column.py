"""Whoever owns the database edits, removes or copies a row of any table: the check says so, or it is listed here."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Table
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from app.audit.log import SYSTEM
from app.cases import closures, feeds
from app.oversight import remarks, unmasking, yearly
from app.people import tokens
from tests.branch import AUDITOR, SECRETARY, Branch, in_days
from tests.cases.by_reply_code import notified, reply
from tests.cases.test_tamper import faults, owner

PASSING = frozenset(
    {
        "audit_limit",
        "audit_pending",
        "throttle",
        "throttle_salt",
        "idempotent_answer",
        "digest_day",
        "checkpoint_day",
        "sign_in_session",
        "sign_in_link",
        "code_session",
        "unread_record",
        "opening_seen",
        "outbox",
    }
)
"""Queues and what lasts for hours: rows of these may go at any time. Sessions and links: test_session_check."""
ELSEWHERE = frozenset({"audit_entry", "audit_tip", "log_entry", "log_hash"})
"""Attacked row by row in tests of their own."""
SAYS_NOTHING = frozenset(
    {
        "api_token.label",
        "api_token.created_at",
        "api_token.last_used_at",
        "api_token.revoked_at",
        "calendar_feed.made_at",
        "calendar_feed.revoked_at",
        "checkpoint.signed_at",
        "letter.needs",
        "letter.mail_id",
        "letter.prepared_at",
        "letter_version.written_at",
        "letter_version.written_by",
        "office.created_at",
        "person.last_sign_in_at",
        "person.created_at",
        "reply_code.case_version",
        "reply_code.made_at",
    }
)
"""Columns that no entry tells of: a label, when a row was made, what ended sooner, and how far a letter is."""


@pytest.fixture
def full(branch: Branch) -> Branch:
    """A row in nearly every table."""
    home, auditor = branch.home, branch.viewer(AUDITOR)
    branch.at("closed")
    reference, _, code = notified(branch)
    reply(branch, code)
    remark = remarks.write(home, auditor, reference, {"text": "Why?"}, via="api")
    handler = branch.viewer(branch.handler(reference))
    remarks.answer(home, handler, reference, remark, {"text": "So."}, via="api")
    part = f"{branch.rows(reference, 'report')[0].id}:statement"
    unmasking.unmask(home, auditor, reference, {"part": part, "reason": "To see what was said there."}, via="api")
    year = str(date.fromisoformat(in_days(0)).year - 1)
    said = {"year": year, "part": "secretary", "answer": "everything", "remarks": "One."}
    yearly.declare(home, branch.viewer(SECRETARY), said, via="page")
    with home.db.write() as session:
        tokens.issue_token(session, home.vault, branch.ids[SECRETARY], "a script", actor=SYSTEM, via="cli")
        feeds.issue(session, home, branch.ids[SECRETARY], actor=SYSTEM, via="cli")
        closed = {"day": in_days(40), "what": "closed", "why": "The office moves."}
        closures.record(session, home, closed, actor=SYSTEM, via="cli")
    home.log.catch_up()
    assert faults(branch) == []
    return branch


def rows_of(branch: Branch, table: Table) -> list[dict[str, Any]]:
    with branch.home.db.read() as session:
        return [dict(row) for row in session.connection().execute(table.select()).mappings()]


def another(old: Any, others: list[Any], kind: str) -> Any:
    """A value that the column could hold as well; one of another row where there is one."""
    found = next((one for one in others if one is not None and one != old), None)
    if found is not None and not isinstance(old, (bool, datetime)):
        return found
    if old is None:
        now = datetime.now(UTC)
        return now if "TIME" in kind.upper() else now.date() if kind == "Date" else "0" * 8
    made: dict[type, Callable[[], Any]] = {
        bool: lambda: not old,
        int: lambda: old + 1,
        bytes: lambda: old[::-1],
        dict: lambda: {**old, "more": 1},
    }
    made |= {datetime: lambda: old - timedelta(days=400), date: lambda: old - timedelta(days=3)}
    made |= {list: lambda: [*old, "more"], str: lambda: "0" * len(old)}
    return made[type(old)]()


def changed(branch: Branch, table: Table, row: dict[str, Any], name: str, value: Any) -> bool:
    """Sets one column; False where the database refuses it even its owner."""
    keys = [column == row[column.name] for column in table.primary_key]
    try:
        with owner(branch, table.name) as connection:
            connection.execute(table.update().where(*keys).values({name: value}))
    except DBAPIError:
        return False
    return True


def test_every_column_of_every_table(full: Branch) -> None:
    unseen = set()
    for table in SQLModel.metadata.sorted_tables:
        rows = [] if table.name in PASSING | ELSEWHERE else rows_of(full, table)
        for column in [] if not rows else [one for one in table.columns if not one.primary_key]:
            row, name = rows[-1], column.name
            value = another(row[name], [one[name] for one in rows], type(column.type).__name__)
            if changed(full, table, row, name, value):
                unseen |= set() if faults(full) else {f"{table.name}.{name}"}
                assert changed(full, table, row, name, row[name])
    assert unseen <= SAYS_NOTHING
    assert faults(full) == []


def test_a_row_taken_out_of_any_table(full: Branch) -> None:
    for table in SQLModel.metadata.sorted_tables:
        rows = [] if table.name in PASSING | ELSEWHERE | {"checkpoint"} else rows_of(full, table)
        for row in rows[-1:]:
            keys = [column == row[column.name] for column in table.primary_key]
            try:
                with owner(full, table.name) as connection:
                    connection.execute(table.delete().where(*keys))
            except DBAPIError:
                continue  # other rows hold it
            assert faults(full), table.name
            with owner(full, table.name) as connection:
                connection.execute(table.insert().values(row))
    assert faults(full) == []


UNIQUE = ("lookup", "token_hash", "email_lookup", "reference", "access_lookup")


def test_a_row_put_into_any_table(full: Branch) -> None:
    for table in SQLModel.metadata.sorted_tables:
        rows = [] if table.name in PASSING | ELSEWHERE | {"vault"} or "id" not in table.c else rows_of(full, table)
        for row in rows[-1:]:
            other = {name: "7" * len(row[name]) for name in UNIQUE if row.get(name)} | {"id": "9" * 32}
            other |= {"number": row["number"] + 5} if "number" in row else {}
            with owner(full, table.name) as connection:
                connection.execute(table.insert().values(row | other))
            assert faults(full), table.name
            with owner(full, table.name) as connection:
                connection.execute(table.delete().where(table.c.id == "9" * 32))
    assert faults(full) == []
