"""A mail that belongs to a case: what was read of it, what it can become there, and what of it is there already."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.cases.access import FULL
from app.cases.actions import Desk
from app.cases.agenda import candidates, fillable
from app.cases.attachments import by_code_now
from app.cases.casefile import CaseFile, Row
from app.cases.code_holders import REPORTER, RESPONDENT
from app.cases.dialogue import MESSAGES, OTHER_WAY
from app.cases.disclosure import CAME_FROM, EVIDENCE, METHODS, is_reporter
from app.cases.notices import REPLIES
from app.cases.queries import field_json
from app.errors import Forbidden, WrongState
from app.evidence import queries
from app.evidence.arrival import tidy_name
from app.evidence.kinds import HEAD, Kind
from app.evidence.looking import kind_in
from app.evidence.mail import Attachment, Mail
from app.evidence.mail_arrival import CUT, cut
from app.workflow.answers import in_words
from app.workflow.definition import Field, Option, RecordKind

BECOMES, NOTICE, DISPUTES = "becomes", "notice", "disputes_attribution"
RECEIVED, SUBJECT, TEXT, ATTACHMENTS = "received_on", "subject", "text", "attachments"
MESSAGE, REPLY, FROM_MEMBER, ITEM = "message", "reply", "from_member", "evidence"
REQUIRED = (RECEIVED, BECOMES)
ANSWERS = (CAME_FROM, SUBJECT, TEXT, ATTACHMENTS, NOTICE, DISPUTES, *REQUIRED)
DOCUMENT = "document"
"""How a file was obtained that came from neither the person who told us nor the member."""
LONGEST_SUBJECT, LONGEST_TEXT = 300, 9600
"""Together no more than a message may have."""
CUT_FOR_GOOD = "\n\n[Cut here. The rest is in the mail itself, which is not kept on this case.]"
GIVEN, NOT_GIVEN = (
    "The day that the mail gives.",
    "The mail gives no day that can be right. Say on which it reached you.",
)
NOT_YOURS = "What belongs to this case is put on it by the officer who looks after it"
DECLARE = "Only the card of this case is open to you. Say first whether anything connects you with it"
NOT_NOW = "Nothing can be added to this case at this stage"


@dataclass(frozen=True)
class Part:
    """One thing that came with a mail: its number there, its name made harmless, what it is (None: not taken)."""

    number: str
    name: str
    size: int
    digest: str
    kind: Kind | None

    @classmethod
    def of(cls, number: int, attachment: Attachment) -> "Part":
        """By its content."""
        content = attachment.content
        kind = kind_in(content[:HEAD], lambda: [content])
        digest = hashlib.sha256(content).hexdigest()
        return cls(str(number), tidy_name(attachment.name), len(content), digest, kind)


@dataclass(frozen=True)
class Reading:
    """What was read, as the questions that are asked of it; `answers` is what the mail itself answers."""

    questions: tuple[Field, ...]
    answers: Mapping[str, Any]
    parts: tuple[Part, ...]
    left_out: int
    """So many more attachments are in the mail only."""
    sender: str
    """The part of whoever has the address that it says it came from; empty where nobody is known by it."""
    cards: Mapping[str, str]
    """The card of each file of it that is on the case already, by digest."""
    digest: str
    keeps_files: bool
    of_reporter_only: bool = False
    of_reply = frozenset({NOTICE, DISPUTES})
    """The questions that only a reply of the member answers."""

    @property
    def card(self) -> str | None:
        """The card of the mail itself, where it is on the case already."""
        return self.cards.get(self.digest)

    @property
    def offered(self) -> tuple[Part, ...]:
        """What can be kept by itself."""
        kept = self.keeps_files
        return tuple(part for part in self.parts if kept and part.kind is not None and part.digest not in self.cards)

    @property
    def left_in(self) -> tuple[Part, ...]:
        """What cannot: of a type that is not taken, or here already."""
        return tuple(part for part in self.parts if part not in self.offered)

    def as_json(self) -> dict[str, Any]:
        """For programs, which look at it and send `answers`, mended."""
        parts = [
            {
                "number": part.number,
                "name": part.name,
                "size": part.size,
                "type": part.kind.media_type if part.kind else None,
                "here": self.cards.get(part.digest),
            }
            for part in self.parts
        ]
        inputs = [field_json(question) for question in self.questions]
        return {"answers": dict(self.answers), "inputs": inputs, "parts": parts, "here": self.card}


def refuse(desk: Desk) -> None:
    """Forbidden where putting a mail on this case is not theirs, WrongState where nothing can be added now."""
    if _ways(desk, ""):
        return
    if not desk.position.is_handler:
        raise Forbidden(NOT_YOURS)
    if desk.position.view != FULL:
        raise Forbidden(DECLARE)
    raise WrongState(NOT_NOW)


def takes_mail(desk: Desk) -> bool:
    """Whether this person can put a mail on this case now."""
    return bool(_ways(desk, ""))


def keeps_files(desk: Desk) -> bool:
    """Whether the mail itself, and what came with it, can be kept at this stage."""
    return _kind(desk, EVIDENCE) is not None or only_from_reporter(desk)


def only_from_reporter(desk: Desk) -> bool:
    """Whether nothing is added to the evidence now but what the person who told us could still send by their code.

    With the panel, which reads nothing that comes after the referral: their mail is kept as their file would be.
    """
    takes = desk.position.is_handler and desk.position.view == FULL and _kind(desk, EVIDENCE) is None
    return takes and bool(by_code_now(desk.file.workflow, desk.case, REPORTER))


def parts_of(mail: Mail) -> tuple[Part, ...]:
    """What came with a mail."""
    return tuple(Part.of(number, one) for number, one in enumerate(mail.attachments, start=1))


def read_for(desk: Desk, mail: Mail, digest: str, parts: tuple[Part, ...]) -> Reading:
    """What a mail says, as questions of this case. `digest` is that of the mail as it came. Forbidden, WrongState."""
    refuse(desk)
    sender = sender_of(desk.file, mail.address)
    cards = _cards(desk, {digest, *(part.digest for part in parts)})
    bare = Reading((), {}, parts, mail.left_out, sender, cards, digest, keeps_files(desk), only_from_reporter(desk))
    notices = _notices(desk)
    questions = tuple(_questions(desk, bare, mail, notices))
    return replace(bare, questions=questions, answers=_answers(questions, bare, mail))


def sender_of(file: CaseFile, address: str) -> str:
    """The part of whoever is known on this case by a mail address: the reporter before a member; empty for nobody."""
    wanted = address.strip().casefold()
    parties = file.current("parties") if "parties" in file.workflow.records else []
    report = file.report.values.get("reporter") or {}
    known = [(report, REPORTER)]
    known += [(row.values, REPORTER) for row in parties if is_reporter(file, row.values)]
    known += [(row.values, RESPONDENT) for row in parties if row.plain["role"] == RESPONDENT]
    return next((part for one, part in known if wanted and str(one.get("email", "")).strip().casefold() == wanted), "")


def method_of(becomes: str, sender: str) -> str:
    """How what came with it was obtained, as its cards say."""
    parts = {MESSAGE: REPORTER, REPLY: RESPONDENT, FROM_MEMBER: RESPONDENT}
    return METHODS.get(parts.get(becomes, sender), DOCUMENT)


def _kind(desk: Desk, name: str) -> RecordKind | None:
    return next((kind for kind in fillable(desk) if kind.name == name), None)


def _ways(desk: Desk, sender: str) -> tuple[Option, ...]:
    """What a mail can become on this case now, in this person's hands."""
    words, found = desk.file.workflow.words, []
    kinds = {kind.name: kind for kind in fillable(desk)}
    if _offers(kinds.get(MESSAGES), "kind", OTHER_WAY):
        told = words.get("reporter", "the person who told us")
        found.append(
            Option(
                MESSAGE,
                f"A message from {told}",
                "It stands among the messages, where they can read it. It cannot be taken back.",
            )
        )
    if (replies := kinds.get(REPLIES)) and _asks(replies) <= {NOTICE, RECEIVED, TEXT, DISPUTES} and _notices(desk):
        found.append(
            Option(REPLY, "A reply of the member to a notice", "It counts as their reply, and they can read it.")
        )
    if _offers(kinds.get(EVIDENCE), "method", METHODS[RESPONDENT]):
        found.append(Option(FROM_MEMBER, "Something else from the member", "Kept with the evidence, as from them."))
    if _offers(kinds.get(EVIDENCE), "method", method_of(ITEM, sender)):
        found.append(Option(ITEM, "Evidence", "A card of its own, from whoever sent it."))
    return tuple(found)


