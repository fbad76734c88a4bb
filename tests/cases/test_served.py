"""Which evidence a member's own page lists: what was served about what was put to them, without who obtained it."""

from typing import Any

from app.cases.casefile import CaseFile
from app.cases.disclosure import THE_MESSAGE, WITH_IT
from app.cases.served import served_on_member
from tests.cases.papers import Papers

ITEM = {"method": "reporter_screenshot", "captured_by": "The reporter", "platform": "The ward page"}


def listed(papers: Papers, member: str, *put: str) -> list[tuple[str, ...]]:
    file = CaseFile(papers.case, papers.workflow, papers.guidance, papers.rows, papers.standings, today=papers.today)
    return [one.words for one in served_on_member(file, frozenset(put), member)]


def serve(papers: Papers, shows: str, served_on: str = "2026-03-02", **more: Any) -> str:
    item = papers.add("evidence", **ITEM, shows=shows, **more)
    papers.add("evidence-services", item=item, **({"served_on": served_on} if served_on else {"withheld_reason": "-"}))
    return item


def test_what_was_served_is_listed_without_who_obtained_it() -> None:
    papers = Papers()
    one = papers.alleged()
    serve(papers, "The post", supports=[one])
    serve(papers, "Kept back", served_on="", supports=[one])
    papers.add("evidence", **ITEM, shows="Never served", supports=[one])
    assert listed(papers, papers.somebody, one) == [("The ward page", "The post")]


def test_an_item_is_listed_for_the_member_whom_it_is_about() -> None:
    papers = Papers()
    one = papers.alleged()
    other = papers.member(name="Another (example)")
    two = papers.alleged("3.4", other)
    serve(papers, "About the first", supports=[one])
    serve(papers, "About the second", supports=[two])
    serve(papers, "About nobody named")
    assert listed(papers, papers.somebody, one) == [("The ward page", "About the first")]
    assert listed(papers, other, two) == [("The ward page", "About the second")]


def test_a_redacted_copy_stands_for_what_its_original_supports() -> None:
    papers = Papers()
    one = papers.alleged()
    original = papers.add("evidence", **ITEM, shows="With a name in it", supports=[one])
    serve(papers, "Without the name", copy_of=original)
    serve(papers, "Without the name, served twice", copy_of=original)
    assert listed(papers, papers.somebody, one)[0] == ("The ward page", "Without the name")
    assert ("The ward page", "With a name in it") not in listed(papers, papers.somebody, one)


def test_how_a_report_reached_the_branch_stays_unsaid() -> None:  # X17
    papers = Papers()
    one = papers.alleged()
    for shows in (THE_MESSAGE, WITH_IT):
        serve(papers, shows, supports=[one])
    assert listed(papers, papers.somebody, one) == [("The ward page",)] * 2


def test_the_reporters_words_stay_unsaid_on_a_card_that_an_officer_completed() -> None:  # X17
    papers = Papers()
    one = papers.alleged()
    sent = papers.add("evidence", by="", as_role="reporter", method="reporter_screenshot", shows="What he wrote to me.")
    card = papers.add("evidence", **ITEM, replaces=sent, supports=[one], shows="What he wrote to me.")
    papers.add("evidence-services", item=card, served_on="2026-03-02")
    assert listed(papers, papers.somebody, one) == [("The ward page",)]
    papers.add("evidence", **ITEM, replaces=card, supports=[one], shows="A message of 1 March.")
    assert listed(papers, papers.somebody, one) == [("The ward page", "A message of 1 March.")]
