"""What can go wrong, named for what happened; every problem carries its HTTP status (RFC 9457 on the API)."""

from dataclasses import dataclass
from unicodedata import category


@dataclass(frozen=True)
class Unmet:
    """A condition of a step that does not hold, in words for a volunteer."""

    condition: str
    message: str


@dataclass(frozen=True)
class FieldError:
    """One answer to look at: the field's dotted name and what to do about it."""

    field: str
    message: str


class SettingsError(Exception):
    """A setting, key file or workflow file that must stop start-up; the text says what to do."""


class Problem(Exception):
    """Something the person can be told; `detail` is a sentence that says what to do."""

    status = 500
    title = "Something went wrong"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.title)

    @property
    def detail(self) -> str:
        return str(self)


class BadRequest(Problem):
    status = 400
    title = "The request could not be read"


class NotSignedIn(Problem):
    status = 401
    title = "Sign in first"


class Forbidden(Problem):
    status = 403
    title = "This is not yours to do"


class NotFound(Problem):
    status = 404
    title = "There is nothing here that you can see"


class WrongState(Problem):
    status = 409
    title = "That cannot be done at this stage"


class Refused(Problem):
    """A step whose conditions do not all hold; `unmet` names every one of them."""

    status = 409
    title = "Something is still missing"

    def __init__(self, unmet: list[Unmet]) -> None:
        super().__init__("Still missing: " + "; ".join(item.message for item in unmet))
        self.unmet = unmet


class Stale(Problem):
    """The case moved on since the form was shown."""

    status = 409
    title = "Someone else changed this case"

    def __init__(self, current_version: int) -> None:
        super().__init__("Someone else changed this case since you opened it. Look at it again, then repeat your step.")
        self.current_version = current_version


class TooLarge(Problem):
    status = 413
    title = "That is too large"


class Invalid(Problem):
    """Answers that must be looked at; nothing was stored."""

    status = 422
    title = "Some answers need another look"

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors


class TooMany(Problem):
    status = 429
    title = "Too many tries in a short time"


def plain(line: str) -> str:
    """A line that may hold what others wrote, without signs that a terminal or a mail program obeys; blanks stay so."""
    blanks = "".join(" " if sign == "\t" or category(sign) == "Zs" else sign for sign in line)
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in blanks)
