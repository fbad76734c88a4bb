"""An open installation: its settings, database, vault and procedures, handed to every action."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, select

from app import clock
from app.audit.events import Event
from app.audit.log import Actor, append
from app.audit.sequence import Log
from app.db import Database
from app.settings import Settings
from app.vault.vault import Vault
from app.workflow.library import Library


class Setting(SQLModel, table=True):
    """Something the database remembers about the branch: its name, contacts, mode, whether the keys were copied."""

    __tablename__ = "setting"

    name: str = Field(primary_key=True, max_length=60)
    value: str = Field(max_length=2000)
    changed_at: datetime


RESTORE, BEGUN, DONE = "restore", "begun", "done"
"""The setting that tells how far a restore came: tables and files are there, or all that follows is done, too."""


@dataclass(frozen=True)
class Installation:
    """Everything an action needs besides its session."""

    settings: Settings
    db: Database
    vault: Vault
    log: Log
    workflows: Library


def remembered(session: Session) -> dict[str, str]:
    """All remembered settings by name."""
    return {row.name: row.value for row in session.exec(select(Setting)).all()}


def remember(session: Session, name: str, value: str, *, actor: Actor, via: str) -> None:
    """Keeps a setting and writes `setting_changed`, naming the setting but not its value."""
    row = session.get(Setting, name)
    if row is not None and row.value == value:
        return
    session.merge(Setting(name=name, value=value, changed_at=clock.now()))
    append(session, Event.SETTING_CHANGED, actor=actor, via=via, subject=("setting", name))
