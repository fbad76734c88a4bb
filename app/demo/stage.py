"""A demonstration case on its way, through the same actions as real cases, each on its own day."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from app import clock
from app.cases import door, letter_door, reporter, respondent
from app.cases.queries import records_json
from app.demo.people import PANEL, SECRETARY
from app.demo.pictures import picture
from app.installation import Installation
from app.people import queries
from app.people.queries import Viewer

ORGANISER = {"name": "Ward organiser (example)", "is_member": "yes"}
TREASURER = {"name": "Ward treasurer (example)", "handle": "@ward_example", "is_member": "yes"}


@contextmanager
def days_ago(days: int, hour: int = 9) -> Iterator[None]:
    """The clock stands at that hour so many days ago, or at present for 0 days."""
    then = clock.local(clock.now() - timedelta(days=days)).replace(hour=hour, minute=7, second=0)
    with clock.set_to(then if days else clock.now()):
        yield


class DemoCase:
    """One demonstration case on its way; every call says how many days ago it happened."""

    def __init__(self, home: Installation, hour: int) -> None:
        self.home, self.hour, self.reference, self.handler, self.code = home, hour, "", SECRETARY, ""

    def opened(self, days: int, by: str | None = None, **answers: Any) -> None:
        with days_ago(days, self.hour):
            viewer = self._viewer(by) if by else None
            sent = door.open_case(self.home, answers, viewer, "page")
            self.reference, self.code = sent["reference"], sent["access_code"]

    def keep(self, days: int, record: str, by: str = "", **values: Any) -> dict[str, Any]:
        with days_ago(days, self.hour):
            viewer = self._viewer(by or self.handler)
            return door.add_record(self.home, viewer, self.reference, record, values, None, "page")

    def add(self, days: int, record: str, by: str = "", **values: Any) -> str:
        return str(self.keep(days, record, by, **values)["id"])

    def told(self, days: int, record: str, **values: Any) -> None:
        """Sent by whoever reported it, with their code."""
        with days_ago(days, self.hour):
            holder = reporter.by_code(self.home, self.code, "page")
            door.add_record_by_code(self.home, holder, record, values, "page")

    def answered(self, days: int, code: str, record: str, **values: Any) -> None:
        """Sent by the member, with the code of their notice, and read on the same day."""
        with days_ago(days, self.hour):
            holder = respondent.by_code(self.home, code, "page")
            door.add_record_by_code(self.home, holder, record, values, "page")
            reader = self._viewer(self.handler)
            door.read_shown(
                self.home, reader, self.reference, "page", lambda _, desk: records_json(desk, record), (record,)
            )

    def post(self, days: int, name: str, how: str = "post") -> None:
        """Notes that a letter which was prepared left by hand."""
        with days_ago(days, self.hour):
            viewer = self._viewer(self.handler)
            found = letter_door.list_letters(self.home, viewer, self.reference, "page")["items"]
            letter = next(one["id"] for one in found if one["letter"] == name)
            given = {"how": how, "sent_on": clock.today().isoformat()}
            letter_door.change_letter(self.home, viewer, self.reference, letter, "posted", given, "page")

    def act(self, days: int, trigger: str, by: str = "", **inputs: Any) -> None:
        with days_ago(days, self.hour):
            viewer = self._viewer(by or self.handler)
            door.take_action(self.home, viewer, self.reference, trigger, inputs, None, "page")

    def declare(self, days: int, by: str = "", answer: str = "none") -> None:
        self.add(days, "conflict-declarations", by, answer=answer)

    def day(self, days: int) -> str:
        with days_ago(days, self.hour):
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
        reason = {
            "happened": "In the week before the report",
            "explanation": "This is not a disagreement about policy: it is about how it was said.",
        }
        alleged = [
            self.add(
                days, "allegations", clause=one, respondent=self.party, conduct="What the report describes.", **reason
            )
            for one in clauses
        ]
        self.add(days, "scope-notes", in_scope="yes", note="A post in public by a member.", national_route="not_needed")
        self.act(days, "begin_review")
        return alleged

    def serve(self, days: int, alleged: list[str], said: str) -> None:
        """Evidence with a picture, given to the member on the same day."""
        shows: dict[str, Any] = {
            "shows": "The post, as it could be seen by everyone",
            "platform": "The ward page",
            "supports": alleged,
        }
        with picture(self.home, said) as drawn:
            item = self.add(days, "evidence", method="handler_screenshot", file=drawn, visibility="public", **shows)
        self.add(days, "evidence-services", item=item, served_on=self.day(days))

    def notify(self, days: int, alleged: list[str], **more: Any) -> str:
        """A notice; the code that the member got with it."""
        dates = {"sent_on": self.day(days), "reply_by": self.day(days - 14)}
        given = {"respondent": self.party, "allegations": alleged, "how": "email", **dates} | more
        return str(self.keep(days, "notices", **given)["reply_code"])

    def hear(self, days: int, alleged: list[str], text: str) -> None:
        code = self.notify(days, alleged, sent_on=self.day(days + 1))  # a letter of the day before, noted then
        self.answered(days - 3, code, "replies", text=text, disputes_attribution="no")

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
