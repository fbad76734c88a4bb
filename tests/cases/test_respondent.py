"""A member with the code of their notice: what opens, what is kept, and that nothing else shows (X17)."""

import base64
import hashlib
import json
from datetime import timedelta

import pytest
from freezegun import freeze_time
from sqlmodel import select

from app import clock
from app.audit.entries import decode
from app.cases import actions, codes, door, receipts, respondent
from app.cases.models import ReplyCode
from app.errors import Invalid, NotFound, Problem, Refused, WrongState
from app.oversight import checking
from app.vault.commitment import commit
from tests.branch import REFERRAL, SECRETARY, Branch, in_days
from tests.cases.by_reply_code import NAMED, REPORTER, notified, notify, reply, seen, send
from tests.shared_branch import embedded_branch, shared_branch

__all__ = ["embedded_branch", "shared_branch"]

SECRETS = (*REPORTER.values(), "Afraid", "Witness (example)", "For handlers only", "Another member (example)", "3.7a")
TOLD = {"decision": "told", "reasons": "They cannot answer without it."}


def newest_actor(branch: Branch, reference: str) -> tuple[str, str | None, str]:
    entry = branch.entries(reference)[-1]
    return entry.event, entry.actor_id, entry.actor_role


def test_a_notice_makes_a_code_and_shows_it_once(shared_branch: Branch) -> None:
    reference, _, code = notified(shared_branch)
    assert len(code.replace(" ", "")) == 16
    assert shared_branch.events(reference)[-3:] == ["record_added", "reply_code_issued", "letter_prepared"]
    with shared_branch.home.db.read() as session:
        kept = session.exec(select(ReplyCode).where(ReplyCode.case_id == shared_branch.case(reference).id)).one()
    assert code.replace(" ", "") not in json.dumps(kept.model_dump(), default=str)
    member, alleged = (shared_branch.rows(reference, kind)[0].id for kind in ("parties", "allegations"))
    assert (
        notify(shared_branch, reference, member, [alleged], sent_on=in_days(-1))[1] == ""
    )  # one code for a member and case
    assert len(seen(shared_branch, code).notices) == 2


def test_the_member_reads_what_was_put_and_not_what_was_made_of_it(embedded_branch: Branch) -> None:
    reference, notice, code = notified(embedded_branch)
    own = seen(embedded_branch, code)
    assert newest_actor(embedded_branch, reference) == ("case_viewed", None, "respondent")
    assert (own.reference, own.step, [one.id for one in own.notices]) == (reference, "looked_into", [notice])
    put = own.notices[0].allegations[0]
    assert (put.clause, put.conduct, put.gross) == ("3.1", "A public post.", False)
    assert own.guidance is not None
    assert put.text == own.guidance.clauses["3.1"].text
    first = embedded_branch.rows(reference, "allegations")[0]
    reworded = {"clause": "3.1", "respondent": first.plain["respondent"], "conduct": "Something much worse."}
    embedded_branch.keep(SECRETARY, reference, "allegations", replaces=first.id, **reworded)
    assert seen(embedded_branch, code).notices[0].allegations[0].conduct == "A public post."


def test_a_receipt_of_a_reply_made_of_the_entry_of_its_record_counts_on(shared_branch: Branch) -> None:
    home, (reference, notice, _) = shared_branch.home, notified(shared_branch)
    said = {"text": "As before.", "disputes_attribution": "no", "received_on": in_days(0), "notice": notice}
    with home.db.write() as session:  # as every reply was kept once: nothing commits to it by itself
        viewer = shared_branch.viewer(shared_branch.handler(reference))
        desk = actions.sit_down(session, home, viewer, reference, "page", lock=True)
        kept = actions.add_record(desk, "replies", said, None)
        assert kept.entry is not None
        given = receipts.receipt_of(session, home, kept, kept.entry)
        assert receipts.as_recorded(session, home, reference, given, kept.entry) == given
        given["commitments"][0]["salt"] = "0" * 64
        assert receipts.as_recorded(session, home, reference, given, kept.entry) is None


