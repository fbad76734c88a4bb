"""Several files that come at once: each is kept by itself, so that one refused file costs no other."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from app.cases import reporter, sent_evidence
from app.cases.disclosure import THE_MESSAGE, WITH_IT
from app.cases.sent_evidence import Sent
from app.errors import Problem
from app.evidence.arrival import Arrived, tidy_name
from app.evidence.holding import GONE, held
from app.evidence.mail import Attachment, read_mail
from app.evidence.mail_arrival import attachment_arrived
from app.installation import Installation
from app.people.queries import Viewer

THE_MAIL = "The message as it came"
NOT_KEPT = "It could not be stored just now. Try again later."
Keep = Callable[[Arrived], Sent]


@dataclass
class SentFiles:
    """What became of each file: the names of those kept, name and reason of those that were not."""

    kept: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    receipts: list[dict[str, Any]] = field(default_factory=list)
    """One for each file that was not here before."""
    reference: str = ""
    """Of the case that the files are kept on; empty while there is none."""

    def as_json(self) -> dict[str, object]:
        """As answers of the API and the command line say it."""
        return {"kept": self.kept, "refused": [{"name": name, "why": why} for name, why in self.refused]}


def keep_each(files: Iterable[Arrived], keep: Keep, told: SentFiles) -> None:
    """Keeps files by `keep`, each in a transaction of its own. Never raises for a file."""
    for arrived in files:
        try:
            sent = keep(arrived)
            told.kept.append(arrived.name)
            told.reference = sent.reference
            told.receipts += [sent.receipt] if sent.receipt is not None else []
        except Problem as problem:
            told.refused.append((arrived.name, problem.detail))
        except OSError:
            told.refused.append((arrived.name, NOT_KEPT))


def keep_by(home: Installation, code: str, clerk: Viewer | None, via: str, shows: str = "") -> Keep:
    """What keeps a file with the report that an access code opens: by its sender, or by `clerk` who enters it."""

    def keep(arrived: Arrived) -> Sent:
        holder = reporter.by_code(home, code, via)
        return sent_evidence.from_code_holder(home, holder, arrived, via, shows=shows, is_news=False, clerk=clerk)

    return keep


def keep_mail(home: Installation, code: str, clerk: Viewer, mail: Arrived, via: str, told: SentFiles) -> None:
    """Keeps a mail by which something was reported, then each of its attachments. Never raises for a file."""
    content = b"".join(mail.read())
    keep_each([mail], keep_by(home, code, clerk, via, THE_MESSAGE), told)
    for attachment in read_mail(content).attachments:
        _keep_attachment(home, attachment, keep_by(home, code, clerk, via, WITH_IT), told)


def keep_held_mail(home: Installation, code: str, clerk: Viewer, note: str, via: str, told: SentFiles) -> None:
    """Keeps a mail that waited, with its attachments; what cannot be kept now goes on waiting, for the same form."""
    try:
        mail = held(home, clerk.id, note)
    except Problem as problem:
        told.refused.append((THE_MAIL, problem.detail))
        return
    try:
        keep_mail(home, code, clerk, mail, via, told)
    except FileNotFoundError:  # the same form, sent twice at once
        told.refused.append((THE_MAIL, GONE))


def _keep_attachment(home: Installation, attachment: Attachment, keep: Keep, told: SentFiles) -> None:
    arrived = None
    try:
        arrived = attachment_arrived(home.settings, attachment)
        keep_each([arrived], keep, told)
    except Problem as problem:
        told.refused.append((tidy_name(attachment.name), problem.detail))
    except OSError:
        told.refused.append((tidy_name(attachment.name), NOT_KEPT))
    finally:
        if arrived is not None:
            arrived.discard()
