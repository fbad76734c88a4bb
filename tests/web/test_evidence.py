"""Evidence by page: a form with a file, one that is refused, the card, the picture, and a report with files."""

import re

import pytest
from freezegun import freeze_time
from httpx2 import Response
from starlette.testclient import TestClient

from app import clock
from app.cases.sent_evidence import FULL
from app.cases.sent_files import NOT_KEPT
from app.web import received
from tests.branch import PANEL, SECRETARY, Branch
from tests.evidence import files
from tests.evidence.sending import file_of, send, send_own, stored
from tests.web.conftest import Enter, Form, shown
from tests.web.test_report import CODE, go, to_the_end

SOMETHING = "On the ward page, under the photo of the meeting."


def press(client: TestClient, page: Response, *chosen: tuple[str, tuple[str, bytes, str]], **answers: str) -> Response:
    """Sends the form that is open, as a browser does that has files to send."""
    form = Form(page.text, page.text.split('enctype="multipart')[0].count("<form") - 1)
    sent = form.filled(**answers)
    data = {name: values for name, values in sent.items() if name not in {one for one, _ in chosen}}
    if not chosen:  # a browser leaves out a question for a file that was not answered
        data |= {name: values[:1] for name, values in data.items() if values[1:] == [""]}
        return client.post(form.action, data=data)
    return client.post(form.action, data=data, files=list(chosen))


def given(name: str, content: bytes, question: str = "file") -> tuple[str, tuple[str, bytes, str]]:
    return question, (name, content, "image/jpeg")


@pytest.fixture
def reference(branch: Branch) -> str:
    return branch.at("acknowledged")


@pytest.fixture
def officer(enter: Enter) -> TestClient:
    return enter(SECRETARY)


def new(officer: TestClient, reference: str, query: str = "") -> Response:
    page = officer.get(f"/cases/{reference}/records/evidence/new{query}")
    assert page.status_code == 200
    assert 'enctype="multipart/form-data"' in page.text
    return page


def test_a_card_with_its_file_and_a_correction_that_keeps_it(
    branch: Branch, officer: TestClient, reference: str
) -> None:
    sent = press(
        officer, new(officer, reference), given("a.jpg", files.jpeg()), method="handler_screenshot", shows=SOMETHING
    )
    assert sent.status_code == 303, shown(sent.text)
    first = branch.rows(reference, "evidence")[-1]
    again = new(officer, reference, f"?replaces={first.id}")
    assert press(officer, again, platform="Ward page").status_code == 303
    second = branch.rows(reference, "evidence")[-1]
    assert (second.replaces, second.plain["file"]) == (first.id, first.plain["file"])
    third = press(officer, new(officer, reference, f"?replaces={second.id}"), given("b.pdf", files.PDF))
    assert third.status_code == 303
    assert branch.rows(reference, "evidence")[-1].plain["file"] != first.plain["file"]


def test_a_refused_file_costs_nothing_that_was_typed(branch: Branch, officer: TestClient, reference: str) -> None:
    before = branch.events(reference), stored(branch)
    page = press(
        officer, new(officer, reference), given("holiday.jpg", files.HTML), method="handler_screenshot", shows=SOMETHING
    )
    assert page.status_code == 422
    assert "“holiday.jpg”: It is of a type that is not taken" in shown(page.text)
    assert SOMETHING in page.text
    assert '<a href="#file">' in page.text
    assert [event for event in branch.events(reference) if event != "case_viewed"] == [
        event for event in before[0] if event != "case_viewed"
    ]
    assert stored(branch) == before[1]
    lost = press(officer, new(officer, reference), given("a.jpg", files.jpeg()), shows=SOMETHING)
    assert lost.status_code == 422
    assert "Choose the file again" in shown(lost.text)
    assert stored(branch) == before[1]


