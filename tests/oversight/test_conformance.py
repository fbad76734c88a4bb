"""A case's path against its procedure: sound paths fit, and each kind of deviation is named and drawn."""

import re
from typing import Any

import pytest
from sqlalchemy import text as sql

from app.audit.entries import decode, encode
from app.oversight import looking
from app.oversight.conformance import Conformance, replay
from app.oversight.dossiers import Line
from app.workflow.diagram import svg
from tests.api.answers import good, problem
from tests.branch import AUDITOR, DEPUTY, PANEL, SECRETARY, STATES, Branch, library
from tests.oversight.dossier import line
from tests.web.conftest import Enter, enter, shown

__all__ = ["enter"]
WORKFLOW = library().get("social-media-conduct", 1)
CONDITIONS = {one.trigger: one.conditions for one in WORKFLOW.transitions}
ARROWS = {one.trigger: (one.source, one.dest) for one in WORKFLOW.transitions}


def begun(**more: Any) -> Line:
    document: dict[str, Any] = {"to": "received", "rules": WORKFLOW.digest, "seq": 1, **more}
    return line("case_opened", **document)


def step(trigger: str, *pair: str, **more: Any) -> Line:
    source, dest = pair or ARROWS[trigger]
    said: dict[str, Any] = {"trigger": trigger, "from": source, "to": dest, "held": CONDITIONS.get(trigger, ())}
    return line("step_taken", **(said | {"rules": WORKFLOW.digest, "seq": 2} | more))


def walked(*steps: Line, state: str = "") -> Conformance:
    last = steps[-1].document["to"] if steps else "received"
    return replay(WORKFLOW, [begun(), *steps], state or last)


def said(found: Conformance) -> list[str]:
    return [one.what for one in found.deviations]


WHOLE = [step(name) for name in ("acknowledge", "begin_review", "refer", "refer_back", "refer", "close_after_panel")]


def test_a_path_that_fits_has_no_deviation() -> None:
    found = walked(*WHOLE, step("reopen"), step("close_after_review"))
    assert said(found) == []
    assert found.moves[:2] == [("received", "acknowledged"), ("acknowledged", "under_review")]
    assert said(walked()) == []


@pytest.mark.parametrize("gone", range(5))
def test_an_inner_step_that_is_missing_is_found(gone: int) -> None:
    found = walked(*(one for place, one in enumerate(WHOLE) if place != gone))
    pair = ARROWS[WHOLE[gone].document["trigger"]]
    assert [one.pair for one in found.deviations] == [pair]
    assert "a step between them is missing" in said(found)[0]


def test_a_step_missing_at_the_end_is_found() -> None:
    found = walked(step("acknowledge"), state="under_review")
    assert said(found) == [
        "The steps lead to “We have replied”, but the case is at “Being looked into”: a step is missing at the end"
    ]
    assert found.wrong == {("acknowledged", "under_review")}


def test_a_step_that_the_procedure_does_not_allow_is_found() -> None:
    found = walked(step("acknowledge"), step("refer", "acknowledged", "referred"))
    assert said(found) == ["“Refer for disciplinary action” does not lead from “We have replied” to “With the panel”"]
    assert found.wrong == {("acknowledged", "referred")}
    assert said(walked(step("vanish", "received", "closed"))) == ["The procedure knows no step called vanish"]


def test_a_step_from_the_wrong_state_is_found() -> None:
    found = walked(step("begin_review"))
    assert said(found) == [
        "It stood at “Arrived”, but the step began at “We have replied”: a step between them is missing"
    ]


def test_a_condition_without_a_word_in_the_record_is_found() -> None:
    bare = step("acknowledge", held=CONDITIONS["acknowledge"][1:])
    (only,) = walked(bare).deviations
    assert only.what.startswith("“Confirm that we have replied” was taken without a word in the record that this held:")
    assert only.pair is None
    assert only.seq == 2


