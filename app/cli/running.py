"""casetrail serve, migrate and demo."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.asking import VIA, answering, opened

if TYPE_CHECKING:
    from app.settings import Settings

commands = typer.Typer()


@commands.command()
@answering
def serve(
    host: Annotated[str | None, typer.Option(help="Loopback unless CASETRAIL_MODE is server.")] = None,
    port: Annotated[int | None, typer.Option()] = None,
) -> None:
    """Brings the database up to date and serves the pages and the API until it is stopped."""
    from app.serving import holding
    from app.settings import load_settings

    given: dict[str, Any] = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = load_settings(**given)
    _migrate(settings)
    with holding(settings.data_dir):
        _serve(settings)


def _serve(settings: "Settings") -> None:
    import uvicorn

    from app.edge import set_up_logs
    from app.main import create_app
    from app.setup import new_setup_link, open_installation, refuse_unready_server
    from app.worker import TICK_EVERY

    home = open_installation(settings)
    try:
        refuse_unready_server(home)
        set_up_logs()
        link = new_setup_link(home)
        print(f"Casetrail serves {settings.base_url}", flush=True)  # noqa: T201 (before the server takes over)
        if link is not None:
            print(f"Set up this new database, once: {settings.base_url}{link}", flush=True)  # noqa: T201 (as above)
        uvicorn.run(
            create_app(home, tick_every=TICK_EVERY if settings.ticker else None),
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
        )
    finally:
        home.db.close()


@commands.command()
@answering
def worker(
    once: Annotated[bool, typer.Option("--once", help="Do what is due now, then end.")] = False,
) -> None:
    """Does what is due by itself (letters, tidying up) until it is stopped; several of them never send twice."""
    import signal
    import threading

    from app import clock
    from app.edge import set_up_logs
    from app.serving import holding
    from app.worker import TICK_EVERY, start_working, tick

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with opened() as home, holding(home.settings.data_dir):
        set_up_logs()
        home.log.catch_up()
        tick(home, clock.now(), go_on=lambda: not stop.is_set())
        if not once:
            end = start_working(home, TICK_EVERY)
            stop.wait()
            end()


@commands.command()
@answering
def migrate() -> None:
    """Brings the database up to date; of an SQLite database a copy is kept first."""
    from app.settings import load_settings

    settings = load_settings()
    _migrate(settings)
    typer.echo("The database is up to date.")


@commands.command()
@answering
def demo() -> None:
    """Fills an empty database with demonstration people and cases, and prints how to sign in as them."""
    from app import demo as demonstration
    from app.settings import load_settings

    _migrate(load_settings())
    with opened() as home:
        demonstration.set_up(home, via=VIA)
    for person in demonstration.PEOPLE:
        typer.echo(f"{person.email}  {person.name}")
    typer.echo(f"password of each of them: {demonstration.PASSWORD}")


def _migrate(settings: "Settings") -> None:
    from app.migrate import migrate as bring_up_to_date

    copy = bring_up_to_date(settings)
    if copy is not None:
        typer.echo(f"A copy of the database as it was: {copy}")
