"""How often something may be tried. Delays fade by themselves; nothing here locks anyone out for good."""

import hashlib
import hmac
import ipaddress
import math
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col

from app import clock
from app.audit.log import locked_row
from app.db import insert_once
from app.errors import TooMany
from app.people.models import Throttle, ThrottleSalt

SALT_BYTES = 32
IPV6_NETWORK = 64
"""One customer of a network usually has so many bits of an IPv6 address to choose the rest of."""


def throttle(session: Session, purpose: str, key: str, limit: int, window_seconds: int) -> None:
    """Counts one try of `key` (an address, an id; kept only as a salted digest) for `purpose`.

    Raises TooMany once more than `limit` were made in a window, which begins with the first try.
    """
    window = timedelta(seconds=window_seconds)
    refuse_if_spent(session, purpose, key, limit, window)
    count(session, purpose, key, window)


def count(session: Session, purpose: str, key: str, window: timedelta) -> None:
    """Counts one try, in a new window where the last one is over."""
    now = clock.now()
    hidden = _hidden(_salt_of(session, clock.today().isoformat()), purpose, key)
    row = locked_row(session, Throttle, hidden, Throttle(key=hidden, window_starts_at=now))
    if not row.window_starts_at <= now < row.window_starts_at + window:
        row.tries, row.window_starts_at = 0, now
    row.tries += 1
    session.flush()


def refuse_if_spent(session: Session, purpose: str, key: str, limit: int, window: timedelta) -> None:
    """Raises TooMany where `limit` tries were already made in a window that is not over. Reads only."""
    today = session.get(ThrottleSalt, clock.today().isoformat())
    row = None if today is None else session.get(Throttle, _hidden(today.salt, purpose, key), populate_existing=True)
    now = clock.now()
    if row is not None and row.tries >= limit and row.window_starts_at <= now < row.window_starts_at + window:
        raise TooMany(_wait(row.window_starts_at + window, now))


def forget(session: Session, purpose: str, key: str) -> None:
    """Takes back every try of `key` for `purpose`."""
    today = session.get(ThrottleSalt, clock.today().isoformat())
    if today is not None:
        session.execute(delete(Throttle).where(col(Throttle.key) == _hidden(today.salt, purpose, key)))


def place_of(address: str) -> str:
    """A network address as it is counted: IPv6 by its /64 network, IPv4 written as IPv6 as IPv4, others as they are."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return str(ipaddress.ip_network((int(known), IPV6_NETWORK), strict=False))


def _wait(until: datetime, now: datetime) -> str:
    minutes = math.ceil((until - now) / timedelta(minutes=1))
    return f"There were too many tries. Wait {minutes} minute{'' if minutes == 1 else 's'}, then try again."


def _salt_of(session: Session, day: str) -> bytes:
    known = session.get(ThrottleSalt, day)
    if known is None:
        fresh = {"day": day, "salt": secrets.token_bytes(SALT_BYTES)}
        if insert_once(session, ThrottleSalt, fresh):  # only one of the day's first tries clears up
            # older keys can never be reached again without their salt, so they go with it
            session.execute(delete(Throttle))
            session.execute(delete(ThrottleSalt).where(col(ThrottleSalt.day) != day))
        known = session.get_one(ThrottleSalt, day, populate_existing=True)
    return known.salt


def _hidden(salt: bytes, purpose: str, key: str) -> str:
    return hmac.new(salt, f"{purpose}\0{key}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()
