"""Keeping a mail on a case: its words, the mail as it came and what came with it, all in one transaction or nothing."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NoReturn

from sqlmodel import Session

from app import clock
from app.cases import actions, door
from app.cases.actions import Desk
from app.cases.case_mail import (
    ATTACHMENTS,
    BECOMES,
    DISPUTES,
    MESSAGE,
    NOTICE,
    RECEIVED,
    REPLY,
    SUBJECT,
    TEXT,
    Part,
    Reading,
    keeps_files,
    method_of,
    only_from_reporter,
    parts_of,
    read_for,
    refuse,
)
from app.cases.code_holders import REPORTER
from app.cases.dialogue import MESSAGES, OTHER_WAY
from app.cases.disclosure import CAME_FROM, EVIDENCE, LATER_MAIL, METHODS, WITH_IT, WORDS_IN
from app.cases.notices import REPLIES
from app.errors import FieldError, Invalid, Stale, TooLarge
from app.evidence import queries
from app.evidence.arrival import Arrived, NoRoom, Unwanted
from app.evidence.holding import GONE, Gone, held
from app.evidence.mail import Mail, read_mail
from app.evidence.mail_arrival import attachment_arrived, whole
from app.evidence.store import StoreAway
from app.installation import Installation
from app.people.queries import Viewer
from app.workflow.fields import read

ASKS = "mail"
THERE = "This mail is on the case already, with everything of it that you chose. Nothing was kept twice."
LEAVE_OUT = "Nothing was kept. Take out its tick: it stays in the mail itself, which is kept whole."
THE_MAIL = "The mail as it came"


@dataclass(frozen=True)
class Arriving:
    """A mail that is to be kept: what it says, its own bytes on their way, and those of what was ticked."""

    mail: Mail
    digest: str
    parts: tuple[Part, ...]
    whole: Arrived
    ticked: tuple[Arrived, ...]
    keeps_files: bool
    """Whether it was said that they are kept: where that is not so any more, nothing is."""


def room_for_mail(home: Installation, viewer: Viewer, reference: str, via: str) -> int | None:
    """How many bytes the case can still take, before a mail is sent; None where only its words are kept.

    NotFound, Forbidden, each with an entry; WrongState.
    """

    def room(session: Session, desk: Desk) -> int | None:
        refuse(desk)
        return queries.room_of(session, home.settings, desk.case.id) if keeps_files(desk) else None

    return door.read_case(home, viewer, reference, via, room)


def read_waiting(
    home: Installation, viewer: Viewer, reference: str, message: Arrived, mail: Mail, via: str
) -> tuple[Reading, int]:
    """What a mail that waits says for this case, and the version of the case. NotFound, Forbidden, WrongState."""
    parts = parts_of(mail)
    return door.read_case(
        home, viewer, reference, via, lambda _, desk: (read_for(desk, mail, message.digest, parts), desk.case.version)
    )


def read_held(home: Installation, viewer: Viewer, reference: str, note: str, via: str) -> tuple[Reading, int]:
    """The same of a mail that was held for this person's form. Gone."""
    message = held(home, viewer.id, note)
    return read_waiting(home, viewer, reference, message, read_mail(b"".join(message.read())), via)


def keep_held(
    home: Installation,
    viewer: Viewer,
    reference: str,
    note: str,
    raw: Mapping[str, Any],
    version: int | None,
    via: str,
    key: str | None = None,
) -> dict[str, Any]:
    """Keeps a mail that waits, as the answers say; under one key once. Gone; raises as `keep`, and then it waits on."""
    asked = {**raw, ASKS: note}
    try:
        message = held(home, viewer.id, note)
        answer = keep(home, viewer, reference, message, raw, version, via, key, asked)
    except (Gone, Stale, FileNotFoundError) as why:
        problem = Gone(GONE) if isinstance(why, FileNotFoundError) else why  # kept by the same form just now, perhaps

        def refuse(_desk: Desk) -> NoReturn:
            raise problem

        return door.keep_together(home, viewer, reference, ASKS, asked, refuse, via, key)
    message.discard()
    return answer


