"""Who a letter goes to, whose name may be told, and what the panel gets: no one is taken for somebody else."""

from datetime import date
from typing import Any

from app.cases.disclosure import name_withheld, served_before_referral
from app.cases.hearing import is_confirmed
from app.cases.notices import first_last_day, last_day_to_reply
from app.cases.recipients import Recipient, recipients
from app.cases.served import served_on_member
from tests.cases.papers import Papers

SENDER = {"name": "First Sender (example)", "email": "first@example.net"}
OTHER = {"name": "Second Person (example)", "email": "second@example.net", "identified": "named"}


def to(papers: Papers, part: str, report: dict[str, Any], after: str = "") -> list[Recipient]:
    return recipients(papers.file(), {"reporter": report}, part, {}, after)


def test_another_person_affected_gets_nothing_meant_for_the_sender() -> None:
    papers = Papers(kind="target")
    papers.add("parties", role="target", **OTHER)
    (one,) = to(papers, "reporter", SENDER)
    assert (one.name, one.email) == (SENDER["name"], SENDER["email"])


def test_contacts_recorded_later_for_the_sender_count() -> None:
    papers = Papers(kind="target")
    papers.add("parties", role="target", name="FIRST sender (example)", email="new@example.net", identified="named")
    papers.add("parties", role="target", **OTHER)
    (one,) = to(papers, "reporter", SENDER)
    assert one.email == "new@example.net"


def test_a_second_member_never_inherits_the_address_of_the_one_who_came_forward() -> None:
    papers = Papers(kind="self")
    papers.member(name=SENDER["name"])
    papers.member(name="Another Member (example)")
    assert [(one.name, one.email) for one in to(papers, "respondent", SENDER)] == [
        (SENDER["name"], SENDER["email"]),
        ("Another Member (example)", ""),
    ]


def test_no_letter_follows_a_notice_that_came_back() -> None:
    papers = Papers()
    notice = papers.notice(papers.alleged())
    assert len(to(papers, "respondent", SENDER, after="notices")) == 1
    papers.add("returned-mails", notice=notice, returned_on="2026-03-06")
    assert to(papers, "respondent", SENDER, after="notices") == []


def test_a_name_may_be_told_only_once_its_owner_confirmed_the_report() -> None:
    papers = Papers()
    papers.case.share_identity = "yes"
    assert name_withheld(papers.file())
    papers.add("report-confirmations", confirmed="yes")
    assert not name_withheld(papers.file())
    papers.add("report-confirmations", confirmed="no", how="telephone")
    assert name_withheld(papers.file())


def test_whoever_has_the_code_does_not_overrule_what_an_officer_was_told() -> None:
    papers = Papers()
    papers.add("report-confirmations", confirmed="no", how="telephone")
    papers.add("report-confirmations", confirmed="yes", as_role="reporter")
    assert not is_confirmed(papers.file())


def test_the_panel_reads_what_the_member_sent() -> None:
    papers = Papers()
    own = papers.add("evidence", method="from_respondent", file="f1", as_role="respondent")
    said_so = papers.add("evidence", method="from_respondent", file="f2")
    papers.step("refer", "referred")
    assert own in served_before_referral(papers.file())
    assert said_so not in served_before_referral(papers.file())  # X21: only an officer says that it was theirs


def test_a_file_that_took_the_place_of_the_one_that_was_given_is_not_served() -> None:
    papers = Papers()
    item = papers.add("evidence", method="document", file="f1")
    papers.add("evidence-services", item=item, served_on="2026-02-01", entered="2026-02-01")
    assert papers.unmet("evidence_was_served") is None
    newer = papers.add("evidence", method="document", file="f2", replaces=item)
    assert papers.unmet("evidence_was_served")
    papers.step("refer", "referred")
    assert served_before_referral(papers.file()) == {item}
    assert newer not in served_before_referral(papers.file())


def test_the_words_of_the_reporter_about_a_file_stay_with_the_officers() -> None:
    papers = Papers()
    alleged = papers.alleged()
    member = papers.rows[-2].id
    item = papers.add("evidence", method="reporter_screenshot", as_role="reporter", file="f", shows="I saved it.")
    papers.add("evidence-services", item=item, served_on="2026-02-01", entered="2026-02-01")
    (served,) = served_on_member(papers.file(), frozenset({alleged}), member)
    assert served.words == ()


def test_somebody_else_posted_it_stops_a_referral_though_nobody_disputed_it() -> None:
    papers = Papers()
    alleged = papers.alleged()
    papers.notice(alleged)
    member = papers.rows[1].id
    papers.add("attributions", respondent=member, finding="hacked", basis="A log-in.", reasons="Likely.")
    assert papers.unmet("attribution_is_settled")
    papers.add("attributions", respondent=member, finding="theirs", basis="The log.", reasons="Likely.")
    assert papers.unmet("attribution_is_settled") is None


def test_letters_name_the_last_day_that_counts() -> None:
    papers = Papers()
    alleged = papers.alleged()
    notice = papers.notice(alleged, sent="2026-03-02", reply_by="2026-03-03")
    file = papers.file()
    row = file.latest(notice)
    assert row is not None
    assert first_last_day(row.plain, row.day) == last_day_to_reply(file, row) == date(2026, 3, 16)
    asked = papers.add("time-requests", notice=notice, requested_on="2026-03-04", until="2026-03-30", reason="Shifts.")
    papers.add("time-decisions", request=asked, decision="granted", reply_by="2026-03-28", reason="Nothing is lost.")
    assert last_day_to_reply(papers.file(), row) == date(2026, 3, 28)
