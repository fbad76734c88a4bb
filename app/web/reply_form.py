"""The forms of a member by code: the procedure's questions in their words, one answer for each thing that was put."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.cases.notices import REPLIES, REQUESTS
from app.cases.own_replies import NEEDS, OwnNotice
from app.errors import FieldError, Invalid
from app.web.carried import HIDDEN
from app.web.context import Pairs
from app.workflow.asking import asked_of
from app.workflow.definition import Field, Option, RecordKind

ANSWER = "answer-"
DISPUTED_WHO = "disputes_attribution"
ANSWERS = (
    Option("accepted", "I accept it", "It happened like this, or nearly."),
    Option("disputed", "I dispute it", "It did not happen, or not like this, or it was within the guidance."),
    Option("not_posted", "I did not make this post", "Somebody else used the account, or it is not my account."),
)
NOT_ASKED = frozenset({"notice", "respondent", DISPUTED_WHO, *(one.value for one in ANSWERS)})
"""What the page knows already, or asks in another way."""
WORDS: Mapping[str, tuple[str, str]] = {
    "text": (
        "Your reply, in your own words",
        "What happened from your side. If it was not you: since when you know, and who else could use the account.",
    ),
    "mitigation": ("What speaks for you", "For example that you took it down, said sorry, or were provoked."),
    "until": ("Until when do you need?", ""),
    "reason": ("Why?", "A few words are enough."),
    "companion": ("Who comes with you?", "A friend or colleague may come with you to any meeting about this."),
    "needs": (
        "What do you need to take part?",
        "For example large print, a quiet room, someone who signs, an evening.",
    ),
}


@dataclass(frozen=True)
class Words:
    """How a form is called and what it says first."""

    title: str
    lead: str
    button: str


KINDS = {
    REPLIES: Words(
        "Your reply",
        "Say for each point what is so, then write in your own words. You can reply more than once while it is being "
        "looked into. What you write is kept as you send it.",
        "Send my reply",
    ),
    REQUESTS: Words(
        "More time",
        "Ask before the day has passed. The officer looking after this decides, says why, and the answer stands on "
        "your page. To ask is not held against you.",
        "Ask for more time",
    ),
    NEEDS: Words(
        "Someone with you, or what you need",
        "The branch uses this to make the next steps fair for you, and for nothing else.",
        "Send this",
    ),
}


def questions(kind: RecordKind, notice: OwnNotice | None) -> list[Field]:
    """What the form asks: for a reply first one answer to each thing that the notice put."""
    asked = [_in_own_words(one) for one in asked_of(kind.fields, holder=True) if one.name not in NOT_ASKED]
    if kind.name != REPLIES or notice is None:
        return asked
    several = len(notice.allegations) > 1
    put = [
        Field(
            ANSWER + one.id,
            "choice",
            _label(number, one.clause, one.label, several),
            one.shown,
            True,
            options=ANSWERS,
        )
        for number, one in enumerate(notice.allegations, 1)
    ]
    return [*put, *asked]


def _label(number: int, clause: str, label: str, several: bool) -> str:
    return f"{f'Point {number}: ' if several else ''}{clause} {label}"


def _in_own_words(question: Field) -> Field:
    label, said = WORDS.get(question.name, (question.label, question.help))
    return replace(question, label=label, help=said)


def raw(kind: str, notice: OwnNotice | None, pairs: Pairs) -> dict[str, Any]:
    """The answers in the shape that the door takes. Invalid where a point was left without one."""
    given = dict(pairs)
    answers: dict[str, Any] = {
        name: value for name, value in given.items() if not (name.startswith(ANSWER) or name in HIDDEN)
    }
    if notice is not None:
        answers["notice"] = notice.id
    if kind != REPLIES or notice is None:
        return answers
    chosen = {one.id: given.get(ANSWER + one.id, "") for one in notice.allegations}
    known = {option.value for option in ANSWERS}
    if left := [one for one, value in chosen.items() if value not in known]:
        raise Invalid([FieldError(ANSWER + one, "Choose one answer for this point") for one in left] + _text(answers))
    for option in ANSWERS:
        answers[option.value] = [one for one, value in chosen.items() if value == option.value]
    answers[DISPUTED_WHO] = "yes" if answers["not_posted"] else "no"
    return answers


def _text(answers: Mapping[str, str]) -> list[FieldError]:
    return [] if answers.get("text", "").strip() else [FieldError("text", "Write your reply in your own words")]


def errors(found: Sequence[FieldError], notice: OwnNotice | None) -> list[FieldError]:
    """What to look at, at the questions the page asked."""
    asked_elsewhere = NOT_ASKED if notice is not None else frozenset[str]()
    return [FieldError("", one.message) if one.field in asked_elsewhere else one for one in found]
