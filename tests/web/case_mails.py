"""Mails put on a case by page: dropped, pasted, looked at and kept, as a browser does it."""

from collections.abc import Sequence
from datetime import timedelta
from email.message import EmailMessage

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from app import clock
from tests.branch import SECRETARY, Branch
from tests.evidence import mails
from tests.evidence.sending import save
from tests.web.conftest import Enter, Form

WORDS = "He wrote to me again.\n\nI have kept the picture."
REPORTER = {"name": "Ward member (example)", "email": mails.SENDER}
STRANGER = "somebody@example.net"


def yesterday() -> str:
    return f"{clock.now() - timedelta(days=1):%a, %d %b %Y} 12:00:00 +0000"


def a_mail(sender: str = mails.SENDER, text: str = WORDS, **more: str) -> EmailMessage:
    made = mails.mail(text, **{"sent": yesterday(), **more})
    del made["From"]
    made["From"] = f"Somebody (example) <{sender}>"
    return made


def with_files(*attached: tuple[str, bytes], sender: str = mails.SENDER) -> bytes:
    made = a_mail(sender)
    for name, content in attached:
        made.add_attachment(content, "application", "octet-stream", filename=name)
    return bytes(made)


def drop(client: TestClient, reference: str, content: bytes, **typed: str) -> Response:
    sent = {"message": ("saved.eml", content, "message/rfc822")}
    return client.post(f"/cases/{reference}/mail", data=typed, files=sent)


def paste(client: TestClient, reference: str, text: str) -> Response:
    return client.post(f"/cases/{reference}/mail", data={"pasted": text}, files={"message": ("", b"")})


def keep(client: TestClient, page: Response, **answers: str | list[str]) -> Response:
    form = Form(page.text, 1)
    return client.post(form.action, data=form.filled(**answers))


def typed(page: Response) -> dict[str, list[str]]:
    return Form(page.text, 1).filled()


def contents(branch: Branch, reference: str) -> list[bytes]:
    rows = branch.rows(reference, "evidence")
    return [save(branch, reference, row.plain["file"]).content for row in rows if row.plain.get("file")]


def read_back(branch: Branch, reference: str, kind: str) -> Sequence[dict[str, str]]:
    found = branch.client(SECRETARY).get(f"/api/v1/cases/{reference}/{kind}").json()
    items: list[dict[str, str]] = found["items"]
    return items


@pytest.fixture
def officer(enter: Enter) -> TestClient:
    return enter(SECRETARY)


@pytest.fixture
def reference(branch: Branch) -> str:
    return branch.at("under_review", reporter=REPORTER, share_identity="no")
