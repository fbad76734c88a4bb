"""Remarks: auditors write, whoever looks after the case answers, nobody changes one, and the check covers them."""

import json
from typing import Any

import pytest
from sqlalchemy import text as sql
from sqlalchemy.exc import DBAPIError

from app.audit.entries import decode
from app.audit.log import SYSTEM
from app.cases.access import Unseen
from app.errors import Forbidden, Invalid, NotFound, WrongState
from app.oversight import remarks
from app.oversight.checking import record_check
from tests.api.answers import fields, good, problem
from tests.branch import AUDITOR, DEPUTY, PANEL, SECRETARY, Branch
from tests.web.conftest import Enter, Form, enter, shown

__all__ = ["enter"]
SAID = "Why did the notice go out two weeks later?"
ANSWERED = "I was in hospital, and the deputy had left."


def written(branch: Branch, reference: str, by: str = AUDITOR, **more: Any) -> str:
    return remarks.write(branch.home, branch.viewer(by), reference, {"text": SAID, **more}, via="api")


def answered(branch: Branch, reference: str, remark: str, by: str = SECRETARY) -> str:
    return remarks.answer(branch.home, branch.viewer(by), reference, remark, {"text": ANSWERED}, via="api")


def told(branch: Branch, reference: str, by: str = AUDITOR) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = good(branch.client(by).get(f"/api/v1/cases/{reference}/remarks"))["items"]
    return items


def test_a_remark_is_written_answered_and_read(branch: Branch) -> None:
    reference = branch.at("acknowledged")
    version = branch.case(reference).version
    step = branch.entries(reference)[1]
    remark = written(branch, reference, entry=step.id)
    (one,) = told(branch, reference, SECRETARY)
    assert (one["text"], one["step"], one["entry"], one["open"]) == (SAID, 2, step.id, True)
    answered(branch, reference, remark)
    (one,) = told(branch, reference)
    assert (one["open"], one["who"], one["role"]) == (False, "Auditor (test)", "auditor")
    assert [(said["text"], said["who"]) for said in one["answers"]] == [(ANSWERED, "Secretary (test)")]
    assert branch.case(reference).version == version  # nobody's open form is stale


def test_pressed_twice_is_one_remark_and_one_answer(branch: Branch) -> None:
    reference = branch.at("acknowledged")
    remark = written(branch, reference)
    assert written(branch, reference) == remark
    about_a_step = written(branch, reference, entry=branch.entries(reference)[1].id)
    assert about_a_step != remark
    answer = answered(branch, reference, remark)
    assert answered(branch, reference, remark) == answer
    with pytest.raises(WrongState, match="answered already"):
        remarks.answer(branch.home, branch.viewer(SECRETARY), reference, remark, {"text": "Another."}, via="api")
    found = branch.events(reference)
    assert (found.count("remark_written"), found.count("remark_answered")) == (2, 1)
    assert written(branch, reference) != remark  # what was answered may be asked again


def test_an_answer_written_in_two_tabs_is_not_lost(branch: Branch, enter: Enter) -> None:
    reference = branch.at("acknowledged")
    remark = written(branch, reference)
    client, address = enter(SECRETARY), f"/cases/{reference}/remarks/{remark}"
    assert client.post(address, data={"text": "One."}).status_code == 303
    late = client.post(address, data={"text": "What I wrote in the other tab."})
    assert (late.status_code, "was answered already" in shown(late.text)) == (409, True)
    assert "What I wrote in the other tab." in late.text
    assert [len(one["answers"]) for one in told(branch, reference)] == [1]


def test_both_are_entries_without_a_word_of_them(branch: Branch) -> None:
    reference = branch.at("acknowledged")
    remark = written(branch, reference)
    answer = answered(branch, reference, remark)
    entries = [entry for entry in branch.entries(reference) if entry.event.startswith("remark_")]
    assert [entry.event for entry in entries] == ["remark_written", "remark_answered"]
    first, second = (decode(entry.entry) for entry in entries)
    assert (first["record"], second["record"]) == ({"kind": "remark", "id": remark}, {"kind": "remark", "id": answer})
    assert second["subject"] == {"kind": "remark", "id": remark}
    assert set(first["commits"]) == {"plain", "text"}
    assert "hospital" not in json.dumps(second)


def test_only_auditors_write_and_only_the_handler_answers(branch: Branch) -> None:
    reference = branch.at("referred")
    remark = written(branch, reference)
    for email in (SECRETARY, PANEL[0]):
        with pytest.raises(Forbidden):
            written(branch, reference, email)
    with pytest.raises(Unseen):
        written(branch, reference, DEPUTY)
    for email in (AUDITOR, PANEL[0]):
        with pytest.raises(Forbidden):
            answered(branch, reference, remark, email)
    problem(branch.client(PANEL[0]).get(f"/api/v1/cases/{reference}/remarks"), 403)
    problem(branch.client(DEPUTY).get(f"/api/v1/cases/{reference}/remarks"), 404)
    assert branch.events(reference).count("access_denied") == 7


