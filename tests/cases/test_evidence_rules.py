"""X21 and X22: nothing goes to the panel unserved, or resting on nothing sound. Without evidence nothing is asked."""

from datetime import timedelta
from typing import Any

import pytest

from app import clock
from app.cases import actions
from app.cases.guards import GUARDS, Attempt
from app.errors import Invalid, Refused
from tests.branch import REFERRAL, SECRETARY, Branch, in_days
from tests.cases.papers import Papers
from tests.shared_branch import embedded_branch

__all__ = ["embedded_branch"]
LINK = {"method": "link_only", "link": "https://social.example/post/1"}


def said(branch: Branch, reference: str, condition: str) -> str | None:
    """What a condition says of the case as it is now."""
    with branch.home.db.read() as session:
        desk = actions.sit_down(session, branch.home, branch.viewer(SECRETARY), reference, "api", lock=False)
        return GUARDS[condition].check(Attempt(desk.file, desk.position.viewer.id))


class Evidence:
    """A case under review, and evidence on it."""

    def __init__(self, branch: Branch, *clauses: str) -> None:
        self.branch, self.reference = branch, branch.at("acknowledged")
        self.alleged = branch.under_review(self.reference, clauses or ("3.1",))

    def keep(self, kind: str, **values: Any) -> str:
        return self.branch.keep(SECRETARY, self.reference, kind, **values)

    def item(self, **more: Any) -> str:
        return self.keep("evidence", **LINK, **more)

    def served(self) -> str | None:
        return said(self.branch, self.reference, "evidence_was_served")

    def sound(self) -> str | None:
        return said(self.branch, self.reference, "evidence_is_sound")


@pytest.fixture
def case(embedded_branch: Branch) -> Evidence:
    return Evidence(embedded_branch)


def test_without_evidence_nothing_is_asked(case: Evidence) -> None:
    assert case.served() is None
    assert case.sound() is None


def test_every_item_is_served_fourteen_days_before_or_withheld_with_a_reason(case: Evidence) -> None:
    first, second = case.item(), case.item()
    assert case.served() == "Serve every item of evidence on the member, or say why it is withheld; still open: 2"
    case.keep("evidence-services", item=first, served_on=in_days(-14))
    assert case.served() == "Serve every item of evidence on the member, or say why it is withheld; still open: 1"
    given = case.keep("evidence-services", item=second, served_on=in_days(-13))
    day = clock.today() + timedelta(days=1)
    assert case.served() == f"Wait until 14 days after the evidence was served: {day.day} {day:%B %Y}"
    case.keep("evidence-services", item=second, withheld_reason="It names a child.", replaces=given)
    assert case.served() is None
    case.item()
    assert case.served() == "Serve every item of evidence on the member, or say why it is withheld; still open: 1"


def test_a_corrected_card_keeps_its_service_and_an_officer_cannot_call_it_the_members_own(
    case: Evidence,
) -> None:  # X21
    item = case.item()
    case.keep("evidence-services", item=item, served_on=in_days(-20))
    case.item(replaces=item, platform="Ward page")
    assert case.served() is None
    case.keep("evidence", method="from_respondent", file=_a_file(case))
    assert case.served() == "Serve every item of evidence on the member, or say why it is withheld; still open: 1"


def test_what_came_by_the_members_own_code_is_not_served_on_them_again() -> None:  # X21
    papers = Papers()
    papers.alleged()
    own = papers.add("evidence", method="from_respondent", file="f1", as_role="respondent", by="")
    papers.add("evidence", method="from_respondent", file="f1", replaces=own, platform="Ward page")
    assert papers.unmet("evidence_was_served") is None
    assert papers.unmet("evidence_is_sound") is None
    papers.add("evidence", method="from_respondent", file="f2", replaces=papers.add("evidence", method="document"))
    assert papers.unmet("evidence_was_served")
    assert papers.unmet("evidence_is_sound")


def test_serving_a_redacted_copy_serves_the_item(case: Evidence) -> None:
    original = case.item()
    copy = case.keep(
        "evidence",
        method="document",
        file=_a_file(case),
        copy_of=original,
        redaction_reason="Another person's address was taken out.",
    )
    assert case.served() == "Serve every item of evidence on the member, or say why it is withheld; still open: 1"
    case.keep("evidence-services", item=copy, served_on=in_days(-14))
    assert case.served() is None


