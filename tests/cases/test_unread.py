"""What came by a code is unread until its handler was shown it: that record, and no other."""

from app.cases import door, unread
from app.cases.actions import Desk
from app.cases.queries import records_json
from tests.branch import AUDITOR, SECRETARY, Branch, in_days
from tests.cases.by_code import QUESTION, send
from tests.cases.by_reply_code import notified, reply
from tests.cases.by_reply_code import send as send_as_member
from tests.shared_branch import shared_branch

__all__ = ["shared_branch"]


def waits(branch: Branch, reference: str) -> dict[str, int]:
    with branch.home.db.read() as session:
        case_id = branch.case(reference).id
        return dict(unread.counts(session, [case_id]).get(case_id, {}))


def shown(branch: Branch, who: str, reference: str, kind: str) -> None:
    def read(_session: object, desk: Desk) -> object:
        return records_json(desk, kind)

    door.read_shown(branch.home, branch.viewer(who), reference, "api", read, (kind,))


def test_everything_that_comes_by_a_code_waits_to_be_read(shared_branch: Branch) -> None:
    branch = shared_branch
    reference, notice, code = notified(branch)
    send(branch, reference, **QUESTION)
    send(branch, reference, "withdrawal-requests")
    reply(branch, code)
    reply(branch, code, text="And another thing.")
    send_as_member(branch, code, "time-requests", until=in_days(20), reason="I am away.")
    send_as_member(branch, code, "member-needs", companion="My sister")
    files = {"file": ("mine.txt", b"I had gone home by then.", "text/plain")}
    client, mine = branch.client(), {"Authorization": f"Bearer {code}"}
    assert client.post("/api/v1/replies/mine/evidence", files=files, headers=mine).status_code == 201
    rung = {"received_on": in_days(0), "text": "By telephone: sorry.", "disputes_attribution": "no"}
    branch.keep(SECRETARY, reference, "replies", notice=notice, **rung)
    assert waits(branch, reference) == {
        "messages": 1,
        "withdrawal-requests": 1,
        "replies": 2,
        "time-requests": 1,
        "member-needs": 1,
        "evidence": 1,
    }


def test_only_what_was_shown_to_the_handler_is_read(shared_branch: Branch) -> None:
    branch = shared_branch
    reference, _, code = notified(branch)
    send(branch, reference, **QUESTION)
    reply(branch, code)
    all_of_it = {"messages": 1, "replies": 1}
    for who, kind in ((AUDITOR, "messages"), (SECRETARY, "parties"), (SECRETARY, "withdrawal-requests")):
        shown(branch, who, reference, kind)
        assert waits(branch, reference) == all_of_it
    shown(branch, SECRETARY, reference, "messages")
    assert waits(branch, reference) == {"replies": 1}
    shown(branch, SECRETARY, reference, "replies")
    assert waits(branch, reference) == {}


def test_what_comes_while_they_read_stays_unread(shared_branch: Branch) -> None:
    branch, reference = shared_branch, shared_branch.at("acknowledged")
    send(branch, reference, **QUESTION)
    version = branch.case(reference).version
    send(branch, reference, **QUESTION)
    with branch.home.db.write() as session:
        unread.shown(session, branch.case(reference), {"messages"}, version)
    assert waits(branch, reference) == {"messages": 1}
    shown(branch, SECRETARY, reference, "messages")
    assert waits(branch, reference) == {}
