"""Letters that need their officer, and what came by a code, are told where officers look: list, case, morning mail."""

import re

from app import clock
from app.cases import dialogue
from app.cases.digest import digest_of
from tests.branch import SECRETARY, Branch, in_days
from tests.cases.by_code import send
from tests.web.conftest import Enter, shown

REPORTER = {"name": "Ward treasurer (example)", "email": "treasurer@example.org"}


def digest(branch: Branch) -> str:
    with branch.home.db.read() as session:
        made = digest_of(session, branch.home, branch.viewer(SECRETARY), clock.today())
    return made.text if made else ""


def test_they_stand_on_the_worklist_on_the_case_and_in_the_digest(branch: Branch, enter: Enter) -> None:
    quiet = branch.at("acknowledged", reporter=REPORTER)  # replied to by hand: its letter needs nobody
    client = enter(SECRETARY)
    assert "need" not in shown(client.get("/cases").text).split("Find another")[0]
    assert digest(branch) == ""
    closed = branch.at("closed", reporter=REPORTER)
    text = shown(client.get("/cases").text)
    assert "One case is open. Nothing is late or due within two days. One letter needs you." in text
    group = text[text.index("Letters that need you") : text.index("Find another")]
    assert closed in group
    assert quiet not in group.split("Just finished")[0].split("In time")[0]
    page = client.get(f"/cases/{closed}").text
    box = shown(page[page.index("ct-next__label") : page.index("ct-next__label") + 900])
    assert "One letter needs you" in box
    assert f'href="/cases/{closed}/letters"' in page[page.index("ct-next__label") :].split("</section>")[0]
    client.post(f"/cases/{quiet}/letters", data={"letter": "update"})
    assert "One letter needs you" in shown(client.get(f"/cases/{quiet}").text)
    assert "Two letters need you." in shown(client.get("/cases").text)
    said = digest(branch)
    assert re.search(rf"Letters wait for you to see to them:\n(  \S+\n)*  {closed}\n", said)
    for word in ("Ward treasurer", "treasurer@"):
        assert word not in said


def test_what_came_by_a_code_is_in_the_digest(branch: Branch) -> None:
    reference = branch.at("acknowledged", reporter=REPORTER)
    assert digest(branch) == ""
    send(branch, reference, dialogue.MESSAGES, kind="new_event", text="He is at my door again.")
    assert f"Somebody wrote or sent something, and you have not read it:\n  {reference}\n" in digest(branch)
    assert "door" not in digest(branch)
    assert in_days(0) not in digest(branch)
