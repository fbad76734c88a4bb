"""Each list of an auditor on plain rows: what stands out, and beside it what does not."""

from datetime import date, timedelta
from typing import Any

import pytest

from app.cases.models import Case
from app.oversight import exceptions, findings
from app.oversight.dossiers import Dossier, Line
from app.oversight.findings import Asked
from app.workflow.definition import Workflow
from tests.branch import library
from tests.oversight.dossier import OPENED, case, deadline, dossier, letter, line, on, record, step

TODAY = date(2026, 9, 1)
ASKED = Asked(TODAY, 28)
WORKFLOW: Workflow = library().get("social-media-conduct", 1)


def on_day(days: int) -> date:
    return OPENED + timedelta(days=days)


def words(name: str, about: Case | None = None, asked: Asked = ASKED, **rows: Any) -> list[str]:
    """What a list by cases says of one case."""
    find = exceptions.LOOKOUTS[name].of_case
    assert find is not None
    return [found.what for found in find(dossier(WORKFLOW, about, **rows), asked)]


def picked(name: str, one: Line, days: int = 7) -> str:
    """What a list by entries says of one entry; empty where it leaves it out."""
    pick = exceptions.LOOKOUTS[name].of_line
    assert pick is not None
    found = pick(one, Asked(TODAY, days))
    return found.what if found is not None else ""


def test_a_report_without_a_reply() -> None:
    assert words("unacknowledged") == ["No reply is recorded, 183 days after the report"]
    assert words("unacknowledged", asked=Asked(OPENED)) == ["No reply is recorded yet; the report came today"]
    assert words("unacknowledged", records=[record("acknowledgements", 2, how="email")]) == []
    impossible = [record("acknowledgements", 2, how="impossible")]
    assert words("unacknowledged", records=impossible) == ["It was recorded that no reply could be sent"]


ACKNOWLEDGED = step("acknowledge", "received", "acknowledged", 5, on_day(9))
DUE = deadline("acknowledge", on_day(7))


def test_a_date_that_was_missed_with_and_without_a_reason() -> None:
    late = ["Reply to the person who told us: due 9 March, 2 days late"]
    assert words("late-unexplained", records=[ACKNOWLEDGED], deadlines=[DUE]) == late
    assert words("late-explained", records=[ACKNOWLEDGED], deadlines=[DUE]) == []
    why = record("late-reasons", 4, on_day(9), clock="acknowledge")
    assert words("late-unexplained", records=[why, ACKNOWLEDGED], deadlines=[DUE]) == []
    assert words("late-explained", records=[why, ACKNOWLEDGED], deadlines=[DUE]) == late
    other = record("late-reasons", 4, on_day(9), clock="decide")
    assert words("late-unexplained", records=[other, ACKNOWLEDGED], deadlines=[DUE]) == late


def test_a_date_that_was_kept_is_not_late() -> None:
    kept = step("acknowledge", "received", "acknowledged", 5, on_day(7))
    assert words("late-unexplained", records=[kept], deadlines=[DUE]) == []


def test_a_date_that_still_runs_is_late_from_the_day_after() -> None:
    received = case("received")
    assert words("late-unexplained", received, Asked(on_day(7)), deadlines=[DUE]) == []
    assert len(words("late-unexplained", received, Asked(on_day(8)), deadlines=[DUE])) == 1


def test_days_of_a_pause_do_not_count_nor_those_after_the_step() -> None:
    pause = record("pauses", 2, on_day(3), name="p")
    on_again = record("resumptions", 3, on_day(5), pause="p")
    assert words("late-unexplained", records=[pause, on_again, ACKNOWLEDGED], deadlines=[DUE]) == []
    paused_later = record("pauses", 6, on_day(20), name="p")
    assert len(words("late-unexplained", records=[ACKNOWLEDGED, paused_later], deadlines=[DUE])) == 1


def test_dates_that_are_no_duty_of_the_branch_are_left_out() -> None:
    dates = [deadline("reply", on_day(7)), deadline("review_window", on_day(7)), deadline("decide", on_day(7))]
    assert words("late-unexplained", case("closed", final=True), deadlines=dates) == []


def test_a_date_ends_with_its_record_and_with_its_clock_begun_anew() -> None:
    told = deadline("tell_respondent", on_day(31))
    notice = record("notices", 4, on_day(31))
    assert words("late-unexplained", records=[notice], deadlines=[told]) == []
    again = [deadline("update_reporter", on_day(28)), deadline("update_reporter", TODAY, 4, begun=on_day(28))]
    assert words("late-unexplained", deadlines=again) == []


REFERRED = step("refer", "under_review", "referred", 8, on_day(40))
NOTICE = record("notices", 4, sent_on="2026-03-20")


