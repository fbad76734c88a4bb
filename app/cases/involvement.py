"""Matching the people named in a case against every account, so that nobody handles a case about themselves.

Accounts without an office are matched too: somebody who takes office next month must not find their own case then.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from app import clock
from app.audit.events import Event
from app.audit.log import SYSTEM, Actor, append
from app.cases.casefile import REPORT, load, ref, standings_of
from app.cases.models import Case, CaseStanding
from app.cases.standing import INVOLVED, assign_handler, exclude
from app.db import new_id
from app.installation import Installation
from app.people import profiles
from app.people.models import Person
from app.people.profiles import Profile
from app.people.queries import holders

PARTIES = "parties"
KEPT_OUT = "kept-out"
"""The sealed group that says who has a part in a case, by the ids of their accounts.

The entry that opens a case commits to it though it be nobody: neither it nor the log's size may tell a reporter which.
"""
PARTY_FIELDS = ("reporter", "respondent")
OFFICE_TITLES: Mapping[str, frozenset[str]] = {
    "secretary": frozenset({"secretary", "branch secretary"}),
    "deputy": frozenset({"deputy", "deputy secretary"}),
}


@dataclass(frozen=True)
class Known:
    """Somebody with an account, and the branch's offices they hold today."""

    person_id: str
    profile: Profile
    roles: frozenset[str]


def everyone(session: Session, home: Installation) -> list[Known]:
    """All accounts, closed ones too, with their contacts opened."""
    roles: dict[str, set[str]] = {}
    for holder in holders(session, home.vault, clock.today()):
        if holder.case_id is None:
            roles.setdefault(holder.person_id, set()).add(holder.role)
    people = session.exec(select(Person)).all()
    return [
        Known(one.id, profiles.unseal(session, home.vault, one), frozenset(roles.get(one.id, ()))) for one in people
    ]


def involved(values: Mapping[str, Any], people: Iterable[Known]) -> set[str]:
    """Ids of those who are ticked as involved or match a name, account or address given in a report or party.

    "Not sure" counts as a tick: a deputy can hand a case back, a secretary who read it cannot unread it.
    """
    people = list(people)
    ticked = values.get("involves_secretary") in ("yes", "unknown")
    found = {one.person_id for one in people if ticked and "secretary" in one.roles}
    for named in _people_in(values):
        found |= {one.person_id for one in people if _same(named, one)}
    return found


def exclude_involved(session: Session, home: Installation, case: Case, values: Mapping[str, Any]) -> set[str]:
    """From here on the case does not exist for anyone with an account who is involved in it; ids of those who are new.

    Which entry tells of them is the caller's.
    """
    return _exclude_new(session, case, involved(values, everyone(session, home)))


def kept_out(session: Session, case: Case) -> set[str]:
    """Ids of those who have a part in the case."""
    return {row.person_id for row in standings_of(session, case.id).values() if row.answer == INVOLVED}


def _exclude_new(session: Session, case: Case, people: set[str]) -> set[str]:
    new = people - kept_out(session, case)
    for person_id in new:
        exclude(session, case, person_id, INVOLVED)
    return new


def seal_kept_out(session: Session, home: Installation, case: Case, people: set[str]) -> dict[str, str]:
    """Keeps their ids sealed: the commitment for the entry that tells of them."""
    place = str(CaseStanding.__tablename__), new_id(), KEPT_OUT
    return {KEPT_OUT: home.vault.seal(session, case.id, *place, sorted(people))}


def tell_kept_out(
    session: Session, home: Installation, case: Case, people: set[str], *, actor: Actor, via: str
) -> None:
    """Puts on the trail of a case that was opened before that these people are kept out; of nobody, nothing."""
    if people:
        commits = seal_kept_out(session, home, case, people)
        append(session, Event.PEOPLE_KEPT_OUT, actor=actor, via=via, case=ref(case), commits=commits)


def exclude_from_past(session: Session, home: Installation, person_id: str, *, actor: Actor, via: str) -> int:
    """Matches one account, new in office or with new contacts, against every case there is; the number it loses."""
    someone = [one for one in everyone(session, home) if one.person_id == person_id]
    lost = 0
    for case in session.exec(select(Case).order_by(col(Case.id)).with_for_update()).all():
        rows = (row.values for row in load(session, home, case).rows if row.kind in (REPORT, PARTIES))
        # a tick in the past was about the secretary of that day
        named = ({name: value for name, value in values.items() if name != "involves_secretary"} for values in rows)
        if any(involved(values, someone) for values in named):
            # not by whoever gave the office or changed the contacts: that entry names whose they are
            tell_kept_out(session, home, case, _exclude_new(session, case, {person_id}), actor=SYSTEM, via="system")
            lost += 1
            if case.handler_id == person_id:
                assign_handler(session, home, case, actor=actor, via=via)
    return lost


def _people_in(values: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    yield values
    for name in PARTY_FIELDS:
        if isinstance(values.get(name), dict):
            yield values[name]
    for item in values.get("items", ()):
        yield {"handle": item.get("handle", "")}


def same_name(one: str, other: str) -> bool:
    """Whether two names agree: word for word, or all words (two or more) of one among those of the other."""
    first, second = folded(one), folded(other)
    if not first or not second:
        return False
    fewer, more = sorted((set(first.split()), set(second.split())), key=len)
    return first == second or (len(fewer) > 1 and fewer <= more)


def _same(person: Mapping[str, Any], known: Known) -> bool:
    holder, name = known.profile, folded(person.get("name", ""))
    if same_name(name, holder.name):
        return True
    if any(name.removeprefix("the ") in OFFICE_TITLES.get(role, ()) for role in known.roles):
        return True
    email = person.get("email", "").strip().casefold()
    if email and email == holder.email.strip().casefold():
        return True
    phone = _digits(person.get("phone", ""))
    if len(phone) >= 7 and phone == _digits(holder.phone):
        return True
    address = folded(person.get("address", ""))
    if address and address == folded(holder.address):
        return True
    handle = _account(person.get("handle", ""))
    return bool(handle) and handle in {_account(own) for own in holder.handles}


def folded(text: str) -> str:
    """The words of a text alone: without case, accents, signs and spaces by which the same name may differ."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return " ".join(re.findall(r"\w+", "".join(sign for sign in plain if not unicodedata.combining(sign))))


def _digits(text: str) -> str:
    digits = "".join(sign for sign in text if sign.isdigit())
    return "0" + digits.removeprefix("44") if digits.startswith("44") else digits


def _account(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lstrip("@").casefold()
