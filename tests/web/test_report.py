"""The report form: one page after the other, nothing lost, nothing kept before it is sent, one case for one form."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from app.cases.vocabulary import VOCABULARY
from app.people import actions
from app.setup import WORKFLOWS
from app.workflow.library import Library
from tests.branch import ADMINISTRATOR, DEPUTY, PANEL, SECRETARY, STAND_IN, Branch
from tests.web.conftest import Enter, Form, shown

FORM = "/report/social-media-conduct"
HOSTILE = "\n  <script>alert(1)</script> \u202eright to left\u202c \U0001f600 \"quoted\" & 'so on'\n" + "W" * 300
CODE = re.compile(r'class="ct-code">([^<]+)<')


def go(client: TestClient, page: Response, button: str = "next", **answers: str | list[str]) -> Response:
    """Fills in the page that is open and presses a button."""
    form = Form(page.text)
    return client.post(form.action, data=form.filled(**answers, _go=button))


def to_the_end(client: TestClient, **statement: str) -> Response:
    """A third party's report up to the page where the answers are checked."""
    page = go(client, client.get(f"{FORM}/third_party"), involves_secretary="no")
    page = go(client, page, statement=statement.get("statement", "What was posted."), how_seen="A friend showed me.")
    page = go(client, page, clauses=["3.1", "not_sure"])
    return go(client, page, reporter__name="Ada Example", reporter__email="ada@example.org")


def cases(branch: Branch) -> list[str]:
    """An entry for each case that was opened."""
    return [event for event in branch.events() if event == "case_opened"]


def test_from_the_first_page_to_the_code_and_back_to_the_report(branch: Branch, public: TestClient) -> None:
    check = to_the_end(public)
    assert "Ada Example" in shown(check.text)
    assert "3.1 Offensive comments I am not sure" in shown(check.text)
    thanks = go(public, check, "send")
    assert thanks.status_code == 200
    reference, code = CODE.findall(thanks.text)
    assert reference not in str(thanks.url)
    assert branch.case(reference).state == "received"
    own = public.post("/my-report", data={"reference": reference.lower(), "code": code.lower().replace(" ", "-")})
    assert (own.status_code, own.headers["location"]) == (303, "/my-report")
    assert "We have your report" in shown(public.get("/my-report").text)


def test_nothing_is_stored_before_it_is_sent(branch: Branch, public: TestClient) -> None:
    before = branch.events()
    to_the_end(public)
    assert branch.events() == before


def test_hostile_words_come_back_and_arrive_exactly_as_typed(branch: Branch, public: TestClient) -> None:
    check = to_the_end(public, statement=HOSTILE)
    assert "<script>alert" not in check.text
    page = go(public, check, "page:2")
    assert dict(Form(page.text).pairs)["statement"] == HOSTILE
    reference = CODE.findall(go(public, go(public, page), "send").text)[0]
    row = branch.rows(reference, "report")[0]
    with branch.home.db.read() as session:
        kept = branch.home.vault.open_all(session, branch.case(reference).id)
    said = [data for (_, row_id, _), data in kept.items() if row_id == row.id and "statement" in data]
    assert said[0]["statement"] == HOSTILE


@pytest.mark.parametrize("kind", ["self", "target", "third_party"])
def test_each_kind_asks_its_own_questions_only(public: TestClient, kind: str) -> None:
    page = go(public, public.get(f"{FORM}/{kind}"))
    names = {name for name, _ in Form(page.text).pairs}
    assert ("put_right.what" in names) == (kind == "self")
    assert ("effect" in names) == (kind == "target")
    assert ("how_seen" in names) == (kind == "third_party")
    steps = "3" if kind == "self" else "4"
    assert f"Step 2 of {steps}" in shown(page.text)


