"""A branch with a case at every point, for looking at all pages."""

from dataclasses import dataclass
from datetime import timedelta

from app import clock
from app.audit.log import SYSTEM
from app.cases import door, letter_door
from app.people.links import issue_link
from tests.branch import DEPUTY, NOBODY, PANEL, SECRETARY, Branch, in_days
from tests.browser.live import Live
from tests.cases.by_code import send
from tests.evidence.files import jpeg
from tests.evidence.sending import send_own
from tests.letters.correspondence import do, write

HOSTILE = '<script>alert("x")</script> \u202eright to left\u202c 😡 & “quoted”\n' + "verylongword" * 30
KINDS = ("received", "acknowledged", "under_review", "referred", "closed")


@dataclass(frozen=True)
class Scene:
    """References by what a case is here to show; a link not used yet."""

    live: Live
    cases: dict[str, str]
    link: str
    reply_code: str
    """The code of the member to whom the notice in `put` went."""

    def code(self, case: str) -> str:
        """The private code of a report."""
        return self.live.branch.codes[self.cases[case]]

    def path(self, case: str, tail: str = "") -> str:
        """The address of a case's page."""
        return f"/cases/{self.cases[case]}{tail}"

    def letter(self, case: str) -> str:
        """The address of the first letter of a case."""
        branch = self.live.branch
        viewer = branch.viewer(SECRETARY)
        found = letter_door.list_letters(branch.home, viewer, self.cases[case], "page")["items"]
        return self.path(case, f"/letters/{found[0]['id']}")

    def person(self, email: str) -> str:
        """The address of an account's page."""
        return f"/users/{self.live.branch.ids[email]}"


def staged(live: Live) -> Scene:
    """Brings cases to every state, some with strange words, one that waits for another officer's decision."""
    branch = live.branch
    named = {"name": HOSTILE[:40], "handle": "verylonghandle" * 10}
    cases = {"card": branch.report(statement=HOSTILE, respondent=named)}
    for state in KINDS[1:]:
        cases[state] = _with_evidence(branch) if state == "referred" else branch.at(state)
    cases["received"] = branch.report(statement=HOSTILE)
    branch.keep(SECRETARY, cases["received"], "conflict-declarations", answer="none")
    branch.keep(SECRETARY, cases["received"], "notes", text=HOSTILE, audience="handlers")
    cases["possible"] = branch.report()
    branch.keep(SECRETARY, cases["possible"], "conflict-declarations", answer="possible", describe="Same choir.")
    branch.keep(DEPUTY, cases["possible"], "conflict-declarations", answer="none")
    cases["heard"] = branch.at("under_review")
    branch.heard(cases["heard"])
    branch.found(cases["heard"])
    branch.seated(cases["heard"], PANEL[:2])
    branch.keep(SECRETARY, cases["heard"], "panel", person=PANEL[2])
    cases["decided"] = branch.at("referred")
    branch.decided(cases["decided"])
    cases["again"] = branch.at("closed")
    branch.keep(DEPUTY, cases["again"], "conflict-declarations", answer="none")
    branch.act(DEPUTY, cases["again"], "reopen", ground="new_evidence", reasons="Somebody wrote to us.")
    _write_to_each_other(live, cases)
    reply_code = _put_to_a_member(live, cases)
    with branch.home.db.write() as session:
        link = issue_link(session, branch.ids[NOBODY], actor=SYSTEM, via="page")
    return Scene(live, cases, link, reply_code)


def _put_to_a_member(live: Live, cases: dict[str, str]) -> str:
    """A notice about two points, a request for more time that was granted and one that waits; the member's code."""
    branch, named = live.branch, {"name": "Ward member (example)"}
    cases["put"] = branch.report(reporter=named, share_identity="no")
    branch.acknowledged(cases["put"])
    alleged = branch.under_review(cases["put"], ("3.1", "3.7b"))
    member = branch.rows(cases["put"], "parties")[0].id
    shown = str(send_own(branch, cases["put"], jpeg(), shows="From me.").json()["id"])
    card = {"method": "reporter_screenshot", "file": branch.rows(cases["put"], "evidence")[0].plain["file"]}
    told = {"supports": alleged, "platform": "The ward page", "shows": HOSTILE}
    branch.keep(SECRETARY, cases["put"], "evidence", replaces=shown, **card, **told)
    link = {"method": "link_only", "link": "https://social.example/1", "supports": alleged}
    other = branch.keep(SECRETARY, cases["put"], "evidence", **link, platform="Another page")
    for item in (shown, other):
        branch.keep(SECRETARY, cases["put"], "evidence-services", item=item, served_on=in_days(0), gives_away="no")
    notice = {
        "respondent": member,
        "allegations": alleged,
        "sent_on": in_days(-1),
        "how": "post",
        "reply_by": in_days(16),
    }
    listed = {"evidence_listed": f"1. A picture of the post.\n2. {HOSTILE}"}
    kept = door.add_record(branch.home, branch.viewer(SECRETARY), cases["put"], "notices", notice | listed, None, "api")
    asked = {"notice": kept["id"], "requested_on": in_days(0), "until": in_days(30), "reason": "I work nights."}
    request = branch.keep(SECRETARY, cases["put"], "time-requests", **asked)
    granted = {"decision": "granted", "reply_by": in_days(30), "reason": "Nothing is lost by it."}
    branch.keep(SECRETARY, cases["put"], "time-decisions", request=request, **granted)
    branch.keep(SECRETARY, cases["put"], "time-requests", **asked | {"until": in_days(40)})
    return str(kept["reply_code"])


def _write_to_each_other(live: Live, cases: dict[str, str]) -> None:
    """A named reporter who wrote and wants to withdraw, and one who is to hear from the branch again soon."""
    branch, named = live.branch, {"name": "Ward member (example)"}
    cases["wrote"] = branch.at("under_review", reporter=named)
    branch.keep(SECRETARY, cases["wrote"], "messages", kind="question", text="Is the post still there?\nWe see none.")
    update = write(branch, cases["wrote"], "update")
    do(branch, cases["wrote"], update, "edit", text=f"# How far we are\n\n{HOSTILE}")
    do(branch, cases["wrote"], update, "posted", how="in_person", sent_on=in_days(0))
    send(branch, cases["wrote"], kind="new_event", text=HOSTILE)
    send(branch, cases["wrote"], "withdrawal-requests", reason="Somebody rang me.")
    with clock.set_to(clock.now() - timedelta(days=25)):
        cases["due"] = branch.at("acknowledged", reporter=named)


def _with_evidence(branch: Branch) -> str:
    """A case before the panel with a picture from its reporter, and a link that nobody could check."""
    reference = branch.at("under_review")
    alleged = [row.id for row in branch.rows(reference, "allegations")]
    own = str(send_own(branch, reference, jpeg(), "verylongname" * 9 + ".jpg", shows=HOSTILE).json()["id"])
    link = {"method": "link_only", "link": "https://social.example/posts/" + "9" * 200, "supports": alleged}
    for item in (own, branch.keep(SECRETARY, reference, "evidence", **link, platform="Ward page")):
        about = {"item": item, "authenticity": "corroborated", "reason": "Two people saved it."}
        branch.keep(SECRETARY, reference, "authenticity-assessments", **about)
        branch.served(reference, item, 15)
        branch.keep(SECRETARY, reference, "evidence-checks", item=item, checked_on=in_days(0), still_online="no")
    branch.referred(reference)
    return reference