def test_a_referral_without_notice_or_reply() -> None:
    assert words("unheard", records=[REFERRED]) == ["Referred without any notice to the member"]
    assert words("unheard", records=[NOTICE, REFERRED]) == ["Referred without a reply to the notice of 20 March"]
    reply = record("replies", 5, notice=NOTICE.id)
    assert words("unheard", records=[NOTICE, reply, REFERRED]) == []
    too_late = record("replies", 9, notice=NOTICE.id)
    assert len(words("unheard", records=[NOTICE, REFERRED, too_late])) == 1
    assert words("unheard", records=[]) == []


def test_a_referral_that_rests_on_words_alone() -> None:
    said = ["Referred without an item of evidence that somebody looked at and the member was given"]
    assert words("on-words", records=[REFERRED]) == said
    item = record("evidence", 4, method="link_only")
    assessed = record("authenticity-assessments", 5, item=item.id, authenticity="seen_live")
    served = record("evidence-services", 6, item=item.id, served_on="2026-03-20")
    assert words("on-words", records=[item, REFERRED]) == said
    assert words("on-words", records=[item, served, REFERRED]) == said
    assert words("on-words", records=[item, assessed, REFERRED]) == said
    assert words("on-words", records=[item, assessed, served, REFERRED]) == []
    withheld = record("evidence-services", 6, item=item.id)
    assert words("on-words", records=[item, assessed, withheld, REFERRED]) == said
    copy = record("evidence", 5, copy_of=item.id, name="copy")
    of_copy = record("evidence-services", 7, item=copy.id, served_on="2026-03-20")
    assert words("on-words", records=[item, copy, assessed, withheld, of_copy, REFERRED]) == []
    too_late = record("authenticity-assessments", 9, item=item.id, authenticity="seen_live")
    assert words("on-words", records=[item, served, REFERRED, too_late]) == said
    sent = record("evidence", 4, method="from_respondent")
    sent.by_role = "respondent"
    of_theirs = record("authenticity-assessments", 5, item=sent.id, authenticity="accepted")
    assert words("on-words", records=[sent, of_theirs, REFERRED]) == []
    assert words("on-words", records=[]) == []


def test_a_finding_against_the_member_that_is_older_than_their_reply() -> None:
    notice = record("notices", 4, allegations=["a"], sent_on="2026-03-20")
    found, reply = (record("findings", 5, allegation="a", result="proved"), record("replies", 6, notice=notice.id))
    closed = step("close_after_review", "under_review", "closed", 8, on_day(40))
    said = ["Found to have happened before the member replied, and not found anew"]
    assert words("found-unheard", records=[notice, found, reply, closed]) == said
    anew = record("findings", 7, allegation="a", result="proved")
    assert words("found-unheard", records=[notice, found, reply, anew, closed]) == []
    for_them = record("findings", 5, allegation="a", result="not_proved")
    assert words("found-unheard", records=[notice, for_them, reply, closed]) == []
    assert words("found-unheard", records=[notice, found, closed]) == []
    assert words("found-unheard", records=[notice, found, reply]) == []


def test_somebody_at_work_before_declaring() -> None:
    viewed = line("case_viewed", OPENED, by="a")
    said = record("conflict-declarations", 2, on_day(2), by="a", answer="none")
    never = ["Opened the case and has not declared whether anything connects them with it"]
    before = ["Worked on the case before declaring whether anything connects them with it"]
    assert words("undeclared", lines=[viewed]) == never
    assert words("undeclared", lines=[viewed], records=[said]) == []  # that was the card
    opened = line("evidence_opened", on_day(1), by="a")
    assert words("undeclared", lines=[viewed, opened], records=[said]) == before
    after = line("evidence_opened", on_day(3), by="a")
    declared = line("record_added", on_day(1), by="a", record={"kind": "conflict-declarations", "id": "x"})
    assert words("undeclared", lines=[viewed, declared, after], records=[said]) == []
    assert words("undeclared", lines=[line("case_viewed", by="b", role="auditor")]) == []


def test_contacts_from_outside() -> None:
    contact = record("influence-contacts", 3, to_whom="handler", how="telephone", happened_on="2026-03-05")
    said = "Someone outside spoke to the officer looking after this (telephone), on 5 March"
    assert words("influence", records=[contact]) == [said]
    assert words("influence", records=[record("notes", 3)]) == []


def test_a_case_that_was_opened_again() -> None:
    again = step("reopen", "closed", "under_review", 9, ground="new_evidence")
    assert words("reopened", records=[again]) == ["Opened again: new evidence that matters"]
    assert words("reopened", records=[REFERRED]) == []


def test_closing_letters_that_did_not_go() -> None:
    closed = case("closed", final=True, closed_at=on(on_day(60)))
    waits = ["To the person who told us: it is finished: it waits for an officer"]
    assert words("unsent", closed, letters=[letter("closing_third_party", "needs_you")]) == waits
    assert words("unsent", closed, letters=[letter("closing_third_party", "sent")]) == []
    assert words("unsent", closed) == ["Finished, and no closing letter was prepared"]
    assert words("unsent", letters=[letter("acknowledgement", "needs_you")]) == []


