"""The demonstration cases: one at every stage, and one of every kind of thing there is to see."""

from typing import Any

from app.demo.people import DEPUTY, PANEL, SECRETARY
from app.demo.stage import ORGANISER, TREASURER, DemoCase


def _third_party(case: DemoCase, days: int, statement: str, *clauses: str, **more: Any) -> None:
    answers = {"respondent": ORGANISER, "how_seen": "Someone at the ward meeting showed it to me."} | more
    case.opened(days, kind="third_party", statement=statement, clauses=list(clauses), **answers)


def _late(case: DemoCase) -> None:
    _third_party(case, 9, "A member called the caretaker a thief on the ward page.", "3.3", respondent=TREASURER)


def _soon(case: DemoCase) -> None:
    case.opened(6, kind="target", statement="I get messages at night that make fun of how I speak.", safe_now="yes")


def _fresh(case: DemoCase) -> None:
    _third_party(case, 0, "A list of members' telephone numbers was shared in an open group.", "3.5b", "2.3")


def _answered(case: DemoCase) -> None:
    case.opened(
        5,
        kind="target",
        statement="My photograph was shared with a joke about my family.",
        share_identity="ask_me",
        reporter={"name": "Ward member (example)", "address": "2 Example Lane", "letters_by": "post"},
    )
    case.declare(3)
    case.add(3, "risks", threat="no", child="no", vulnerable="unknown")
    case.post(3, "acknowledgement")
    case.act(3, "acknowledge")
    case.told(0, "messages", kind="new_event", text="The picture was shared once more last night.")


def _put_to_the_member(case: DemoCase) -> None:
    _third_party(case, 34, "A rumour about the accounts was shared again and again.", "3.5a")
    case.acknowledge(31)
    member = {"name": ORGANISER["name"], "address": "3 Example Lane", "identified": "named", "member_then": "yes"}
    alleged = case.begin(26, "3.5a", **member)
    case.serve(20, alleged, "Ask the treasurer\nwhere the money went.")
    code = case.notify(20, alleged, how="post", evidence_listed="A page with the dates on which it was shared")
    case.post(20, "notice")
    case.answered(8, code, "member-needs", companion="A friend from the ward (example)")
    case.answered(8, code, "time-requests", until=case.day(-7), reason="I want to look for the minutes.")


def _panel_is_asked(case: DemoCase) -> None:
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


def _with_the_panel(case: DemoCase) -> None:
    case.opened(60, kind="target", statement="Insults under each of my posts.", safe_now="yes", share_identity="yes")
    case.acknowledge(57)
    case.hear(45, case.begin(52, "3.1", "3.2a"), "I was angry and I am sorry.")
    case.refer(30)


def _no_breach(case: DemoCase) -> None:
    _third_party(case, 70, "An organiser called a council policy “a shambles”.", "3.3")
    case.acknowledge(68)
    alleged = case.begin(63, "3.3")
    case.hear(60, alleged, "That is my opinion of the policy.")
    case.find(50, alleged, "not_proved")
    case.finish(50, "no_breach")


def _put_right(case: DemoCase) -> None:
    done = {"what": "Deleted it and wrote that it was not true.", "when_words": "After twenty minutes", "worked": "yes"}
    more = {"channel": "oral_note", "declaration": {"answer": "none"}, "reporter": {"name": "Ward member (example)"}}
    case.opened(48, SECRETARY, kind="self", statement="I shared a rumour that was not true.", put_right=done, **more)
    case.add(47, "acknowledgements", how="telephone", sent_on=case.day(47))
    case.add(47, "risks", threat="no", child="no", vulnerable="no")
    case.act(47, "acknowledge")
    alleged = case.begin(45, "3.5a", name="Ward member (example)", identified="named", member_then="yes")
    case.find(41, alleged, "proved")
    case.finish(41, "self_report_rectified")


def _upheld(case: DemoCase) -> None:
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


def _about_the_secretary(case: DemoCase) -> None:
    case.handler = DEPUTY
    _third_party(case, 16, "A post from the branch's own page made fun of a member.", "3.1", involves_secretary="yes")
    case.acknowledge(14)
    case.begin(6, "3.1", name="Branch secretary", identified="named", member_then="yes")


def _looked_at_again(case: DemoCase) -> None:
    _third_party(
        case, 80, "An account without a name insults members.", "3.1", respondent={"handle": "@nobody_example"}
    )
    case.acknowledge(78, how="impossible")
    alleged = case.begin(72, "3.1", handle="@nobody_example", identified="account_only", member_then="unknown")
    case.find(65, alleged, "not_determined")
    case.finish(65, "respondent_unidentified", "no", respondent_not_told_reason="Nobody knows who holds the account.")
    case.declare(4, DEPUTY)
    case.act(4, "reopen", DEPUTY, ground="new_evidence", reasons="The holder of the account has written to us.")


PLAYS = (
    *(_upheld, _looked_at_again, _no_breach, _with_the_panel, _put_right, _panel_is_asked),
    *(_put_to_the_member, _about_the_secretary, _late, _soon, _answered, _fresh),
)
