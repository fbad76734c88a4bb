"""casetrail case: the same door and the same rules as the person's pages."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.asking import (
    VIA,
    As,
    File,
    Inputs,
    Json,
    answering,
    answers_in,
    opened,
    pairs_of,
    show,
    table,
    viewer_of,
)
from app.cli.saving import Copy, Out, refuse_copy, save_file

if TYPE_CHECKING:
    from sqlmodel import Session

    from app.cases.actions import Desk
    from app.installation import Installation
    from app.people.queries import Viewer
    from app.workflow.definition import Field, Workflow

commands = typer.Typer(name="case", help="Cases, as one person may see and move them.", no_args_is_help=True)
Reference = Annotated[str, typer.Argument(metavar="REF", help="The reference, for example 2026-K7QFM.")]
Version = Annotated[int | None, typer.Option("--version", help="The version you saw; without it the present one.")]


@commands.command("list")
@answering
def list_(
    email: As,
    state: Annotated[str | None, typer.Option()] = None,
    kind: Annotated[str | None, typer.Option()] = None,
    handler: Annotated[str | None, typer.Option(help="An account's id or mail address, or me.")] = None,
    clause: Annotated[str | None, typer.Option()] = None,
    overdue: Annotated[bool | None, typer.Option("--overdue/--in-time")] = None,
    sort: Annotated[str, typer.Option(help="due, opened, -opened or reference")] = "due",
    after: Annotated[str | None, typer.Option(help="Where the page before ended.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    as_json: Json = False,
) -> None:
    """The cases this person may see, the ones due first at the top."""
    from app.cases import staffing
    from app.cases.lists import Filter, list_cases
    from app.people import queries

    with opened() as home:
        staffing.catch_up(home)
        viewer = viewer_of(home, email)
        with home.db.read() as session:
            person = None
            if handler is not None and handler != "me":
                found = queries.find_person(session, home.vault, handler)
                person = found.id if found else "nobody"
            wanted = Filter(state, kind, viewer.id if handler == "me" else person, clause, overdue)
            page = list_cases(session, home, viewer, wanted, sort=sort, after=after, limit=limit)
    if as_json:
        show(page)
        return
    rows = [["REFERENCE", "STAGE", "KIND", "DUE", "OFFICER"]]
    rows += [_line(item) for item in page["items"]]
    table(rows)
    if page["next"]:
        typer.echo(f"More: --after {page['next']}")


@commands.command("show")
@answering
def show_(reference: Reference, email: As, as_json: Json = False) -> None:
    """One case as this person may see it, with what can be done next and what is still missing."""
    from app.cases import door, queries

    def read(_session: "Session", desk: "Desk") -> dict[str, Any]:
        kinds = desk.file.workflow.records
        records = {kind: found for kind in kinds if (found := queries.records_json(desk, kind))}
        return {**queries.describe(desk), "records": records, "actions": queries.actions_json(desk)}

    with opened() as home:
        viewer, everything = viewer_of(home, email), {kind for one in home.workflows.all() for kind in one.records}
        case = door.read_shown(home, viewer, reference, VIA, read, everything if as_json else ())
    if as_json:
        show(case)
        return
    for name in ("reference", "kind_title", "state_label", "version", "view", "outcome"):
        if case.get(name) is not None:
            typer.echo(f"{name.replace('_', ' ')}: {case[name]}")
    for kind, found in case["records"].items():
        new = case.get("unread", {}).get(kind, 0)
        typer.echo(f"{kind}: {len(found)}{f' ({new} new)' if new else ''}")
    for step in case["actions"]:
        typer.echo(f"next: {step['trigger']} ({step['label']})")
        for item in step["unmet"]:
            typer.echo(f"  missing: {item['message']}")


@commands.command("open")
@answering
def open_(
    email: Annotated[
        str | None, typer.Option("--as", metavar="EMAIL", help="Who enters it; without, the public.")
    ] = None,
    inputs: Inputs = None,
    file: File = None,
    mail: Annotated[
        Path | None, typer.Option("--mail", metavar="PATH", help="A saved message (.eml) or its text: it fills it in.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Send what --mail filled in; without, it is only shown.")] = False,
    as_json: Json = False,
) -> None:
    """Sends a report; prints the reference and the access code, which is shown this once."""
    from app.cases import door
    from app.cases.intake import all_fields, procedure_of, shown
    from app.cli import mailing

    given, pairs = answers_in(file), pairs_of(inputs)
    if mail is not None and email is None:
        raise typer.BadParameter("say with --as who enters it", param_hint="--mail")
    with opened() as home:
        viewer = viewer_of(home, email) if email else None
        fields = all_fields(procedure_of(home, {**given, **dict(pairs)}), account=True)
        answers = _answers(given, fields, pairs)
        if viewer is not None and mail is not None:
            sent = mailing.entered(home, viewer, mail, answers, send=yes)
        else:
            sent = shown(door.open_case(home, answers, viewer, VIA))
    if as_json:
        show(sent)
        return
    if "parts" in sent:
        mailing.show_filled(sent)
        return
    mailing.show_kept(sent.get("files"))
    typer.echo(f"access code: {sent['access_code'] or 'not shown to you, because you have a part in this'}")
    typer.echo(f"reference: {sent['reference']}")


@commands.command()
@answering
def act(
    reference: Reference,
    trigger: Annotated[str, typer.Argument(metavar="TRIGGER")],
    email: As,
    inputs: Inputs = None,
    file: File = None,
    version: Version = None,
    as_json: Json = False,
) -> None:
    """Takes a step. A refusal names every condition that does not hold."""
    from app.cases import door

    def asked(workflow: "Workflow") -> "Sequence[Field]":
        return next((arrow.inputs for arrow in workflow.transitions if arrow.trigger == trigger), ())

    given, pairs = answers_in(file), pairs_of(inputs)
    with opened() as home:
        viewer = viewer_of(home, email)
        answers = _answers(given, _fields(home, viewer, reference, asked), pairs)
        case = door.take_action(home, viewer, reference, trigger, answers, version, VIA)
    if as_json:
        show(case)
    else:
        typer.echo(f"{case['reference']}: {case.get('state_label', 'done')} (version {case.get('version', '-')})")


@commands.command()
@answering
def add(
    reference: Reference,
    record: Annotated[str, typer.Argument(metavar="RECORD")],
    email: As,
    inputs: Inputs = None,
    file: File = None,
    attach: Annotated[
        Path | None, typer.Option("--attach", metavar="PATH", help="The file of the record, as evidence has one.")
    ] = None,
    version: Version = None,
    as_json: Json = False,
) -> None:
    """Keeps a record and prints its id, the last word of the line. `--input replaces=ID` corrects an earlier one."""
    from app.cases import door
    from app.cli.attaching import attached

    def asked(workflow: "Workflow") -> "Sequence[Field]":
        kind = workflow.records.get(record)
        return kind.fields if kind else ()

    given, pairs = answers_in(file), pairs_of(inputs)
    with opened() as home:
        viewer = viewer_of(home, email)
        questions = _fields(home, viewer, reference, asked)
        with attached(home, attach, questions) as files:
            answers = _answers(given, questions, pairs) | files
            kept = door.add_record(home, viewer, reference, record, answers, version, VIA)
    if as_json:
        show(kept)
        return
    for name, words in (("access_code", "access code"), ("reply_code", "code of the member")):
        if code := kept.get(name):
            typer.echo(f"{words}: {code}")
    typer.echo(f"{record} kept: {kept['id']}")


@commands.command("file")
@answering
def file_(
    reference: Reference,
    file: Annotated[str, typer.Argument(metavar="FILE", help="Its id, as the record of evidence names it.")],
    email: As,
    out: Out,
    copy: Copy = "original",
) -> None:
    """Saves a file of a case; it is checked against its digest first, and the opening is recorded."""
    from app.cases.files import open_file

    refuse_copy(copy)
    with opened() as home:
        save_file(open_file(home, viewer_of(home, email), reference, file, copy, VIA), out)


@commands.command()
@answering
def trail(reference: Reference, email: As, as_json: Json = False) -> None:
    """Every entry of a case, in order."""
    from app.cases import door, queries, trails

    def read(session: "Session", desk: "Desk") -> list[dict[str, Any]]:
        queries.refuse_trail(desk)
        return trails.of_case(session, desk.home, desk.case, places=trails.shows_places(session, viewer))

    with opened() as home:
        viewer = viewer_of(home, email)
        items = door.read_case(home, viewer, reference, VIA, read)
    if as_json:
        show({"items": items})
        return
    for item in items:
        typer.echo(f"{item['recorded_at']}  {item['sentence']}")


def _answers(given: dict[str, Any], fields: "Sequence[Field]", pairs: list[tuple[str, str]]) -> dict[str, Any]:
    from app.workflow.fields import from_form

    return {**given, **from_form(fields, pairs)}


def _fields(
    home: "Installation", viewer: "Viewer", reference: str, asked: "Callable[[Workflow], Sequence[Field]]"
) -> "Sequence[Field]":
    """The questions that shape the answers; none where the case is not to be seen, which the door then says."""
    from app.cases import access
    from app.cases.references import tidy_reference

    with home.db.read() as session:
        found = access.find(session, viewer, tidy_reference(reference))
    return asked(home.workflows.get(found[0].workflow, found[0].workflow_version)) if found else ()


def _line(item: dict[str, Any]) -> list[str]:
    due = f"{item['due_on']}{' late' if item['overdue'] else ''}" if item.get("due_on") else "-"
    handler = item.get("handler") or {}
    return [item["reference"], item["state_label"], item["kind_title"], due, handler.get("name") or "-"]
