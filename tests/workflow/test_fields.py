"""One set of answers: what is accepted and kept, what is refused and in which words."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import FieldError, Invalid
from app.workflow.definition import Field, Option
from app.workflow.fields import as_schema, from_form, join, read, split

TODAY = date(2026, 5, 14)
ID, OTHER = "0" * 31 + "a", "f" * 32
COLOURS = (Option("red", "Red"), Option("3.1", "Green"))
SPECS = (
    Field("text", "text", "Story", max_length=50, min_length=3),
    Field("line", "line", "Line", max_length=20),
    Field("email", "email", "Mail"),
    Field("tel", "tel", "Telephone"),
    Field("url", "url", "Link"),
    Field("day", "date", "Day"),
    Field("due", "date", "Due", future=True, not_before="day"),
    Field("colour", "choice", "Colour", options=COLOURS),
    Field("colours", "choices", "Colours", options=COLOURS),
    Field("agreed", "yes_no", "Agreed?"),
    Field("safe", "yes_no_unknown", "Safe?"),
    Field("person", "person", "Person", of="panel"),
    Field("persons", "persons", "Persons", of="panel"),
    Field("record", "record", "Record", of="notes"),
    Field("records", "records", "Records", of="notes", max_items=2),
    Field("you", "group", "You", fields=(Field("name", "line", "Name"), Field("member", "yes_no", "Member?"))),
    Field(
        "items",
        "items",
        "Posts",
        max_items=3,
        fields=(Field("url", "url", "Link"), Field("still", "yes_no", "Still?"), Field("on", "date", "On")),
    ),
)
KEPT: list[tuple[str, Any, Any]] = [
    ("text", "😀 \u200frtl\u200e <script>alert(1)</script>", "😀 \u200frtl\u200e <script>alert(1)</script>"),
    ("text", "  as\r\ntyped \n", "  as\r\ntyped \n"),
    ("text", "x" * 50, "x" * 50),
    ("line", "one line", "one line"),
    ("email", " a.b@example.org ", "a.b@example.org"),
    ("day", "2026-05-14", "2026-05-14"),
    ("day", "11 May 2026", "2026-05-11"),
    ("day", "1st sept 2025", "2025-09-01"),
    ("day", " 11/5/2026 ", "2026-05-11"),
    ("day", "29 February 2024", "2024-02-29"),
    ("due", "2200-12-31", "2200-12-31"),
    ("colour", "3.1", "3.1"),
    ("colours", "red", ["red"]),
    ("colours", ["3.1", "red", "3.1", ""], ["3.1", "red"]),
    ("agreed", True, "yes"),
    ("agreed", False, "no"),
    ("safe", "unknown", "unknown"),
    ("person", ID, ID),
    ("person", "a@example.org", "a@example.org"),
    ("persons", [ID, OTHER, ID], [ID, OTHER]),
    ("record", ID, ID),
    ("records", [ID], [ID]),
    ("you", {"name": "A", "member": False}, {"name": "A", "member": "no"}),
    ("items", [{"url": ""}, {}, None, {"still": False}], [{"still": "no"}]),
]
REFUSED: list[tuple[str, Any, str, str]] = [
    ("text", "x" * 51, "text", "Shorten “Story” to at most 50 characters. It has 51"),
    ("text", " ab ", "text", "Write at least 3 characters under “Story”"),
    ("text", "abc\0", "text", "a character in it that cannot be stored"),
    ("text", "abc\ud800", "text", "a character in it that cannot be stored"),
    ("text", 5, "text", "Send “Story” as text in quotes"),
    ("text", ["abc"], "text", "Send “Story” as text in quotes"),
    ("text", {"a": "b"}, "text", "Send “Story” as text in quotes"),
    ("line", "one\ntwo", "line", "Write “Line” on one line"),
    ("line", "one\u2028two", "line", "Write “Line” on one line"),
    ("email", "a.example.org", "email", "Check the email address"),
    ("email", "a@b@example.org", "email", "Check the email address"),
    ("email", "a b@example.org", "email", "Check the email address"),
    ("email", "@example.org", "email", "Check the email address"),
    ("day", "31/2/2026", "day", "there is no 31 February 2026"),
    ("day", "2026-02-30", "day", "there is no 30 February 2026"),
    ("day", "2026-13-01", "day", "there is no month 13"),
    ("day", "15 May 2026", "day", "Check the date: 15 May 2026 has not come yet"),
    ("day", "1/1/1899", "day", "between 1900 and 2200"),
    ("due", "2201-01-01", "due", "between 1900 and 2200"),
    ("day", "yesterday", "day", "Write the date like 11 May 2026"),
    ("day", "５/５/２０２５", "day", "Write the date like 11 May 2026"),
    ("day", 20260511, "day", "Send “Day” as text in quotes"),
    ("colour", "blue", "colour", "Choose one of the answers offered"),
    ("colour", 3.1, "colour", "as text in quotes"),
    ("colours", ["red", "blue"], "colours", "Choose one of the answers offered"),
    ("colours", {"red": True}, "colours", "as a list"),
    ("colours", [["red"]], "colours", "as text in quotes"),
    ("agreed", "unknown", "agreed", "Answer “Agreed?” with yes or no"),
    ("agreed", 1, "agreed", "Answer “Agreed?” with yes or no"),
    ("safe", "maybe", "safe", "with yes, no or unknown"),
    ("person", "Mr Smith", "person", "Choose “Person” from the list"),
    ("record", ID.upper(), "record", "Choose “Record” from the list"),
    ("records", [ID, OTHER, "1" * 32], "records", "Choose at most 2"),
    ("you", "me", "you", "Send the answers by name"),
    ("you", {"name": "a\nb"}, "you.name", "on one line"),
    ("you", {"age": 3}, "you.age", "There is no question with this name"),
    ("items", {"url": "a"}, "items", "as a list"),
    ("items", ["a"], "items.0", "Send the answers by name"),
    ("items", [{"url": "a"}, {"url": "\0"}], "items.1.url", "cannot be stored"),
    ("items", [{"url": "a"}] * 4, "items", "Give at most 3"),
    ("nothing", "x", "nothing", "There is no question with this name"),
    ("x" * 99, "x", "x" * 60, "There is no question with this name"),
    ("a\ud800\n", "x", "a??", "There is no question with this name"),
]  # fmt: skip


def errors(raw: Any, *specs: Field, kind: str = "") -> list[FieldError]:
    with pytest.raises(Invalid) as caught:
        read(specs or SPECS, raw, kind=kind, today=TODAY)
    return caught.value.errors


@pytest.mark.parametrize(("name", "raw", "kept"), KEPT)
def test_an_answer_is_kept(name: str, raw: Any, kept: Any) -> None:
    assert read(SPECS, {name: raw}, today=TODAY) == {name: kept}


@pytest.mark.parametrize(("name", "raw", "field", "said"), REFUSED, ids=range(len(REFUSED)))
def test_an_answer_is_refused_in_words(name: str, raw: Any, field: str, said: str) -> None:
    found = errors({name: raw})
    assert [one.field for one in found] == [field]
    assert said in found[0].message


@pytest.mark.parametrize("raw", [None, "", "  \n", "\u200b\u200f", [], {}, [""], {"a": None}])
def test_nothing_is_left_out(raw: Any) -> None:
    assert read(SPECS[:1], {"text": raw}, today=TODAY) == {}


@pytest.mark.parametrize("raw", [None, [], "x", 3])
def test_answers_without_names_are_refused(raw: Any) -> None:
    assert errors(raw)[0].field == ""


def test_all_errors_come_at_once_in_the_order_of_the_questions() -> None:
    found = errors({"zz": 1, "items": [{"on": "31/4/2026"}], "day": "1/1/3000", "text": "\0"})
    assert [one.field for one in found] == ["text", "day", "items.0.on", "zz"]


def test_a_date_before_its_sibling_is_refused() -> None:
    found = errors({"day": "2026-05-11", "due": "2026-05-10"})
    assert found == [FieldError("due", "Check the date: it cannot be before 11 May 2026")]


def test_a_required_question_must_be_answered() -> None:
    spec = Field("why", "text", "Why", required=True)
    assert errors({"why": " "}, spec) == [FieldError("why", "Write something under “Why”")]
    assert errors({}, replace(spec, type="date"))[0].message == "Give a date for “Why”"
    assert errors({}, replace(spec, type="yes_no"))[0].message == "Choose an answer to “Why”"


def test_some_questions_must_be_answered_by_some_kinds_only() -> None:
    spec = Field("why", "text", "Why", required_kinds=("self",), kinds=("self",))
    assert errors({}, spec, kind="self")[0].field == "why"
    assert read([spec], {}, kind="target", today=TODAY) == {}
    assert read([replace(spec, required=True)], {}, kind="target", today=TODAY) == {}
    assert read([spec], {"why": "x"}, kind="target", today=TODAY) == {"why": "x"}


@pytest.mark.parametrize("given", ["red", ["3.1", "red"]])
def test_an_answer_can_make_another_necessary(given: Any) -> None:
    asked = SPECS[7] if isinstance(given, str) else replace(SPECS[8], name="colour")
    why = Field("why", "text", "Why", required_if={"colour": ("red",)})
    assert errors({"colour": given}, asked, why)[0].field == "why"
    assert read([asked, why], {"colour": "3.1"}, today=TODAY)


def test_a_group_asks_inside_only_when_it_is_needed_or_begun() -> None:
    inside = (Field("what", "text", "What", required=True), Field("when", "line", "When"))
    group = Field("right", "group", "Right", required_kinds=("self",), fields=inside)
    assert errors({}, group, kind="self")[0].field == "right.what"
    assert errors({"right": {"when": "now"}}, group)[0].field == "right.what"
    assert read([group], {"right": {"what": "", "when": ""}}, today=TODAY) == {}


def test_splitting_puts_words_and_contacts_in_the_sealed_half() -> None:
    values = read(
        SPECS,
        {
            "text": "story",
            "day": "2026-05-11",
            "you": {"name": "A", "member": True},
            "items": [{"url": "u"}, {"still": True}],
        },
        today=TODAY,
    )
    plain, sealed = split(SPECS, values)
    assert plain == {"day": "2026-05-11", "you": {"member": "yes"}, "items": [{}, {"still": "yes"}]}
    assert sealed == {"text": "story", "you": {"name": "A"}, "items": [{"url": "u"}, {}]}
    assert join(plain, sealed) == values


def test_a_form_becomes_what_the_api_takes() -> None:
    pairs = [
        ("text", "a\r\nb"),
        ("you.name", "A"),
        ("items.7.url", "two"),
        ("items.2.url", "one"),
        ("colours", "red"),
        ("colours", "3.1"),
        ("you.age.x", "1"),
        ("items.x.url", "2"),
        ("items", "3"),
    ]
    assert from_form(SPECS, pairs) == {
        "text": "a\nb",
        "you": {"name": "A", "age.x": "1"},
        "items": [{"url": "one"}, {"url": "two"}],
        "colours": ["red", "3.1"],
        "items.x.url": "2",
    }


def test_the_schema_says_the_same() -> None:
    why = Field("why", "text", "Why", required=True, required_if={"agreed": ("no",)})
    schema = as_schema([SPECS[9], why, replace(SPECS[15], required_kinds=("self",))], kind="self")
    assert schema["required"] == ["why", "you"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["why"] == {"title": "Why", "type": "string", "maxLength": 4000, "minLength": 1}
    assert schema["allOf"][0]["then"] == {"required": ["why"]}


NAMES = st.sampled_from([spec.name for spec in SPECS])
HOSTILE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()))
    | st.dates().map(date.isoformat)
    | st.sampled_from(["red", "3.1", "yes", ID, "a@b.c", "31/2/2026", "1 May 2026"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | NAMES, inner, max_size=4),
    max_leaves=12,
)
GOOD = st.fixed_dictionaries({}, optional={name: st.just(raw) for name, raw, _ in KEPT})


@given(st.dictionaries(NAMES | st.text(st.characters(exclude_categories=())), HOSTILE, max_size=6) | GOOD | HOSTILE)
def test_hostile_answers_are_read_or_refused_and_nothing_else(raw: Any) -> None:
    found: list[FieldError] = []
    values: dict[str, Any] = {}
    try:
        values = read(SPECS, raw, today=TODAY)
    except Invalid as invalid:
        found = invalid.errors
    assert all(error.message and error.field == error.field.encode().decode() for error in found)
    assert join(*split(SPECS, values)) == values
    assert read(SPECS, values, today=TODAY) == values


@given(st.lists(st.tuples(NAMES | st.text() | st.from_regex(r"items\.[0-9]{1,7}\.url|you\.[a-z]{1,6}"), st.text())))
def test_any_form_nests(pairs: list[tuple[str, str]]) -> None:
    nested = from_form(SPECS, pairs)
    assert bool(nested) == bool(pairs)