def test_a_reply_by_code_counts_and_gets_a_receipt(shared_branch: Branch) -> None:
    reference, notice, code = notified(shared_branch)
    alleged = shared_branch.rows(reference, "allegations")[0].id
    kept = reply(shared_branch, code, disputed=[alleged], mitigation="I took it down.")
    assert newest_actor(shared_branch, reference) == ("record_added", None, "respondent")
    row = shared_branch.rows(reference, "replies")[-1]
    assert (row.id, row.by_role, row.plain["notice"], row.plain["disputed"]) == (
        kept["id"],
        "respondent",
        notice,
        [alleged],
    )
    receipt = kept["receipt"]
    told, (opened,) = decode(base64.b64decode(receipt["entry"])), receipt["commitments"]
    assert not {"case", "seq", "prev", "case_version", "record", "rules"} & told.keys()  # two of them would count
    recorded = decode(shared_branch.entries(reference)[-1].entry)["commits"]
    assert opened["digest"] == told["commits"]["received"] == recorded["received"]
    sent = {"text": "It was banter.", "disputes_attribution": "no", "disputed": json.dumps([alleged]), "notice": notice}
    sent["mitigation"] = "I took it down."
    digests = {name: hashlib.sha256(said.encode()).hexdigest() for name, said in sent.items()}
    data = {"kind": "replies", "sha256": digests}
    assert commit(bytes.fromhex(opened["salt"]), data) == opened["digest"]
    assert "banter" not in json.dumps(receipt)
    assert [one.values["text"] for one in seen(shared_branch, code).sent] == ["It was banter."]
    reply(shared_branch, code, text="And one thing more.")
    assert len(seen(shared_branch, code).sent) == 2
    shared_branch.referred(reference)
    with pytest.raises(WrongState):
        reply(shared_branch, code)
    own = seen(shared_branch, code)
    assert (own.step, own.offers) == ("looked_into", ("member-needs",))
    with shared_branch.home.db.read() as session:
        assert checking.check(shared_branch.home, session) == []


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"accepted": "ID", "disputed": "ID"}, "disputed"),
        ({"not_posted": "ID"}, "disputes_attribution"),
        ({"accepted": "OTHER"}, "accepted"),
        ({"notice": "OTHER"}, "notice"),
        ({"received_on": "2026-01-01"}, "received_on"),
        ({"text": " "}, "text"),
        ({"text": "x" * 20_001}, "text"),
        ({"text": "a\0b"}, "text"),
        ({"replaces": "OTHER"}, "replaces"),
    ],
)
def test_a_reply_that_cannot_be_kept_keeps_nothing(
    embedded_branch: Branch, answers: dict[str, str], field: str
) -> None:
    reference, _, code = notified(embedded_branch)
    own = {"ID": embedded_branch.rows(reference, "allegations")[0].id, "OTHER": "0" * 32}
    lists = ("accepted", "disputed", "not_posted")
    given = {name: [own[v]] if name in lists else own.get(v, v) for name, v in answers.items()}
    before = (embedded_branch.case(reference).version, len(embedded_branch.rows(reference, "replies")))
    with pytest.raises(Invalid) as caught:
        reply(embedded_branch, code, **given)
    assert field in {error.field for error in caught.value.errors}
    assert (embedded_branch.case(reference).version, len(embedded_branch.rows(reference, "replies"))) == before


