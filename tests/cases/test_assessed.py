"""Nobody goes to the panel on evidence at which nobody looked (decision 17)."""

from tests.cases.papers import Papers


def test_every_item_that_something_rests_on_is_looked_at() -> None:
    papers = Papers()
    alleged = papers.alleged()
    assert papers.unmet("evidence_is_sound") is None  # nothing to look at
    one, two, three = (papers.add("evidence", method="link_only", supports=[alleged]) for _ in range(3))
    papers.add("evidence", method="document", file="f1", copy_of=one)
    papers.add("authenticity-assessments", item=one, authenticity="seen_live")
    said = "Say of every item that supports what is alleged whether it can be relied on; still open: {}"
    assert papers.unmet("evidence_is_sound") == said.format(2)
    papers.add("authenticity-assessments", item=two, authenticity="uncorroborated")
    assert papers.unmet("evidence_is_sound") == said.format(1)
    papers.add("authenticity-assessments", item=three, authenticity="accepted")
    assert papers.unmet("evidence_is_sound") is None


def test_where_there_are_items_at_least_one_was_looked_at() -> None:
    papers = Papers()
    alleged = papers.alleged()
    item = papers.add("evidence", method="from_respondent", file="f1", as_role="respondent", by="")
    assert papers.unmet("evidence_is_sound") is None  # what the member sent is not held against them
    other = papers.add("evidence", method="link_only")
    assert papers.unmet("evidence_is_sound")
    papers.add("authenticity-assessments", item=other, authenticity="seen_live")
    assert papers.unmet("evidence_is_sound") is None
    papers.add("evidence", method="from_respondent", file="f1", replaces=item, supports=[alleged])
    assert papers.unmet("evidence_is_sound")
