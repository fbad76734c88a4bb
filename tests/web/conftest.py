"""The branch these tests work on, a client that signs in by page, and forms filled in the way a browser does."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from starlette.testclient import TestClient

from tests.branch import PASSWORD, Branch
from tests.embedded import branch

__all__ = ["branch"]
Enter = Callable[[str], TestClient]


class Form(HTMLParser):
    """The n-th form of a page as a browser would send it: hidden inputs, what is filled in, what is ticked."""

    def __init__(self, markup: str, number: int = 0) -> None:
        super().__init__()
        self.pairs: list[tuple[str, str]] = []
        self.action = ""
        self._wanted, self._seen, self._inside = number, -1, False
        self._area: str | None = None
        self._choice: str | None = None
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self._seen += 1
            self._inside = self._seen == self._wanted
            self.action = found.get("action") or self.action if self._inside else self.action
        if not self._inside:
            return
        name, value = found.get("name"), found.get("value") or ""
        if tag == "input" and name and (found.get("type") not in ("radio", "checkbox") or "checked" in found):
            self.pairs.append((name, value))
        if tag == "select":
            self._choice = name
        if tag == "option" and "selected" in found and self._choice:
            self.pairs.append((self._choice, value))
        if tag == "textarea":
            self._area = name
            self.pairs.append((name or "", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        if tag == "textarea" and self._area:
            name, text = self.pairs[-1]
            self.pairs[-1] = (name, text.removeprefix("\n"))
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            name, text = self.pairs[-1]
            self.pairs[-1] = (name, text + data)

    def filled(self, **answers: str | list[str]) -> dict[str, list[str]]:
        """What is sent once these were typed over what stands there; dots in names are written `__`."""
        sent: dict[str, list[str]] = {}
        for name, value in self.pairs:
            sent.setdefault(name, []).append(value)
        for name, given in answers.items():
            sent[name.replace("__", ".")] = [given] if isinstance(given, str) else given
        return sent


@pytest.fixture
def public(branch: Branch) -> TestClient:
    """A browser of somebody without an account."""
    return branch.client()


@pytest.fixture
def enter(branch: Branch) -> Enter:
    """A browser signed in as the person with this mail address."""

    def sign_in(email: str) -> TestClient:
        branch.give_password(email)
        client = branch.client()
        answer = client.post("/sign-in", data={"email": email, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return client

    return sign_in


def shown(markup: str) -> str:
    """The words of a page, without tags, spaces run together."""
    main = markup.split('<main class="ct-main"', 1)[-1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", main.split(">", 1)[-1]).split())
