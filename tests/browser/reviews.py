"""What officers do by page between the report and its end, and what an auditor reads of it."""

from datetime import timedelta
from typing import Any

from app import clock
from tests.branch import AUDITOR, PANEL, Branch
from tests.browser.live import Web
from tests.browser.somebody import Somebody
from tests.browser.walks import declare, denied, keep, open_case, steps_on_trail, take

MEMBER = "Ward organiser (example)"


def open_review(one: Somebody, reference: str, *clauses: str, **respondent: Any) -> None:
    """From received to under review: reply, safety, the respondent, an allegation for each clause, the scope."""
    keep(one, reference, "acknowledgements", how="email", sent_on=clock.today())
    keep(one, reference, "risks", threat="no", child="no", vulnerable="no")
    take(one, reference, "acknowledge")
    known = {"name": MEMBER, "identified": "named", "member_then": "yes"}
    keep(one, reference, "parties", role="respondent", **(respondent or known))
    for clause in clauses:
        more = {"gross": "yes", "gross_reason": "It went on for weeks."} if clause.startswith("3.2") else {}
        explanation = {"explanation": "It is about how it was said."} if clause == "3.3" else {}
        keep(
            one,
            reference,
            "allegations",
            clause=clause,
            conduct="What the report describes.",
            happened="In May",
            **more,
            **explanation,
        )
    keep(one, reference, "scope-notes", in_scope="yes", note="A member, in public.", national_route="not_needed")
    take(one, reference, "begin_review")


def hear(one: Somebody, reference: str, reply: str, allegations: tuple[str, ...]) -> None:
    """Puts everything alleged to the member, and enters the reply."""
    today = clock.today()
    dates = {"sent_on": today, "reply_by": today + timedelta(days=14), "told_affected_on": today - timedelta(days=2)}
    keep(one, reference, "notices", allegations=list(allegations), how="email", **dates)
    keep(one, reference, "replies", received_on=today, text=reply, disputes_attribution="no")


def withhold_the_name(one: Somebody, reference: str) -> None:
    """Decides that the member does not learn who reported it."""
    keep(one, reference, "identity-decisions", decision="withheld", reasons="They asked us not to tell it.")


def seat_the_panel(web: Web, handler: Somebody, reference: str) -> list[Somebody]:
    """Asks three people; each sees a card only and declares that nothing connects them."""
    panel = []
    for email in PANEL[:3]:
        keep(handler, reference, "panel", person=web.live.branch.ids[email])
        one = web.officer(email)
        assert one.path == "/panel"
        assert "One case waits for your declaration." in one.words
        declare(one, reference)
        assert "The papers open to you when the case reaches the panel" in one.words
        one.go(f"/cases/{reference}/report", 403)
        panel.append(one)
    return panel


def recommend(one: Somebody, reference: str) -> None:
    """Writes a review note that recommends the panel."""
    said = {
        "established": "The posts were theirs.",
        "not_established": "Who read them.",
        "mitigation": "None was given.",
    }
    keep(one, reference, "review-notes", recommends="refer", reasons="Serious enough for the panel.", **said)


def decide(one: Somebody, branch: Branch, reference: str, outcome: str, *measures: str) -> None:
    """Records what the three members of the panel decided."""
    members = [branch.ids[email] for email in PANEL[:3]]
    said = {"outcome": outcome, "measures": list(measures), "reasons": "On the balance of probabilities."}
    keep(one, reference, "panel-decisions", decided_on=clock.today(), members=members, **said)


def record_finding(one: Somebody, reference: str, clause: str, result: str) -> None:
    """A finding under the panel's one decision."""
    said = {"result": result, "reasons": "More likely than not."}
    keep(one, reference, "findings", allegation=f"{clause} ", panel_decision="On the balance", **said)


def check_trail(web: Web, reference: str, *sentences: str) -> None:
    """The auditor reads these steps in this order, nothing of the content, and finds the record sound."""
    auditor = web.officer(AUDITOR)
    auditor.follow("Record of steps")
    steps = list(reversed(steps_on_trail(auditor, reference)))
    places = [steps.index(sentence) for sentence in sentences]
    assert places == sorted(places), steps
    content = auditor.page.content()
    assert MEMBER not in content
    assert "Ward member" not in content
    auditor.press("Check the whole record now")
    assert "nothing is missing and nothing was changed" in auditor.words
    auditor.go(f"/cases/{reference}")
    assert "You see the steps of this case and where it is, not what it is about." in auditor.words
    auditor.go(f"/cases/{reference}/report", 403)
    assert denied(web.live.branch, reference, AUDITOR) == 1


def not_found(one: Somebody, reference: str) -> None:
    """Neither list, count, filter nor search of this person knows of the case."""
    for query in ("", "?state=all", "?state=finished", "?kind=target&state=all", "?overdue=yes"):
        one.go(f"/cases{query}")
        assert reference not in one.page.content()
        assert "No case" in one.words
    one.go("/cases")
    one.fill(q=reference)
    one.press("Show", 404)
    one.go("/trail", 403)


def name_the_holder(one: Somebody, reference: str) -> None:
    """Corrects the person of whom only the account was known."""
    one.go(f"/cases/{reference}")
    one.to("/records/parties/new")
    one.follow("@nobody_example")
    assert one.value("handle") == "@nobody_example"
    one.fill(name=MEMBER, identified="named", member_then="yes", basis="They wrote to us themselves.")
    one.press("Keep the correction")


def reads_what_was_referred(one: Somebody, reference: str) -> None:
    """A panel member reads the case, but no contacts, no withheld name and not the record of steps."""
    open_case(one, reference)
    assert "Fourteen messages" in one.words
    one.go(f"/cases/{reference}/report")
    assert "Ward treasurer" not in one.page.content()
    assert "01632 960123" not in one.page.content()
    one.go(f"/cases/{reference}/trail", 403)


def reads_how_it_ended(one: Somebody, reference: str) -> None:
    """Until the time for a review ends, the panel reads the finished case as before."""
    one.go(f"/cases/{reference}/records")
    assert "posting rights removed" in one.words
    assert "01632 960123" not in one.page.content()