def _offers(kind: RecordKind | None, name: str, value: str) -> bool:
    questions = kind.fields if kind is not None else ()
    return any(option.value == value for one in questions if one.name == name for option in one.options)


def _asks(kind: RecordKind) -> set[str]:
    return {question.name for question in kind.fields if question.required}


def _notices(desk: Desk) -> list[Row]:
    kind = _kind(desk, REPLIES)
    questions = (question for question in kind.fields if question.name == NOTICE) if kind is not None else ()
    return [row for question in questions for row in candidates(desk, kind, question)]


def _questions(desk: Desk, reading: Reading, mail: Mail, notices: list[Row]) -> Iterator[Field]:
    ways = _ways(desk, reading.sender)
    if reading.keeps_files:
        yield Field(CAME_FROM, "line", "From whom is it?", "Anyone can put any name into a mail.", max_length=400)
    yield Field(RECEIVED, "date", "On which day did it arrive?", GIVEN if mail.day else NOT_GIVEN, True)
    yield Field(SUBJECT, "line", "Subject", max_length=LONGEST_SUBJECT)
    needed = {BECOMES: (MESSAGE, REPLY)}
    yield Field(TEXT, "text", "What it says", required_if=needed, max_length=LONGEST_TEXT)
    if reading.offered:
        options = tuple(Option(part.number, part.name, _what(part)) for part in reading.offered)
        more = "Each ticked one becomes a card of evidence. The others stay in the mail, which is kept whole."
        yield Field(ATTACHMENTS, "choices", "What came with it", more, options=options)
    yield Field(BECOMES, "choice", "What is it?", _known(reading.sender, mail.address), True, options=ways)
    if any(way.value == REPLY for way in ways):
        only = {BECOMES: (REPLY,)}
        options = tuple(Option(row.id, _notice_words(desk.file, row)) for row in notices)
        yield Field(NOTICE, "choice", "If it is the reply: to which notice?", required_if=only, options=options)
        yield Field(DISPUTES, "yes_no", "If it is the reply: do they say it was not them?", required_if=only)


