"""A form sent after the session ended: nothing typed is lost, and it can be sent again after signing in elsewhere."""

import json

import pytest
import structlog

from app.web.context import FORM_FIELDS
from tests.branch import PASSWORD, SECRETARY, Branch
from tests.embedded import shared_branch
from tests.web.conftest import Enter, Form, shown

__all__ = ["shared_branch"]
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
TEXT = 'Xylophone <b>&amp;</b> "quoted"\nsecond line\n\n  third'


def ready(branch: Branch) -> str:
    reference = branch.report()
    branch.keep(SECRETARY, reference, "conflict-declarations", answer="none")
    return reference


def test_it_is_kept_and_sent_again(branch: Branch, enter: Enter) -> None:
    reference, client = ready(branch), enter(SECRETARY)
    path = f"/cases/{reference}/records/notes/new"
    sent = Form(client.get(path).text, 1).filled(text=TEXT, audience="handlers")
    client.post("/sign-out")
    with structlog.testing.capture_logs() as lines:
        answer = client.post(path, data=sent, headers=SAME_ORIGIN)
    assert answer.status_code == 401
    assert answer.headers["cache-control"] == "no-store"
    assert "Sign in again in another window, then send this again" in shown(answer.text)
    assert '<a class="govuk-link" href="/sign-in" target="_blank"' in answer.text
    assert "Xylophone" not in json.dumps(lines, default=str)
    again = Form(answer.text)
    assert again.action == path
    assert again.filled() == sent
    assert client.post(path, data=again.filled(), headers=SAME_ORIGIN).status_code == 401
    client.post("/sign-in", data={"email": SECRETARY, "password": PASSWORD})
    done = client.post(path, data=again.filled(), headers=SAME_ORIGIN)
    assert (done.status_code, done.headers["location"]) == (303, f"/cases/{reference}")
    assert len(branch.rows(reference, "notes")) == 1
    kept = branch.client(SECRETARY).get(f"/api/v1/cases/{reference}/notes").json()["items"]
    assert [note["text"] for note in kept] == [TEXT]


def test_a_step_is_kept_too(branch: Branch) -> None:
    path = "/cases/2026-K7QFM/steps/acknowledge"
    answer = branch.client().post(path, data={"version": "3", "form_token": "abc", "more": ["1", "2"]})
    assert answer.status_code == 401
    assert Form(answer.text).pairs == [("version", "3"), ("form_token", "abc"), ("more", "1"), ("more", "2")]


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        (
            "/report/mail",
            {"kind": "social-media-conduct/third_party", "pasted": "From: somebody\n\nOn the page."},
        ),
        ("/report/set-aside", {"reason": "other", "note": "A question about a meeting."}),
        ("/cases/2026-K7QFM/mail", {"pasted": "From: somebody\n\nHe wrote again."}),
    ],
)
@pytest.mark.parametrize("with_file", [False, True])
def test_what_an_officer_typed_about_mail_is_kept_and_a_file_is_not(
    shared_branch: Branch, path: str, typed: dict[str, str], with_file: bool
) -> None:
    files = {"message": ("saved.eml", b"From: somebody", "message/rfc822")} if with_file else None
    answer = shared_branch.client().post(path, data=typed, files=files)
    assert answer.status_code == 401
    assert Form(answer.text).filled() == {name: [value] for name, value in typed.items()}
    assert ("The file that you chose is not kept" in shown(answer.text)) == with_file


def test_another_site_cannot_have_it_drawn(branch: Branch) -> None:
    answer = branch.client().post(
        "/cases/2026-K7QFM/steps/acknowledge", data={"text": "Xylophone"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    assert "Xylophone" not in answer.text


def test_what_cannot_be_kept_goes_to_sign_in(branch: Branch) -> None:
    path, client = "/cases/2026-K7QFM/steps/acknowledge", branch.client()
    for body in (b"text=%ff", b"&".join([b"a=b"] * (FORM_FIELDS + 1)), b""):
        answer = client.post(path, content=body, headers={"content-type": "application/x-www-form-urlencoded"})
        assert (answer.status_code, answer.headers.get("location")) == (303, "/sign-in")
    assert client.get("/cases/2026-K7QFM").status_code == 303
    assert client.post("/users", data={"name": "Somebody"}).status_code == 303