def test_other_rules_and_a_false_beginning_are_found() -> None:
    assert said(walked(step("acknowledge", rules="0" * 64))) == [
        "It was taken under other rules than those the case began under"
    ]
    assert said(replay(WORKFLOW, [begun(to="closed")], "closed")) == [
        "Cases begin at “Arrived”, this one at “Finished”"
    ]
    assert said(replay(WORKFLOW, [begun(), begun()], "received")) == ["The case was opened twice"]
    assert said(replay(WORKFLOW, [], "received")) == ["There is no entry that opened the case"]
    assert said(replay(WORKFLOW, [step("acknowledge")], "acknowledged")) == [
        "A step was taken before the case was opened"
    ]


def test_what_no_trigger_moved_is_left_out() -> None:
    nothing: dict[str, Any] = {"from": "received", "to": "received"}
    other = line("step_taken", **nothing)
    assert said(walked(other, step("acknowledge"))) == []
    assert said(walked(line("record_added"), step("acknowledge"))) == []


def test_the_deviation_is_drawn() -> None:
    plain = svg(WORKFLOW, present="closed", visited={}, id_prefix="f", steps=[])
    assert "astray" not in plain
    drawn = svg(WORKFLOW, present="closed", visited={}, id_prefix="f", steps=[], wrong=[("received", "referred")])
    assert drawn.count('class="astray"') == 1
    assert "Against the procedure: from “Arrived” to “With the panel”." in drawn
    known = svg(WORKFLOW, present="closed", visited={}, id_prefix="f", steps=[], wrong=[("received", "acknowledged")])
    assert known.count('class="astray"') == 1
    odd = svg(WORKFLOW, present="closed", visited={}, id_prefix="f", steps=[], wrong=[("a", "closed"), ("closed",) * 2])
    assert odd == plain


@pytest.mark.parametrize("state", STATES)
def test_real_cases_fit(branch: Branch, state: str) -> None:
    reference = branch.at(state)
    body = good(branch.client(AUDITOR).get(f"/api/v1/cases/{reference}/path"))
    assert (body["conforms"], body["items"]) == (True, [])
    assert len(body["moves"]) == STATES.index(state) - (state == "closed")


def tampered(branch: Branch, reference: str) -> None:
    """Takes the words out of the entry of one step that say where it began, as somebody with the file could."""
    target = next(entry for entry in branch.entries(reference) if entry.event == "step_taken")
    document = decode(target.entry) | {"trigger": "begin_review"}
    with branch.home.db.write() as session:
        on_sqlite = session.get_bind().dialect.name == "sqlite"
        off = "DROP TRIGGER audit_entry_no_update" if on_sqlite else "ALTER TABLE audit_entry DISABLE TRIGGER ALL"
        session.connection().execute(sql(off))
        changed = sql("UPDATE audit_entry SET entry = :entry WHERE id = :id")
        session.connection().execute(changed, {"entry": encode(document), "id": target.id})


def test_the_page_and_the_list_show_a_deviation(branch: Branch, enter: Enter) -> None:
    reference, sound = branch.at("acknowledged"), branch.at("under_review")
    client, address = enter(AUDITOR), f"/cases/{reference}/path"
    assert "Its one step fits" in shown(client.get(address).text)
    assert "Both of its steps fit" in shown(client.get(f"/cases/{sound}/path").text)
    tampered(branch, reference)
    page = client.get(address).text
    assert "does not lead from “Arrived” to “We have replied”" in shown(page)
    assert len(re.findall('class="astray"', page)) == 1
    found, _ = looking.look_out(branch.home, branch.viewer(AUDITOR), "deviations", via="api")
    assert [one.found.reference for one in found] == [reference]
    assert address in client.get(f"/cases/{reference}").text


def test_who_may_read_it(branch: Branch) -> None:
    reference = branch.at("referred")
    address = f"/api/v1/cases/{reference}/path"
    good(branch.client(SECRETARY).get(address))
    problem(branch.client(PANEL[0]).get(address), 403)
    problem(branch.client(DEPUTY).get(address), 404)
    hidden = branch.report(respondent={"name": "Auditor (test)", "is_member": "yes"})
    problem(branch.client(AUDITOR).get(f"/api/v1/cases/{hidden}/path"), 404)
