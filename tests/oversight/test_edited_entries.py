"""An entry that was edited, whatever it says now, stops neither the check nor the pages about the record."""

import pytest

from app.audit.events import Event
from app.audit.log import SYSTEM, append
from app.oversight.exceptions import LOOKOUTS
from app.people import links, sessions
from app.people.models import Person
from tests.audit.record import by_owner
from tests.branch import AUDITOR, PASSWORD, SECRETARY, Branch
from tests.databases import EVERYWHERE
from tests.oversight.test_exporting import EDITED

WRITTEN = (
    *(Event.RECORD_CHECKED, Event.BACKUP_RESTORED, Event.LOSS_DECLARED, Event.LOG_KEY_CHANGED, Event.WITNESS_NAMED),
    *(Event.CHECKPOINT_COMPARED, Event.SAMPLE_DRAWN, Event.ACCESS_DENIED, Event.RECORD_EXPORTED),
    *(Event.MESSAGE_SET_ASIDE, Event.STAMP_FAILED),
)
OTHERS = (
    *(Event.SIGNED_IN, Event.LINK_ISSUED, Event.OFFICE_GIVEN, Event.PERSON_ADDED),
    *(Event.CASE_OPENED, Event.STEP_TAKEN),
)
ODD = (
    b'{"columns":{"session":[],"link":{},"person_id":[1],"code":[]},"event":"%s","recorded_at":"2026-05-12T00:00:00Z",'
    b'"role":"x","sizes":[5],"count":{},"commits":[],"to":5,"case":"c"}'
)
LIKE_ONE = (
    b'{"event":"%s","recorded_at":"2026-05-12T00:00:00Z","role":"x","case":"c","seq":1,"case_version":1,"to":"x","from":"y",'
    b'"workflow":"none","workflow_version":9,"subject":{"kind":"y","id":"z"},"record":{"kind":"a","id":"b"},"held":["h"],'
    b'"columns":{"link":"l","session":"s"},"count":7,"unmet":["u"],"trigger":"t","commits":{"present":5}}'
)
BARE = b'{"event":"%s","recorded_at":"2026-05-12T00:00:00Z","role":"x","workflow_version":1}'
ALMOST = tuple(
    BARE.replace(b"1}", odd)
    for odd in (
        b"[]}",
        b'1,"held":[[]]}',
        b'1,"unmet":5}',
        b'1,"clock_back_us":%d}' % 10**30,
        b'1,"record":{"kind":"a"}}',
    )
)
FORMS = (*EDITED, ODD, LIKE_ONE, BARE, *ALMOST)
TURNS = len(FORMS) if EVERYWHERE else 3
"""Each entry takes another form each turn; in CI each has every form."""
PAGES = ("/integrity", "/integrity/statement", "/integrity/reconciliation", "/trail")


@pytest.mark.parametrize("turn", range(TURNS))
def test_it_stops_neither_the_check_nor_the_pages(branch: Branch, turn: int) -> None:
    branch.at("closed")
    with branch.home.db.write() as session:
        person = session.get_one(Person, branch.ids[SECRETARY])
        sessions.open_session(session, person, via="page")
        links.issue_link(session, person.id, actor=SYSTEM, via="cli")
        for event in WRITTEN:
            append(session, event, actor=SYSTEM, via="cli", subject=("x", "1:2"), sizes={"size": 1}, count=1)
    branch.home.log.catch_up()
    edited = {one.event: one.id for one in branch.entries() if one.event in {*WRITTEN, *OTHERS}}
    assert len(edited) == len(WRITTEN) + len(OTHERS)
    for place, (told, entry_id) in enumerate(sorted(edited.items()), turn):
        now = FORMS[place % len(FORMS)].replace(b"%s", told.encode())
        by_owner(branch.home.db, "UPDATE audit_entry SET entry = ? WHERE id = ?", now, entry_id)
    api, page = branch.client(AUDITOR), branch.client()
    branch.give_password(AUDITOR)
    page.post("/sign-in", data={"email": AUDITOR, "password": PASSWORD})
    lists = [f"/trail/exceptions/{name}" for name in LOOKOUTS]
    for path in (*PAGES, *lists, "/trail/samples", "/trail/alike"):
        assert (path, page.get(path).status_code) == (path, 200)
        assert (path, api.get(f"/api/v1{path}").status_code) == (path, 200)
    sample = edited[Event.SAMPLE_DRAWN]
    assert {one.get(f"{at}/trail/samples/{sample}").status_code for one, at in ((page, ""), (api, "/api/v1"))} <= {
        200,
        404,
    }
    found = api.post("/api/v1/integrity/checks").json()["items"]
    assert set(edited.values()) <= {one["entry_id"] for one in found}
