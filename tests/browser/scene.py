"""A branch with a case at every point, for looking at all pages."""

from dataclasses import dataclass

from app.audit.log import SYSTEM
from app.people.links import issue_link
from tests.branch import DEPUTY, NOBODY, PANEL, SECRETARY, Branch, in_days
from tests.browser.live import Live
from tests.evidence.files import jpeg
from tests.evidence.sending import send_own

HOSTILE = '<script>alert("x")</script> \u202eright to left\u202c 😡 & “quoted”\n' + "verylongword" * 30
KINDS = ("received", "acknowledged", "under_review", "referred", "closed")


@dataclass(frozen=True)
class Scene:
    """References by what a case is here to show; the code of one report; a link not used yet."""

    live: Live
    cases: dict[str, str]
    code: str
    link: str

    def path(self, case: str, tail: str = "") -> str:
        """The address of a case's page."""
        return f"/cases/{self.cases[case]}{tail}"

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
    with branch.home.db.write() as session:
        link = issue_link(session, branch.ids[NOBODY], actor=SYSTEM, via="page")
    return Scene(live, cases, branch.codes[cases["closed"]], link)


def _with_evidence(branch: Branch) -> str:
    """A case before the panel with a picture from its reporter, and a link that nobody could check."""
    reference = branch.at("under_review")
    alleged = [row.id for row in branch.rows(reference, "allegations")]
    own = str(send_own(branch, reference, jpeg(), "verylongname" * 9 + ".jpg", shows=HOSTILE).json()["id"])
    link = {"method": "link_only", "link": "https://social.example/posts/" + "9" * 200, "supports": alleged}
    for item in (own, branch.keep(SECRETARY, reference, "evidence", **link, platform="Ward page")):
        about = {"item": item, "authenticity": "corroborated", "reason": "Two people saved it."}
        branch.keep(SECRETARY, reference, "authenticity-assessments", **about)
        branch.keep(SECRETARY, reference, "evidence-services", item=item, served_on=in_days(-15))
        branch.keep(SECRETARY, reference, "evidence-checks", item=item, checked_on=in_days(0), still_online="no")
    branch.referred(reference)
    return reference
