"""Opening an installation, and the first set-up of a real branch."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlmodel import Session

from app import clock
from app.audit import sequence
from app.audit.events import Event
from app.audit.log import SYSTEM, Actor, append
from app.audit.sequence import Log
from app.cases import staffing
from app.cases.vocabulary import vocabulary
from app.db import Database
from app.errors import FieldError, Invalid, SettingsError, WrongState
from app.installation import BEGUN, RESTORE, Installation, Setting, remember, remembered
from app.migrate import is_at_head
from app.people import actions, links, queries, sessions
from app.people.models import Person
from app.people.policy import ROLE_WORDS, Role
from app.settings import Settings
from app.vault.keys import KeyFolder
from app.vault.vault import Vault
from app.workflow import fields
from app.workflow.definition import Field, Option
from app.workflow.library import Library

WORKFLOWS = Path(__file__).resolve().parent.parent / "workflows"
KEYS_COPIED = "keys_copied"
OWN_MODES = ("desk", "server")
"""The modes of a real branch."""
BRANCH_SETTINGS = ("organisation", "contact", "contact_about_secretary", "controller_contact")
OWN_ROLES = (Role.SECRETARY, Role.DEPUTY, Role.STAND_IN, Role.DATA_PROTECTION, Role.ADMINISTRATOR)
OTHER_ROLES = tuple(role for role in Role if role not in (Role.DEPUTY, Role.STAND_IN))


def _options(roles: tuple[Role, ...]) -> tuple[Option, ...]:
    return tuple(Option(role.value, ROLE_WORDS[role].capitalize()) for role in roles)


def _person(name: str, label: str, help_: str = "", *, required: bool = False, more: tuple[Field, ...] = ()) -> Field:
    inside = (
        Field("name", "line", "Name", required=True, max_length=200),
        Field("email", "email", "Email", required=True, max_length=254),
    )
    return Field(name, "group", label, help_, required=required, fields=inside + more)


QUESTIONS: tuple[Field, ...] = (
    Field("organisation", "line", "Name of the branch", required=True, max_length=200),
    Field(
        "contact",
        "text",
        "How to reach the branch without this website",
        "Telephone, address, mail.",
        required=True,
        max_length=2000,
    ),
    Field(
        "contact_about_secretary",
        "text",
        "How to reach someone else about the secretary",
        "Shown on every public page, so that a report about the secretary has another way in.",
        required=True,
        max_length=2000,
    ),
    Field(
        "controller_contact",
        "text",
        "Who answers for personal data",
        "Name of the body and how to reach it.",
        required=True,
        max_length=2000,
    ),
    _person(
        "own",
        "Your own account",
        "You also become administrator. An auditor cannot be administrator, so choose somebody else for that.",
        required=True,
        more=(Field("role", "choice", "Your office", required=True, options=_options(OWN_ROLES)),),
    ),
    _person("deputy", "Deputy secretary", "Handles reports about the secretary."),
    _person(
        "stand_in",
        "Stand-in",
        "Someone from a neighbouring branch or the region, for what secretary and deputy may not do.",
    ),
    Field(
        "others",
        "items",
        "Other people and their offices",
        "A panel needs three people or more.",
        max_items=20,
        fields=(
            Field("name", "line", "Name", required=True, max_length=200),
            Field("email", "email", "Email", required=True, max_length=254),
            Field("role", "choice", "Office", required=True, options=_options(OTHER_ROLES)),
        ),
    ),
)
"""What set-up asks, apart from the password of one's own account."""


@dataclass(frozen=True)
class Branch:
    """What pages and checks need to know of the branch: the environment first, then what the database remembers."""

    mode: str
    organisation: str
    contact: str
    contact_about_secretary: str
    controller_contact: str
    keys_copied: bool
    is_new: bool
    """Nobody has an account yet: only the set-up link works."""


def open_installation(
    settings: Settings, *, workflows: Path = WORKFLOWS, any_mode: bool = False, restoring: bool = False
) -> Installation:
    """Opens procedures, database and keys, each checked. SettingsError (WorkflowErrors with all its lines).

    `any_mode`: whatever mode the settings name, for the command that changes it. `restoring`: for the one that ends a
    restore.
    """
    library = Library.load(workflows, vocabulary(settings.letters_dir))
    db = Database(settings.database_url)
    try:
        if not is_at_head(db.engine):
            raise SettingsError("The database is not up to date. Run: casetrail migrate")
        vault = Vault(KeyFolder(settings.keys_dir, create=True))
        with db.write() as session:
            vault.prepare(session)
            if not any_mode:
                refuse_other_mode(session, settings)
            if not restoring:
                _refuse_half_restored(session)
            log = open_log(session, db, settings)
    except BaseException:
        db.close()
        raise
    return Installation(settings, db, vault, log, library)


def open_log(session: Session, db: Database, settings: Settings) -> Log:
    """The log of this installation, named by CASETRAIL_LOG_ORIGIN or after its own address. SettingsError."""
    usual = f"{urlsplit(settings.base_url).netloc}/log"
    return sequence.open_log(session, db, settings.keys_dir, settings.log_origin, usual)


