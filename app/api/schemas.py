"""The shapes of the answers, for the OpenAPI description; tests hold every answer against them."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from app.api.problems import MEDIA_TYPE

PROBLEM_REF = {"$ref": "#/components/schemas/Problem"}
MEANINGS = {
    400: "The body cannot be read",
    401: "No valid token",
    403: "Seen, but not yours to do",
    404: "Does not exist for you",
    409: "Refused (`unmet`), stale (`current_version`), or not possible at this stage",
    410: "The mail no longer waits: read it again",
    413: "Larger than 1 MiB, or a file larger than the limits of this branch",
    415: "Not application/json (nor, where files are taken, multipart/form-data)",
    422: "Answers to look at (`errors`); nothing was stored",
    429: "Too many in a short time; wait as long as Retry-After says",
    500: "Alarm: the file was changed, cut or lost since it arrived",
    503: "The place where files are kept does not answer",
    507: "No room for the file",
}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problem responses of a route, for `responses=`."""
    content = {MEDIA_TYPE: {"schema": PROBLEM_REF}}
    return {status: {"description": MEANINGS[status], "content": content} for status in statuses}


class Shape(BaseModel):
    """A shape with nothing in it but what is named."""

    model_config = ConfigDict(extra="forbid")


class FieldErrorShape(Shape):
    """One answer to look at; `field` is its dotted name."""

    field: str
    message: str


class UnmetShape(Shape):
    """One condition of a step that does not hold."""

    condition: str
    message: str


class Problem(Shape):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldErrorShape] = []
    unmet: list[UnmetShape] = []
    current_version: int | None = None


class Commitment(Shape):
    """Proof of one group of sealed content: SHA-256 over salt and data."""

    group: str
    salt: str
    digest: str


class Receipt(Shape):
    """Proof that the branch received a report; `entry` is base64 of the canonical bytes, `proof_url` says where its
    `.tlog-proof` can be had (202 until it is signed)."""

    entry_id: str
    entry: str
    leaf: str
    recorded_at: str
    commitments: list[Commitment]
    proof_url: str


class RefusedFile(Shape):
    """A file that was not kept."""

    name: str
    why: str


class SentFiles(Shape):
    """What became of each file, by the name its sender gave it."""

    kept: list[str]
    refused: list[RefusedFile]


class MailRead(Shape):
    """What a message answers, as `POST /reports` takes it, to be looked at first; nobody has checked any of it."""

    answers: dict[str, Any]
    parts: list[str]
    """What came with it."""
    mail: str
    """A sealed note about the message, for this officer: send it along with the answers."""


class MailPart(Shape):
    """One thing that came with a mail; `type` is null where it is of a type that is not taken."""

    number: str
    name: str
    size: int
    type: str | None
    here: str | None
    """The id of the card of evidence that has the same bytes already."""


class CaseMailRead(Shape):
    """What a mail says for a case, as `POST /cases/{reference}/mails` takes it; nobody has checked any of it."""

    answers: dict[str, Any]
    inputs: list[dict[str, Any]]
    """What is asked of it, as `GET /cases/{reference}/actions` says the questions of a step."""
    parts: list[MailPart]
    here: str | None
    """The id of the card of evidence of the same mail, where it is on the case already."""
    mail: str
    """A sealed note about the mail, for this officer: send it along with the answers."""
    version: int


class KeptRecord(Shape):
    """One record that was kept."""

    record: str
    id: str


class CaseMailKept(Shape):
    """Everything that was put on the case, in order."""

    kept: list[KeptRecord]
    version: int


class ReportSent(Shape):
    """What the reporter takes away; the code is shown this once."""

    reference: str
    access_code: str | None
    """None for an officer who entered it for somebody else and is involved in it."""
    receipt: Receipt
    files: SentFiles | None = None
    """What became of a message that was sent with it, and of what came with that."""


class EvidenceSent(Shape):
    """The record that was made of a file, and its receipt; sending the same bytes again answers with the first ones.

    There is none where they came with the report: its own receipt covers them.
    """

    id: str
    reference: str
    receipt: Receipt | None


class Choice(Shape):
    """A value and the words for it; `kinds` names the kinds of report it is for, where it is not for all."""

    value: str
    label: str
    kinds: list[str] | None = None


class GuestOffice(Shape):
    """An office for one case."""

    case: str
    office: str


class Me(Shape):
    """Whose token this is."""

    id: str
    name: str
    email: str
    offices: list[str]
    guest_offices: list[GuestOffice]


class OfficeHeld(Shape):
    """One office: `id` is the person's; `ends_on` is the first day without it."""

    id: str
    name: str
    office: str
    starts_on: str
    ends_on: str | None
    case: str | None
    office_id: str


class Offices(Shape):
    """The offices of today."""

    items: list[OfficeHeld]


class Procedure(Shape):
    """A procedure in one version."""

    name: str
    version: int
    title: str
    digest: str
    guidance: str | None
    default: bool


class Procedures(Shape):
    """Every procedure."""

    items: list[Procedure]


class WorkflowData(BaseModel):
    """A procedure as data."""

    name: str
    version: int
    title: str
    digest: str
    rules: str
    initial: str
    states: list[dict[str, Any]]
    transitions: list[dict[str, Any]]
    records: list[dict[str, Any]]
    open: dict[str, Any]


class GuidanceData(BaseModel):
    """A guidance as data; clauses by code."""

    version: str
    title: str
    agreed_on: str
    adopted_on: str
    definitions: dict[str, str]
    clauses: dict[str, dict[str, Any]]


class ClosureShape(Shape):
    """A day on which the branch is closed, or is not after all; `counts`: the newest of its day."""

    id: str
    day: str
    closed: bool
    why: str
    recorded_at: str
    counts: bool


class ClosureDays(Shape):
    """Every row about closure days."""

    items: list[ClosureShape]


class SetAsideShape(Shape):
    """A message that was marked as no report."""

    id: str
    reason: str
    note: str
    recorded_at: str


class SetAsideMessages(Shape):
    """Messages that were marked as no report."""

    items: list[SetAsideShape]