def test_the_list_the_card_and_the_picture(branch: Branch, officer: TestClient, reference: str) -> None:
    send_own(branch, reference, files.jpeg(), "<script>alert(1)</script>.jpg")
    link = {"method": "link_only", "link": "javascript:alert(1)"}
    branch.keep(SECRETARY, reference, "evidence", **link)
    item = branch.keep(SECRETARY, reference, "evidence", **link | {"link": "https://social.example/1"})
    listed = officer.get(f"/cases/{reference}/evidence")
    file = file_of(branch, reference)
    assert re.findall(r'<img src="([^"]*)"', listed.text) == [f"/cases/{reference}/files/{file}/thumbnail"]
    assert "evidence_opened" not in branch.events(reference)
    picture = branch.rows(reference, "evidence")[0].id
    card = officer.get(f"/cases/{reference}/evidence/{picture}")
    assert "Not scanned for viruses" in shown(card.text)
    assert "<script>alert" not in card.text
    page = officer.get(f"/cases/{reference}/evidence/{picture}/picture")
    view = f"/cases/{reference}/files/{file}/view"
    assert f'<img src="{view}"' in page.text
    assert officer.get(f"/cases/{reference}/files/{file}/thumbnail").headers["content-type"] == "image/jpeg"
    assert "evidence_opened" not in branch.events(reference)
    for _ in range(2):
        assert officer.get(view).headers["content-disposition"].startswith('attachment; filename="evidence-')
    assert branch.events(reference).count("evidence_opened") == 1
    assert "javascript:" not in re.findall(r'href="([^"]*)"', listed.text + card.text)
    warned = officer.get(f"/cases/{reference}/evidence/{item}").text
    assert "Take care." in warned.split("https://social.example/1")[1]
    assert warned.index("Take care.") < warned.index('href="https://social.example/1"')
    assert 'rel="noreferrer noopener nofollow external"' in warned
    assert officer.get(f"/cases/{reference}/evidence/{'0' * 32}").status_code == 404


def test_the_alarm_is_a_page(branch: Branch, officer: TestClient, reference: str) -> None:
    send(branch, reference, files.PDF)
    path = stored(branch)[0]
    path.write_bytes(path.read_bytes()[:-1])
    page = officer.get(f"/cases/{reference}/files/{file_of(branch, reference)}")
    assert page.status_code == 500
    assert "Alarm: this file is not what was stored" in shown(page.text)
    assert "Do not use it" in shown(page.text)
    assert branch.events(reference)[-1] == "evidence_damaged"


def test_the_panel_sees_no_name_of_a_file(branch: Branch, enter: Enter) -> None:
    reference = branch.at("under_review")
    item = send_own(branch, reference, files.jpeg(), "Ada Example at home.jpg").json()["id"]
    branch.served(reference, item)
    branch.referred(reference)
    member = enter(PANEL[0])
    for tail in ("", f"/{item}"):
        page = member.get(f"/cases/{reference}/evidence{tail}")
        assert page.status_code == 200
        assert "Ada Example" not in page.text
        assert "Save the file" not in page.text


def test_the_share_for_codes_is_said_and_kept(branch: Branch, public: TestClient, officer: TestClient) -> None:
    settings = branch.home.settings
    assert "25 MB each and 100 MB on one case" in shown(to_the_end(public).text)
    object.__setattr__(branch.home, "settings", settings.model_copy(update={"case_files_limit_mb": 1}))
    large = given("large.pdf", files.PDF + bytes(600_000), "files")
    check = to_the_end(public)
    assert "25 MB each and 410 KB on one case" in shown(check.text)
    thanks = press(public, check, large, _go="send")
    assert thanks.status_code == 200
    assert f"large.pdf : {FULL}" in shown(thanks.text)
    reference, code = CODE.findall(thanks.text)
    public.post("/my-report", data={"reference": reference, "code": code})
    page = public.get("/my-report/evidence")
    assert "25 MB each and 410 KB on one case" in shown(page.text)
    small = given("small.pdf", files.PDF + bytes(300_000), "files")
    assert press(public, page, small).status_code == 200
    refused = press(public, page, given("more.pdf", files.PDF + bytes(200_000), "files"))
    assert (refused.status_code, FULL in shown(refused.text)) == (422, True)
    assert len(branch.rows(reference, "evidence")) == 1
    page = go(officer, officer.get("/report/social-media-conduct/third_party"), channel="letter")
    page = go(officer, page, statement="It was in a letter.", how_seen="By post.")
    check = go(officer, go(officer, page, clauses=["not_sure"]))
    assert "on one case" not in shown(check.text)
    entered = press(officer, check, large, _go="send")
    assert len(branch.rows(CODE.findall(entered.text)[0], "evidence")) == 1


