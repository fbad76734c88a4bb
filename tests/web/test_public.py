"""Pages for everyone: what they must say, what they must not, and the way out."""

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from app import clock
from app.audit.log import SYSTEM
from app.installation import remember
from app.web.context import FLASH, see
from app.web.wording import day
from tests.branch import SECRETARY, Branch, in_days
from tests.web.conftest import Enter, shown

PAGES = ("/", "/report", "/my-report", "/guidance", "/privacy", "/accessibility", "/sign-in")


@pytest.fixture
def contacts(branch: Branch) -> Branch:
    """The branch with a name and contacts."""
    told = {
        "organisation": "Exampleton <branch>",
        "contact": "Telephone 01632 960001\nPO Box 0, Exampleton.",
        "contact_about_secretary": "the deputy, 01632 960002",
        "controller_contact": "Exampleton branch, PO Box 0",
    }
    with branch.home.db.write() as session:
        for name, value in told.items():
            remember(session, name, value, actor=SYSTEM, via="cli")
    return branch


@pytest.mark.parametrize("path", PAGES)
def test_every_public_page_can_be_left_and_shows_another_way(contacts: Branch, path: str) -> None:
    page = contacts.client().get(path)
    assert page.status_code == 200
    assert 'href="/leave"' in page.text
    assert "Telephone 01632 960001, PO Box 0, Exampleton. " in " ".join(page.text.split())
    assert "the deputy, 01632 960002." in page.text
    assert "Exampleton &lt;branch&gt;" in page.text
    assert "set-cookie" not in page.headers


def test_the_first_page_says_what_must_be_said(contacts: Branch) -> None:
    said = shown(contacts.client().get("/").text)
    for words in (
        "It happened to me",
        "About someone else’s post",
        "I want to put something right",
        "999",
        "101",
        "116 123",
        "we reply within 7 days",
        "Whoever runs the computer that this is kept on can in the end read what it can read",
        "Nobody outside this computer can reach this form",
    ):
        assert words in said


def test_the_guidance_page_says_whose_words_and_numbers_they_are(public: TestClient) -> None:
    said = shown(public.get("/guidance").text)
    assert "in our own words, and the numbering with its letters is ours" in said
    assert "adopted on 27 June 2014" in said
    for words in ("3.2b Cyber-bullying", "the branch’s own", "Reply to the person who told us 7 days", "42 days"):
        assert words in said


def test_the_privacy_page_names_who_answers_for_the_data(contacts: Branch) -> None:
    said = shown(contacts.client().get("/privacy").text)
    assert "Exampleton branch, PO Box 0" in said
    assert "Whoever runs the computer" in said


def test_the_privacy_page_says_that_an_auditor_can_open_a_part_for_a_reason(contacts: Branch) -> None:
    said = shown(contacts.client().get("/privacy").text)
    assert "unless they give a reason for opening one part of it" in said
    assert "24 hours" in said
    assert "Nor can an auditor be shown" not in said


def test_leaving_goes_elsewhere_and_clears_what_the_browser_kept(public: TestClient) -> None:
    answer = public.get("/leave")
    assert answer.status_code == 303
    assert answer.headers["location"] == "https://www.bbc.co.uk/weather"
    assert answer.headers["clear-site-data"] == '"cache", "cookies", "storage"'


def test_wrong_reference_and_wrong_code_are_answered_alike(branch: Branch, public: TestClient) -> None:
    reference = branch.report()
    code = branch.codes[reference]
    wrong = [
        {"reference": reference, "code": "0000 0000 0000 0000"},
        {"reference": "2026-22222", "code": code},
        {"reference": "", "code": ""},
    ]
    answers = [public.post("/my-report", data=given) for given in wrong]
    assert {answer.status_code for answer in answers} == {422}
    said = {shown(answer.text) for answer in answers}
    assert len(said) == 1
    assert all(code not in answer.text for answer in answers)


def test_guessing_codes_is_slowed_down_and_the_right_one_waits_too(branch: Branch, public: TestClient) -> None:
    reference = branch.report()
    for _ in range(10):
        assert public.post("/my-report", data={"reference": reference, "code": "x"}).status_code == 422
    right = {"reference": reference, "code": branch.codes[reference]}
    assert public.post("/my-report", data=right).status_code == 429


def test_a_reporter_sees_the_step_they_are_at_and_no_more(branch: Branch, public: TestClient) -> None:
    reference = branch.at("under_review")
    public.post("/my-report", data={"reference": reference, "code": branch.codes[reference]})
    said = shown(public.get("/my-report").text)
    assert "It is being looked into" in said
    assert "We replied on" in said
    assert "Ward organiser" not in said


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"how": "post", "sent_on": in_days(-3)}, f"We replied on {day(clock.today() - timedelta(days=3))}."),
        ({"how": "impossible", "reason": "No address."}, ""),
    ],
)
def test_the_reply_is_the_one_that_was_recorded(
    branch: Branch, public: TestClient, sent: dict[str, str], said: str
) -> None:
    reference = branch.report(by=SECRETARY, received_on=in_days(-3), channel="letter")
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="none")
    asked = {"reference": reference, "code": branch.codes[reference]}
    public.post("/my-report", data=asked)
    assert "We reply by" in shown(public.get("/my-report").text)
    branch.keep(SECRETARY, reference, "acknowledgements", **sent)
    branch.keep(SECRETARY, reference, "risks", threat="no", child="no", vulnerable="no")
    branch.act(SECRETARY, reference, "acknowledge")
    answer = shown(public.get("/my-report").text)
    assert said in answer
    assert ("We replied" in answer) is bool(said)
    assert "We reply by" not in answer


def test_somebody_signed_in_finds_the_way_back_to_work(enter: Enter) -> None:
    assert 'href="/cases">Back to your work' in enter(SECRETARY).get("/privacy").text


def test_a_sentence_is_said_once_and_only_in_words(public: TestClient) -> None:
    said = see("/privacy", "Done <b>now</b> ✓")
    cookie = said.headers["set-cookie"]
    assert "HttpOnly" in cookie
    public.cookies.set(FLASH, cookie.split("=", 1)[1].split(";")[0].strip('"'))
    page = public.get("/privacy")
    assert "Done &lt;b&gt;now&lt;/b&gt; ✓" in page.text
    assert 'flash=""' in page.headers["set-cookie"]


@pytest.mark.parametrize("made_up", ["%%%", "AA", "////", "gA==", "G1s="])
def test_a_made_up_sentence_is_not_said(public: TestClient, made_up: str) -> None:
    public.cookies.set(FLASH, made_up)
    page = public.get("/privacy")
    assert page.status_code == 200
    assert "ct-flash" not in page.text


def test_what_does_not_exist_is_a_page_too(public: TestClient) -> None:
    page = public.get("/nothing")
    assert page.status_code == 404
    assert "<h1" in page.text
