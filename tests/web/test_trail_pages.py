"""The record of steps: filters in words, days as they are typed, the check, the copy, and a partial for every event."""

import base64
import csv
import json

import pytest
from sqlalchemy import text as sql

from app import clock
from app.audit.entries import UNREADABLE
from app.audit.events import EVENTS, Event
from app.cases.sentences import KINDS, SENTENCES
from app.web.entries import drawn
from app.web.templating import ENVIRONMENT, TEMPLATES
from app.web.wording import day
from tests.branch import AUDITOR, SECRETARY, Branch
from tests.shared_branch import embedded_branch
from tests.web.conftest import Enter, shown

__all__ = ["embedded_branch"]


def test_every_event_has_words_and_a_partial_and_nothing_else_has() -> None:
    names = {event.value for event in EVENTS}
    assert {path.stem for path in (TEMPLATES / "timeline").glob("*")} == names | {UNREADABLE}
    assert set(SENTENCES) == set(KINDS) == names


@pytest.mark.parametrize("event", EVENTS)
def test_every_partial_draws_its_entry(event: Event, embedded_branch: Branch) -> None:
    document = {
        "event": event.value,
        "unmet": ["risks_answered", "record:notes"],
        "held": ["handler_is_clear"],
        "count": 2,
        "workflow": "social-media-conduct",
        "workflow_version": 1,
    }
    item = {
        "event": event.value,
        "sentence": "Secretary <did> it",
        "recorded_at": clock.now().isoformat(),
        "seq": 1,
        "case": "2026-K7QFM",
        "actor": {"name": "A & B", "role": "secretary"},
        "via": "cli",
        "occurred_on": "2026-05-11",
        "subject": {"kind": "setting", "id": "contact"},
        "entry": base64.b64encode(json.dumps(document).encode()).decode(),
    }
    [entry] = drawn(embedded_branch.home, [item], with_case=True)
    markup = ENVIRONMENT.get_template(f"timeline/{event.value}.html").render(entry=entry)
    assert "Secretary &lt;did&gt; it" in markup
    assert "A &amp; B" in markup
    assert "It happened on 11 May 2026" in markup
    assert "At the command line" in markup
    if event is Event.STEP_REFUSED:
        assert "The questions of safety are answered; “Note” is recorded" in markup


def test_filters_narrow_what_is_shown(branch: Branch, enter: Enter) -> None:
    one, other = branch.at("acknowledged"), branch.report()
    client = enter(AUDITOR)
    page = shown(client.get("/trail").text)
    assert f"Case {one}" in page
    assert f"Case {other}" in page
    narrowed = shown(client.get(f"/trail?case={one}&event=step_taken&actor={branch.ids[SECRETARY]}").text)
    assert "replied to the person who told us" in narrowed
    assert f"Case {other}" not in narrowed
    today = day(clock.today())
    assert f"Case {one}" in shown(client.get("/trail", params={"from": today, "to": today}).text)
    assert "No step fits." in client.get("/trail?to=1+January+2020").text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=31+February+2026", "there is no 31 February 2026"),
        ("from=2+May+2026&to=1+May+2026", "it cannot be before 2 May 2026"),
        ("case=K7", "Check the reference"),
        ("event=nonsense", "Choose the kind of step"),
        ("from=soon", "Write the date like 11 May 2026"),
    ],
)
def test_a_filter_that_cannot_be_read_is_shown_again(branch: Branch, enter: Enter, query: str, said: str) -> None:
    client = enter(AUDITOR)
    answer = client.get(f"/trail?{query}")
    assert answer.status_code == 422
    assert said in answer.text
    assert client.get(f"/trail.csv?{query}").status_code == 422


def test_pages_follow_each_other(branch: Branch, enter: Enter) -> None:
    for _ in range(30):
        branch.report()
    client = enter(AUDITOR)
    first = client.get("/trail").text
    older = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = client.get(older).text
    assert first.count('<li class="moj') == 50
    assert 0 < second.count('<li class="moj') < 50
    assert client.get("/trail?after=nonsense").status_code == 422


def test_the_check_says_sound_or_names_the_fault(branch: Branch, enter: Enter) -> None:
    branch.at("acknowledged")
    client = enter(AUDITOR)
    assert "The record was not checked yet." in client.get("/trail").text
    assert 'action="/integrity/check"' in client.get("/trail").text
    assert client.post("/integrity/check").headers["location"] == "/integrity"
    page = shown(client.get("/trail").text)
    assert "nothing is missing and nothing was changed" in page
    with branch.home.db.write() as session:
        session.connection().execute(sql("DELETE FROM vault WHERE group_name = 'text'"))
    wrong = client.post("/integrity/check")
    assert wrong.status_code == 200
    assert "wrong with the record" in shown(wrong.text)
    assert "fault" in shown(client.get("/trail").text)
    assert branch.events().count(Event.RECORD_CHECKED) == 2


def test_the_copy_holds_what_the_filter_shows_and_is_on_the_trail(branch: Branch, enter: Enter) -> None:
    reference = branch.at("acknowledged")
    branch.report()
    client = enter(AUDITOR)
    answer = client.get(f"/trail.csv?case={reference}")
    rows = list(csv.DictReader(answer.text.splitlines()))
    assert answer.headers["content-type"].startswith("text/csv")
    assert rows.pop()["event"] == "checkpoint"
    assert {row["event"] for row in rows} >= {"case_opened", "step_taken"}
    assert {row["case"] for row in rows} == {branch.case(reference).id}
    assert branch.events().count(Event.RECORD_EXPORTED) == 1
    assert enter(SECRETARY).get("/trail.csv").status_code == 403


def test_a_case_the_auditor_is_out_of_is_not_on_their_trail(branch: Branch, enter: Enter) -> None:
    branch.give_password(AUDITOR)
    reference = branch.report(respondent={"name": "Auditor (test)", "is_member": "yes"})
    client = enter(AUDITOR)
    assert reference not in client.get("/trail").text
    rows = list(csv.DictReader(client.get("/trail.csv").text.splitlines()))
    hidden = branch.case(reference).id
    assert hidden not in {row["case"] for row in rows}
    shown_one = branch.case(branch.report()).id
    for ending in ("jsonl", "xes", "ocel.json"):
        saved = client.get(f"/trail.{ending}")
        assert saved.status_code == 200
        assert f'.{ending}"' in saved.headers["content-disposition"]
        assert shown_one in saved.text
        assert hidden not in saved.text
    assert client.get("/trail.pdf").status_code == 404