def test_forms_with_files_are_slowed_down_before_a_byte_is_kept(
    branch: Branch, public: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(received, "FORMS_AN_HOUR", 2)
    check, chosen = to_the_end(public), given("one.jpg", files.jpeg(), "files")
    with freeze_time(clock.now(), real_asyncio=True) as frozen:
        for _ in range(2):
            assert press(public, check, chosen, _go="send").status_code == 200
        before = branch.events(), stored(branch)
        refused = press(public, check, chosen, _go="send")
        assert refused.status_code == 429
        assert (branch.events(), stored(branch)) == before
        assert press(public, check, _go="send").status_code == 200  # the report itself, without files, still goes
        frozen.tick(received.HOUR + 1)
        assert press(public, check, chosen, _go="send").status_code == 200


def test_a_report_with_files(branch: Branch, public: TestClient) -> None:
    check = to_the_end(public)
    assert 'enctype="multipart/form-data"' in check.text
    chosen = [given("one.jpg", files.jpeg(), "files"), given("two.pdf", files.PDF, "files")]
    press(public, check, *chosen, _go="send")
    thanks = press(public, check, *chosen, _go="send")  # sent twice: the same answer, and everything once
    assert thanks.status_code == 200, shown(thanks.text)
    assert "Two files are kept with it: one.jpg, two.pdf." in shown(thanks.text)
    reference, _ = CODE.findall(thanks.text)
    assert branch.events().count("case_opened") == 1
    assert [row.by_role for row in branch.rows(reference, "evidence")] == ["reporter", "reporter"]
    assert len(stored(branch)) == 4  # the picture, its two copies, the PDF


def test_no_refused_file_ever_costs_a_report(
    branch: Branch, public: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = [given("holiday.jpg", files.SVG, "files"), given("two.pdf", files.PDF, "files")]
    thanks = press(public, to_the_end(public), *chosen, _go="send")
    assert "Everything else is kept, but one file is not holiday.jpg : It is of a type that is not taken" in shown(
        thanks.text
    )
    reference, _ = CODE.findall(thanks.text)
    assert len(branch.rows(reference, "evidence")) == 1

    def broken(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("app.evidence.store.FolderStore.keep", broken)
    thanks = press(public, to_the_end(public), given("two.pdf", files.PDF, "files"), _go="send")
    assert NOT_KEPT in shown(thanks.text)
    reference, _ = CODE.findall(thanks.text)
    assert branch.case(reference).state == "received"
    assert branch.rows(reference, "evidence") == []


def test_other_pages_take_no_files(branch: Branch, officer: TestClient, reference: str) -> None:
    answer = officer.post(f"/cases/{reference}/steps/begin_review", files=[given("a.jpg", files.jpeg())])
    assert answer.status_code == 415
    large = officer.post(f"/cases/{reference}/steps/begin_review", files=[given("a.jpg", bytes(1_100_000))])
    assert large.status_code == 413
    assert stored(branch) == []


def test_the_handler_completes_a_card_that_came_by_code(branch: Branch, officer: TestClient) -> None:
    reference = branch.at("under_review")
    item = send_own(branch, reference, files.jpeg(), shows=SOMETHING).json()["id"]
    card = officer.get(f"/cases/{reference}/evidence/{item}")
    assert f"/cases/{reference}/records/evidence/new?replaces={item}" in card.text
    assert "before it was corrected" not in card.text
    alleged = branch.rows(reference, "allegations")[0].id
    form = new(officer, reference, f"?replaces={item}")
    assert press(officer, form, supports=alleged, platform="Ward page").status_code == 303
    rows = branch.rows(reference, "evidence")
    assert [(row.by_role, row.plain.get("supports")) for row in rows] == [("reporter", None), ("secretary", [alleged])]
    said = shown(officer.get(f"/cases/{reference}/evidence/{rows[1].id}").text)
    before = said.split("The card before it was corrected")[1]
    assert before.strip().startswith("Written by the person who told us,")
    assert SOMETHING in before
    assert "Secretary (test), secretary" in said
    listed = shown(officer.get(f"/cases/{reference}/records").text)
    assert "the person who told us" in listed


def test_files_that_an_officer_adds_to_a_report_are_signed_by_the_officer(branch: Branch, officer: TestClient) -> None:
    page = go(
        officer, officer.get("/report/social-media-conduct/third_party"), involves_secretary="no", channel="letter"
    )
    page = go(officer, page, statement="It was in a letter.", how_seen="By post.")
    page = go(officer, page, clauses=["not_sure"])
    check = go(officer, page)
    assert 'enctype="multipart/form-data"' in check.text, shown(check.text)
    thanks = press(officer, check, given("paper.jpg", files.jpeg(), "files"), _go="send")
    reference = CODE.findall(thanks.text)[0]
    [row] = branch.rows(reference, "evidence")
    assert (row.by_role, row.by_person) == ("secretary", branch.ids[SECRETARY])
    [entry] = [one for one in branch.entries(reference) if row.id.encode() in one.entry]
    assert (entry.event, entry.actor_id, entry.actor_role) == ("record_added", branch.ids[SECRETARY], "secretary")
