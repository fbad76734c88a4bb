"""Giving and ending offices. An office is never deleted: a later reader must see who held what, when."""

from datetime import date

from sqlalchemy import text
from sqlmodel import Session, col, select

from app import clock
from app.audit.events import Event
from app.audit.log import Actor, append
from app.errors import FieldError, Forbidden, Invalid, NotFound
from app.people import queries
from app.people.models import Office, Person
from app.people.policy import Holding, Role, conflicts, refuse_own_office
from app.people.told import ENDS_ON, office_columns


def give_office(
    session: Session,
    person_id: str,
    role: str,
    *,
    actor: Actor,
    via: str,
    starts_on: date | None = None,
    ends_on: date | None = None,
    case_id: str | None = None,
) -> Office:
    """Gives an office from `starts_on` (today by default) up to, not including, `ends_on`.

    With `case_id` as a guest for that case. Forbidden on one's own account (X19); NotFound; Invalid names
    every exclusion of procedure section 5 that stands against it.
    """
    refuse_own_office(actor.id, person_id)
    if role not in set(Role):
        raise _invalid("role", "Choose one of: " + ", ".join(Role) + ".")
    lock_offices(session)
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("There is no such person.")
    if person.disabled_at is not None:
        raise _invalid("person", "This account is disabled. Enable it first.")
    holding = Holding(person_id, role, starts_on or clock.today(), ends_on, case_id)
    refuse_conflicts(session, [holding])
    office = Office(
        person_id=person_id, role=role, starts_on=holding.starts_on, ends_on=ends_on, case_id=case_id or None
    )
    session.add(office)
    session.flush()
    append(
        session, Event.OFFICE_GIVEN, actor=actor, via=via, subject=("office", office.id), columns=office_columns(office)
    )
    return office


def end_office(session: Session, office_id: str, *, actor: Actor, via: str, ends_on: date | None = None) -> Office:
    """Ends an office: `ends_on` is the first day without it; by default today, so access ends at once.

    Forbidden on one's own office (X19) and, except from the command line, for the last administrator;
    NotFound; Invalid where it is over already or the date is in the past or later than the end it has.
    """
    lock_offices(session)
    office = session.get(Office, office_id, populate_existing=True)
    if office is None:
        raise NotFound("There is no such office.")
    refuse_own_office(actor.id, office.person_id)
    today = clock.today()
    last_day = ends_on or today
    if office.ends_on is not None and office.ends_on <= max(today, office.starts_on):
        raise _invalid("office", "This office is over already.")
    if last_day < today:
        raise _invalid("ends_on", "An office cannot end in the past. Choose today or a later day.")
    if office.ends_on is not None and last_day > office.ends_on:
        raise _invalid("ends_on", "This office ends earlier. To hold it longer, give it anew from that day.")
    last_day = max(last_day, office.starts_on)
    if office.role == Role.ADMINISTRATOR:
        refuse_last_administrator(session, office.person_id, last_day, actor)
    office.ends_on = last_day
    ends = {ENDS_ON: last_day.isoformat()}
    append(session, Event.OFFICE_ENDED, actor=actor, via=via, subject=("office", office.id), columns=ends)
    return office


def holds_office(session: Session, person_id: str, today: date) -> bool:
    """Whether this person holds any office today, for the branch or as a guest for a case."""
    held = session.exec(select(Office).where(Office.person_id == person_id))
    return any(queries.in_force(office, today) for office in held)


def lock_offices(session: Session) -> None:
    """Makes changes of offices wait for each other, so that two at once cannot both pass the exclusions."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE office IN SHARE ROW EXCLUSIVE MODE"))


def refuse_conflicts(session: Session, wanted: list[Holding], *, but: str | None = None) -> None:
    """Invalid with every exclusion that stands against `wanted`; offices of the person `but` are left out."""
    held = [holding for holding in queries.holdings(session) if holding.person_id != but]
    errors = [error for holding in wanted for error in conflicts(holding, held)]
    if errors:
        raise Invalid(list(dict.fromkeys(errors)))


def refuse_last_administrator(session: Session, person_id: str, on: date, actor: Actor) -> None:
    """Forbidden where nobody else would be administrator on that day; the command line (no actor id) may."""
    others = (
        select(Office)
        .join(Person)
        .where(
            Office.role == Role.ADMINISTRATOR,
            Office.person_id != person_id,
            col(Person.disabled_at).is_(None),
        )
    )
    if actor.id is not None and not any(queries.in_force(office, on) for office in session.exec(others)):
        raise Forbidden("This is the last administrator. Give someone else that office first.")


def _invalid(field: str, message: str) -> Invalid:
    return Invalid([FieldError(field, message)])