def test_what_a_remark_is_about_belongs_to_the_case(branch: Branch) -> None:
    reference, other = branch.at("acknowledged"), branch.at("acknowledged")
    remark = written(branch, reference)
    with pytest.raises(NotFound):
        answered(branch, other, remark)
    with pytest.raises(NotFound):
        answered(branch, reference, answered(branch, reference, remark))
    with pytest.raises(Invalid):
        written(branch, other, entry=branch.entries(reference)[0].id)
    assert told(branch, other) == []


def test_an_auditor_who_is_a_party_has_no_such_case(branch: Branch) -> None:
    hidden = branch.report(respondent={"name": "Auditor (test)", "is_member": "yes"})
    with pytest.raises(Unseen):
        written(branch, hidden)
    problem(branch.client(AUDITOR).get(f"/api/v1/cases/{hidden}/remarks"), 404)


def test_the_database_refuses_a_change_and_the_check_finds_one(branch: Branch) -> None:
    reference = branch.at("acknowledged")
    written(branch, reference)
    assert record_check(branch.home, actor=SYSTEM, via="cli") == []
    for statement in ("UPDATE remark SET by_role = 'deputy'", "DELETE FROM remark"):
        with pytest.raises(DBAPIError, match="append-only"), branch.home.db.write() as session:
            session.connection().execute(sql(statement))
    with branch.home.db.write() as session:
        on_sqlite = session.get_bind().dialect.name == "sqlite"
        off = "DROP TRIGGER remark_no_update" if on_sqlite else "ALTER TABLE remark DISABLE TRIGGER remark_no_change"
        session.connection().execute(sql(off))
        session.connection().execute(sql("UPDATE remark SET by_role = 'deputy'"))
    (fault,) = record_check(branch.home, actor=SYSTEM, via="cli")
    assert "the column role of the record remark" in str(fault)


def test_the_worklist_shows_it_until_it_is_answered(branch: Branch, enter: Enter) -> None:
    reference = branch.at("acknowledged")
    quiet = branch.at("acknowledged")
    remark = written(branch, reference)
    client = enter(SECRETARY)
    page = client.get("/cases").text
    assert f'href="/cases/{reference}/remarks"' in page
    assert f'href="/cases/{quiet}/remarks"' not in page
    assert "From the auditors" in page
    assert "1, 1 not answered" in shown(client.get(f"/cases/{reference}/trail").text)
    answered(branch, reference, remark)
    assert "From the auditors" not in client.get("/cases").text


def test_by_page(branch: Branch, enter: Enter) -> None:
    reference = branch.at("acknowledged")
    auditor, address = enter(AUDITOR), f"/cases/{reference}/remarks"
    page = auditor.get(address).text
    assert "None so far." in page
    assert address in auditor.get(f"/cases/{reference}").text
    wrong = auditor.post(address, data={"text": " ", "entry": ""})
    assert (wrong.status_code, "govuk-error-summary" in wrong.text) == (422, True)
    entry = branch.entries(reference)[0].id
    assert auditor.post(address, data={"text": SAID, "entry": entry}).status_code == 303
    assert "about step 1" in auditor.get(address).text
    officer = enter(SECRETARY)
    form = Form(officer.get(address).text, 1)
    assert officer.post(form.action, data={"text": ""}).status_code == 422
    assert officer.post(form.action, data=form.filled(text="<b>Because</b>")).status_code == 303
    assert "&lt;b&gt;Because" in auditor.get(address).text
    assert "remark_answered" in branch.events(reference)
    assert enter(DEPUTY).get(address).status_code == 404


def test_by_program(branch: Branch) -> None:
    reference = branch.at("acknowledged")
    address = f"/api/v1/cases/{reference}/remarks"
    made = good(branch.client(AUDITOR).post(address, json={"text": SAID}), 201)
    assert good(branch.client(SECRETARY).post(f"{address}/{made['id']}/answers", json={"text": ANSWERED}), 201)
    assert fields(branch.client(AUDITOR).post(address, json={"entry": "x"})) == {"text"}
    assert fields(branch.client(AUDITOR).post(address, json={"text": SAID, "entry": "x"})) == {"entry"}
    problem(branch.client(SECRETARY).post(f"{address}/{'0' * 32}/answers", json={"text": ANSWERED}), 404)