def test_more_time_is_asked_for_and_answered_on_the_members_page(embedded_branch: Branch) -> None:
    reference, _, code = notified(embedded_branch)
    asked = send(embedded_branch, code, "time-requests", until=in_days(30), reason="Night shifts.")
    assert not seen(embedded_branch, code).sent[0].decision
    early = {"request": asked["id"], "decision": "granted", "reply_by": in_days(10), "reason": "Shifts."}
    with pytest.raises(Invalid):
        embedded_branch.keep(SECRETARY, reference, "time-decisions", **early)
    with pytest.raises(Invalid):
        embedded_branch.keep(
            SECRETARY, reference, "time-decisions", request=asked["id"], decision="granted", reason="-"
        )
    embedded_branch.keep(SECRETARY, reference, "time-decisions", **early | {"reply_by": in_days(30)})
    own = seen(embedded_branch, code)
    assert own.notices[0].reply_by == clock.today() + timedelta(days=30)
    assert (own.sent[0].decision, own.sent[0].reason) == ("granted", "Shifts.")
    assert own.sent[0].reply_by == own.notices[0].reply_by
    assert embedded_branch.case(reference).next_due_on is not None


def test_a_companion_and_needs_are_no_reply(embedded_branch: Branch) -> None:
    reference, _, code = notified(embedded_branch)
    with pytest.raises(Invalid):
        send(embedded_branch, code, "member-needs")
    send(embedded_branch, code, "member-needs", companion="A friend (example)", needs="Large print.")
    assert not seen(embedded_branch, code).notices[0].answered
    with pytest.raises(Refused) as caught:
        embedded_branch.act(SECRETARY, reference, "refer", **REFERRAL)
    assert "reply_or_time_passed" in {one.condition for one in caught.value.unmet}


def test_a_new_code_ends_the_old_one_and_every_session_it_opened(shared_branch: Branch) -> None:
    reference, _, code = notified(shared_branch)
    token = respondent.enter(shared_branch.home, code, reference, None)
    holder = respondent.by_session(shared_branch.home, token)
    assert holder is not None
    member = shared_branch.rows(reference, "parties")[0].id
    values = {"respondent": member, "reason": "Rang back on the number we have."}
    viewer = shared_branch.viewer(SECRETARY)
    kept = door.add_record(shared_branch.home, viewer, reference, "reply-codes", values, None, "api")
    assert respondent.by_session(shared_branch.home, token) is None
    with pytest.raises(NotFound):
        seen(shared_branch, code)
    with pytest.raises(NotFound):
        respondent.read(shared_branch.home, holder, "page")
    with pytest.raises(NotFound):
        door.add_record_by_code(shared_branch.home, holder, "replies", {"text": "Late."}, "page")
    assert seen(shared_branch, kept["reply_code"]).reference == reference
    witness = {"role": "witness", "name": "W (example)", "identified": "named", "member_then": "no"}
    other = shared_branch.keep(SECRETARY, reference, "parties", **witness)
    with pytest.raises(Invalid):
        shared_branch.keep(SECRETARY, reference, "reply-codes", respondent=other, reason="Asked.")


def test_a_notice_that_came_back_takes_its_code_with_it(embedded_branch: Branch) -> None:
    reference, notice, code = notified(embedded_branch)
    embedded_branch.keep(SECRETARY, reference, "returned-mails", notice=notice, returned_on=in_days(0))
    assert embedded_branch.events(reference)[-2:] == ["record_added", "reply_code_ended"]
    with pytest.raises(NotFound):
        seen(embedded_branch, code)
    member, alleged = (embedded_branch.rows(reference, kind)[0].id for kind in ("parties", "allegations"))
    second, fresh = notify(embedded_branch, reference, member, [alleged], sent_on=in_days(-1))
    assert [one.id for one in seen(embedded_branch, fresh).notices] == [second]


def test_a_session_ends_after_ten_idle_minutes(embedded_branch: Branch) -> None:
    reference, _, code = notified(embedded_branch)
    start = clock.now()
    token = respondent.enter(embedded_branch.home, code, reference, None)
    with freeze_time(start + codes.IDLE - timedelta(seconds=1)):
        holder = respondent.by_session(embedded_branch.home, token)
        assert holder is not None
        respondent.read(embedded_branch.home, holder, "page")
    with freeze_time(start + 2 * codes.IDLE - timedelta(seconds=2)):
        assert respondent.by_session(embedded_branch.home, token) is not None
    with freeze_time(start + 2 * codes.IDLE):
        assert respondent.by_session(embedded_branch.home, token) is None


