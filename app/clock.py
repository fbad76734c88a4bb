"""The one source of time: aware UTC inside, Europe/London on pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
APART = timedelta(minutes=10)
"""So far another computer's clock may be from this one's."""
_NO_SHIFT, _SECOND = timedelta(0), timedelta(seconds=1)
_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))
_shift: ContextVar[timedelta] = ContextVar("shift", default=_NO_SHIFT)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC) + _shift.get()


def today() -> date:
    """The calendar day in Europe/London, where the branch lives."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """The same moment on a clock in Europe/London."""
    return moment.astimezone(LONDON)


def in_words(span: timedelta) -> str:
    """How long something took, in the largest unit that fits: “7 minutes”, “about 15 days”."""
    seconds = span // _SECOND
    size, unit = next((one for one in _UNITS if seconds >= one[0]), _UNITS[-1])
    count = round(seconds / size)
    return f"{'' if count * size == seconds else 'about '}{count:,} {unit}{'' if count == 1 else 's'}"


@contextmanager
def set_to(moment: datetime) -> Iterator[None]:
    """Lets this thread's clock start again at a moment. Only for demonstration data in an empty database (trail)."""
    token = _shift.set(moment - datetime.now(UTC))
    try:
        yield
    finally:
        _shift.reset(token)