def test_a_page_is_shown_again_with_what_to_look_at_and_what_was_typed(branch: Branch, public: TestClient) -> None:
    page = go(public, public.get(f"{FORM}/third_party"), involves_secretary="yes")
    wrong = go(public, page, items__0__posted_on="31 February 2026", how_seen="A friend.")
    assert wrong.status_code == 422
    assert wrong.text.count("<title>Error: ") == 1
    assert 'href="#statement"' in wrong.text
    assert 'href="#items-0-posted_on"' in wrong.text
    kept = dict(Form(wrong.text).pairs)
    assert (kept["items.0.posted_on"], kept["how_seen"]) == ("31 February 2026", "A friend.")
    assert kept["involves_secretary"] == "yes"
    assert cases(branch) == []


def test_one_more_post_at_a_time_up_to_the_most(public: TestClient) -> None:
    page = go(public, public.get(f"{FORM}/target"))
    for _ in range(2):
        form = Form(page.text)
        page = public.post(form.action, data=form.filled(items__0__url="https://example.org/1") | {"more": ["items"]})
    names = [name for name, _ in Form(page.text).pairs]
    assert names.count("items.2.url") == 1
    assert "items.3.url" not in names
    full = Form(page.text).filled() | {"items.49.url": ["x"], "more": ["items"]}
    assert "items.50.url" not in public.post(f"{FORM}/target", data=full).text


def test_going_back_keeps_everything_and_asks_nothing(public: TestClient) -> None:
    page = go(public, public.get(f"{FORM}/third_party"), involves_secretary="unknown")
    back = go(public, page, "back", statement="Half a sentence", items__0__posted_on="nonsense")
    assert back.status_code == 200
    again = go(public, back)
    kept = dict(Form(again.text).pairs)
    assert (kept["statement"], kept["items.0.posted_on"]) == ("Half a sentence", "nonsense")


def test_sending_at_once_from_the_check_page_still_reads_every_answer(branch: Branch, public: TestClient) -> None:
    form = {"form_token": "t", "_page": "check", "_go": "send", "statement": "Something", "how_seen": "So"}
    refused = public.post(f"{FORM}/third_party", data=form)
    assert refused.status_code == 422
    assert 'href="#clauses"' in refused.text
    assert cases(branch) == []


def test_the_same_form_twice_is_one_case_and_one_answer(branch: Branch, public: TestClient) -> None:
    check = to_the_end(public)
    first, second = go(public, check, "send"), go(public, check, "send")
    assert CODE.findall(first.text) == CODE.findall(second.text)
    assert len(cases(branch)) == 1


def test_about_the_secretary_goes_to_the_deputy(branch: Branch, public: TestClient) -> None:
    page = go(public, public.get(f"{FORM}/target"), involves_secretary="unknown")
    assert "no officer of this branch" not in shown(page.text)
    page = go(public, go(public, go(public, page, statement="It was the secretary.")))
    reference = CODE.findall(go(public, page, "send").text)[0]
    assert branch.handler(reference) == DEPUTY


def test_where_nobody_is_left_it_is_said_before_the_rest_is_typed(branch: Branch, public: TestClient) -> None:
    actor = branch.viewer(ADMINISTRATOR).actor()
    with branch.home.db.write() as session:
        for email in (DEPUTY, STAND_IN):
            actions.disable_person(session, branch.ids[email], actor=actor, via="cli")
    start = public.get(f"{FORM}/target")
    assert "no officer of this branch" not in shown(start.text)
    assert "no officer of this branch" not in shown(go(public, start, involves_secretary="no").text)
    for answer in ("yes", "unknown"):
        assert "no officer of this branch" in shown(go(public, start, involves_secretary=answer).text)
    with branch.home.db.write() as session:
        actions.disable_person(session, branch.ids[SECRETARY], actor=actor, via="cli")
    for path in ("/", "/report", f"{FORM}/target"):
        assert "no officer of this branch" in shown(public.get(path).text)


