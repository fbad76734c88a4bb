"""Nobody goes to the panel on evidence at which nobody looked (decision 17)."""

from tests.cases.papers import Papers


def test_every_item_that_something_rests_on_is_looked_at() -> None:
    papers = Papers()
    alleged = papers.alleged()
    assert papers.unmet("evidence_is_assessed") is None  # decision 17: nothing to look at
    one, two = (papers.add("evidence", method="link_only", supports=[alleged]) for _ in range(2))
    papers.add("evidence", method="document", file="f1", copy_of=one)
    said = "Say of every item that supports what is alleged whether it can be relied on; still open: {}"
    assert papers.unmet("evidence_is_assessed") == said.format(2)
    papers.add("authenticity-assessments", item=one, authenticity="seen_live")
    assert papers.unmet("evidence_is_sound") is None
    assert papers.unmet("evidence_is_assessed") == said.format(1)
    papers.add("authenticity-assessments", item=two, authenticity="uncorroborated")
    assert papers.unmet("evidence_is_assessed") is None


def test_where_there_are_items_at_least_one_was_looked_at() -> None:
    papers = Papers()
    papers.alleged()
    item = papers.add("evidence", method="from_respondent", file="f1", as_role="respondent", by="")
    assert papers.unmet("evidence_is_assessed") is None  # what the member sent is not held against them
    other = papers.add("evidence", method="link_only")
    assert papers.unmet("evidence_is_assessed")
    papers.add("authenticity-assessments", item=other, authenticity="seen_live")
    assert papers.unmet("evidence_is_assessed") is None
    papers.add("evidence", method="from_respondent", file="f1", replaces=item, supports=[papers.rows[2].id])
    assert papers.unmet("evidence_is_assessed")
