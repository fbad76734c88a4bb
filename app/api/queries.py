"""Query parameters: every unknown one is refused, an empty one is as if it were not there."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from app.workflow.answers import FIRST_YEAR, LAST_YEAR

ISO_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
PAGE, LARGEST_PAGE = 50, 200
TILES = (
    "Tiles are a folder of files: `casetrail audit export --format tiles --out FOLDER` saves them, "
    "and each can be had at /log/tile/"
)


def _day(given: Any) -> date:
    text = str(given)
    day = date.fromisoformat(text)
    if len(text) != len("2026-05-11") or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"must be a day such as 2026-05-11, between {FIRST_YEAR} and {LAST_YEAR}")
    return day


Word = Annotated[str, StringConstraints(max_length=254, pattern=r"^[^\x00-\x1f]*$")]
Cursor = Annotated[str, StringConstraints(max_length=500, pattern=r"^[A-Za-z0-9_=-]*$")]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date", "pattern": ISO_DAY})]


class Known(BaseModel):
    """Nothing but what is named."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _drop_empty(cls, given: Any) -> Any:
        return {name: value for name, value in given.items() if value != ""} if isinstance(given, dict) else given


class Parameters(Known):
    """What every list takes: pages by `after` and `limit`."""

    after: Cursor | None = Field(None, description="`next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)


class DaysParameters(Known):
    """`GET /trail/exceptions/{name}`."""

    days: int | None = Field(None, ge=1, le=3650, description="From how many days on something stands out.")
    after: Cursor | None = Field(None, description="`next` of the page before.")


class CaseParameters(Parameters):
    """`GET /cases`."""

    state: Word | None = None
    kind: Word | None = None
    handler: Word | None = Field(None, description="An account's id or mail address, or `me`.")
    clause: Word | None = None
    overdue: bool | None = None
    sort: Word = Field("due", description="due, opened, -opened or reference")


class TrailWanted(Known):
    """What the trail is narrowed to; days are calendar days in Europe/London, both included."""

    case: Word | None = Field(None, description="A reference.")
    actor: Word | None = Field(None, description="An account's id or mail address, `me`, `public` or `system`.")
    event: Word | None = None
    first_day: Day | None = Field(None, alias="from")
    last_day: Day | None = Field(None, alias="to")


class TrailParameters(Parameters, TrailWanted):
    """`GET /trail`."""


def _no_folder(given: Any) -> Any:
    if given == "tiles":
        raise PydanticCustomError("tiles", TILES)
    return given


Format = Annotated[Literal["jsonl", "csv", "xes", "ocel"], BeforeValidator(_no_folder)]


class ExportParameters(TrailWanted):
    """`GET /trail/export`."""

    shape: Format = Field("jsonl", alias="format")


class PeriodParameters(Known):
    """`GET /integrity/reconciliation` and the statement; both days included."""

    first_day: Word | None = Field(None, alias="from", description="A day such as 2026-01-01.")
    last_day: Word | None = Field(None, alias="to", description="A day such as 2026-12-31.")

    def typed(self) -> dict[str, str]:
        """As an address has them."""
        return {"from": (self.first_day or "").strip(), "to": (self.last_day or "").strip()}


class WitnessNamed(Known):
    """`DELETE /integrity/witnesses`."""

    name: Word = Field(description="The witness's name, as the list has it.")
