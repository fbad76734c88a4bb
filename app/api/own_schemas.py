"""What a reporter is answered about their own report."""

from typing import Literal

from pydantic import Field

from app.api.schemas import Choice, Receipt, Shape


class OwnMessage(Shape):
    """One message between the branch (`branch`) and whoever sent the report (`you`).

    `received_on`: the day on which it came in another way, where an officer entered it for them.
    """

    sender: Literal["you", "branch"] = Field(alias="from")
    kind: str
    kind_label: str
    text: str
    sent_at: str
    received_on: str | None


class OwnMessages(Shape):
    """Every message, oldest first."""

    items: list[OwnMessage]


class OwnReceipt(Shape):
    """The receipt of a report, with its reference."""

    reference: str
    receipt: Receipt


class OwnKept(Shape):
    """What was kept, with its receipt."""

    id: str
    recorded_at: str
    reference: str
    receipt: Receipt


class OwnLetter(Shape):
    """A letter that was sent, posted or handed over to whoever has the code; `name` is its subject line."""

    sent_on: str
    how: str
    name: str
    text: str


class OwnWithdrawal(Shape):
    """A wish to withdraw the report: the last four are null while nobody decided, `told` where nothing is said."""

    asked_on: str
    decided_on: str | None
    decision: str | None
    decision_label: str | None
    told: str | None


class OwnReport(Shape):
    """The reporter's own view."""

    reference: str
    kind: str
    received_on: str
    step: str
    step_label: str
    steps: list[Choice]
    reply_due_on: str | None
    replied_on: str | None
    next_update_on: str | None
    messages: list[OwnMessage]
    letters: list[OwnLetter]
    withdrawals: list[OwnWithdrawal]
    withdrawal_asked_on: str | None
    confirmed: str | None
    named: bool
    reachable: bool
    can_send: list[str]
    advice: str
    ending: str
    ending_note: str
