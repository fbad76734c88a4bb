"""X22: what is withheld from the member carries no allegation to the panel, for the panel does not read it."""

import pytest

from app.errors import Refused
from tests.branch import REFERRAL, SECRETARY, Branch
from tests.cases.papers import Papers

WITHHELD = (
    "Serve an item that can be relied on, or a redacted copy of it: the panel does not read what is withheld from the "
    "member; still open: {}"
)


def test_what_is_withheld_from_the_member_carries_no_allegation() -> None:
    papers = Papers()
    first, second = papers.alleged(), papers.alleged("3.5a")
    hidden = papers.add("evidence", method="link_only", supports=[first, second])
    weak = papers.add("evidence", method="link_only", supports=[first])
    papers.add("authenticity-assessments", item=hidden, authenticity="seen_live")
    papers.add("authenticity-assessments", item=weak, authenticity="disputed")
    papers.add("evidence-services", item=weak, served_on="2026-02-01", entered="2026-02-01")
    assert (
        papers.unmet("support_is_not_withheld") is None
    )  # whether it is served is still open: that is asked elsewhere
    papers.add("evidence-services", item=hidden, withheld_reason="It names a child.")
    assert papers.unmet("evidence_was_served") is None
    assert papers.unmet("support_is_not_withheld") == WITHHELD.format("3.1, 3.5a")
    papers.add("authenticity-assessments", item=weak, authenticity="corroborated")
    assert papers.unmet("support_is_not_withheld") == WITHHELD.format("3.5a")
    copy = papers.add("evidence", method="document", file="f1", copy_of=hidden, redaction_reason="A name.")
    assert papers.unmet("support_is_not_withheld") == WITHHELD.format("3.5a")
    papers.add("evidence-services", item=copy, served_on="2026-02-01", entered="2026-02-01")
    assert papers.unmet("support_is_not_withheld") is None


def test_what_the_member_sent_carries_an_allegation_without_being_served() -> None:
    papers = Papers()
    alleged = papers.alleged()
    sent = {"method": "from_respondent", "file": "f1"}
    own = papers.add("evidence", **sent, as_role="respondent", by="")
    papers.add("evidence", **sent, replaces=own, supports=[alleged])
    papers.add("authenticity-assessments", item=own, authenticity="accepted")
    papers.add("evidence-services", item=own, withheld_reason="They have it.")
    assert papers.unmet("support_is_not_withheld") is None


def test_referring_on_what_was_withheld_is_refused(branch: Branch) -> None:
    reference = branch.at("acknowledged")
    alleged = branch.under_review(reference)
    link = {"method": "link_only", "link": "https://social.example/post/1"}
    item = branch.keep(SECRETARY, reference, "evidence", **link, supports=alleged)
    branch.keep(SECRETARY, reference, "evidence-services", item=item, withheld_reason="It names a child.")
    with pytest.raises(Refused) as refused:
        branch.referred(reference)
    assert [(one.condition, one.message) for one in refused.value.unmet] == [
        ("support_is_not_withheld", WITHHELD.format("3.1"))
    ]
    branch.served(reference, item)
    branch.act(SECRETARY, reference, "refer", **REFERRAL)
    assert branch.case(reference).state == "referred"
