"""The record as a whole, for programs: who may ask, what is refused, and that nothing comes of it."""

from typing import Any

import pytest

from app import clock
from app.audit.entries import decode
from tests.api.answers import fields, problem
from tests.branch import ADMINISTRATOR, AUDITOR, DATA_PROTECTION, DEPUTY, NOBODY, PANEL, SECRETARY, STAND_IN, Branch
from tests.shared_branch import shared_branch

__all__ = ["shared_branch"]
API = "/api/v1"
INTEGRITY = f"{API}/integrity"
YEAR = clock.today().year
KEY = "witness.example/one+874e1cd9+BHm1Vi6P5lT5QHixEuipi6eQH4U65pW+1+DjkQutBJZk"
"""A witness's public key."""
EVERYBODY = (SECRETARY, DEPUTY, STAND_IN, PANEL[0], AUDITOR, DATA_PROTECTION, ADMINISTRATOR, NOBODY)
AUDITORS = frozenset({AUDITOR})
LOOKING_AFTER = frozenset({AUDITOR, ADMINISTRATOR})
DECLARING = frozenset({SECRETARY, DEPUTY, STAND_IN, DATA_PROTECTION, ADMINISTRATOR})
MAILBOX = {"year": str(YEAR), "part": "mailbox", "answer": "nothing_came"}
WHO: tuple[tuple[str, str, Any, frozenset[str]], ...] = (
    ("GET", "/integrity", None, LOOKING_AFTER),
    ("POST", "/integrity/checks", None, LOOKING_AFTER),
    ("POST", "/integrity/comparisons", {"size": 1, "code": "1"}, AUDITORS),
    ("GET", "/integrity/reconciliation", None, AUDITORS),
    ("GET", "/integrity/statement", None, AUDITORS),
    ("GET", "/integrity/statement.pdf", None, AUDITORS),
    ("GET", f"/yearly-returns/{YEAR}", None, DECLARING | AUDITORS),
    ("POST", "/yearly-returns", MAILBOX, DECLARING),
    ("GET", "/integrity/witnesses", None, LOOKING_AFTER),
    ("POST", "/integrity/witnesses", {"key": "x"}, LOOKING_AFTER),
    ("DELETE", "/integrity/witnesses?name=nobody", None, LOOKING_AFTER),
    ("GET", "/integrity/stamps", None, LOOKING_AFTER),
    ("GET", "/integrity/stamps/2026-01-01/token", None, LOOKING_AFTER),
    ("GET", "/integrity/stamps/2026-01-01/checkpoint", None, LOOKING_AFTER),
)
WRONG: tuple[tuple[str, str, Any, set[str]], ...] = (
    ("POST", "/integrity/comparisons", {}, {"note"}),
    ("POST", "/integrity/comparisons", {"size": 3, "code": "1", "note": "x"}, {"note"}),
    ("POST", "/integrity/comparisons", {"note": "nothing of the kind"}, {"note"}),
    ("POST", "/integrity/comparisons", {"note": 7}, {"note"}),
    ("POST", "/integrity/comparisons", {"size": 0, "code": "1" * 40}, {"size"}),
    ("POST", "/integrity/comparisons", {"size": -3, "code": "1" * 40}, {"size"}),
    ("POST", "/integrity/comparisons", {"size": True, "code": "1" * 40}, {"size"}),
    ("POST", "/integrity/comparisons", {"size": 1.5, "code": "1" * 40}, {"size"}),
    ("POST", "/integrity/comparisons", {"code": "1" * 40}, {"size"}),
    ("POST", "/integrity/comparisons", {"size": 3}, {"code"}),
    ("POST", "/integrity/comparisons", {"size": 3, "code": "12345"}, {"code"}),
    ("POST", "/integrity/comparisons", {"size": 3, "code": "1" * 40, "root": "x"}, {"root"}),
    ("GET", "/integrity/reconciliation?from=2026-02-31&to=2026-03-01", None, {"from"}),
    ("GET", "/integrity/reconciliation?from=2026-01-01", None, {"to"}),
    ("GET", "/integrity/reconciliation?from=2026-03-01&to=2026-01-01", None, {"to"}),
    ("GET", "/integrity/reconciliation?year=2026", None, {"year"}),
    ("GET", "/integrity/statement?from=x&to=2026-01-01", None, {"from"}),
    ("GET", "/integrity/statement.pdf?from=2026-01-01&to=x", None, {"to"}),
    ("GET", "/yearly-returns/1999", None, {"year"}),
    ("GET", f"/yearly-returns/{YEAR + 1}", None, {"year"}),
    ("GET", "/yearly-returns/latest", None, {"year"}),
    ("POST", "/integrity/witnesses", {}, {"key"}),
    ("POST", "/integrity/witnesses", {"key": KEY[:-4]}, {"key"}),
    ("POST", "/integrity/witnesses", {"key": KEY, "name": "x"}, {"name"}),
    ("DELETE", "/integrity/witnesses", None, {"name"}),
    ("GET", "/integrity/stamps/yesterday/token", None, {"day"}),
    ("GET", "/integrity/stamps/2026-02-31/checkpoint", None, {"day"}),
    ("GET", "/trail/export?format=tiles", None, {"format"}),
)


def test_each_call_is_open_to_exactly_these(shared_branch: Branch, subtests: pytest.Subtests) -> None:
    clients = {email: shared_branch.client(email) for email in EVERYBODY}
    for method, path, body, allowed in WHO:
        with subtests.test(f"{method} {path}"):
            answers = {who: client.request(method, API + path, json=body) for who, client in clients.items()}
            opened = {who for who, answer in answers.items() if answer.status_code not in {401, 403}}
            assert opened == allowed
            for who in clients.keys() - allowed:
                problem(answers[who], 403)
            problem(shared_branch.client().request(method, API + path, json=body), 401)


def test_who_is_turned_away_is_on_the_trail(branch: Branch) -> None:
    client, before = branch.client(NOBODY), len(branch.events())
    problem(client.post(f"{INTEGRITY}/checks"), 403)
    problem(client.delete(f"{INTEGRITY}/witnesses", params={"name": "x"}), 403)
    told = [decode(one.entry) for one in branch.entries()[before:] if one.event == "access_denied"]
    assert {(one["actor"], one["subject"]["id"], one["via"]) for one in told} == {
        (branch.ids[NOBODY], "check_record", "api"),
        (branch.ids[NOBODY], "witnesses", "api"),
    }


def test_wrong_input_is_named_and_leaves_nothing(shared_branch: Branch, subtests: pytest.Subtests) -> None:
    client, before = shared_branch.client(AUDITOR), len(shared_branch.events())
    for method, path, body, wrong in WRONG:
        with subtests.test(f"{method} {path} {body}"):
            assert fields(client.request(method, API + path, json=body)) == wrong
    problem(client.get(f"{INTEGRITY}/stamps/2026-01-01/token"), 404)
    problem(client.post(f"{INTEGRITY}/comparisons", content=b"size=3"), 415)
    (error,) = problem(client.get(f"{API}/trail/export?format=tiles"), 422)["errors"]
    assert error["message"].startswith("Tiles are a folder of files: `casetrail audit export --format tiles --out")
    assert len(shared_branch.events()) == before
