"""What comes by mail while a case is walked by page: each letter with its PDF, as its reader finds it."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from app import clock, worker
from tests.browser.live import Live, Peopled, staffed_and_served
from tests.postbox import Postbox, postbox

SENDER = "branch@example.org"
SOON = timedelta(minutes=16)
"""After that long a letter is no longer held back."""


@dataclass
class Post(Live):
    """A served branch that sends mail, and the mail server that takes it."""

    box: Postbox

    def arrives(self, *readers: str) -> list[str]:
        """The worker comes by a quarter of an hour from now: what each of these readers gets, one letter each."""
        before = len(self.box.mails)
        worker.tick(self.branch.home, clock.now() + SOON)
        new = [mail for mail in self.box.mails[before:] if mail["To"] not in self.branch.ids]
        assert sorted(mail["To"] for mail in new) == sorted(readers)
        return [read(next(mail for mail in new if mail["To"] == reader)) for reader in readers]

    def ever_told(self, reader: str) -> str:
        """Everything that ever reached one reader: heads, text, HTML and paper."""
        mails = [mail for mail in self.box.mails if mail["To"] == reader]
        return "\n".join(f"{mail.as_string()}\n{read(mail)}" for mail in mails)


@contextmanager
def posting(source: Peopled, folder: Path) -> Iterator[Post]:
    """A staffed branch behind a real socket, with a real mail server beside it."""
    with postbox() as box, staffed_and_served(source, folder, smtp_url=box.url, mail_from=SENDER) as live:
        yield Post(live.branch, live.url, box)


def read(mail: EmailMessage) -> str:
    """A letter as it is read: its mail text, and its paper, which a screen reader can read too."""
    assert mail["Subject"] == "A letter from Test branch"
    body, (paper,) = mail.get_body(("plain",)), mail.iter_attachments()
    assert body is not None
    assert paper.get_filename() == "letter.pdf"
    reader = PdfReader(io.BytesIO(paper.get_content()))
    tagged = reader.root_object["/MarkInfo"]
    assert isinstance(tagged, DictionaryObject)
    assert str(tagged["/Marked"]) == "True"
    assert "/StructTreeRoot" in reader.root_object
    on_paper = in_one_line("\n".join(page.extract_text() for page in reader.pages))
    said = in_one_line(body.get_content())
    assert said.split(" Dear ")[0] in on_paper
    return f"{said}\n{on_paper}"


def in_one_line(text: str) -> str:
    """The words alone: neither lines nor the marks of a list."""
    return " ".join(re.sub(r"(?m)^\s*[-•]\s*", " ", text).split())
