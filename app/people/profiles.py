"""The sealed part of an account: who somebody is and how to reach them."""

import unicodedata
from dataclasses import asdict, dataclass, field

from sqlmodel import Session

from app.errors import FieldError, Invalid
from app.people.models import Person
from app.vault.vault import Vault

NAME_LENGTH = 200
EMAIL_LENGTH = 254  # RFC 5321, section 4.5.3.1.3, without the angle brackets
TEXT_LENGTH = 500
MOST_HANDLES = 20


@dataclass(frozen=True)
class Profile:
    """Name and contacts in the clear; exists in memory only."""

    name: str
    email: str
    phone: str = ""
    address: str = ""
    handles: tuple[str, ...] = field(default=())


def normalise_email(email: str) -> str:
    """The form of a mail address that is looked up: NFKC, no spaces around it, lower case."""
    readable = email.encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFKC", readable).strip().casefold()


def lookup_email(session: Session, vault: Vault, email: str) -> str:
    """The keyed digest by which a mail address is found (64 hexadecimal characters)."""
    return vault.lookup(session, "email", normalise_email(email))


def seal(session: Session, vault: Vault, person_id: str, profile: Profile) -> bytes:
    """The profile sealed under the system key, bound to this person."""
    return vault.seal_bytes(session, _bound_to(person_id), {**asdict(profile), "handles": list(profile.handles)})


def unseal(session: Session, vault: Vault, person: Person) -> Profile:
    """The profile of a person, opened."""
    data = vault.open_bytes(session, _bound_to(person.id), person.profile)
    return Profile(**{**data, "handles": tuple(data["handles"])})


def _bound_to(person_id: str) -> str:
    return f"person/{person_id}/profile"


def tidy(profile: Profile) -> Profile:
    """The profile without spaces around its parts; raises Invalid naming every part to look at again."""
    handles = tuple(handle.strip() for handle in profile.handles if handle.strip())
    name, email, phone, address = (
        text.strip() for text in (profile.name, profile.email, profile.phone, profile.address)
    )
    clean = Profile(name, email, phone, address, handles)
    errors = [*_faults(clean)]
    if errors:
        raise Invalid(errors)
    return clean


def _faults(profile: Profile) -> list[FieldError]:
    errors = []
    if not profile.name:
        errors.append(FieldError("name", "Enter the person's name."))
    if not _is_address(profile.email):
        errors.append(FieldError("email", "Enter a mail address, like name@example.org."))
    if len(profile.handles) > MOST_HANDLES:
        errors.append(FieldError("handles", f"Enter at most {MOST_HANDLES} account names."))
    lengths = {"name": NAME_LENGTH, "email": EMAIL_LENGTH, "phone": NAME_LENGTH, "address": TEXT_LENGTH}
    for part, most in lengths.items():
        errors += _text_faults(part, getattr(profile, part), most, lines=part == "address")
    for handle in profile.handles:
        errors += _text_faults("handles", handle, NAME_LENGTH)
    return errors


def _text_faults(part: str, text: str, most: int, *, lines: bool = False) -> list[FieldError]:
    if len(text) > most:
        return [FieldError(part, f"Shorten this to {most} characters at most.")]
    refused = [c for c in text if unicodedata.category(c) in ("Cc", "Cs") and not (lines and c in "\r\n")]
    return [FieldError(part, "Remove characters that cannot be printed.")] if refused else []


def _is_address(email: str) -> bool:
    before, _, domain = email.rpartition("@")
    return bool(before and domain) and not any(character.isspace() for character in email)
