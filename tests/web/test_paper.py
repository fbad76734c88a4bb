"""The form on paper: every question of a kind with room to write, for everyone, in every mode."""

import html
import io
from collections.abc import Sequence
from typing import Any

import pytest
from httpx2 import Response
from pypdf import PdfReader
from starlette.testclient import TestClient

from app.audit.log import SYSTEM
from app.installation import remember
from app.workflow.definition import Field
from tests.branch import Branch
from tests.web.conftest import shown


def labels(questions: Sequence[Field]) -> list[str]:
    inside = [label for question in questions for label in labels(question.fields)]
    return [*(question.label for question in questions), *inside]


def test_every_question_of_every_kind_is_printed(branch: Branch, public: TestClient) -> None:
    for workflow in branch.home.workflows.all():
        for kind in workflow.opening.kinds:
            page = public.get(f"/report/{workflow.name}/{kind.name}/paper")
            assert page.status_code == 200
            said = html.unescape(page.text)
            for label in labels(workflow.opening.fields(kind.name, account=False)):
                assert label in said
            assert "<form" not in page.text


def printed(answer: Response) -> str:
    """Every word of a PDF, in order, with single spaces."""
    reader = PdfReader(io.BytesIO(answer.content))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]  # tagged: a screen reader can read it
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_the_same_form_can_be_saved_as_a_pdf(branch: Branch, public: TestClient) -> None:
    with branch.home.db.write() as session:
        remember(session, "contact", "PO Box 0\nExampleton", actor=SYSTEM, via="cli")
    for workflow in branch.home.workflows.all():
        for kind in workflow.opening.kinds:
            answer = public.get(f"/report/{workflow.name}/{kind.name}/paper.pdf")
            assert answer.status_code == 200
            assert answer.headers["content-type"] == "application/pdf"
            assert answer.headers["content-disposition"] == 'attachment; filename="report-form.pdf"'
            said = printed(answer)
            for label in labels(workflow.opening.fields(kind.name, account=False)):
                assert label in said
            assert "Exampleton" in said
            for label in labels([one for one in workflow.opening.fields(kind.name, account=True) if one.account_only]):
                assert label not in said
    page = public.get("/report/social-media-conduct/target/paper").text
    assert 'href="/report/social-media-conduct/target/paper.pdf"' in page
    assert public.get("/report/social-media-conduct/nonsense/paper.pdf").status_code == 404


def test_the_pdf_has_choices_numbers_and_advice_and_is_the_same_each_time(branch: Branch, public: TestClient) -> None:
    path = "/report/social-media-conduct/target/paper.pdf"
    said = printed(public.get(path))
    for words in ("999", "116 123", "I am not sure", "Please do not answer online", "Yes, you may tell them"):
        assert words in said
    assert public.get(path).content == public.get(path).content


def test_answers_to_choose_from_and_where_to_send_it_are_on_it(branch: Branch, public: TestClient) -> None:
    with branch.home.db.write() as session:
        remember(session, "contact", "PO Box 0, Exampleton", actor=SYSTEM, via="cli")
    said = shown(public.get("/report/social-media-conduct/target/paper").text)
    assert "PO Box 0, Exampleton" in said
    assert "999" in said
    assert "I am not sure" in said


@pytest.mark.parametrize("mode", ["desk", "demo", "server"])
def test_the_first_page_leads_to_it_in_every_mode(branch: Branch, public: TestClient, mode: str) -> None:
    with branch.home.db.write() as session:
        remember(session, "mode", mode, actor=SYSTEM, via="cli")
    page = public.get("/").text
    assert "The form on paper" in page
    assert 'href="/report/social-media-conduct/target/paper"' in page
    assert 'href="/report/social-media-conduct/target/paper.pdf"' in page
    assert ('href="#on-paper"' in page) is (mode == "desk")


def test_a_form_that_does_not_exist(public: TestClient) -> None:
    assert public.get("/report/social-media-conduct/other/paper").status_code == 404
    assert public.get("/report/other/target/paper").status_code == 404