def test_an_allegation_never_rests_only_on_what_cannot_be_relied_on(embedded_branch: Branch) -> None:
    case = Evidence(embedded_branch, "3.1", "3.5a")
    item = case.item(supports=[case.alleged[0]])
    open_ = "Record why at least one item under each allegation can be relied on; still open: 3.1"
    assert case.sound() == open_
    for weak in ("uncorroborated", "disputed"):
        case.keep("authenticity-assessments", item=item, authenticity=weak, reason="One person says so.")
        assert case.sound() == open_
    other = case.item(supports=case.alleged)
    assert case.sound() == f"{open_}, 3.5a"
    case.keep("authenticity-assessments", item=other, authenticity="corroborated", reason="Two people saved it.")
    assert case.sound() is None
    case.keep("authenticity-assessments", item=other, authenticity="disputed", reason="One of them is not sure now.")
    assert case.sound() == f"{open_}, 3.5a"
    case.keep("authenticity-assessments", item=item, authenticity="accepted", reason="The member says it is theirs.")
    assert case.sound() == "Record why at least one item under each allegation can be relied on; still open: 3.5a"


def test_an_item_that_names_no_allegation_is_no_way_past(embedded_branch: Branch) -> None:
    """X22: leaving the card incomplete cannot hide that there is nothing better."""
    case = Evidence(embedded_branch, "3.1", "3.5a")
    item = case.item()
    named = "An item whose card names no allegation may be all there is for any: name what it supports (1)"
    open_ = "Record why at least one item under each allegation can be relied on; still open: 3.1, 3.5a"
    assert case.sound() == f"{open_}. {named}"
    case.keep("authenticity-assessments", item=item, authenticity="uncorroborated", reason="One person says so.")
    assert case.sound() == f"{open_}. {named}"
    good = case.item()  # what can be relied on, but speaks for nothing, makes nothing sound
    case.keep("authenticity-assessments", item=good, authenticity="seen_live", reason="It was there on the day.")
    assert case.sound() == f"{open_}. {named}"
    case.item(replaces=good, supports=case.alleged[:1])
    assert case.sound() == f"{open_.removesuffix('3.1, 3.5a')}3.5a. {named}"
    case.item(replaces=item, supports=case.alleged[:1])
    assert case.sound() is None


def test_what_can_be_relied_on_asks_nothing_and_a_card_by_an_officer_is_not_the_members(case: Evidence) -> None:
    sent = {"method": "from_respondent", "file": _a_file(case)}
    reporters = case.branch.rows(case.reference, "evidence")[-1]
    own = case.keep("evidence", **sent)
    assert "(2)" in str(case.sound())  # the reporter's own too, of which nobody said anything
    case.keep("authenticity-assessments", item=own, authenticity="accepted", reason="They handed it over.")
    case.keep("authenticity-assessments", item=reporters.id, authenticity="accepted", reason="The member says so.")
    assert case.sound() is None


def test_a_redacted_copy_says_for_its_original_what_it_supports(case: Evidence) -> None:
    file, sent = _a_file(case), case.branch.rows(case.reference, "evidence")[-1]
    case.keep("authenticity-assessments", item=sent.id, authenticity="accepted", reason="The member says so.")
    assert case.sound() is None
    original = case.item()
    assert case.sound() is not None
    copy = {"method": "document", "copy_of": original, "redaction_reason": "A name.", "supports": case.alleged}
    case.keep("evidence", file=file, **copy)
    case.keep("authenticity-assessments", item=original, authenticity="corroborated", reason="Two people saved it.")
    assert case.sound() is None


def test_referring_is_refused_for_both(embedded_branch: Branch) -> None:
    case = Evidence(embedded_branch)
    case.item(supports=case.alleged)
    case.branch.heard(case.reference)
    with pytest.raises(Refused) as refused:
        case.branch.act(SECRETARY, case.reference, "refer", **REFERRAL)
    assert {"evidence_was_served", "evidence_is_sound"} <= {one.condition for one in refused.value.unmet}


