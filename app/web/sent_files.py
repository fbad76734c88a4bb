"""Files that somebody outside sends with a code: each is kept by itself, so that one refused file costs no other."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from app.cases import reporter, sent_evidence
from app.cases.code_holders import CodeHolder
from app.errors import Problem
from app.evidence.arrival import Arrival, Arrived, tidy_name
from app.evidence.holding import Gone, held, parts_of
from app.evidence.looking import look_at
from app.evidence.mail import Attachment, read_mail
from app.evidence.scanner import scan_of
from app.installation import Installation
from app.people.queries import Viewer
from app.uploads import Received

THE_MAIL = "The message as it came"
THE_MESSAGE, WITH_IT = "The message by which it was reported", "It came with the message"
NOT_KEPT = "It could not be stored just now. Try again later."


@dataclass
class SentFiles:
    """What became of each file: the names of those kept, name and reason of those that were not."""

    kept: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def keep_files(home: Installation, code: str, received: Received, shows: str = "") -> SentFiles:
    """Keeps every file of a form for the report that this access code opens. Never raises for a file."""
    if not received.files and not received.refused:
        return SentFiles()
    holder = reporter.by_code(home, code, "page")
    keep = partial(sent_evidence.from_code_holder, home, holder, via="page", shows=shows, is_news=False)
    return keep_each(received, keep)


def keep_each(received: Received, keep: Callable[[Arrived], object]) -> SentFiles:
    """Keeps every file of a form by `keep`, each in a transaction of its own."""
    told = SentFiles(refused=[(one.name, one.problem.detail) for one in received.refused])
    for _, arrived in received.files:
        try:
            keep(arrived)
            told.kept.append(arrived.name)
        except Problem as problem:
            told.refused.append((arrived.name, problem.detail))
        except OSError:
            told.refused.append((arrived.name, NOT_KEPT))
    return told


def parts_in(home: Installation, viewer: Viewer | None, note: str) -> list[str] | None:
    """What goes with a report from the mail that waits for it; None without one, or where it waits no longer."""
    if viewer is None or not note:
        return None
    try:
        return [THE_MAIL, *parts_of(home, viewer.id, note)]
    except Gone:
        return None  # what became of it is said once the report is sent


def keep_mail(home: Installation, code: str, owner: str, note: str, told: SentFiles) -> None:
    """Keeps a mail that waited, then each of its attachments, as its sender's. Never raises for a file."""
    try:
        holder = reporter.by_code(home, code, "page")
        mail = held(home, owner, note)
        content = b"".join(mail.read())
    except Problem as problem:
        told.refused.append((THE_MAIL, problem.detail))
        return
    # where it cannot be kept now it goes on waiting, so that the same form can be sent again
    kept = keep_each(Received(files=[("", mail)]), _by(home, holder, THE_MESSAGE))
    told.kept += kept.kept
    told.refused += kept.refused
    for attachment in read_mail(content).attachments:
        _keep_attachment(home, holder, attachment, told)


def _keep_attachment(home: Installation, holder: CodeHolder, attachment: Attachment, told: SentFiles) -> None:
    received = Received()
    try:
        arrival = Arrival(home.settings, attachment.name, scan=scan_of(home.settings))
        arrival.write(attachment.content)
        arrived = arrival.finish()
        received.files.append(("", arrived))
        look_at(home.settings, arrived)
        kept = keep_each(received, _by(home, holder, WITH_IT))
        told.kept += kept.kept
        told.refused += kept.refused
    except Problem as problem:
        told.refused.append((tidy_name(attachment.name), problem.detail))
    except OSError:
        told.refused.append((tidy_name(attachment.name), NOT_KEPT))
    finally:
        received.discard()


def _by(home: Installation, holder: CodeHolder, shows: str) -> Callable[[Arrived], object]:
    return partial(sent_evidence.from_code_holder, home, holder, via="page", shows=shows, is_news=False)
