"""Whether what a member is about to be given names the person who told us: its card, a mail or text itself (X17)."""

from collections.abc import Mapping
from email import policy
from email.parser import BytesHeaderParser
from typing import Any

from sqlmodel import Session

from app.cases import giveaways
from app.cases.casefile import CaseFile, Row
from app.cases.disclosure import WHO_COLLECTED
from app.errors import FieldError
from app.evidence import queries
from app.evidence.kinds import TAKEN
from app.evidence.mail import Twisted, read_mail
from app.evidence.mail_words import decoded
from app.evidence.models import EvidenceFile
from app.evidence.queries import DAMAGED, Damaged
from app.installation import Installation
from app.vault.stream import FileBroken

LOOKED_AT = 64 * 1024
"""So much of a file is read: this happens while the case is locked."""
ON_CARD = (
    "Its card names the person who reported, who may not be named; member or panel would read that: correct it first"
)
IN_FILE = (
    "The file itself names the person who reported, who may not be named. Add a redacted copy of it, and serve that"
)


def refused(session: Session, home: Installation, file: CaseFile, item: Row) -> list[FieldError]:
    """What to say where an item names a reporter who may not be named, whatever somebody answered. Damaged, StoreAway.

    The panel reads what is served, and more of its card than the member does.
    """
    if on_card(file, item.values, item.plain):
        return [FieldError("item", ON_CARD)]
    stored = queries.find(session, file.case.id, str(item.plain.get("file") or ""))
    group = TAKEN[stored.media_type].group if stored is not None else ""
    if stored is None or group not in ("mail", "text"):
        return []
    beginning = _beginning(session, home, stored)
    said = _in_mail(beginning) if group == "mail" else beginning.decode("utf-8", "replace")
    return [FieldError("item", IN_FILE)] if giveaways.refused(file, "item", said) else []


def on_card(file: CaseFile, values: Mapping[str, Any], plain: Mapping[str, Any]) -> list[FieldError]:
    """What to say of each answer in words that names them; those that only officers read are left out."""
    words = {name: str(said) for name, said in values.items() if name not in plain and name not in WHO_COLLECTED}
    return [one for name, said in words.items() for one in giveaways.refused(file, name, said)]


def _beginning(session: Session, home: Installation, stored: EvidenceFile) -> bytes:
    found = b""
    try:
        for piece in queries.opening(session, home, stored).read():
            found += piece[: LOOKED_AT - len(found)]
            if len(found) >= LOOKED_AT:
                break
    except (FileNotFoundError, FileBroken):
        raise Damaged(DAMAGED) from None
    return found


def _in_mail(beginning: bytes) -> str:
    """Everybody whom its headers name, and what it says."""
    headers = [str(value) for _, value in BytesHeaderParser(policy=policy.compat32).parsebytes(beginning).raw_items()]
    said = [*headers, *map(decoded, headers)]
    try:
        mail = read_mail(beginning)
        said += [mail.subject, mail.text]
    except Twisted:
        said.append(beginning.decode("utf-8", "replace"))
    return "\n".join(said)
