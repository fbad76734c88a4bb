"""Files that come with the form of a report: those chosen there, and a mail that waits for it."""

from app.cases.sent_files import THE_MAIL, SentFiles, keep_by, keep_each
from app.evidence.holding import Gone, parts_of
from app.installation import Installation
from app.people.queries import Viewer
from app.uploads import Received


def keep_files(home: Installation, code: str, received: Received, clerk: Viewer | None) -> SentFiles:
    """Keeps every file of a form for the report that this access code opens. Never raises for a file."""
    told = refused_in(received)
    if received.files:
        keep_each((arrived for _, arrived in received.files), keep_by(home, code, clerk, "page"), told)
    return told


def refused_in(received: Received) -> SentFiles:
    """The files of a form that were refused while they arrived."""
    return SentFiles(refused=[(one.name, one.problem.detail) for one in received.refused])


def parts_in(home: Installation, viewer: Viewer | None, note: str) -> list[str] | None:
    """What goes with a report from the mail that waits for it; None without one, or where it waits no longer."""
    if viewer is None or not note:
        return None
    try:
        return [THE_MAIL, *parts_of(home, viewer.id, note)]
    except Gone:
        return None  # what became of it is said once the report is sent
