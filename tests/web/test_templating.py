"""The frame, the macros and the headers: nothing typed becomes markup, nothing missing passes silently."""

import asyncio
import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from freezegun import freeze_time
from jinja2 import UndefinedError
from starlette.types import Message, Receive, Scope, Send

from app.errors import FieldError, Unmet
from app.web import wording
from app.web.headers import CONTENT_SECURITY_POLICY, SecureHeaders
from app.web.templating import ENVIRONMENT, STATIC_FOLDER, TEMPLATES, NavItem, Page, render, static
from app.workflow.definition import Field, Option

EVIL = "\"><script>alert(1)</script>' onfocus=x {{ 7*7 }}"
LONE_TYPES = ["text", "line", "email", "tel", "url", "date"]
PICKED_TYPES = ["choice", "choices", "yes_no", "yes_no_unknown", "person", "persons", "record", "records"]
TYPES = LONE_TYPES + PICKED_TYPES
PAGE = Page("Exampleton branch", "telephone 01632 960 001", "the deputy, 01632 960 002")
VENDORED = [STATIC_FOLDER / "vendor", Path(__file__).parents[1] / "browser" / "vendor"]


class Elements(HTMLParser):
    """Every element with its attributes, and the text inside textareas."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def all(self, *tags: str) -> list[dict[str, str | None]]:
        """The attributes of every element of these kinds."""
        return [attributes for tag, attributes in self.found if tag in tags]


def draw(source: str, **context: object) -> str:
    """A line of template with every component at hand."""
    imports = {
        "marks": "icon, state, due, due_on, moment",
        "steps": "next, checks, timeline",
        "lists": "facts, summary, worklist, figure",
        "fields": "field, fields",
        "errors": "error_summary",
    }
    head = "".join(f'{{% from "components/{file}.html" import {names} %}}' for file, names in imports.items())
    return ENVIRONMENT.from_string(head + source).render(**context)


def question(kind: str, **more: object) -> Field:
    options = (Option("a", EVIL, EVIL), Option("b", "B"))
    return Field(**{"name": "q", "type": kind, "label": EVIL, "help": EVIL, "options": options, **more})  # type: ignore[arg-type]  # options vary


@pytest.mark.parametrize("kind", TYPES)
def test_user_text_stays_text_in_every_kind_of_field(kind: str) -> None:
    drawn = Elements(draw("{{ field(spec, value, error) }}", spec=question(kind), value=EVIL, error=EVIL))
    assert drawn.all("script") == []
    assert not any("onfocus" in attributes for _, attributes in drawn.found)


@pytest.mark.parametrize("kind", ["line", "email", "tel", "url", "date"])
def test_what_was_typed_is_kept(kind: str) -> None:
    (box,) = Elements(draw("{{ field(spec, value) }}", spec=question(kind), value=EVIL)).all("input")
    assert box["value"] == EVIL


def test_a_textarea_keeps_its_first_line_break_and_its_indents() -> None:
    drawn = draw("{{ field(spec, value) }}", spec=question("text"), value="\n  first\n    second")
    assert ">\n\n  first\n    second</textarea>" in drawn


@pytest.mark.parametrize("kind", TYPES)
def test_error_help_and_summary_are_tied_to_the_field(kind: str) -> None:
    spec = question(kind, name="url", options=tuple(Option(str(n), str(n)) for n in range(3)))
    source = "{{ error_summary(errors) }}{{ field(spec, none, 'Look', 'items.0.url') }}"
    drawn = Elements(draw(source, spec=spec, errors=[FieldError("items.0.url", "Look")]))
    ids = [attributes["id"] for _, attributes in drawn.found if "id" in attributes]
    described = [attributes["aria-describedby"] for _, attributes in drawn.found if "aria-describedby" in attributes]
    boxes = drawn.all("input", "select", "textarea")
    assert len(ids) == len(set(ids))
    assert {"items-0-url", "items-0-url-hint", "items-0-url-error"} <= set(ids)
    assert drawn.all("a")[0]["href"] == "#items-0-url"
    assert {box["name"] for box in boxes} == {"items.0.url"}
    assert any(value and {"items-0-url-hint", "items-0-url-error"} <= set(value.split()) for value in described)


@pytest.mark.parametrize(
    ("kind", "value", "ticked"),
    [
        ("yes_no", True, ["yes"]),
        ("yes_no", "no", ["no"]),
        ("yes_no_unknown", "unknown", ["unknown"]),
        ("choice", "b", ["b"]),
        ("choices", ["a", "b"], ["a", "b"]),
        ("records", "a", ["a"]),
        ("choices", None, []),
        ("yes_no", None, []),
    ],
)
def test_the_given_answer_is_the_one_ticked(kind: str, value: object, ticked: list[str]) -> None:
    drawn = Elements(draw("{{ field(spec, value) }}", spec=question(kind), value=value))
    assert [box["value"] for box in drawn.all("input") if "checked" in box] == ticked


def test_more_than_six_options_become_a_list() -> None:
    spec = question("choice", options=tuple(Option(str(n), str(n)) for n in range(7)))
    drawn = Elements(draw("{{ field(spec, '5') }}", spec=spec))
    assert [option["value"] for option in drawn.all("option") if "selected" in option] == ["5"]


def test_groups_and_repeated_sets_have_dotted_names() -> None:
    inner = (Field("name", "line", "Name"),)
    specs = [Field("respondent", "group", "Who", fields=inner), Field("items", "items", "Post", fields=inner)]
    values = {"respondent.name": "R", "items.0.name": "one", "items.2.name": "three"}
    drawn = Elements(draw("{{ fields(specs, values, [], prefix='f') }}", specs=specs, values=values))
    assert {box["name"]: box.get("value") for box in drawn.all("input")} == {
        "respondent.name": "R", "items.0.name": "one", "items.1.name": "", "items.2.name": "three",
    }  # fmt: skip
    assert all(str(box["id"]).startswith("f-") for box in drawn.all("input"))


def test_the_other_components_escape_what_they_are_given() -> None:
    entry = SimpleNamespace(
        recorded_at=datetime(2026, 5, 12, 18, 40, tzinfo=UTC), moved=True, title=EVIL, description=EVIL
    )
    tag = SimpleNamespace(label=EVIL, tone="arrived")
    row = SimpleNamespace(reference=EVIL, href="#", about=EVIL, next=EVIL, note=EVIL, due=None, state=tag)
    drawn = draw(
        "{{ next(evil, evil, button={'href': evil, 'label': evil}) }}{{ timeline(entries | by_day) }}"
        "{{ checks(unmet, [evil], {'c': {'help': evil, 'href': evil}}) }}{{ facts([(evil, evil)]) }}"
        "{{ summary([(evil, evil, evil)]) }}{{ worklist(group) }}{{ state(tag) }}",
        evil=EVIL,
        unmet=[Unmet("c", EVIL)],
        entries=[entry],
        tag=tag,
        group=SimpleNamespace(id="g", title=EVIL, rows=[row], letters=EVIL),
    )
    elements = Elements(drawn)
    assert elements.all("script") == []
    assert not any("onfocus" in attributes for _, attributes in elements.found)
    assert 'datetime="2026-05-12T18:40:00Z"' in drawn
    assert ">19:40</time>" in drawn
    assert "Tuesday 12 May" in drawn


def test_a_timeline_can_be_drawn_by_the_page() -> None:
    entries = [{"recorded_at": datetime(2026, 5, 12, 18, 40, tzinfo=UTC), "moved": False, "event": "x"}]
    drawn = draw("{% call(entry) timeline(entries | by_day) %}<p>{{ entry.event }}</p>{% endcall %}", entries=entries)
    assert "<p>x</p>" in drawn


def test_a_missing_name_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(UndefinedError):
        render("errors/problem.html", title="Nothing here", detail="")
    with pytest.raises(UndefinedError):
        draw("{{ nobody }}")


def test_the_public_frame_offers_a_way_out_and_a_way_without_the_website() -> None:
    drawn = render("errors/problem.html", page=PAGE, title="Nothing here", detail="It may have moved.")
    assert "/leave" in drawn
    assert "Without this website: telephone 01632 960 001." in drawn
    assert "What you open here is recorded" not in drawn


def test_the_inside_frame_names_the_office_and_says_that_opening_is_recorded() -> None:
    page = Page(
        "B",
        viewer=SimpleNamespace(offices=frozenset()),
        who="Secretary",
        nav=(NavItem("/cases", "Cases", True),),
        keys_copied=False,
        flash=EVIL,
    )
    drawn = render("errors/problem.html", page=page, title="T", detail="D", inside=True)
    assert "What you open here is recorded" in drawn
    assert 'aria-current="page"' in drawn
    assert "No copy of the key folder" in drawn
    assert "<script>alert" not in drawn
    assert "/leave" not in drawn


KEPT_BY_READERS = ("report/receipt.html",)
"""Files that people save and open without us: they carry their own policy, which names the hash of what is in them."""


def test_no_template_carries_inline_script_or_style() -> None:
    for path in TEMPLATES.rglob("*.html"):
        if "letters" in path.parts or path.relative_to(TEMPLATES).as_posix() in KEPT_BY_READERS:
            continue
        for tag, attributes in Elements(path.read_text()).found:
            assert tag != "style", path
            assert not {"style", *(name for name in attributes if name.startswith("on"))} & attributes.keys(), path
            assert tag != "script" or "src" in attributes, path


@freeze_time("2026-05-14 23:30:00")  # already the 15th in Durham
@pytest.mark.parametrize(
    ("due", "tone", "words"),
    [
        (date(2026, 5, 14), "late", "1 day late"),
        (date(2026, 5, 12), "late", "3 days late"),
        (date(2026, 5, 15), "soon", "Today, Friday 15 May"),
        (date(2026, 5, 16), "soon", "By tomorrow, Saturday 16 May"),
        (date(2026, 5, 17), "soon", "By Sunday 17 May, in 2 days"),
        (date(2026, 5, 18), "ok", "By 18 May"),
        (date(2027, 1, 2), "ok", "By 2 January 2027"),
    ],
)
def test_due_dates_in_words(due: date, tone: str, words: str) -> None:
    assert (wording.due_tone(due), wording.days_left(due)) == (tone, words)


def test_moments_are_shown_on_a_clock_in_london() -> None:
    moment = datetime(2026, 5, 12, 23, 5, tzinfo=UTC)
    assert (wording.day(moment), wording.time(moment)) == ("13 May 2026", "00:05")
    assert wording.utc(moment) == "2026-05-12T23:05:00Z"


def test_static_addresses_carry_the_content_hash() -> None:
    digest = hashlib.sha256((STATIC_FOLDER / "app.js").read_bytes()).hexdigest()
    assert static("app.js") == f"/static/app.js?v={digest[:12]}"


@pytest.mark.parametrize("folder", VENDORED, ids=["site", "tests"])
def test_vendored_files_are_those_of_the_manifest(folder: Path) -> None:
    lines = (folder / "MANIFEST").read_text().splitlines()
    listed = {name: digest for digest, name in (line.split("  ") for line in lines)}
    present = {path.name for path in folder.iterdir()} - {"MANIFEST"}
    assert set(listed) == present
    for name, digest in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name


def answer(
    path: str,
    *,
    query: bytes = b"",
    status: int = 200,
    own: dict[bytes, bytes] | None = None,
    https: bool = False,
) -> dict[str, str]:
    """The headers with which an application's answer leaves the middleware."""
    sent: list[Message] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": status, "headers": list((own or {}).items())})
        await send({"type": "http.response.body", "body": b""})

    async def keep(message: Message) -> None:
        sent.append(message)

    async def nothing() -> Message:
        return {"type": "http.request"}

    scope = {"type": "http", "path": path, "query_string": query}
    answering = SecureHeaders(application, https=https)(scope, nothing, keep)
    with ThreadPoolExecutor(1) as aside:  # a browser test before this one leaves a loop running in this thread
        aside.submit(asyncio.run, answering).result()
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}


def test_every_page_has_the_strict_headers_and_is_never_kept() -> None:
    headers = answer("/cases")
    assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in headers
    assert "strict-transport-security" in answer("/", https=True)


def test_only_files_under_their_hash_are_kept_long() -> None:
    assert "immutable" in answer("/static/app.js", query=b"v=0")["cache-control"]
    assert "immutable" not in answer("/static/app.js")["cache-control"]
    assert answer("/static/gone.js", query=b"v=0", status=404)["cache-control"] == "no-store"


def test_an_answer_keeps_its_own_stricter_header() -> None:
    assert answer("/x", own={b"content-security-policy": b"sandbox"})["content-security-policy"] == "sandbox"