def _a_file(case: Evidence) -> str:
    """The id of a file that the person who told us sent to this case."""
    from app.cases import reporter, sent_evidence
    from app.evidence.arrival import Arrival
    from app.evidence.looking import look_at

    home = case.branch.home
    arrival = Arrival(home.settings, "a.txt")
    arrival.write(case.reference.encode() + str(len(case.branch.rows(case.reference, "evidence"))).encode())
    arrived = arrival.finish()
    look_at(home.settings, arrived)
    holder = reporter.by_code(home, case.branch.codes[case.reference], "api")
    sent_evidence.from_code_holder(home, holder, arrived, "api")
    row = case.branch.rows(case.reference, "evidence")[-1]
    given = {"served_on": in_days(-30), "gives_away": "no"}  # so that it does not stand in the way here
    case.keep("evidence-services", item=row.id, **given)
    return str(row.plain["file"])


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("evidence", {"method": "link_only"}, "link"),
    ("evidence", {"method": "document"}, "file"),
    ("evidence", {"method": "document", "file": "0" * 32}, "file"),
    ("evidence", {**LINK, "redaction_reason": "Names."}, "copy_of"),
    ("evidence", {**LINK, "captured_at": "yesterday"}, "captured_at"),
    ("evidence", {**LINK, "captured_at": "2026-05-11T25:00"}, "captured_at"),
    ("evidence", {**LINK, "captured_at": "2999-05-11 10:00"}, "captured_at"),
    ("evidence", {**LINK, "supports": ["0" * 32]}, "supports"),
]


@pytest.mark.parametrize(("kind", "values", "field"), WRONG)
def test_a_card_that_cannot_be(case: Evidence, kind: str, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as wrong:
        case.keep(kind, **values)
    assert field in {error.field for error in wrong.value.errors}


def test_copies_and_services_that_cannot_be(case: Evidence) -> None:
    item = case.item()
    wrong: list[tuple[str, dict[str, Any], str]] = [
        ("evidence", {**LINK, "copy_of": item}, "redaction_reason"),
        ("evidence", {**LINK, "copy_of": item, "redaction_reason": "Names."}, "file"),
        ("evidence", {**LINK, "copy_of": item, "replaces": item, "redaction_reason": "Names."}, "copy_of"),
        ("evidence-services", {"item": item}, "served_on"),
        (
            "evidence-services",
            {"item": item, "served_on": in_days(-1), "withheld_reason": "A child."},
            "withheld_reason",
        ),
        ("evidence-services", {"item": item, "served_on": in_days(1)}, "served_on"),
        ("authenticity-assessments", {"item": item, "authenticity": "accepted"}, "reason"),
    ]
    for kind, values, field in wrong:
        with pytest.raises(Invalid) as refused:
            case.keep(kind, **values)
        assert field in {error.field for error in refused.value.errors}


def test_a_card_that_came_by_code_is_completed_but_keeps_what_was_sent(case: Evidence) -> None:
    file = _a_file(case)
    sent = case.branch.rows(case.reference, "evidence")[-1]
    other = _a_file(case)
    whole = {"method": "reporter_screenshot", "file": file, "supports": case.alleged, "platform": "Ward page"}
    for changed, field in (({"file": other}, "file"), ({"method": "from_respondent"}, "method")):
        with pytest.raises(Invalid) as wrong:
            case.keep("evidence", **whole | changed, replaces=sent.id)
        assert [error.field for error in wrong.value.errors] == [field]
    card = case.keep("evidence", **whole, replaces=sent.id)
    case.keep("evidence", **whole, handle="@ward", replaces=card)
    with pytest.raises(Invalid):
        case.keep("evidence", **whole | {"file": other}, replaces=case.branch.rows(case.reference, "evidence")[-1].id)
    rows = [row for row in case.branch.rows(case.reference, "evidence") if row.plain["file"] == file]
    assert [(row.by_role, row.by_person) for row in rows] == [
        ("reporter", None),
        ("secretary", case.branch.ids[SECRETARY]),
        ("secretary", case.branch.ids[SECRETARY]),
    ]
    assert [row.replaces for row in rows] == [None, sent.id, card]
    assert rows[0].plain == sent.plain
    added = [entry for entry in case.branch.entries(case.reference) if card.encode() in entry.entry]
    assert [(entry.actor_id, entry.actor_role) for entry in added] == [(case.branch.ids[SECRETARY], "secretary")]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2026-05-11T19:40:00Z", "2026-05-11T19:40Z"),
        ("2026-05-11T19:40+02:00", "2026-05-11T17:40Z"),
        ("11 May 2026, 19:40", "2026-05-11T18:40Z"),
        ("11/1/2026 9.05", "2026-01-11T09:05Z"),
    ],
)
def test_when_it_was_saved_is_kept_in_utc(case: Evidence, given: str, kept: str) -> None:
    item = case.item(captured_at=given)
    rows = {row.id: row for row in case.branch.rows(case.reference, "evidence")}
    assert rows[item].plain["captured_at"] == kept
