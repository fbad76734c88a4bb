"""The shapes of answers to auditors, for the OpenAPI description; tests hold answers against them."""

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
    """One thing that stands out; `entry` is the entry it is about, where it is about one."""

    case: str | None
    what: str
    on: str
    who: str | None
    entry: str | None


class Findings(Shape):
    """What one list holds; `more` where only the newest are given."""

    items: list[FindingShape]
    more: bool


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