def _known(sender: str, address: str) -> str:
    if not address:
        return "It gives no address. Make sure who wrote it."
    if not sender:
        return "Nobody on this case is known by the address that it came from. Make sure who wrote it."
    whose = "the person who told us" if sender == REPORTER else "the member"
    return f"It gives the address of {whose}. Anyone can do that: read whether it sounds like them."


def _what(part: Part) -> str:
    if part.kind is None:
        return ""
    ending = part.kind.ending.upper()
    return part.kind.label if part.kind.label == ending else f"{part.kind.label} ({ending})"


def _notice_words(file: CaseFile, notice: Row) -> str:
    member = file.latest(notice.plain["respondent"])
    name = (member.values.get("name") or member.values.get("handle")) if member else ""
    day = in_words(date.fromisoformat(notice.plain["sent_on"]))
    return f"The notice of {day}{f' to {name}' if name else ''}"


def _answers(questions: tuple[Field, ...], reading: Reading, mail: Mail) -> dict[str, Any]:
    asked = {question.name: question for question in questions}
    sender = f"{mail.name} <{mail.address}>" if mail.name and mail.address else mail.name or mail.address
    given: dict[str, Any] = {
        CAME_FROM: sender,
        RECEIVED: mail.day.isoformat() if mail.day else "",
        SUBJECT: mail.subject,
        TEXT: cut(mail.text, LONGEST_TEXT, CUT if reading.keeps_files else CUT_FOR_GOOD),
        ATTACHMENTS: [part.number for part in reading.offered],
    }
    ways = [option.value for option in asked[BECOMES].options]
    likely = {REPORTER: (MESSAGE,), RESPONDENT: (REPLY, FROM_MEMBER)}.get(reading.sender, ())
    given[BECOMES] = next((way for way in likely if way in ways), "")
    if NOTICE in asked and len(asked[NOTICE].options) == 1:
        given[NOTICE] = asked[NOTICE].options[0].value
    return {name: value for name, value in given.items() if value and name in asked}


def _cards(desk: Desk, digests: set[str]) -> dict[str, str]:
    """The newest card of each of these files that the case has."""
    if EVIDENCE not in desk.file.workflow.records:
        return {}
    ids = queries.ids_by_digest(desk.session, desk.home, desk.case.id, digests)
    cards = {row.plain["file"]: row.id for row in desk.file.current(EVIDENCE) if row.plain.get("file")}
    return {digest: cards[file] for digest, file in ids.items() if file in cards}
