"""Writing to everyone who waits, in one call."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from freezegun import freeze_time

from app import clock
from tests.api.answers import fields, good, problem
from tests.api.test_openapi import document, holds
from tests.branch import DEPUTY, PANEL, SECRETARY, Branch, branch
from tests.cases.by_code import own

__all__ = ["branch"]
URL = "/api/v1/due-updates"
TEXT = {"text": "We are still working on what you told us."}


@contextmanager
def later() -> Iterator[None]:
    """Twenty-five days on."""
    with freeze_time(clock.now() + timedelta(days=25)):
        yield


def test_one_call_writes_to_everyone_who_waits_and_a_second_to_nobody(branch: Branch) -> None:
    due = {branch.at("acknowledged"), branch.at("under_review")}
    with later():
        _write_to_all(branch, due, branch.at("acknowledged"))


def _write_to_all(branch: Branch, due: set[str], other: str) -> None:
    described, officer = document(branch), branch.client(SECRETARY)
    listed = officer.get(URL)
    holds(described, URL, "get", listed)
    assert {one["reference"] for one in good(listed)["items"]} == due
    assert good(branch.client(DEPUTY).get(URL)) == {"items": []}
    sent = officer.post(URL, json=TEXT)
    holds(described, URL, "post", sent)
    assert {one["reference"] for one in good(sent, 201)["items"]} == due
    assert {one["problem"] for one in good(sent, 201)["items"]} == {None}
    for reference in due:
        assert own(branch, reference).next_update_on == clock.today() + timedelta(days=28)
        assert [message.text for message in own(branch, reference).messages] == [TEXT["text"]]
    assert branch.rows(other, "messages") == []
    assert good(officer.post(URL, json=TEXT), 201) == {"items": []}
    assert good(officer.get(URL)) == {"items": []}


def test_some_of_them_can_be_named_and_who_does_not_wait_is_told_apart(branch: Branch) -> None:
    due, left = branch.at("acknowledged"), branch.at("acknowledged")
    with later():
        early = branch.at("acknowledged")
        named = {**TEXT, "cases": [due.lower(), early, "2026-ZZZZZ"]}
        answer = good(branch.client(SECRETARY).post(URL, json=named), 201)
    items = {one["reference"]: one["problem"] for one in answer["items"]}
    assert items[due] is None
    assert items[early] == items["2026-ZZZZZ"] == "Nobody waits to hear from us on this case"
    assert branch.rows(left, "messages") == []


def test_bad_input_and_others_are_refused(branch: Branch) -> None:
    reference, officer = branch.at("acknowledged"), branch.client(SECRETARY)
    assert fields(officer.post(URL, json={})) == {"text"}
    assert fields(officer.post(URL, json={"text": "x" * 10_001})) == {"text"}
    assert fields(officer.post(URL, json={**TEXT, "kind": "answer"})) == {"kind"}
    for wrong in ("", [], [7], {"a": 1}, ["2026-K7QFM"] * 201):
        assert fields(officer.post(URL, json={**TEXT, "cases": wrong})) == {"cases"}
    problem(branch.client(PANEL[0]).post(URL, json=TEXT), 403)
    problem(branch.client().get(URL), 401)
    assert branch.rows(reference, "messages") == []
