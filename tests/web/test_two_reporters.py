"""Two people report one member: each page, header, file name and receipt of all three, to the panel (X17, X18)."""

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.branch import SECRETARY, Branch
from tests.cases.by_reply_code import notified, reply
from tests.embedded import shared_branch
from tests.evidence.files import PDF
from tests.web.conftest import Form

__all__ = ["shared_branch"]
ONE = {"name": "Unmistakable Firstperson", "email": "first@example.net", "phone": "01632 960111"}
TWO = {"name": "Unmistakable Secondperson", "email": "second@example.net", "phone": "01632 960222"}
KEPT_BACK = {"share_identity": "no", "share_identity_reason": "They live next door."}
NOTE = "A private note on both."


@dataclass
class Seen:
    """What one person was shown: words of every answer, and its headers alone."""

    words: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)

    def add(self, client: TestClient, method: str, path: str, **more: Any) -> str:
        answer = client.request(method, path, **more)
        assert answer.status_code < 400, f"{method} {path}: {answer.status_code}"
        self.words.append(answer.text)
        self.headers.append(str(dict(answer.headers)))
        return answer.text


def everything(branch: Branch, home: str, reference: str, code: str, tag: str) -> Seen:
    """Every page that can be reached, words and a file sent with their receipts, and the same by API."""
    seen, client = Seen(), branch.client()
    seen.add(client, "POST", home, data={"reference": reference, "code": code})
    todo, done = [home], set()
    while todo:
        path = todo.pop()
        done.add(path)
        page = seen.add(client, "GET", path)
        todo += set(re.findall(rf'href="({home}[^"#]*)"', page)) - done - set(todo)
    write, words = (f"{home}/write", {"text": f"Written by {tag}."})
    if home == "/my-reply":
        write, words = f"{home}/needs", {"companion": f"Written by {tag}."}
    sent = seen.add(client, "POST", write, data=Form(client.get(write).text).filled(**words))
    seen.add(client, "POST", "/report/receipt", data=Form(sent).filled())
    files = {"files": (f"{tag}.pdf", PDF + tag.encode(), "application/pdf")}
    if f"{home}/evidence" in done:
        whose = Form(client.get(f"{home}/evidence").text).filled()
        sent = seen.add(client, "POST", f"{home}/evidence", data=whose, files=files)
        seen.add(client, "POST", "/report/receipt", data=Form(sent).filled())
    seen.add(client, "GET", home)
    api = "/api/v1/reports/mine" if home == "/my-report" else "/api/v1/replies/mine"
    seen.add(branch.client(), "GET", api, headers={"Authorization": f"Bearer {code}"})
    return seen


@pytest.mark.parametrize("state", ["under_review", "referred"])
def test_neither_learns_of_the_other_nor_the_member_of_both(shared_branch: Branch, state: str) -> None:
    branch = shared_branch
    first, _, member = notified(branch, reporter=ONE, statement="The first statement.", **KEPT_BACK)
    second = branch.at("under_review", reporter=TWO, statement="The second statement.", **KEPT_BACK)
    for reference in (first, second):
        branch.keep(SECRETARY, reference, "notes", text=NOTE, audience="handlers")
    codes = {"first": branch.codes[first], "second": branch.codes[second], "member": member}
    of_first = [*ONE.values(), "The first statement", codes["first"]]
    of_second = [*TWO.values(), "The second statement", codes["second"], second, "second.pdf", "Written by second"]
    if state == "referred":
        reply(branch, member)
        branch.referred(first)
    shown = {
        "second": everything(branch, "/my-report", second, codes["second"], "second"),
        "first": everything(branch, "/my-report", first, codes["first"], "first"),
        "member": everything(branch, "/my-reply", first, member, "member"),
    }
    hidden = {
        "first": [*of_second, codes["member"], "Written by member", "member.pdf", NOTE, SECRETARY],
        "second": [*of_first, first, codes["member"], NOTE, SECRETARY],
        "member": [*of_first, *of_second, "Written by first", "first.pdf", "next door", NOTE, SECRETARY],
    }
    for who, seen in shown.items():
        read = "\n".join(seen.words)
        assert [word for word in hidden[who] if word in read] == [], who
        facts = [first, second, *codes.values(), "Unmistakable", "statement", "Written by", "panel", "referred"]
        assert [fact for fact in facts if fact in "\n".join(seen.headers)] == [], who
