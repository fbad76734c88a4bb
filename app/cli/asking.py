"""What every command shares: the open installation, who asks, what is printed, and one line for what went wrong."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, ParamSpec, TypeVar

import typer

from app.errors import Invalid, NotFound, Problem, Refused, SettingsError, plain

if TYPE_CHECKING:
    from datetime import datetime

    from app.audit.log import Actor
    from app.installation import Installation
    from app.people.queries import Viewer

VIA = "cli"
FAILED = 1
NEVER = "never"
As = Annotated[str, typer.Option("--as", metavar="EMAIL", help="Whose account acts: the entry says so, and via: cli.")]
Whoever = Annotated[str | None, typer.Option("--as", metavar="EMAIL", help="Whose account does it; the entry says so.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Inputs = Annotated[
    list[str] | None,
    typer.Option("--input", metavar="NAME=VALUE", help="An answer; dotted names go inside, repeated ones make a list."),
]
File = Annotated[Path | None, typer.Option("--file", metavar="F.json", help="A JSON object with the answers.")]
_Arguments = ParamSpec("_Arguments")
_Answer = TypeVar("_Answer")


def answering(command: Callable[_Arguments, _Answer]) -> Callable[_Arguments, _Answer]:
    """Turns what a command raises into one line on standard error and exit 1; each unmet condition has its own line."""

    @wraps(command)
    def run(*args: _Arguments.args, **named: _Arguments.kwargs) -> _Answer:
        try:
            return command(*args, **named)
        except SettingsError as error:
            fail(*(getattr(error, "lines", None) or [str(error)]))
        except Refused as refused:
            fail(refused.title, *(f"{item.condition}: {item.message}" for item in refused.unmet))
        except Invalid as invalid:
            fail(
                "; ".join(
                    f"{error.field}: {error.message}" if error.field else error.message for error in invalid.errors
                )
            )
        except Problem as problem:
            fail(problem.detail)
        except OSError as error:
            fail(f"{error.strerror}: {error.filename}" if error.filename else str(error))

    return run


def fail(*lines: str) -> NoReturn:
    """Says on standard error what went wrong and ends with 1."""
    for line in lines:
        typer.echo(" ".join(line.split()), err=True)
    raise typer.Exit(FAILED)


@contextmanager
def opened(*, any_mode: bool = False, restoring: bool = False) -> Iterator["Installation"]:
    """The installation that the settings name; its database is closed afterwards."""
    from sqlalchemy.exc import DBAPIError

    from app.settings import load_settings
    from app.setup import open_installation

    try:
        home = open_installation(load_settings(), any_mode=any_mode, restoring=restoring)
        try:
            yield home
        finally:
            home.db.close()
    except DBAPIError as error:
        # its text could hold what somebody wrote: the kind must be enough
        raise SettingsError(f"The database did not do what was asked ({type(error).__name__})") from None


def viewer_of(home: "Installation", email: str) -> "Viewer":
    """The account that acts. NotFound where there is none, or it is disabled."""
    from app import clock
    from app.people import queries

    with home.db.read() as session:
        viewer = queries.by_email(session, home.vault, email, clock.today())
    if viewer is None:
        raise NotFound(f"There is no account with the mail address {email}, or it is disabled")
    return viewer


def actor_of(home: "Installation", email: str | None) -> "Actor":
    """Who signs an entry: the account that was named, else Casetrail itself. NotFound."""
    from app.audit.log import SYSTEM

    return viewer_of(home, email).actor() if email is not None else SYSTEM


def auditor_of(home: "Installation", email: str) -> "Viewer":
    """The auditor who asks. Forbidden for anybody else, whose asking goes on the trail."""
    return officer_of(home, email, "trail", "Only auditors read the record of steps.")


def officer_of(home: "Installation", email: str, rule: str, otherwise: str = "") -> "Viewer":
    """Who asks, with an office that opens what `rule` names (a key of people.policy.ACCESS).

    Forbidden for anybody else, whose asking goes on the trail.
    """
    from app.audit.limits import denied
    from app.errors import Forbidden
    from app.people.policy import PLACES, may

    viewer = viewer_of(home, email)
    if not may(viewer, rule):
        with home.db.write() as session:
            denied(session, viewer.actor(), None, VIA, subject=("place", rule))
        raise Forbidden(otherwise or f"None of your offices opens {PLACES[rule]}.")
    return viewer


def pairs_of(inputs: list[str] | None) -> list[tuple[str, str]]:
    """`--input` options as pairs. Wrong usage (2) where one has no equals sign."""
    pairs = []
    for given in inputs or ():
        name, equals, value = given.partition("=")
        if not equals or not name:
            raise typer.BadParameter(f"write NAME=VALUE, not {given[:60]}", param_hint="--input")
        pairs.append((name, value))
    return pairs


def answers_in(file: Path | None) -> dict[str, Any]:
    """The answers of `--file`, none without. Wrong usage (2) where it cannot be read or holds no JSON object."""
    if file is None:
        return {}
    try:
        answers = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        raise typer.BadParameter(f"{file} cannot be read as JSON", param_hint="--file") from None
    if not isinstance(answers, dict):
        raise typer.BadParameter(f"{file} must hold one JSON object", param_hint="--file")
    return answers


def show(value: Any) -> None:
    """Prints a value as JSON; what a terminal would obey is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    typer.echo("".join(sign if sign.isprintable() or sign == "\n" else json.dumps(sign)[1:-1] for sign in text))


def table(rows: list[list[str]]) -> None:
    """Prints rows in columns as wide as they need to be; see `plain`."""
    cells = [[plain(cell) for cell in row] for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*cells, strict=True)]
    for row in cells:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def moment_words(moment: "datetime | None") -> str:
    """A moment as lists at the command line have it."""
    from app import clock

    return f"{clock.local(moment):%Y-%m-%d %H:%M}" if moment is not None else NEVER
