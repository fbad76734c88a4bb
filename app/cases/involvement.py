"""Matching the people named in a case against everyone in office, so that nobody handles a case about themselves."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from sqlmodel import Session

from app import clock
from app.cases.models import Case
from app.cases.standing import exclude
from app.installation import Installation
from app.people.queries import Holder, holders

PARTY_FIELDS = ("reporter", "respondent")
OFFICE_TITLES: Mapping[str, frozenset[str]] = {
    "secretary": frozenset({"secretary", "branch secretary"}),
    "deputy": frozenset({"deputy", "deputy secretary"}),
}


def involved(values: Mapping[str, Any], serving: Iterable[Holder]) -> set[str]:
    """Ids of office holders who are ticked as involved or match a name, account or address given in a report or party.

    "Not sure" counts as a tick: a deputy can hand a case back, a secretary who read it cannot unread it.
    """
    serving = list(serving)
    ticked = values.get("involves_secretary") in ("yes", "unknown")
    found = {holder.person_id for holder in serving if ticked and holder.role == "secretary" and holder.case_id is None}
    for person in _people_in(values):
        found |= {holder.person_id for holder in serving if _same(person, holder)}
    return found


def exclude_involved(session: Session, home: Installation, case: Case, values: Mapping[str, Any]) -> set[str]:
    """From here on the case does not exist for any office holder involved in it; returns their ids."""
    found = involved(values, holders(session, home.vault, clock.today()))
    for person_id in found:
        exclude(session, case, person_id, "involved")
    return found


def _people_in(values: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    yield values
    for name in PARTY_FIELDS:
        if isinstance(values.get(name), dict):
            yield values[name]
    for item in values.get("items", ()):
        yield {"handle": item.get("handle", "")}


def _same(person: Mapping[str, Any], holder: Holder) -> bool:
    name, own_name = _words(person.get("name", "")), _words(holder.name)
    if name and (name == own_name or (len(own_name.split()) > 1 and set(own_name.split()) <= set(name.split()))):
        return True
    if name.removeprefix("the ") in OFFICE_TITLES.get(holder.role, ()):
        return True
    email = person.get("email", "").strip().casefold()
    if email and email == holder.email.strip().casefold():
        return True
    phone = _digits(person.get("phone", ""))
    if len(phone) >= 7 and phone == _digits(holder.phone):
        return True
    address = _words(person.get("address", ""))
    if address and address == _words(holder.address):
        return True
    handle = _account(person.get("handle", ""))
    return bool(handle) and handle in {_account(own) for own in holder.handles}


def _words(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return " ".join(re.findall(r"\w+", "".join(sign for sign in plain if not unicodedata.combining(sign))))


def _digits(text: str) -> str:
    digits = "".join(sign for sign in text if sign.isdigit())
    return "0" + digits.removeprefix("44") if digits.startswith("44") else digits


def _account(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lstrip("@").casefold()
