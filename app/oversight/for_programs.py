"""How the record stands, as programs read it: the same for the API and for `--json` at the command line."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app import clock
from app.audit.cosignatures import Cosignature
from app.audit.sources import Fault
from app.letters.wording import Block
from app.oversight import statement, yearly
from app.oversight.comparing import Compared
from app.oversight.happened import Happened
from app.oversight.reconciling import Books, sums
from app.oversight.soundness import Seen, Soundness
from app.oversight.stamping import Failure, Stamped
from app.oversight.witnesses import Witness
from app.oversight.yearly import Declared


def soundness_json(found: Soundness, *, codes: bool) -> dict[str, Any]:
    """Everything on the page; `code` only for those who may read the record of steps."""
    log = found.log
    return {
        "entries": found.entries,
        "log": {
            "origin": found.origin,
            "size": log.size,
            "signed": log.signed,
            "signed_at": _at(log.signed_at),
            "pending": log.pending,
            "oldest": _at(log.oldest),
            "standing": log.standing(clock.now()),
        },
        "alarm": found.alarm,
        "code": (found.code or None) if codes else None,
        "checked_at": _at(found.checked_at),
        "faults": found.faults,
        "clock_set_back": found.jumps,
        "compared": _seen(found.compared),
        "witnesses": [witness_json(one) for one in found.witnesses],
        "stamped": stamp_json(found.stamped) if found.stamped else None,
        "unstamped": _failure(found.unstamped),
        "happened": [_happened(one) for one in found.happened],
    }


def faults_json(faults: Sequence[Fault], *, named: bool) -> dict[str, Any]:
    """How many faults a check found; which, only for those who may read the record of steps."""
    items = [{"entry_id": one.entry_id, "where": one.where, "message": one.message} for one in faults]
    return {"faults": len(faults), "items": items if named else None}


def compared_json(found: Compared, told: str) -> dict[str, Any]:
    """What a comparison came to; `again` is what to send along to say that it was no slip of the pen."""
    return {
        "same": found.same,
        "sound": found.sound,
        "counts": found.counts,
        "unsure": found.unsure,
        "again": told if found.unsure else None,
        "words": found.words,
        "size": found.size,
        "signatures": [signature_json(one) for one in found.signatures],
    }


def signature_json(one: Cosignature) -> dict[str, Any]:
    """What the signature of somebody else under a checkpoint is worth."""
    return {"name": one.name, "standing": one.standing.value, "signed_at": _at(one.at)}


def witness_json(one: Witness) -> dict[str, Any]:
    """A witness, and what it signed last."""
    size = one.size if one.signed_at else None
    return {"name": one.key.name, "key": str(one.key), "signed_at": _at(one.signed_at), "size": size}


def stamp_json(one: Stamped) -> dict[str, Any]:
    """A day's stamp."""
    stamped_at, by = one.stamp.at.isoformat(), one.stamp.authority
    return {"day": one.day.isoformat(), "stamped_at": stamped_at, "size": one.size, "by": by}


def books_json(figures: Books) -> dict[str, Any]:
    """The books of a period, with both comparisons in words."""
    return {
        "from": figures.first_day.isoformat(),
        "to": figures.last_day.isoformat(),
        "brought_forward": figures.brought,
        "received": figures.received,
        "opened_again": figures.reopened,
        "closed": figures.closed,
        "carried_forward": figures.carried,
        "cases": figures.cases,
        "acknowledged": figures.acknowledged,
        "impossible": figures.impossible,
        "waiting": figures.waiting,
        "balances": figures.balances,
        "answered": figures.answered,
        "sums": list(sums(figures)),
    }


def statement_json(figures: Books, parts: Sequence[Block]) -> dict[str, Any]:
    """The statement about a period, part by part as it stands on paper."""
    return {
        "title": statement.TITLE,
        "from": figures.first_day.isoformat(),
        "to": figures.last_day.isoformat(),
        "parts": [{"kind": one.kind, "lines": list(one.lines)} for one in parts],
    }


def return_json(found: Sequence[Declared], year: int) -> dict[str, Any]:
    """The return of a year: the last word of each, null where nobody gave it yet."""
    return {
        "year": year,
        "parts": [_declared(one) for one in found],
        "missing": yearly.missing(found),
        "lacking": yearly.lacking(found),
    }


def _declared(one: Declared) -> dict[str, Any]:
    return {
        "part": str(one.part),
        "who": one.who or None,
        "answer": one.answer or None,
        "remarks": one.remarks,
        "declared_at": _at(one.at),
    }


def _seen(one: Seen | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {"at": one.at.isoformat(), "same": one.same, "others": one.others, "verified": one.verified}


def _failure(one: Failure | None) -> dict[str, Any] | None:
    return {"at": one.at.isoformat(), "why": one.why} if one is not None else None


def _happened(one: Happened) -> dict[str, Any]:
    return {"event": str(one.event), "at": one.at.isoformat(), "times": one.times, "words": one.words}


def _at(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
