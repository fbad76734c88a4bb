"""Demonstration data: people for every office and cases at every stage, made through the same actions as real data."""

from sqlmodel import Session

from app.audit.log import SYSTEM
from app.demo.people import PASSWORD, PEOPLE, SECRETARY
from app.demo.plays import PLAYS
from app.demo.stage import DemoCase, days_ago
from app.errors import SettingsError, WrongState
from app.installation import Installation, remember
from app.people import actions, links, queries

__all__ = ["PASSWORD", "PEOPLE", "SECRETARY", "SETTINGS", "set_up"]
SETTINGS = {
    "mode": "demo",
    "organisation": "Demonstration branch",
    "contact": "01632 960000 (nobody answers: this is a demonstration)",
    "contact_about_secretary": "01632 960001 (nobody answers: this is a demonstration)",
    "controller_contact": "Nobody: there are no real people in this demonstration",
}


def set_up(home: Installation, secret: str | None = None, *, via: str) -> None:
    """Fills an empty database. By page, with the `secret` of the set-up link; from the command line, without.

    NotFound where the link is spent; WrongState where somebody has an account; SettingsError in another mode.
    """
    if home.settings.mode not in (None, "demo"):
        raise SettingsError(f"CASETRAIL_MODE is {home.settings.mode}: demonstration data needs mode demo")
    with home.db.write() as session:
        if secret is not None:
            links.redeem_setup(session, secret)
        if not queries.is_empty(session):
            raise WrongState("This database is in use. Demonstration data goes into an empty one.")
        links.use_up_links(session, None)
        for name, value in SETTINGS.items():
            remember(session, name, value, actor=SYSTEM, via=via)
        with days_ago(120):
            _add_people(session, home, via)
    for number, play in enumerate(PLAYS):
        play(DemoCase(home, 9 + number % 8))


def _add_people(session: Session, home: Installation, via: str) -> None:
    for one in PEOPLE:
        person = actions.add_person(session, home.vault, name=one.name, email=one.email, actor=SYSTEM, via=via)
        actions.give_office(session, person.id, one.office, actor=SYSTEM, via=via)
        actions.set_password(session, home.vault, person.id, PASSWORD, actor=SYSTEM, via=via)
