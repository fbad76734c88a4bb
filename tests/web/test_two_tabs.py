"""One officer with a case open in two tabs: what was typed in the older one comes back, and can then be sent."""

from tests.branch import SECRETARY, Branch
from tests.web.conftest import Enter, Form, shown

TYPED = "Half an hour of typing <b>"


def test_a_record_typed_in_the_older_tab_comes_back(branch: Branch, enter: Enter) -> None:
    reference, officer = branch.at("under_review"), enter(SECRETARY)
    path = f"/cases/{reference}/records/notes/new"
    older, newer = (Form(officer.get(path).text, 1) for _ in range(2))
    assert officer.post(path, data=newer.filled(text="The other tab", audience="handlers")).status_code == 303
    answer = officer.post(path, data=older.filled(text=TYPED, audience="hidden"))
    assert answer.status_code == 409
    assert "Nothing you typed is lost" in shown(answer.text)
    again = Form(answer.text, 1)
    assert (again.filled()["text"], again.filled()["audience"]) == ([TYPED], ["hidden"])
    assert len(branch.rows(reference, "notes")) == 1
    assert officer.post(path, data=again.filled()).status_code == 303
    assert len(branch.rows(reference, "notes")) == 2


def test_a_step_typed_in_the_older_tab_comes_back(branch: Branch, enter: Enter) -> None:
    reference, officer = branch.at("under_review"), enter(SECRETARY)
    branch.found(reference)
    path = f"/cases/{reference}/steps/close_after_review"
    older = Form(officer.get(path).text, 1)
    branch.keep(SECRETARY, reference, "notes", text="From the other tab", audience="handlers")
    answers = {"outcome": "no_breach", "reasons": TYPED, "respondent_told": "no", "respondent_not_told_reason": "-"}
    answer = officer.post(path, data=older.filled(**answers))
    assert answer.status_code == 409
    again = Form(answer.text, 1)
    assert {name: again.filled()[name] for name in answers} == {name: [said] for name, said in answers.items()}
    assert branch.case(reference).state == "under_review"
    assert officer.post(path, data=again.filled()).status_code == 303
    assert branch.case(reference).state == "closed"