def _refuse_half_restored(session: Session) -> None:
    if remembered(session).get(RESTORE) == BEGUN:
        raise SettingsError(
            "A backup was being put back here, and that broke off: what has to be withdrawn is not withdrawn yet, and "
            "nothing was checked. Run casetrail restore again, with that backup or another"
        )


def refuse_other_mode(session: Session, settings: Settings) -> None:
    """SettingsError where CASETRAIL_MODE is set and the database remembers another mode."""
    known = remembered(session).get("mode")
    if settings.mode is not None and known is not None and settings.mode != known:
        said = f"CASETRAIL_MODE is {settings.mode}, but this database was set up for mode {known}"
        both_ours = {known, settings.mode} == set(OWN_MODES)
        raise SettingsError(f"{said}. To change that: casetrail mode {settings.mode}" if both_ours else said)


def change_mode(session: Session, wanted: str, *, actor: Actor, via: str) -> None:
    """Lets a branch that began on one computer become a server, or go back. Invalid; WrongState for a demonstration."""
    if wanted not in OWN_MODES:
        raise Invalid([FieldError("mode", f"Choose {' or '.join(OWN_MODES)}")])
    if remembered(session).get("mode") == "demo":
        raise WrongState("Demonstration data never become a real branch: begin with an empty database.")
    remember(session, "mode", wanted, actor=actor, via=via)


def branch_of(session: Session, settings: Settings) -> Branch:
    """The branch as it is now."""
    known = remembered(session)
    told = {name: getattr(settings, name) or known.get(name, "") for name in BRANCH_SETTINGS}
    return Branch(
        mode=settings.mode or known.get("mode", "desk"),
        keys_copied=KEYS_COPIED in known,
        is_new=queries.is_empty(session),
        **told,
    )


def refuse_unready_server(home: Installation) -> None:
    """SettingsError where mode `server` may not start: not set as such, or no copy of the keys was confirmed."""
    with home.db.read() as session:
        branch = branch_of(session, home.settings)
    if branch.mode == "server" and home.settings.mode is None:
        raise SettingsError(
            "This database belongs to a server: set CASETRAIL_MODE=server and CASETRAIL_BASE_URL=https://..., "
            "or run: casetrail mode desk"
        )
    if branch.mode == "server" and not branch.keys_copied:
        raise SettingsError(
            f"Keep a copy of {home.settings.keys_dir} somewhere else, then run: casetrail keys copied. "
            "Mode server does not start before."
        )


def confirm_keys_copied(session: Session, *, actor: Actor, via: str) -> None:
    """Notes that somebody keeps a copy of the key folder elsewhere; a second time nothing is written."""
    if session.get(Setting, KEYS_COPIED) is None:
        session.add(Setting(name=KEYS_COPIED, value="yes", changed_at=clock.now()))
        session.flush()
        append(session, Event.KEYS_COPIED, actor=actor, via=via)


def new_setup_link(home: Installation) -> str | None:
    """The path of a fresh one-time set-up link for a new database; None where somebody has an account."""
    with home.db.write() as session:
        return f"/set-up/{links.setup_link(session)}" if queries.is_empty(session) else None


def set_up_branch(home: Installation, secret: str, raw: Mapping[str, Any], password: str, via: str) -> str:
    """Sets up a real branch in one transaction and returns a session token for the person who did it.

    `raw` answers QUESTIONS. NotFound where the link is spent; Invalid names every answer to look at.
    """
    values = fields.read(QUESTIONS, raw, today=clock.today())
    with home.db.write() as session:
        links.redeem_setup(session, secret)
        remember(session, "mode", _real_mode(home.settings), actor=SYSTEM, via=via)
        for name in BRANCH_SETTINGS:
            remember(session, name, values[name], actor=SYSTEM, via=via)
        own = values["own"]
        own_roles = {own["role"], Role.ADMINISTRATOR.value}
        person_id = _add(session, home, "own", own, sorted(own_roles), via)
        _set_password(session, home, person_id, password, values["organisation"], via)
        for name in ("deputy", "stand_in"):
            if name in values:
                _add(session, home, name, values[name], [name], via)
        for place, other in enumerate(values.get("others", ())):
            _add(session, home, f"others.{place}", other, [other["role"]], via)
        person = session.get_one(Person, person_id)
        return sessions.open_session(session, person, via=via)


def _real_mode(settings: Settings) -> str:
    if settings.mode == "demo":
        raise Invalid([FieldError("mode", "CASETRAIL_MODE is demo: only demonstration data can be set up here")])
    return settings.mode or "desk"


def _add(
    session: Session, home: Installation, place: str, person: Mapping[str, str], roles: list[str], via: str
) -> str:
    try:
        added = actions.add_person(
            session, home.vault, name=person["name"], email=person["email"], actor=SYSTEM, via=via
        )
        for role in roles:
            staffing.give_office(session, home, added.id, role, actor=SYSTEM, via=via)
    except Invalid as invalid:
        raise Invalid([FieldError(f"{place}.{error.field}", error.message) for error in invalid.errors]) from None
    return added.id


def _set_password(session: Session, home: Installation, person_id: str, password: str, branch: str, via: str) -> None:
    actions.set_password(session, home.vault, person_id, password, actor=SYSTEM, via=via, branch=branch)
