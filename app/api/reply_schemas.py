"""The shapes of answers to a member who comes by the code of their notice."""

from typing import Any, Literal

from app.api.own_schemas import OwnLetter
from app.api.schemas import Choice, Shape


class PutClause(Shape):
    """A clause of the guidance, in our words."""

    code: str
    label: str
    text: str


class Put(Shape):
    """One thing alleged, in the words in which the notice put it.

    `conduct` is empty where the words name a reporter who may not be named as things stand now.
    """

    id: str
    clause: PutClause
    conduct: str
    gross: bool


class OwnNotice(Shape):
    """A notice to the member; `reply_by` is the last day there is, `served_on` when it counts as received.

    `evidence_listed` is empty where the list names a reporter who may not be named as things stand now.
    """

    id: str
    sent_on: str
    served_on: str
    reply_by: str
    allegations: list[Put]
    evidence_listed: str
    answered: bool
    more_time_asked_on: str | None


class OwnSent(Shape):
    """Something the member sent (`you`) or that was entered for them (`branch`), and what was decided on it."""

    id: str
    kind: str
    kind_label: str
    sender: Literal["you", "branch"]
    recorded_at: str
    values: dict[str, Any]
    decision: str | None
    reply_by: str | None
    decision_reason: str | None


class OwnServed(Shape):
    """An item of evidence that the member was given, in words; `can_look` says whether there is a picture of it."""

    id: str
    served_on: str
    words: list[str]
    can_look: bool


class OwnGuidance(Shape):
    """The guidance that applies."""

    version: str
    title: str


class OwnCase(Shape):
    """The member's own view. `reported_by` is null unless it was decided and confirmed that they may learn it."""

    reference: str
    step: str
    step_label: str
    steps: list[Choice]
    guidance: OwnGuidance | None
    notices: list[OwnNotice]
    sent: list[OwnSent]
    evidence: list[OwnServed]
    letters: list[OwnLetter]
    reported_by: str | None
    can_send: list[str]