def test_an_officer_enters_a_letter_and_declares_after_reading(branch: Branch, enter: Enter) -> None:
    secretary = enter(SECRETARY)
    assert "reached you another way" in shown(secretary.get("/report/new").text)
    page = go(secretary, secretary.get(f"{FORM}/target"), channel="letter", received_on="1 May 2026")
    page = go(secretary, go(secretary, page, statement="As the letter says."))
    page = go(secretary, page, declaration__answer="none")
    thanks = go(secretary, page, "send")
    reference = CODE.findall(thanks.text)[0]
    case = branch.case(reference)
    assert (case.channel, case.received_on.isoformat()) == ("letter", "2026-05-01")
    assert "8 May" in shown(thanks.text)
    assert len(branch.rows(reference, "conflict-declarations")) == 1


def test_questions_for_officers_are_not_asked_of_others(branch: Branch, public: TestClient, enter: Enter) -> None:
    for client in (public, enter(PANEL[0])):
        assert "channel" not in client.get(f"{FORM}/target").text.split("<form")[-1]
        assert client.get("/report/new").status_code in (303, 403)


def test_a_session_that_ended_loses_nothing_that_was_typed(branch: Branch, public: TestClient, enter: Enter) -> None:
    secretary = enter(SECRETARY)
    page = go(secretary, secretary.get(f"{FORM}/target"), channel="letter")
    secretary.post("/sign-out")
    answer = go(secretary, page, statement="A long letter.")
    assert answer.status_code == 422
    assert "signed out meanwhile" in shown(answer.text)
    kept = dict(Form(answer.text).pairs)
    assert (kept["statement"], kept["channel"]) == ("A long letter.", "letter")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense=1", 400),
        (b"put_right.what=x", 400),
        (b"statement=a%00b", 400),
        (b"statement=%ff", 400),
        (b"statement=%ED%A0%80", 400),
        (b"&".join([b"statement=a"] * 2001), 413),
        (b"statement=" + b"a" * 1_100_000, 413),
        (b"_page=check&_go=send&statement=" + b"a" * 20_001, 422),
        (b"_page=%F0%9F%98%80&_go=page:%D9%A3", 200),
        (b"more=nothing", 200),
    ],
)
def test_bad_input_gets_a_clear_answer_and_stores_nothing(
    branch: Branch, public: TestClient, sent: bytes, status: int
) -> None:
    typed = {"content-type": "application/x-www-form-urlencoded"}
    answer = public.post(f"{FORM}/target", content=sent, headers=typed)
    assert answer.status_code == status
    assert "<h1" in answer.text
    assert cases(branch) == []


def test_files_and_json_are_no_form(public: TestClient) -> None:
    assert public.post(f"{FORM}/target", files={"statement": b"x"}).status_code == 415
    assert public.post(f"{FORM}/target", json={"statement": "x"}).status_code == 415


def test_an_unknown_form_does_not_exist(public: TestClient) -> None:
    for path in ("/report/social-media-conduct/other", "/report/other/self", "/report/new/self"):
        assert public.get(path).status_code == 404
        assert public.post(path).status_code == 404


def test_a_second_procedure_is_asked_by_the_same_pages(branch: Branch, tmp_path: Path) -> None:
    both = tmp_path / "workflows"
    shutil.copytree(WORKFLOWS, both)
    examples = Path(__file__).parents[1] / "workflows_examples" / "lost-property"
    shutil.copytree(examples, both / "lost-property")
    wider = replace(branch, home=replace(branch.home, workflows=Library.load(both, VOCABULARY)))
    client = wider.client()
    assert "I found something" in shown(client.get("/report").text)
    assert "Something else to tell us" in shown(client.get("/").text)
    assert "Lost property: by when" in shown(client.get("/guidance").text)
    page = go(client, client.get("/report/lost-property/found"), thing="A glove", size="2.5", seen_on="1 May 2026")
    check = go(client, page)
    assert "Fits in a bag" in shown(check.text)
    reference, code = CODE.findall(go(client, check, "send").text)
    assert wider.case(reference).workflow == "lost-property"
    client.post("/my-report", data={"reference": reference, "code": code})
    own = shown(client.get("/my-report").text)
    assert "We have noted it" in own
    assert "Messages" not in own  # that procedure has none
