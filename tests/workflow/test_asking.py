"""Which questions and choices of a record are for whom."""

from app.workflow.asking import asked_of, for_kind
from app.workflow.definition import Field, Option

KIND = Field(
    "kind",
    "choice",
    "Kind",
    options=(Option("both", "Both"), Option("ours", "Ours"), Option("theirs", "Theirs")),
    account_values=("ours",),
    holder_values=("theirs",),
)
HOW = Field("how", "choice", "How", account_only=True)


def test_whoever_comes_by_a_code_is_asked_less_and_chooses_among_their_own() -> None:
    (only,) = asked_of((KIND, HOW), holder=True)
    assert [option.value for option in only.options] == ["both", "theirs"]


def test_people_with_an_account_are_asked_everything_but_choose_nothing_of_a_reporter() -> None:
    first, second = asked_of((KIND, HOW), holder=False)
    assert [option.value for option in first.options] == ["both", "ours"]
    assert second == HOW


def test_a_question_without_such_a_rule_stays_as_it_is() -> None:
    plain = Field("text", "text", "Text")
    assert asked_of((plain,), holder=True) == asked_of((plain,), holder=False) == (plain,)


def test_a_choice_for_some_kinds_of_report_is_offered_to_these_alone() -> None:
    outcome = Field("outcome", "choice", "End", options=KIND.options, kind_values={"theirs": ("little", "big")})
    for kind, values in (("big", ["both", "ours", "theirs"]), ("huge", ["both", "ours"])):
        first, second = for_kind((outcome, HOW), kind)
        assert [option.value for option in first.options] == values
        assert second is HOW
