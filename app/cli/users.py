"""casetrail user: accounts and offices. Every change is on the trail."""

import sys
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.asking import VIA, Json, answering, opened, show, table
from app.errors import FieldError, Invalid, NotFound

if TYPE_CHECKING:
    from sqlmodel import Session

    from app.installation import Installation
    from app.people.models import Person

commands = typer.Typer(name="user", help="Accounts and offices.", no_args_is_help=True)
Email = Annotated[str, typer.Argument(metavar="EMAIL")]
FromStandardInput = Annotated[bool, typer.Option("--password-stdin", help="Read a password from standard input.")]


@commands.command()
@answering
def add(
    email: Email,
    name: Annotated[str, typer.Option()],
    role: Annotated[list[str] | None, typer.Option(help="An office from today; may be repeated.")] = None,
    phone: Annotated[str, typer.Option()] = "",
    address: Annotated[str, typer.Option()] = "",
    handle: Annotated[
        list[str] | None, typer.Option(help="An account of theirs online, to notice involvement.")
    ] = None,
    password_stdin: FromStandardInput = False,
) -> None:
    """Makes an account, with offices if named."""
    from app.audit.log import SYSTEM
    from app.cases import staffing
    from app.people import actions

    password = _password() if password_stdin else ""
    with opened() as home, home.db.write() as session:
        contacts: dict[str, Any] = {"phone": phone, "address": address, "handles": handle or ()}
        person = actions.add_person(session, home.vault, name=name, email=email, **contacts, actor=SYSTEM, via=VIA)
        for one in role or ():
            staffing.give_office(session, home, person.id, one, actor=SYSTEM, via=VIA)
        if password_stdin:
            actions.set_password(session, home.vault, person.id, password, actor=SYSTEM, via=VIA)
        person_id = person.id
    typer.echo(f"account made: {person_id}")


@commands.command("list")
@answering
def list_(as_json: Json = False) -> None:
    """Every account with its offices."""
    from app.people import queries

    with opened() as home, home.db.read() as session:
        people = queries.people_list(session, home.vault)
    if as_json:
        show({"items": [_person_json(row) for row in people]})
        return
    rows = [["EMAIL", "NAME", "OFFICES", "SINCE"]]
    for row in people:
        held = [office for office in row.offices if office.in_force]
        words = "disabled" if row.disabled_at else ", ".join(office.words for office in held) or "no office"
        rows.append([row.email, row.name, words, min((o.starts_on.isoformat() for o in held), default="-")])
    table(rows)


@commands.command()
@answering
def disable(email: Email) -> None:
    """Closes an account at once: its sign-ins, tokens and offices end."""
    from app.audit.log import SYSTEM
    from app.cases import staffing

    with opened() as home, home.db.write() as session:
        staffing.disable_person(session, home, _person(session, home, email).id, actor=SYSTEM, via=VIA)
    typer.echo(f"disabled: {email}")


@commands.command()
@answering
def enable(email: Email) -> None:
    """Opens a disabled account again."""
    from app.audit.log import SYSTEM
    from app.people import actions

    with opened() as home, home.db.write() as session:
        actions.enable_person(session, _person(session, home, email).id, actor=SYSTEM, via=VIA)
    typer.echo(f"enabled: {email}")


@commands.command()
@answering
def password(email: Email, password_stdin: FromStandardInput = False) -> None:
    """Sets a password, read from standard input only, and ends their sessions, tokens and calendar address."""
    from app.audit.log import SYSTEM
    from app.cases import staffing
    from app.people import actions

    if not password_stdin:
        raise typer.BadParameter("send the password by standard input and say --password-stdin")
    text = _password()
    with opened() as home, home.db.write() as session:
        person = _person(session, home, email)
        actions.set_password(session, home.vault, person.id, text, actor=SYSTEM, via=VIA)
        staffing.end_keys(session, person.id, actor=SYSTEM, via=VIA)
    typer.echo(f"password set: {email}")


@commands.command()
@answering
def office(
    email: Email,
    give: Annotated[str | None, typer.Option(metavar="ROLE", help="Gives an office.")] = None,
    end: Annotated[str | None, typer.Option(metavar="ROLE", help="Ends an office.")] = None,
    starts_on: Annotated[str | None, typer.Option("--from", metavar="DATE", help="First day; today without.")] = None,
    ends_on: Annotated[str | None, typer.Option("--until", metavar="DATE", help="First day without it.")] = None,
    case: Annotated[str | None, typer.Option(metavar="REF", help="As a guest, for one case only.")] = None,
) -> None:
    """Gives or ends an office (exactly one of --give and --end)."""
    from app.audit.log import SYSTEM
    from app.cases import queries, staffing
    from app.cases.references import tidy_reference

    if (give is None) == (end is None):
        raise typer.BadParameter("say either --give ROLE or --end ROLE")
    first, last = _day(starts_on, "--from"), _day(ends_on, "--until")
    with opened() as home, home.db.write() as session:
        person = _person(session, home, email)
        case_id = None
        if case is not None:
            found = session.exec(queries.by_reference(tidy_reference(case))).first()
            if found is None:
                raise NotFound("There is no case with this reference")
            case_id = found.id
        if give is not None:
            more: dict[str, Any] = {"starts_on": first, "ends_on": last, "case_id": case_id}
            staffing.give_office(session, home, person.id, give, actor=SYSTEM, via=VIA, **more)
        else:
            held = _held(session, person.id, str(end), case_id)
            staffing.end_office(session, home, held, actor=SYSTEM, via=VIA, ends_on=last)
    typer.echo(f"{'given' if give else 'ended'}: {give or end}, {email}")


@commands.command()
@answering
def link(email: Email) -> None:
    """Prints a link to sign in once within 24 hours, the last word of the line."""
    from app.audit.log import SYSTEM
    from app.people import actions

    with opened() as home, home.db.write() as session:
        secret = actions.issue_link(session, _person(session, home, email).id, actor=SYSTEM, via=VIA)
        address = f"{home.settings.base_url}/sign-in/link/{secret}"
    typer.echo(f"valid once, for 24 hours: {address}")


def person_of(session: "Session", home: "Installation", email: str) -> "Person":
    """The account with this mail address or id. NotFound."""
    from app.people import queries

    person = queries.find_person(session, home.vault, email)
    if person is None:
        raise NotFound(f"There is no account with the mail address {email}")
    return person


_person = person_of


def _held(session: "Session", person_id: str, role: str, case_id: str | None) -> str:
    from sqlmodel import col, select

    from app import clock
    from app.people.models import Office

    chosen = select(Office).where(Office.person_id == person_id, Office.role == role, Office.case_id == case_id)
    today = clock.today()
    for one in session.exec(chosen.order_by(col(Office.starts_on))):
        if one.ends_on is None or one.ends_on > today:
            return one.id
    raise Invalid([FieldError("role", "This person does not hold that office")])


def _person_json(row: Any) -> dict[str, Any]:
    offices = [
        {"id": o.id, "role": o.role, "starts_on": o.starts_on, "ends_on": o.ends_on, "in_force": o.in_force}
        for o in row.offices
    ]
    return {"id": row.id, "name": row.name, "email": row.email, "disabled_at": row.disabled_at, "offices": offices}


def _day(given: str | None, option: str) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise typer.BadParameter("write a day like 2026-05-11", param_hint=option) from None


def _password() -> str:
    return sys.stdin.readline().rstrip("\r\n")