def keep(
    home: Installation,
    viewer: Viewer,
    reference: str,
    message: Arrived,
    raw: Mapping[str, Any],
    version: int | None,
    via: str,
    key: str | None = None,
    asked: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Keeps what the answers say of a mail, all of it or nothing; `message` itself is left as it is.

    NotFound, Forbidden, Stale, WrongState; Invalid with the question, or the name of the file that was refused.
    """
    content = b"".join(message.read())
    mail = read_mail(content)
    reading, now = read_waiting(home, viewer, reference, message, mail, via)
    if version is not None and version != now:
        raise Stale(now)  # before the answers are judged: what is asked may be something else by now
    values = read(reading.questions, raw, today=clock.today())
    whole_request = asked if asked is not None else {**raw, ASKS: message.digest}
    with _arriving(home, mail, message, content, reading, values) as arriving:

        def put(desk: Desk) -> dict[str, Any]:
            return _Keeping(desk, arriving, values, version).all()

        return door.keep_together(home, viewer, reference, ASKS, whole_request, put, via, key)


@contextmanager
def _arriving(
    home: Installation, mail: Mail, message: Arrived, content: bytes, reading: Reading, values: Mapping[str, Any]
) -> Iterator[Arriving]:
    """The files on their way, looked at before any transaction; what was not kept is gone afterwards. Invalid."""
    waiting: list[Arrived] = []
    try:
        with _naming(THE_MAIL, ""):
            again = whole(home.settings, message.name, content)
        waiting.append(again)
        again.kind = message.kind
        for number in values.get(ATTACHMENTS, ()):
            attachment = mail.attachments[int(number) - 1]
            with _naming(reading.parts[int(number) - 1].name, ATTACHMENTS):
                waiting.append(attachment_arrived(home.settings, attachment))
        yield Arriving(mail, message.digest, reading.parts, again, tuple(waiting[1:]), reading.keeps_files)
    finally:
        for arrived in waiting:
            arrived.discard()


@contextmanager
def _naming(name: str, question: str) -> Iterator[None]:
    """Says of which file it is that it was refused."""
    try:
        yield
    except (TooLarge, NoRoom, StoreAway, Unwanted) as problem:
        more = f" {LEAVE_OUT}" if question else ""
        raise Invalid([FieldError(question, f"“{name}”: {problem.detail}{more}")]) from None


@dataclass
class _Keeping:
    """One mail on its way into one case that is locked."""

    desk: Desk
    arriving: Arriving
    values: Mapping[str, Any]
    version: int | None
    kept: list[dict[str, str]] = field(default_factory=list)

    def all(self) -> dict[str, Any]:
        """Keeps what is not there yet; Invalid where nothing is new."""
        reading = read_for(self.desk, self.arriving.mail, self.arriving.digest, self.arriving.parts)
        becomes, there = str(self.values[BECOMES]), set(reading.cards)
        method = method_of(becomes, reading.sender)
        words = self._words(becomes)
        if self.arriving.keeps_files and self.arriving.digest not in there:
            codes = {WORDS_IN: words} if words else None
            self._file(self.arriving.whole, (THE_MAIL, ""), {**self._card(becomes, method), "method": method}, codes)
        for one in self.arriving.ticked:
            if one.digest not in there | {self.arriving.digest}:
                self._file(one, (one.name, ATTACHMENTS), {"shows": WITH_IT, "method": method})
            there.add(one.digest)
        if not self.kept:
            raise Invalid([FieldError("", THERE)])
        return {"version": self.desk.case.version, "kept": self.kept}

    def _words(self, becomes: str) -> str:
        """The message or reply with its words: a new one, unless the same of the same day stands there; else empty."""
        kind = {MESSAGE: MESSAGES, REPLY: REPLIES}.get(becomes)
        if kind is None:
            return ""
        said = {TEXT: self._text(), RECEIVED: self.values[RECEIVED]}
        for row in self.desk.file.current(kind):
            if all(row.values.get(name) == value for name, value in said.items()):
                return row.id
        more = {"kind": OTHER_WAY} if becomes == MESSAGE else {name: self.values[name] for name in (NOTICE, DISPUTES)}
        return self._add(kind, {**said, **more})

    def _text(self) -> str:
        subject, text = str(self.values.get(SUBJECT, "")), str(self.values.get(TEXT, ""))
        return "\n\n".join(filter(None, (f"Subject: {subject}" if subject else "", text)))

    def _card(self, becomes: str, method: str) -> dict[str, str]:
        """What the card of the mail itself says: its words only where they stand nowhere else.

        A subject in the words of whoever told us is nothing that a member could be shown (X17).
        """
        if becomes in (MESSAGE, REPLY):
            return {"shows": LATER_MAIL}
        subject = str(self.values.get(SUBJECT, ""))
        return {"shows": subject if subject and method != METHODS[REPORTER] else LATER_MAIL, "says": self._text()}

    def _file(
        self, arrived: Arrived, named: tuple[str, str], card: Mapping[str, str], codes: dict[str, Any] | None = None
    ) -> None:
        """One card of evidence; `named` is what to call the file, and the question, where it is refused."""
        sent = {RECEIVED: self.values[RECEIVED], CAME_FROM: self.values.get(CAME_FROM, "")}
        asked = {one.name for one in self.desk.file.workflow.records[EVIDENCE].fields}
        given = {key: value for key, value in {**sent, **card}.items() if value and key in asked}
        with _naming(*named):
            self._add(EVIDENCE, {**given, "file": arrived}, codes)

    def _add(self, kind: str, values: Mapping[str, Any], codes: dict[str, Any] | None = None) -> str:
        late = kind == EVIDENCE and self.values[BECOMES] == MESSAGE and only_from_reporter(self.desk)
        kept = actions.add_record(self.desk, kind, values, self.version, codes, late=late)
        self.version = None  # what this mail itself adds is no change by somebody else
        self.kept.append({"record": kind, "id": kept.row.id})
        return kept.row.id
