"""Forms by code say whose they are: none reaches another case, and what was typed comes back after the code."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from app.cases import sent_evidence
from tests.branch import SECRETARY, Branch, in_days
from tests.cases.by_code import ten_minutes_later
from tests.cases.by_reply_code import notified, notify
from tests.embedded import shared_branch
from tests.web.conftest import Form, shown

__all__ = ["shared_branch"]
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 30
REPORTS = {
    "/my-report/write": ("messages", {"kind": "new_event", "text": "He is “here” <b>."}),
    "/my-report/withdraw": ("withdrawal-requests", {"reason": "Somebody pressed me."}),
    "/my-report/evidence": ("evidence", {"shows": "What he wrote to me."}),
}
REPLIES = {
    "/reply": ("replies", {"mitigation": "I said sorry at once."}),
    "/time": ("time-requests", {"reason": "Night shifts.", "until": in_days(30)}),
    "/needs": ("member-needs", {"companion": "A friend (example)", "needs": "Large print."}),
    "/evidence": ("evidence", {"shows": "What I wrote."}),
}


def reporter(branch: Branch, **changes: Any) -> tuple[str, str, str]:
    """A case, the code of its reporter, and where their pages are."""
    reference = branch.at("acknowledged", **changes)
    return reference, branch.codes[reference], "/my-report"


def open_page(client: TestClient, reference: str, code: str, home: str, **more: Any) -> Any:
    return client.post(home, data={"reference": reference, "code": code, **more})


def form_at(client: TestClient, path: str) -> Form:
    answer = client.get(path)
    assert answer.status_code == 200
    return Form(answer.text)


def send(client: TestClient, form: Form, answers: dict[str, str], **more: Any) -> Any:
    files = {"files": ("picture.png", PNG, "image/png")} if form.action.endswith("/evidence") else None
    return client.post(form.action, data=form.filled(**answers, **more), files=files)


def carried(answer: Any, answers: dict[str, str]) -> dict[str, list[str]]:
    """The form for the code, which holds what was typed and says so."""
    assert "What you typed is not lost" in shown(answer.text)
    form = Form(answer.text)
    assert answers.items() <= {name.removeprefix("kept."): value for name, value in form.pairs}.items()
    return form.filled()


def standing(form: Form, answers: dict[str, str]) -> bool:
    return answers.items() <= dict(form.pairs).items()


def through_the_code(
    client: TestClient, answer: Any, form: Form, answers: dict[str, str], mine: Any, other: Any
) -> Any:
    """The code of another gets nowhere with it; their own brings the form back as it was typed."""
    given = carried(answer, answers)
    wrong = client.post(mine[2], data=given | {"reference": other[0], "code": other[1]})
    assert wrong.status_code == 422
    assert "What you typed belongs to something else" in shown(wrong.text)
    guessed = client.post(mine[2], data=carried(wrong, answers) | {"reference": mine[0], "code": "0000"})
    assert guessed.status_code == 422
    again = client.post(mine[2], data=carried(guessed, answers) | {"reference": mine[0], "code": mine[1]})
    assert again.status_code == 200
    back = Form(again.text)
    assert (back.action, standing(back, answers)) == (form.action, True)
    return back


@pytest.mark.parametrize("path", REPORTS)
def test_what_was_typed_for_one_report_never_lands_on_another(shared_branch: Branch, path: str) -> None:
    kind, answers = REPORTS[path]
    about, other = reporter(shared_branch, involves_secretary="yes"), reporter(shared_branch)
    client = shared_branch.client()
    open_page(client, *about)
    form = form_at(client, path)
    open_page(client, *other)
    answer = send(client, form, answers)
    assert answer.status_code == 409
    assert "Something else was opened in this browser" in shown(answer.text)
    assert ("The files were not kept" in answer.text) == path.endswith("/evidence")
    assert form_at(client, path).action == path  # the other one is open yet
    back = through_the_code(client, answer, form, answers, about, other)
    assert send(client, back, {}).status_code in (200, 303)
    assert [len(shared_branch.rows(one[0], kind)) for one in (about, other)] == [1, 0]


def test_nobody_confirms_another_report_and_a_form_of_nobody_is_not_taken(shared_branch: Branch) -> None:
    mine, other = reporter(shared_branch, reporter={"name": "A (example)"}), reporter(shared_branch)
    client = shared_branch.client()
    open_page(client, *mine)
    confirm = form_at(client, "/my-report")
    open_page(client, *other)
    for data in (confirm.filled(confirmed="yes"), {"confirmed": "yes"}):
        assert client.post("/my-report/confirm", data=data).status_code == 409
    assert client.post("/my-report/write", data={"kind": "question", "text": "Whose?"}).status_code == 409
    assert client.post("/my-report/evidence", files={"files": ("a.png", PNG, "image/png")}).status_code == 409
    for kind in ("report-confirmations", "messages", "evidence"):
        assert shared_branch.rows(mine[0], kind) == shared_branch.rows(other[0], kind) == []


@pytest.mark.parametrize("tail", REPLIES)
def test_nor_does_what_a_member_typed_reach_another_case_or_member(shared_branch: Branch, tail: str) -> None:
    kind, answers = REPLIES[tail]
    reference, notice, code = notified(shared_branch)
    someone = {"role": "respondent", "name": "Another member (example)", "identified": "named", "member_then": "yes"}
    member = shared_branch.keep(SECRETARY, reference, "parties", **someone)
    put = shared_branch.keep(SECRETARY, reference, "allegations", clause="3.1", respondent=member, conduct="Another.")
    _, second = notify(shared_branch, reference, member, [put], sent_on=in_days(-1))
    mine, other = (reference, code, "/my-reply"), (reference, second, "/my-reply")
    client = shared_branch.client()
    open_page(client, *mine)
    form = form_at(client, f"/my-reply/notices/{notice}{tail}" if tail in ("/reply", "/time") else f"/my-reply{tail}")
    open_page(client, *other)
    answer = send(client, form, answers)
    assert answer.status_code == 409
    through_the_code(client, answer, form, answers, mine, other)
    assert shared_branch.rows(reference, kind) == []


@pytest.mark.parametrize("path", REPORTS)
def test_every_form_of_a_reporter_survives_ten_idle_minutes(shared_branch: Branch, path: str) -> None:
    kind, answers = REPORTS[path]
    mine, other = reporter(shared_branch), reporter(shared_branch)
    client = shared_branch.client()
    open_page(client, *mine)
    form = form_at(client, path)
    ten_minutes_later(shared_branch)
    answer = send(client, form, answers)
    assert answer.status_code == 401
    assert "You were away for ten minutes" in shown(answer.text)
    assert ("The files were not kept" in answer.text) == path.endswith("/evidence")
    assert "reporter=" not in str(client.cookies)
    through_the_code(client, answer, form, answers, mine, other)
    assert shared_branch.rows(mine[0], kind) == []


@pytest.mark.parametrize("tail", REPLIES)
def test_and_every_form_of_a_member(shared_branch: Branch, tail: str) -> None:
    _, answers = REPLIES[tail]
    reference, notice, code = notified(shared_branch)
    another, _, second = notified(shared_branch)
    mine, other = (reference, code, "/my-reply"), (another, second, "/my-reply")
    client = shared_branch.client()
    open_page(client, *mine)
    form = form_at(client, f"/my-reply/notices/{notice}{tail}" if tail in ("/reply", "/time") else f"/my-reply{tail}")
    ten_minutes_later(shared_branch)
    answer = send(client, form, answers)
    assert answer.status_code == 401
    through_the_code(client, answer, form, answers, mine, other)


def test_files_that_take_longer_than_a_session_are_kept(shared_branch: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = reporter(shared_branch)
    client = shared_branch.client()
    open_page(client, *mine)
    form, room_for = form_at(client, "/my-report/evidence"), sent_evidence.room_for

    def slowly(*given: Any) -> int:
        found = room_for(*given)
        ten_minutes_later(shared_branch)
        return found

    monkeypatch.setattr(sent_evidence, "room_for", slowly)
    answer = send(client, form, {"shows": "A film."})
    assert answer.status_code == 200
    assert "One file is kept with it" in shown(answer.text)
    assert len(shared_branch.rows(mine[0], "evidence")) == 1
    monkeypatch.undo()
    assert client.get("/my-report/evidence").status_code == 303


@pytest.mark.parametrize(
    ("names", "heading"),
    [
        (["a.html"], "This file was not kept"),
        (["a.html", "b.html"], "These files were not kept"),
        (["a.html", "c.png"], "Everything else is kept, but one file is not"),
    ],
)
def test_what_was_not_kept_is_said_as_it_is(shared_branch: Branch, names: list[str], heading: str) -> None:
    mine = reporter(shared_branch)
    client = shared_branch.client()
    open_page(client, *mine)
    form = form_at(client, "/my-report/evidence")
    files = [("files", (name, PNG if name.endswith("png") else b"<html><script>1</script>", "")) for name in names]
    answer = client.post(form.action, data=form.filled(), files=files)
    assert answer.status_code == 422
    assert heading in shown(answer.text)
