"""The shapes of answers about cases and the trail, for the OpenAPI description; tests hold answers against them."""

from typing import Any, Literal

from pydantic import BaseModel

from app.api.schemas import Choice, Shape, UnmetShape


class Handler(Shape):
    """Who looks after a case."""

    id: str
    name: str


class CaseItem(BaseModel):
    """A case in a list; a card has only the first of these."""

    reference: str
    kind: str
    kind_title: str
    state: str
    state_label: str
    tone: str
    final: bool
    version: int
    view: Literal["full", "card", "trail"]
    handler: Handler | None = None
    channel: str = ""
    received_on: str = ""
    opened_at: str = ""
    outcome: str | None = None
    next: str = ""
    due_on: str | None = None
    due_label: str | None = None
    overdue: bool = False


class CasePage(Shape):
    """One page of cases; `next` is the cursor of the next one."""

    items: list[CaseItem]
    next: str | None


class Due(BaseModel):
    """A due date that runs: `how` says in words how it was reckoned, `pause` what pauses did to it.

    `due_on` has the days on which the case stood still added to `first_due_on`; `member` is the id of the member
    whose date it is, null for all others.
    """

    clock: str
    label: str
    due_on: str
    first_due_on: str
    overdue: bool
    late_days: int
    paused_days: int
    stands_still: bool
    reckoned: dict[str, Any]
    how: str
    pause: str
    reason_given: bool
    reason: str | None
    member: str | None


class Deadlines(Shape):
    """The due dates of one case, earliest first."""

    items: list[Due]


class Case(BaseModel):
    """One case as this person may see it; `view` null: it no longer exists for them after what they just did.

    `unread`, for its handler: how many records came by a code and were not read yet, by kind.
    """

    reference: str
    view: Literal["full", "card", "trail"] | None
    state: str = ""
    state_label: str = ""
    version: int = 0
    workflow: str = ""
    workflow_version: int = 0
    kind: str = ""
    kind_title: str = ""
    final: bool = False
    handler: Handler | None = None
    outcome: str | None = None
    due: list[Due] = []
    card: dict[str, Any] | None = None
    report: dict[str, Any] | None = None
    unread: dict[str, int] | None = None


class Input(BaseModel):
    """One question of a step or record."""

    name: str
    type: str
    label: str
    help: str
    required: bool
    options: list[Choice]
    min_length: int
    max_length: int


class Step(BaseModel):
    """A step that can be taken from here."""

    trigger: str
    label: str
    help: str
    to: str
    inputs: list[Input]
    unmet: list[UnmetShape]
    met: list[UnmetShape]


class Record(BaseModel):
    """One record with its answers beside these."""

    id: str
    replaces: str | None
    by: dict[str, Any]
    recorded_at: str
    version: int


class Records(Shape):
    """The records of one kind."""

    items: list[Record]


class Kept(Shape):
    """The record that was kept, and the case's new version; a code only where a new one was made, shown this once."""

    id: str
    version: int
    access_code: str = ""
    reply_code: str = ""


class StoredFile(Shape):
    """One file of a case; `name` is what its sender called it, null for the panel. `scan`: clean or not_scanned."""

    id: str
    type: str
    label: str
    size: int
    scan: str
    sha256: str
    arrived_at: str
    name: str | None
    copies: list[str]


class Files(Shape):
    """The files of a case that you may open."""

    items: list[StoredFile]


class Named(Shape):
    """What an entry speaks of."""

    kind: str
    id: str


class WhoActed(Shape):
    """Who acted; the public and the program itself have no id."""

    id: str | None
    name: str | None
    role: str | None


class Entry(BaseModel):
    """One entry of the trail; `entry` is base64 of the canonical bytes, `leaf` hex.

    `log` is the number of a log that ended with a declared loss, null for the present one.
    """

    id: str
    log: int | None
    index: int | None
    case: str | None
    seq: int | None
    event: str
    trigger: str | None
    to: str | None
    record: Named | None
    subject: Named | None
    actor: WhoActed
    via: str
    recorded_at: str
    occurred_on: str | None
    details: dict[str, Any] | None
    sentence: str
    entry: str
    leaf: str


class Entries(Shape):
    """The entries of one case, in order."""

    items: list[Entry]


class EntryPage(Shape):
    """One page of the trail, newest first."""

    items: list[Entry]
    next: str | None


class DueUpdate(Shape):
    """A case whose reporter is to hear from the branch again by `due_on`."""

    reference: str
    kind_title: str
    due_on: str


class DueUpdates(Shape):
    """Those cases, by date."""

    items: list[DueUpdate]


class UpdateResult(Shape):
    """What became of one case; `problem` is null where the message was written."""

    reference: str
    problem: str | None


class UpdateResults(Shape):
    """What became of each."""

    items: list[UpdateResult]
