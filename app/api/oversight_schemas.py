"""The shapes of answers to auditors, for the OpenAPI description; tests hold answers against them."""

from pydantic import Field

from app.api.case_schemas import StoredFile
from app.api.schemas import Shape


class LookoutShape(Shape):
    """One list of what an auditor looks for."""

    name: str
    title: str
    help: str
    days: int | None


class Lookouts(Shape):
    """Every list."""

    items: list[LookoutShape]


class FindingShape(Shape):
    """One thing that stands out; `entry` is the entry it is about, `at` when it was recorded, where it is about one."""

    case: str | None
    what: str
    on: str
    at: str | None
    who: str | None
    entry: str | None


class Findings(Shape):
    """A page of one list; `next` is the `after` of the page that follows, null on the last."""

    items: list[FindingShape]
    next: str | None


class AlikeShape(Shape):
    """Finished cases with the same clause, outcome and measure."""

    clause: str
    outcome: str
    measure: str
    count: int
    cases: list[str]


class AlikeTable(Shape):
    """The whole table, by clause."""

    items: list[AlikeShape]


class DrawShape(Shape):
    """One drawing of a random sample: its start number and how much of the log it chose from.

    `ended` is how many logs had ended with a declared loss by then; it chose from all of their entries, too.
    """

    id: str
    start: int
    size: int
    ended: int
    count: int
    drawn_at: str
    who: str


class Samples(Shape):
    """The drawings there were."""

    items: list[DrawShape]


class DrawnShape(Shape):
    """A case of a sample, its id in the log, and the hash by which it was drawn."""

    case: str
    id: str
    hash: str


class SampleShape(DrawShape):
    """A drawing with its cases; `known` is how many there were to choose from."""

    known: int
    items: list[DrawnShape]


class Noted(Shape):
    """The id of what was kept."""

    id: str


class Unmasked(Shape):
    """The ids of the openings, in the order asked for."""

    ids: list[str]


class SaidShape(Shape):
    """A remark or an answer."""

    id: str
    text: str
    who: str
    role: str
    written_at: str


class RemarkShape(SaidShape):
    """A remark with its answers; `entry` and `step` (its number in the case) where it is about one entry."""

    entry: str | None
    step: int | None
    open: bool
    answers: list[SaidShape]


class Remarks(Shape):
    """Every remark on a case."""

    items: list[RemarkShape]


class OpeningShape(Shape):
    """A part of the content that an auditor opened."""

    id: str
    who: str
    part: str
    kind: str
    label: str
    holds: str
    reason: str
    opened_at: str
    ends_at: str
    lasts: bool
    text: str | None
    file: StoredFile | None


class PartShape(Shape):
    """A part of the content that can be opened; `day` is when its record was made."""

    part: str
    kind: str
    label: str
    holds: str
    day: str


class Openings(Shape):
    """What was opened on a case, and for an auditor what can be."""

    items: list[OpeningShape]
    parts: list[PartShape]


class MoveShape(Shape):
    """A move from one state to another."""

    source: str = Field(alias="from")
    dest: str = Field(alias="to")


class DeviationShape(Shape):
    """One place where the path leaves the procedure; `from` and `to` where it is a wrong or missing move."""

    what: str
    entry: str | None
    step: int | None
    on: str | None
    source: str | None = Field(alias="from")
    dest: str | None = Field(alias="to")


class Path(Shape):
    """The path of a case against its procedure."""

    conforms: bool
    moves: list[MoveShape]
    items: list[DeviationShape]
