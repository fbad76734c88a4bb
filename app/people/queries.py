"""Reading people: who is at the door, who holds which office, who did what."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import Session, col, select

from app import clock
from app.audit.log import Actor
from app.db import ID_LENGTH
from app.people import profiles, statements
from app.people.models import Office, Person
from app.people.policy import IDLE, SEEN_EVERY, Holding, Role, highest, role_words
from app.vault.vault import Vault

_ID = re.compile(f"[0-9a-f]{{{ID_LENGTH}}}")


@dataclass(frozen=True)
class Viewer:
    """The person at the door, with the offices in force today; made anew for every request."""

    id: str
    name: str
    email: str
    offices: frozenset[str]
    case_offices: Mapping[str, frozenset[str]] = field(default_factory=dict)
    session_id: str | None = None
    token_id: str | None = None
    needs_touch: bool = False
    by_link: bool = False
    """Came by a one-time link and has set no password since: may do that and nothing else."""

    def actor(self, role: str | None = None) -> Actor:
        """Who signs an entry; without a role, the highest office (of the branch, else as a guest)."""
        return Actor(id=self.id, role=role or self.highest_role, name=self.name)

    @property
    def highest_role(self) -> str:
        """The highest office in force today, `no_office` without one."""
        return highest(self.offices.union(*self.case_offices.values()))

    @property
    def office_words(self) -> list[str]:
        """Today's offices for people to read, highest first; guests are marked."""
        branch = [role_words(role) for role in Role if role in self.offices]
        guest = frozenset[str]().union(*self.case_offices.values()) - self.offices
        return branch + [f"guest {role_words(role)}" for role in Role if role in guest]


@dataclass(frozen=True)
class Holder:
    """A person in an office, with all contacts: intake matches the parties of a report against them."""

    person_id: str
    name: str
    email: str
    phone: str
    address: str
    handles: tuple[str, ...]
    role: str
    starts_on: date
    ends_on: date | None
    case_id: str | None
    office_id: str


@dataclass(frozen=True)
class OfficeRow:
    """One office on the page of users."""

    id: str
    role: str
    words: str
    starts_on: date
    ends_on: date | None
    case_id: str | None
    in_force: bool


@dataclass(frozen=True)
class PersonRow:
    """One account on the page of users: no secrets, no content of cases."""

    id: str
    name: str
    email: str
    offices: list[OfficeRow]
    disabled_at: datetime | None
    last_sign_in_at: datetime | None
    has_password: bool


