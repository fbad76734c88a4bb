"""A small record: cases with entries and sealed content, as the product keeps them, ready for a check."""

from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

from sqlmodel import Session, select

from app import clock
from app.audit.events import Event
from app.audit.guards import OLD_LOG_TABLES, TRAIL_TABLES, release
from app.audit.log import Actor, CaseRef, append
from app.audit.models import AuditEntry
from app.audit.sources import CaseState, Fault, PlainCopy, Sources
from app.audit.stored import astray, chain_tips, stored_entries
from app.audit.verify import verify
from app.db import Database, new_id
from app.vault.vault import Vault

PERSON = Actor("a" * 32, "secretary", "A. Name")


def case_ref(case_id: str, version: int = 1) -> CaseRef:
    return CaseRef(case_id, version, "social-media-conduct", 1, "d" * 64)


def by_owner(db: Database, statement: str, *values: object) -> None:
    """Runs SQL past the triggers, as whoever owns the tables could; `?` for each value."""
    mark = "?" if db.dialect == "sqlite" else "%s"
    with db.write() as session:
        connection = session.connection()
        for table in (*TRAIL_TABLES, *OLD_LOG_TABLES, "vault", "checkpoint_stamp"):
            release(connection, table)
        connection.exec_driver_sql(statement.replace("?", mark), values)


def past_foreign_keys(db: Database, statement: str) -> None:
    """The same for an entry that has its place in the log."""
    if db.dialect == "postgresql":
        by_owner(db, "ALTER TABLE log_entry DROP CONSTRAINT fk_log_entry_entry_id_audit_entry")
        by_owner(db, statement)
        return
    by_owner(db, "DELETE FROM audit_pending")  # takes the triggers away
    with closing(db.engine.raw_connection()) as connection:  # past SQLAlchemy: in no transaction
        for each in ("PRAGMA foreign_keys = OFF", statement, "PRAGMA foreign_keys = ON"):
            connection.cursor().execute(each)


@dataclass
class Record:
    """Cases by what their own rows would say, and how to add to them."""

    db: Database
    vault: Vault
    cases: dict[str, CaseState] = field(default_factory=dict)
    copies: list[PlainCopy] = field(default_factory=list)
    erased: set[str] = field(default_factory=set)

    def open_case(self) -> str:
        case_id = new_id()
        self.cases[case_id] = CaseState(case_id, f"SMC-2026-{len(self.cases) + 1:04}", "received", 1)
        with self.db.write() as session:
            self.vault.create_key(session, case_id)
            commits = {"report": self.vault.seal(session, case_id, "report", new_id(), "report", {"text": "words"})}
            self._append(session, Event.CASE_OPENED, case_id, dest="received", commits=commits)
        return case_id

    def add_record(self, case_id: str) -> None:
        self._version(case_id, None)
        row, columns = new_id(), {"kind": "note", "codes": {"channel": "phone"}}
        self.copies.append(PlainCopy(case_id, "note", row, columns))
        with self.db.write() as session:
            groups = {"plain": columns, "text": {"note": "secret"}}
            commits = {
                name: self.vault.seal(session, case_id, "case_record", row, name, data) for name, data in groups.items()
            }
            self._append(session, Event.RECORD_ADDED, case_id, record=("note", row), commits=commits)

    def step(self, case_id: str, trigger: str, dest: str) -> None:
        source = self.cases[case_id].state
        self._version(case_id, dest)
        with self.db.write() as session:
            self._append(
                session,
                Event.STEP_TAKEN,
                case_id,
                trigger=trigger,
                source=source,
                dest=dest,
                held=["one_guard"],
            )

    def view(self, case_id: str) -> None:
        with self.db.write() as session:
            self._append(session, Event.CASE_VIEWED, case_id)

    def _version(self, case_id: str, state: str | None) -> None:
        case = self.cases[case_id]
        self.cases[case_id] = replace(case, state=state or case.state, version=case.version + 1)

    def _append(self, session: Session, event: Event, case_id: str, **parts: Any) -> None:
        append(
            session,
            event,
            actor=PERSON,
            via="page",
            case=case_ref(case_id, self.cases[case_id].version),
            **parts,
        )

    def entry_id(self, case_id: str, seq: int) -> str:
        with self.db.read() as session:
            where = (AuditEntry.case_id == case_id, AuditEntry.seq == seq)
            return session.exec(select(AuditEntry.id).where(*where)).one()

    def by_sql(self, statement: str, *values: object) -> None:
        """Runs SQL past the triggers, as whoever owns the tables could; `?` for each value."""
        by_owner(self.db, statement, *values)

    def sources(self, session: Session) -> Sources:
        return Sources(
            entries=stored_entries(session),
            tips=chain_tips(session),
            cases=sorted(self.cases.values(), key=lambda case: case.id),
            sealed=self.vault.examine(session),
            records=sorted(self.copies, key=lambda copy: copy.case_id),
            now=clock.now(),
            astray=astray(session),
            erased=self.erased,
        )

    def faults(self) -> list[Fault]:
        with self.db.read() as session:
            return list(verify(self.sources(session)))


def first_case(record: Record) -> str:
    return next(case.id for case in record.cases.values() if case.reference == "SMC-2026-0001")


def said(record: Record) -> str:
    return "\n".join(str(fault) for fault in record.faults())
