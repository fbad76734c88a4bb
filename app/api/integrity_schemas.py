"""The shapes of answers about the record as a whole, for the OpenAPI description; tests hold answers against them."""

from pydantic import Field

from app.api.schemas import Shape


class LogShape(Shape):
    """The signed log: `oldest` is the time of the first entry under no signature, `standing` is `ok` or what is not."""

    origin: str
    size: int
    signed: int
    signed_at: str | None
    pending: int
    oldest: str | None
    standing: str


class SeenShape(Shape):
    """The last comparison with a code from elsewhere."""

    at: str
    same: bool
    others: int
    verified: int


class WitnessShape(Shape):
    """A witness: `signed_at` and `size` of its last good signature that was brought here."""

    name: str
    key: str
    signed_at: str | None
    size: int | None


class Witnesses(Shape):
    """Every witness that is named."""

    items: list[WitnessShape]


class WitnessGone(Shape):
    """Who is off the list."""

    name: str


class StampShape(Shape):
    """The time that an outside authority put on a day's checkpoint; `by` is empty where the stamp does not fit."""

    day: str
    stamped_at: str
    size: int
    by: str


class Stamps(Shape):
    """The stamps of the last year, newest first."""

    items: list[StampShape]


class FailureShape(Shape):
    """Why no stamp came the last time."""

    at: str
    why: str


class HappenedShape(Shape):
    """Something that happened to the record as a whole, the last time at `at`."""

    event: str
    at: str
    times: int
    words: str


class Integrity(Shape):
    """How the record stands; `code` is null for whoever may not read the record of steps."""

    entries: int
    log: LogShape
    alarm: str
    code: str | None
    checked_at: str | None
    faults: int
    clock_set_back: int
    compared: SeenShape | None
    witnesses: list[WitnessShape]
    stamped: StampShape | None
    unstamped: FailureShape | None
    happened: list[HappenedShape]


class FaultShape(Shape):
    """One fault."""

    entry_id: str | None
    where: str
    message: str


class Checked(Shape):
    """What a check of the whole record found; `items` is null for whoever may not read the record of steps."""

    faults: int
    items: list[FaultShape] | None


class SignatureShape(Shape):
    """What the signature of somebody else is worth: `good`, `wrong` or `unknown`."""

    name: str
    standing: str
    signed_at: str | None


class Comparison(Shape):
    """Whether the record contains what was compared; `again` is there where a code that does not fit is `unsure`."""

    same: bool
    sound: bool
    counts: bool
    unsure: bool
    again: str | None
    words: str
    size: int
    signatures: list[SignatureShape]


class Reconciliation(Shape):
    """The books of a period, both days included."""

    first_day: str = Field(alias="from")
    last_day: str = Field(alias="to")
    brought_forward: int
    received: int
    opened_again: int
    closed: int
    carried_forward: int
    cases: int
    acknowledged: int
    impossible: int
    waiting: int
    balances: bool
    answered: bool
    sums: list[str]


class PartOfStatement(Shape):
    """A heading, a paragraph, bullets, or the place for the signature."""

    kind: str
    lines: list[str]


class StatementShape(Shape):
    """The statement about a period."""

    title: str
    first_day: str = Field(alias="from")
    last_day: str = Field(alias="to")
    parts: list[PartOfStatement]


class DeclaredShape(Shape):
    """Somebody's last word for a year, null where nobody gave it."""

    part: str
    who: str | None
    answer: str | None
    remarks: str
    declared_at: str | None


class YearlyReturn(Shape):
    """The return of a year; in words who is `missing`, and who says that not everything was entered (`lacking`)."""

    year: int
    parts: list[DeclaredShape]
    missing: list[str]
    lacking: list[str]