def test_a_case_on_which_nothing_happens() -> None:
    step_then, read_now = line("step_taken", TODAY - timedelta(days=28)), line("case_viewed", TODAY)
    assert words("sleeping", lines=[step_then, read_now]) == ["Nothing was recorded for 28 days"]
    for looked in ("remark_written", "record_exported"):
        assert words("sleeping", lines=[step_then, line(looked, TODAY)]) == ["Nothing was recorded for 28 days"]
    assert words("sleeping", lines=[line("step_taken", TODAY - timedelta(days=27))]) == []
    assert words("sleeping", case("closed", final=True), lines=[step_then]) == []


@pytest.mark.parametrize(
    ("name", "shows", "does_not", "said"),
    [
        (
            "backdated",
            line("record_added", on_day(7), occurred_on=OPENED.isoformat()),
            line("record_added", on_day(6), occurred_on=OPENED.isoformat()),
            "Something was recorded on a case: entered 7 days after it happened",
        ),
        (
            "backdated",
            line("case_opened", on_day(31), occurred_on=OPENED.isoformat()),
            line("record_added", on_day(31)),
            "A case was opened: entered 31 days after it happened",
        ),
        (
            "clock-jumps",
            line("step_taken", clock_back_us=1_295_999_000_000),
            line("step_taken", clock_back_us=0),
            "The clock had gone back by about 15 days",
        ),
        (
            "clock-jumps",
            line("step_taken", clock_back_us=3_600_000_000),
            line("step_taken"),
            "The clock had gone back by 1 hour",
        ),
    ],
)
def test_lists_by_entries_pick(name: str, shows: Line, does_not: Line, said: str) -> None:
    assert picked(name, shows) == said
    assert picked(name, does_not) == ""


def test_entries_are_told_in_words() -> None:
    assert picked("views", line("case_viewed")) == "A case was opened to read"
    assert picked("denials", line("denials_counted", count=7)) == "Someone was turned away many times: 7 times"
    turned = line("access_denied", subject={"kind": "place", "id": "trail"})
    assert picked("denials", turned) == "Someone was turned away from the record of steps"
    themself = line("access_denied", subject={"kind": "person", "id": "p" * 32})
    assert picked("denials", themself).endswith("from changing an account or its offices")
    before = line("access_denied", subject={"kind": "place", "id": "/log/tile/entries"})
    assert picked("denials", before) == "Someone was turned away from the entries of the log"
    of_log = line("access_denied", subject={"kind": "log", "id": "tile/entries"})
    assert picked("denials", of_log) == "Someone was turned away from the entries of the log"
    assert picked("denials", line("access_denied")) == "Someone was turned away"
    whole = line("record_exported", subject={"kind": "csv", "id": "all"})
    assert picked("exports", whole) == "A copy of the record was saved: CSV, all of it"
    part = line("record_exported", subject={"kind": "jsonl", "id": "event:case_viewed/from:20260101"})
    assert picked("exports", part) == "A copy of the record was saved: JSON lines, a part of it"
    of_case = line("record_exported", subject={"kind": "xes", "id": "case"})
    assert picked("exports", of_case) == "A copy of the record was saved: XES, one case"
    assert picked("exports", line("backup_made")) == "A copy of everything was made"
    aside = line("message_set_aside", subject={"kind": "message", "id": "thanks"})
    assert picked("set-aside", aside) == "No case was opened: thanks, or praise"


def test_every_list_has_one_function_words_and_its_own_name() -> None:
    for name, one in exceptions.LOOKOUTS.items():
        assert one.name == name
        assert (one.of_case is None) != (one.of_line is None)
        assert one.title
        assert one.help.endswith(".")


def test_similar_facts_are_counted_side_by_side() -> None:
    from app.oversight.alike import alike

    def closed(reference: str, outcome: str, clauses: list[str], *records: Any) -> Dossier:
        about = case("closed", final=True, reference=reference, outcome=outcome)
        return dossier(WORKFLOW, about, clauses=clauses, records=records)

    decision = record("panel-decisions", 8, outcome="upheld_with_measure", measures=["training", "reminder"])
    table = alike(
        [
            closed("A", "no_breach", ["3.1"]),
            closed("B", "no_breach", ["3.1", "3.2"]),
            closed("C", "upheld_with_measure", ["3.1"], decision),
            closed("D", "no_breach", ["3.1"], decision),  # opened again, then finished without the panel
            dossier(WORKFLOW, case("referred"), clauses=["3.1"]),
        ]
    )
    assert [(row.clause, row.outcome, row.measure, row.cases) for row in table] == [
        ("3.1", "Within the guidance", "None", ("A", "B", "D")),
        ("3.1", "Found to have happened", "Reminder of the guidance", ("C",)),
        ("3.1", "Found to have happened", "Training", ("C",)),
        ("3.2", "Within the guidance", "None", ("B",)),
    ]


def test_what_a_letter_closes_with_comes_from_the_procedure() -> None:
    assert "closing_third_party" in findings.closing_letters(WORKFLOW)
    assert "referral_to_reporter" not in findings.closing_letters(WORKFLOW)
