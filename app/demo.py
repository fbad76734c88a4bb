"""Demonstration data: people for every office and cases at every stage, made through the same actions as real data."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from app import clock
from app.audit.log import SYSTEM
from app.cases import door
from app.errors import SettingsError, WrongState
from app.installation import Installation, remember
from app.people import actions, links, queries
from app.people.policy import Role
from app.people.queries import Viewer

PASSWORD = "look around with tea"  # noqa: S105 (printed, and of use in mode demo only)
SETTINGS = {
    "mode": "demo",
    "organisation": "Demonstration branch",
    "contact": "01632 960000 (nobody answers: this is a demonstration)",
    "contact_about_secretary": "01632 960001 (nobody answers: this is a demonstration)",
    "controller_contact": "Nobody: there are no real people in this demonstration",
}


@dataclass(frozen=True)
class DemoPerson:
    """Somebody who can be tried out: a role for a name, and the one demonstration password."""

    email: str
    name: str
    office: Role


PEOPLE = (
    DemoPerson("secretary@example.org", "Secretary (demonstration)", Role.SECRETARY),
    DemoPerson("deputy@example.org", "Deputy (demonstration)", Role.DEPUTY),
    DemoPerson("stand-in@example.org", "Stand-in (demonstration)", Role.STAND_IN),
    DemoPerson("panel-1@example.org", "Panel member one (demonstration)", Role.PANEL),
    DemoPerson("panel-2@example.org", "Panel member two (demonstration)", Role.PANEL),
    DemoPerson("panel-3@example.org", "Panel member three (demonstration)", Role.PANEL),
    DemoPerson("panel-4@example.org", "Panel member four (demonstration)", Role.PANEL),
    DemoPerson("auditor@example.org", "Auditor (demonstration)", Role.AUDITOR),
    DemoPerson("data-protection@example.org", "Data protection lead (demonstration)", Role.DATA_PROTECTION),
    DemoPerson("administrator@example.org", "Administrator (demonstration)", Role.ADMINISTRATOR),
)
SECRETARY, DEPUTY, PANEL = PEOPLE[0].email, PEOPLE[1].email, tuple(person.email for person in PEOPLE[3:6])
ORGANISER = {"name": "Ward organiser (example)", "is_member": "yes"}
TREASURER = {"name": "Ward treasurer (example)", "handle": "@ward_example", "is_member": "yes"}


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
        with _days_ago(120):
            _add_people(session, home, via)
    for number, play in enumerate(_PLAYS):
        play(_Case(home, 9 + number % 8))


def _add_people(session: Session, home: Installation, via: str) -> None:
    for one in PEOPLE:
        person = actions.add_person(session, home.vault, name=one.name, email=one.email, actor=SYSTEM, via=via)
        actions.give_office(session, person.id, one.office, actor=SYSTEM, via=via)
        actions.set_password(session, home.vault, person.id, PASSWORD, actor=SYSTEM, via=via)


@contextmanager
def _days_ago(days: int, hour: int = 9) -> Iterator[None]:
    """The clock stands at that hour so many days ago, or at present for 0 days."""
    then = clock.local(clock.now() - timedelta(days=days)).replace(hour=hour, minute=7, second=0)
    with clock.set_to(then if days else clock.now()):
        yield


class _Case:
    """One demonstration case on its way; every call says how many days ago it happened."""

    def __init__(self, home: Installation, hour: int) -> None:
        self.home, self.hour, self.reference, self.handler = home, hour, "", SECRETARY

    def opened(self, days: int, by: str | None = None, **answers: Any) -> None:
        with _days_ago(days, self.hour):
            viewer = self._viewer(by) if by else None
            self.reference = door.open_case(self.home, answers, viewer, "page")["reference"]

    def add(self, days: int, record: str, by: str = "", **values: Any) -> str:
        with _days_ago(days, self.hour):
            viewer = self._viewer(by or self.handler)
            return str(door.add_record(self.home, viewer, self.reference, record, values, None, "page")["id"])

    def act(self, days: int, trigger: str, by: str = "", **inputs: Any) -> None:
        with _days_ago(days, self.hour):
            viewer = self._viewer(by or self.handler)
            door.take_action(self.home, viewer, self.reference, trigger, inputs, None, "page")

    def declare(self, days: int, by: str = "", answer: str = "none") -> None:
        self.add(days, "conflict-declarations", by, answer=answer)

    def day(self, days: int) -> str:
        with _days_ago(days, self.hour):
            return clock.today().isoformat()

    def acknowledge(self, days: int, how: str = "email") -> None:
        self.declare(days)
        said: dict[str, Any] = {"sent_on": self.day(days)}
        if how == "impossible":
            said = {"reason": "The report gave no way to answer."}
        self.add(days, "acknowledgements", how=how, **said)
        self.add(days, "risks", threat="no", child="no", vulnerable="unknown")
        self.act(days, "acknowledge")

    def begin(self, days: int, *clauses: str, **party: Any) -> list[str]:
        known = {"name": ORGANISER["name"], "identified": "named", "member_then": "yes"}
        self.party = self.add(days, "parties", role="respondent", **(party or known))
        reason = {"explanation": "This is not a disagreement about policy: it is about how it was said."}
        alleged = [
            self.add(
                days, "allegations", clause=one, respondent=self.party, conduct="What the report describes.", **reason
            )
            for one in clauses
        ]
        self.add(days, "scope-notes", in_scope="yes", note="A post in public by a member.", national_route="not_needed")
        self.act(days, "begin_review")
        return alleged

    def notify(self, days: int, alleged: list[str]) -> str:
        dates = {"sent_on": self.day(days), "reply_by": self.day(days - 14)}
        return self.add(days, "notices", respondent=self.party, allegations=alleged, how="email", **dates)

    def hear(self, days: int, alleged: list[str], text: str) -> None:
        notice = self.notify(days, alleged)
        reply = {"received_on": self.day(days - 3), "text": text, "disputes_attribution": "no"}
        self.add(days - 3, "replies", notice=notice, **reply)

    def recommend(self, days: int, what: str = "refer") -> None:
        notes = {"established": "The posts were made from the member's account.", "not_established": "Who read them."}
        why = {
            "mitigation": "They took the posts down when asked.",
            "reasons": "It was repeated and aimed at one person.",
        }
        self.add(days, "review-notes", recommends=what, **notes, **why)

    def refer(self, days: int) -> None:
        self.recommend(days)
        for member in PANEL:
            self.add(days, "panel", person=member)
            self.declare(days, member)
        why = {
            "recommendation": "Repeated, and aimed at one person.",
            "informal_considered": "The person affected said no.",
        }
        self.act(days, "refer", **why)

    def find(self, days: int, alleged: list[str], *results: str, **more: Any) -> None:
        for one, result in zip(alleged, results, strict=True):
            self.add(days, "findings", allegation=one, result=result, reasons="More likely than not.", **more)

    def finish(self, days: int, outcome: str, told: str = "yes", **more: Any) -> None:
        answers = {"outcome": outcome, "reasons": "Weighed on what both sides wrote.", "respondent_told": told, **more}
        self.act(days, "close_after_review", **answers)

    def _viewer(self, email: str) -> Viewer:
        with self.home.db.read() as session:
            found = queries.by_email(session, self.home.vault, email, clock.today())
        if found is None:
            raise LookupError(email)
        return found


def _third_party(case: _Case, days: int, statement: str, *clauses: str, **more: Any) -> None:
    answers = {"respondent": ORGANISER, "how_seen": "Someone at the ward meeting showed it to me."} | more
    case.opened(days, kind="third_party", statement=statement, clauses=list(clauses), **answers)


def _late(case: _Case) -> None:
    _third_party(case, 9, "A member called the caretaker a thief on the ward page.", "3.3", respondent=TREASURER)


def _soon(case: _Case) -> None:
    case.opened(6, kind="target", statement="I get messages at night that make fun of how I speak.", safe_now="yes")


def _fresh(case: _Case) -> None:
    _third_party(case, 0, "A list of members' telephone numbers was shared in an open group.", "3.5b", "2.3")


def _answered(case: _Case) -> None:
    case.opened(
        5, kind="target", statement="My photograph was shared with a joke about my family.", share_identity="ask_me"
    )
    case.acknowledge(3)


def _put_to_the_member(case: _Case) -> None:
    _third_party(case, 34, "A rumour about the accounts was shared again and again.", "3.5a")
    case.acknowledge(31)
    case.notify(20, case.begin(26, "3.5a"))


def _panel_is_asked(case: _Case) -> None:
    case.opened(
        40, kind="target", statement="Fourteen messages in three weeks, most of them insults.", safe_now="unknown"
    )
    case.acknowledge(37)
    case.hear(28, case.begin(33, "3.1", "3.2b"), "It was banter between people who know each other.")
    case.recommend(12)
    for member in PANEL:
        case.add(10, "panel", person=member)
    case.declare(8, PANEL[0])
    case.declare(7, PANEL[1])


def _with_the_panel(case: _Case) -> None:
    case.opened(60, kind="target", statement="Insults under each of my posts.", safe_now="yes", share_identity="yes")
    case.acknowledge(57)
    case.hear(45, case.begin(52, "3.1", "3.2a"), "I was angry and I am sorry.")
    case.refer(30)


def _no_breach(case: _Case) -> None:
    _third_party(case, 70, "An organiser called a council policy “a shambles”.", "3.3")
    case.acknowledge(68)
    alleged = case.begin(63, "3.3")
    case.hear(60, alleged, "That is my opinion of the policy.")
    case.find(50, alleged, "not_proved")
    case.finish(50, "no_breach")


def _put_right(case: _Case) -> None:
    done = {"what": "Deleted it and wrote that it was not true.", "when_words": "After twenty minutes", "worked": "yes"}
    more = {"channel": "oral_note", "declaration": {"answer": "none"}, "reporter": {"name": "Ward member (example)"}}
    case.opened(48, SECRETARY, kind="self", statement="I shared a rumour that was not true.", put_right=done, **more)
    case.add(47, "acknowledgements", how="telephone", sent_on=case.day(47))
    case.add(47, "risks", threat="no", child="no", vulnerable="no")
    case.act(47, "acknowledge")
    alleged = case.begin(45, "3.5a", name="Ward member (example)", identified="named", member_then="yes")
    case.find(41, alleged, "proved")
    case.finish(41, "self_report_rectified")


def _upheld(case: _Case) -> None:
    case.opened(100, kind="target", statement="Three weeks of messages about me and my work.", safe_now="yes")
    case.acknowledge(98)
    alleged = case.begin(92, "3.1", "3.2a", "3.2b")
    case.hear(90, alleged, "It was banter.")
    case.add(72, "messages", kind="update", text="It is still being looked into.")
    case.refer(70)
    case.add(46, "messages", kind="update", text="It goes on. We write again in four weeks.")
    measures = ["posting_rights_removed", "refer_national"]
    outcome: dict[str, Any] = {"outcome": "upheld_with_measure", "measures": measures, "members": list(PANEL)}
    shown = {"decided_on": case.day(36), "reasons": "Two of three were shown."}
    decision = case.add(36, "panel-decisions", **outcome, **shown)
    case.find(36, alleged, "proved", "proved", "not_proved", panel_decision=decision)
    case.act(35, "close_after_panel", reasons="Two of three were found to have happened.")


def _about_the_secretary(case: _Case) -> None:
    case.handler = DEPUTY
    _third_party(case, 16, "A post from the branch's own page made fun of a member.", "3.1", involves_secretary="yes")
    case.acknowledge(14)
    case.begin(6, "3.1", name="Branch secretary", identified="named", member_then="yes")


def _looked_at_again(case: _Case) -> None:
    _third_party(
        case, 80, "An account without a name insults members.", "3.1", respondent={"handle": "@nobody_example"}
    )
    case.acknowledge(78, how="impossible")
    alleged = case.begin(72, "3.1", handle="@nobody_example", identified="account_only", member_then="unknown")
    case.find(65, alleged, "not_determined")
    case.finish(65, "respondent_unidentified", "no", respondent_not_told_reason="Nobody knows who holds the account.")
    case.declare(4, DEPUTY)
    case.act(4, "reopen", DEPUTY, ground="new_evidence", reasons="The holder of the account has written to us.")


_PLAYS = (
    *(_upheld, _looked_at_again, _no_breach, _with_the_panel, _put_right, _panel_is_asked),
    *(_put_to_the_member, _about_the_secretary, _late, _soon, _answered, _fresh),
)