def test_wrong_codes_are_alike_and_a_reporters_code_opens_nothing_here(embedded_branch: Branch) -> None:
    reference, _, code = notified(embedded_branch)
    another, _, _ = notified(embedded_branch)
    told = set()
    for given, where in ((code, another), (code, "2026-22222"), ("wrong", reference), ("", ""), ("\0", "\0")):
        with pytest.raises(NotFound) as caught:
            respondent.enter(embedded_branch.home, given, where, None)
        told.add(str(caught.value))
    with pytest.raises(NotFound) as caught:
        respondent.enter(embedded_branch.home, embedded_branch.codes[reference], reference, None)
    assert told == {str(caught.value)}


def test_nothing_of_others_shows_to_a_member(shared_branch: Branch) -> None:  # X17
    reference, _, code = notified(shared_branch, **NAMED)
    keep = shared_branch.keep
    known = {"identified": "named", "member_then": "yes"}
    keep(SECRETARY, reference, "parties", role="witness", name="Witness (example)", **known)
    keep(SECRETARY, reference, "notes", text="For handlers only", audience="everyone")
    other = keep(SECRETARY, reference, "parties", role="respondent", name="Another member (example)", **known)
    against = keep(
        SECRETARY, reference, "allegations", clause="3.7a", respondent=other, conduct="Another member (example)"
    )
    _, second = notify(shared_branch, reference, other, [against], sent_on=in_days(-1))
    reply(shared_branch, second, text="Another member (example) wrote this.")
    shown = json.dumps(seen(shared_branch, code).as_json())
    assert [secret for secret in SECRETS if secret in shown] == []
    assert len(seen(shared_branch, second).sent) == 1
    assert "A public post." not in json.dumps(seen(shared_branch, second).as_json())
    with pytest.raises(Invalid):
        reply(shared_branch, code, accepted=[against])
    with pytest.raises(Invalid):
        reply(shared_branch, code, notice=seen(shared_branch, second).notices[0].id)


def test_a_name_is_told_only_once_it_was_decided_and_confirmed(embedded_branch: Branch) -> None:
    reference, _, code = notified(embedded_branch, **NAMED)
    assert seen(embedded_branch, code).reported_by == ""
    with pytest.raises(Invalid):
        embedded_branch.keep(SECRETARY, reference, "identity-decisions", **TOLD)
    embedded_branch.keep(SECRETARY, reference, "report-confirmations", confirmed="yes", how="telephone")
    embedded_branch.keep(SECRETARY, reference, "identity-decisions", **TOLD)
    assert seen(embedded_branch, code).reported_by == REPORTER["name"]
    embedded_branch.keep(
        SECRETARY, reference, "identity-decisions", decision="withheld", reasons="They changed their mind."
    )
    assert seen(embedded_branch, code).reported_by == ""


def test_an_anonymous_report_has_no_name_to_tell(embedded_branch: Branch) -> None:
    reference, _, _ = notified(embedded_branch)
    with pytest.raises(Invalid):
        embedded_branch.keep(SECRETARY, reference, "identity-decisions", **TOLD)


def test_somebody_who_is_no_respondent_any_more_reads_nothing(embedded_branch: Branch) -> None:
    reference, _, code = notified(embedded_branch)
    member = embedded_branch.rows(reference, "parties")[0].id
    as_witness = {"role": "witness", "name": "Ward organiser (example)", "identified": "named", "member_then": "yes"}
    embedded_branch.keep(SECRETARY, reference, "parties", replaces=member, **as_witness)
    with pytest.raises(NotFound):
        seen(embedded_branch, code)
    with pytest.raises(Problem):
        reply(embedded_branch, code)