def digest(secret: str) -> str:
    """SHA-256 of a random token in hexadecimal: how sessions, tokens and links are kept."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def viewer_for(session: Session, vault: Vault, person_id: str, today: date) -> Viewer | None:
    """The person with the offices in force `today`; None where the account is unknown or disabled."""
    person = session.get(Person, person_id)
    return None if person is None else _viewer(session, vault, person, today)


def by_email(session: Session, vault: Vault, email: str, today: date) -> Viewer | None:
    """As `viewer_for`, by mail address (the CLI's --as)."""
    person = find_by_email(session, vault, email)
    return None if person is None else _viewer(session, vault, person, today)


def by_session_token(session: Session, vault: Vault, token: str) -> Viewer | None:
    """The person of a session that is neither idle for 30 minutes nor 12 hours old, else None. Reads only.

    Where `needs_touch` is set, `sessions.touch` is due in a short write transaction.
    """
    row = session.exec(statements.BY_SESSION, params={"digest": digest(token)}).first()
    now = clock.now()
    if row is None or now >= row.expires_at or now - row.last_seen_at >= IDLE:
        return None
    person = session.get_one(Person, row.person_id)
    due = now - row.last_seen_at >= SEEN_EVERY
    return _viewer(session, vault, person, clock.today(), session_id=row.id, needs_touch=due, by_link=row.by_link)


def by_api_token(session: Session, vault: Vault, secret: str) -> Viewer | None:
    """The person of an API token that was not revoked, else None. Reads only; see `by_session_token`."""
    row = session.exec(statements.BY_TOKEN, params={"digest": digest(secret)}).first()
    if row is None or row.revoked_at is not None:
        return None
    person = session.get_one(Person, row.person_id)
    due = row.last_used_at is None or clock.now() - row.last_used_at >= SEEN_EVERY
    return _viewer(session, vault, person, clock.today(), token_id=row.id, needs_touch=due)


def _viewer(
    session: Session,
    vault: Vault,
    person: Person,
    today: date,
    *,
    session_id: str | None = None,
    token_id: str | None = None,
    needs_touch: bool = False,
    by_link: bool = False,
) -> Viewer | None:
    if person.disabled_at is not None:
        return None
    branch: set[str] = set()
    guest: dict[str, set[str]] = defaultdict(set)
    for office in session.exec(statements.OFFICES_OF, params={"person": person.id}):
        if in_force(office, today):
            (branch if office.case_id is None else guest[office.case_id]).add(office.role)
    profile = profiles.unseal(session, vault, person)
    return Viewer(
        id=person.id,
        name=profile.name,
        email=profile.email,
        offices=frozenset(branch),
        case_offices={case_id: frozenset(roles) for case_id, roles in guest.items()},
        session_id=session_id,
        token_id=token_id,
        needs_touch=needs_touch,
        by_link=by_link,
    )


def in_force(office: Office, on: date) -> bool:
    """Whether the office is held on that day; the day it ends on is no longer part of it."""
    return office.starts_on <= on and (office.ends_on is None or on < office.ends_on)


def find_by_email(session: Session, vault: Vault, email: str) -> Person | None:
    """The account with this mail address, disabled or not."""
    lookup = profiles.lookup_email(session, vault, email)
    return session.exec(statements.BY_LOOKUP, params={"lookup": lookup}).first()


def find_person(session: Session, vault: Vault, id_or_email: str) -> Person | None:
    """The account with this id or mail address, disabled or not."""
    found = session.get(Person, id_or_email) if _ID.fullmatch(id_or_email) else None
    return found or find_by_email(session, vault, id_or_email)


def holders(session: Session, vault: Vault, on: date) -> list[Holder]:
    """Everyone with an office in force on a day, guests included, the disabled not; highest office first."""
    rows = session.exec(statements.IN_OFFICE).all()
    opened: dict[str, profiles.Profile] = {}
    found = []
    for office, person in rows:
        if in_force(office, on) and (person.disabled_at is None or on < clock.local(person.disabled_at).date()):
            if person.id not in opened:
                opened[person.id] = profiles.unseal(session, vault, person)
            found.append(_holder(office, opened[person.id]))
    order = {role.value: place for place, role in enumerate(Role)}
    return sorted(found, key=lambda holder: (order[holder.role], holder.starts_on, holder.name))


def ids_holding(session: Session, role: str, on: date, case_id: str | None = None) -> frozenset[str]:
    """Ids of those who hold an office on a day, for the branch or as guests for one case; no contact is opened."""
    return frozenset(session.exec(statements.HOLDING, params={"role": role, "day": on, "case_id": case_id}).all())


def serving(session: Session, on: date) -> list[Office]:
    """Every office in force on a day, guests included, of people whose account is open; no contact is opened."""
    rows = session.exec(statements.IN_OFFICE).all()
    return [office for office, person in rows if in_force(office, on) and person.disabled_at is None]


def _holder(office: Office, profile: profiles.Profile) -> Holder:
    return Holder(
        person_id=office.person_id,
        name=profile.name,
        email=profile.email,
        phone=profile.phone,
        address=profile.address,
        handles=profile.handles,
        role=office.role,
        starts_on=office.starts_on,
        ends_on=office.ends_on,
        case_id=office.case_id,
        office_id=office.id,
    )


def acting(session: Session, vault: Vault, on: date) -> dict[str, list[Holder]]:
    """The branch's holders of every office on a day, by role (each role is there, maybe empty); no guests."""
    by_role: dict[str, list[Holder]] = {role.value: [] for role in Role}
    for holder in holders(session, vault, on):
        if holder.case_id is None:
            by_role[holder.role].append(holder)
    return by_role


def holdings(session: Session) -> list[Holding]:
    """Every office as the rules see it; a disabled person's end on the day of disabling."""
    rows = session.exec(statements.IN_OFFICE).all()
    return [holding(office, person.disabled_at) for office, person in rows]


def holding(office: Office, disabled_at: datetime | None = None) -> Holding:
    """One office as the rules see it, cut short on the day its person was disabled."""
    ends = [office.ends_on] if office.ends_on is not None else []
    if disabled_at is not None:
        ends.append(clock.local(disabled_at).date())
    return Holding(office.person_id, office.role, office.starts_on, min(ends, default=None), office.case_id)


def people_list(session: Session, vault: Vault) -> list[PersonRow]:
    """Every account for the page of users, by name; offices newest first."""
    today = clock.today()
    offices: dict[str, list[OfficeRow]] = defaultdict(list)
    for row in session.exec(select(Office).order_by(col(Office.starts_on).desc(), col(Office.id))):
        words = role_words(row.role)
        shown = OfficeRow(row.id, row.role, words, row.starts_on, row.ends_on, row.case_id, in_force(row, today))
        offices[row.person_id].append(shown)
    people = [
        _person_row(person, profiles.unseal(session, vault, person), offices[person.id])
        for person in session.exec(select(Person))
    ]
    return sorted(people, key=lambda row: (row.name.casefold(), row.id))


def _person_row(person: Person, profile: profiles.Profile, offices: list[OfficeRow]) -> PersonRow:
    return PersonRow(
        id=person.id,
        name=profile.name,
        email=profile.email,
        offices=offices,
        disabled_at=person.disabled_at,
        last_sign_in_at=person.last_sign_in_at,
        has_password=person.password_hash is not None,
    )


def actors_by_id(session: Session, vault: Vault, ids: Iterable[str]) -> dict[str, str]:
    """The names behind ids on a timeline; people who left or were disabled keep theirs."""
    rows = session.exec(statements.NAMED, params={"ids": sorted(set(ids))})
    return {person.id: profiles.unseal(session, vault, person).name for person in rows}


def actor_for(session: Session, person_id: str) -> Actor:
    """Who signs an entry where no Viewer was made yet: a person in their highest office of today."""
    held = session.exec(statements.OFFICES_OF, params={"person": person_id}).all()
    return Actor(person_id, highest(office.role for office in held if in_force(office, clock.today())))


def is_empty(session: Session) -> bool:
    """Whether nobody has an account yet: only then a database can be set up."""
    return session.exec(select(Person.id).limit(1)).first() is None
