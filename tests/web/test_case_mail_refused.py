"""A mail that cannot be put on a case: said in clear words, nothing half kept, and what was typed stays."""

from email.message import EmailMessage

import pytest
from starlette.testclient import TestClient

from app.cases import kept_mail
from app.cases.case_mail import NOT_YOURS
from app.cases.kept_mail import THERE
from app.evidence import queries
from app.evidence.arrival import MIB, Arrived
from app.evidence.holding import GONE, Gone, held
from app.evidence.mail_arrival import BOTH, NOT_MAIL, NOTHING
from app.web import case_mail
from app.web.form_pages import STALE
from app.web.mail_form import CODE as CODE_INSIDE
from tests.branch import AUDITOR, DEPUTY, NOBODY, PANEL, PASSWORD, SECRETARY, Branch, in_days
from tests.evidence import files, mails
from tests.evidence.sending import stored
from tests.web.case_mails import (
    WORDS,
    a_mail,
    contents,
    drop,
    keep,
    officer,
    paste,
    read_back,
    reference,
    typed,
    with_files,
    yesterday,
)
from tests.web.conftest import Enter, Form, shown

__all__ = ["officer", "reference"]


def test_nothing_is_half_kept_and_what_was_typed_stays(
    branch: Branch, officer: TestClient, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    big = files.PDF + bytes(700 * 1024)
    page = drop(officer, reference, with_files(("small.pdf", files.PDF), ("big.pdf", big)))
    version, room_of, taken = branch.case(reference).version, queries.room_of, 249 * MIB - 200_000
    with monkeypatch.context() as full:
        full.setattr(queries, "room_of", lambda *of: max(0, room_of(*of) - taken))
        answer = keep(officer, page, text="Typed for an hour.")
    assert answer.status_code == 422
    assert "“big.pdf”: The files of this case would be more than 250 MB together" in shown(answer.text)
    assert "Nothing was kept. Take out its tick" in shown(answer.text)
    assert typed(answer)["text"] == ["Typed for an hour."]
    assert typed(answer)["attachments"] == ["1", "2"]
    assert branch.case(reference).version == version
    assert branch.rows(reference, "messages") == []
    assert [path.parent.name for path in stored(branch)] == ["arriving"]
    assert keep(officer, answer, attachments=["1"]).status_code == 303
    assert len(contents(branch, reference)) == 2


def test_the_older_tab_comes_back_with_what_was_typed(branch: Branch, officer: TestClient, reference: str) -> None:
    sent = bytes(a_mail())
    older, newer = drop(officer, reference, sent), drop(officer, reference, sent)
    assert keep(officer, newer).status_code == 303
    answer = keep(officer, older, text="From the older tab.")
    assert answer.status_code == 409
    assert STALE in shown(answer.text)
    assert "This mail is on this case already" in shown(answer.text)
    assert typed(answer)["text"] == ["From the older tab."]
    assert THERE in shown(keep(officer, answer, text=WORDS).text)
    assert len(branch.rows(reference, "messages")) == 1


def test_a_press_that_comes_twice_at_once_is_answered_as_one(
    branch: Branch, officer: TestClient, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = drop(officer, reference, bytes(a_mail()))
    with monkeypatch.context() as between:
        between.setattr(Arrived, "discard", lambda _self: None)
        assert keep(officer, page).status_code == 303
    assert keep(officer, page).status_code == 303  # kept, and the file that waited is still there
    other = drop(officer, reference, bytes(a_mail(text="Another.")))

    def swept(*of: object) -> Arrived:
        found = held(*of)  # type: ignore[arg-type]
        assert keep(officer, other).status_code == 303
        return found

    with monkeypatch.context() as between:
        between.setattr(kept_mail, "held", lambda *of: (between.setattr(kept_mail, "held", held), swept(*of))[1])
        assert keep(officer, other).status_code == 303  # it went while the second press was reading it
    assert len(branch.rows(reference, "messages")) == 2


def test_what_was_typed_stays_where_the_mail_went_while_it_was_looked_at_again(
    officer: TestClient, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = drop(officer, reference, bytes(a_mail()))

    def gone(*_of: object) -> None:
        raise Gone(GONE)

    monkeypatch.setattr(case_mail, "read_held", gone)
    answer = keep(officer, page, received_on="", text="Typed <b>for an hour</b>.")
    assert answer.status_code == 410
    assert "Typed &lt;b&gt;for an hour" in answer.text


def test_a_session_that_ended_loses_nothing(branch: Branch, officer: TestClient, reference: str) -> None:
    page = drop(officer, reference, bytes(a_mail()))
    officer.post("/sign-out")
    away = keep(officer, page, text="Typed meanwhile.")
    assert away.status_code == 401
    officer.post("/sign-in", data={"email": SECRETARY, "password": PASSWORD})
    form = Form(away.text)
    assert officer.post(form.action, data=form.filled()).status_code == 303
    assert "Typed meanwhile." in read_back(branch, reference, "messages")[0]["text"]


def test_a_mail_that_is_gone_says_so_and_shows_what_was_typed(
    branch: Branch, officer: TestClient, enter: Enter, reference: str
) -> None:
    page = drop(officer, reference, bytes(a_mail()))
    for wrong in ("", "nonsense", "é", typed(page)["mail"][0][:-8] + "AAAAAAA="):
        answer = keep(officer, page, mail=wrong, text="Typed <b>for an hour</b>.")
        assert answer.status_code == 410
        assert GONE in shown(answer.text)
        assert "Typed &lt;b&gt;for an hour" in answer.text
    assert keep(officer, page).status_code == 303


def test_what_cannot_be_read_is_said_and_leaves_nothing(branch: Branch, officer: TestClient, reference: str) -> None:
    for answer, words in (
        (drop(officer, reference, files.PDF), NOT_MAIL),
        (drop(officer, reference, files.HTML), NOT_MAIL),
        (drop(officer, reference, b""), NOT_MAIL),
        (drop(officer, reference, b"only words"), NOT_MAIL),
        (drop(officer, reference, bytes(a_mail()), pasted="Both."), BOTH),
        (paste(officer, reference, " \n "), NOTHING),
        (paste(officer, reference, "<script>alert(1)</script>"), CODE_INSIDE),
        (drop(officer, reference, b"From: a\r\nTo: b\r\nDate: c\r\nContent-Type: x/y" + b";" * 90_000), "unpack"),
        (officer.post(f"/cases/{reference}/mail", data={}), NOTHING),
    ):
        assert answer.status_code == 422, words
        assert words in shown(answer.text)
        assert "<script>alert" not in answer.text
    assert stored(branch) == []


def test_hostile_mails_are_read_as_far_as_they_go_and_nothing_runs(
    branch: Branch, officer: TestClient, reference: str
) -> None:
    made = a_mail()
    del made["Subject"]
    made["Subject"] = "<script>alert(1)</script> \u202ecod.exe"
    made.add_attachment(a_mail(text="The first message."))
    for name in ("../../x.pdf", "\u202efdp.exe.pdf", "x" * 4000 + ".pdf"):
        made.add_attachment(files.PDF + name.encode(), "application", "pdf", filename=name)
    made.add_attachment(b"", "application", "pdf", filename="empty.pdf")
    page = drop(officer, reference, bytes(made))
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "\u202e" not in page.text
    assert "empty.pdf: it is empty" in shown(page.text)
    assert typed(page)["attachments"] == ["1", "2", "3", "4"]
    assert "../" not in shown(page.text)
    assert keep(officer, page).status_code == 303
    assert len(branch.rows(reference, "evidence")) == 5
    assert "The first message." in contents(branch, reference)[1].decode()
    alone = EmailMessage()
    alone["From"], alone["To"], alone["Date"] = mails.SENDER, "secretary@example.org", yesterday()
    alone.set_content("<p>Zoë saw it</p><script>alert(1)</script>", subtype="html")
    assert typed(drop(officer, reference, bytes(alone)))["text"] == ["Zoë saw it"]
    top = (f"From: {mails.SENDER}", "To: a", "Date: b")
    broken = mails.raw(*top, 'Content-Type: multipart/mixed; boundary="x"', body=b"--x\r\n\r\nnot ended")
    assert typed(drop(officer, reference, broken))["text"] == ["not ended"]
    coded = mails.raw(*top, 'Content-Type: text/plain; charset="no-such"', body=b"Zo\xeb")
    assert typed(drop(officer, reference, coded))["text"] == ["Zoë"]


def test_only_whoever_looks_after_the_case_puts_mails_on_it(branch: Branch, enter: Enter, public: TestClient) -> None:
    reference = branch.at("under_review")
    for who, status in ((DEPUTY, 404), (NOBODY, 404), (PANEL[0], 404), (AUDITOR, 403)):
        client, before = enter(who), branch.events().count("access_denied")
        assert client.get(f"/cases/{reference}/mail").status_code == status, who
        answer = drop(client, reference, bytes(a_mail()))
        assert answer.status_code == status
        assert (NOT_YOURS in shown(answer.text)) == (status == 403)
        sent = {"mail": "x", "becomes": "message", "received_on": in_days(0), "text": "x"}
        assert client.post(f"/cases/{reference}/mail/keep", data=sent).status_code in (status, 410)
        assert branch.events().count("access_denied") >= before + 1
    assert drop(public, reference, bytes(a_mail())).status_code in (303, 401)
    undeclared = branch.report()
    assert enter(SECRETARY).get(f"/cases/{undeclared}/mail").status_code == 403
    assert stored(branch) == []


def test_a_case_that_was_finished_meanwhile_asks_anew(branch: Branch, officer: TestClient, reference: str) -> None:
    page = drop(officer, reference, with_files(("a.pdf", files.PDF)))
    branch.closed(reference)
    answer = keep(officer, page, text="Typed meanwhile.")
    assert answer.status_code == 409
    assert STALE in shown(answer.text)
    assert "At this stage nothing is added to the evidence" in shown(answer.text)
    assert typed(answer)["text"] == ["Typed meanwhile."]
    assert branch.rows(reference, "messages") == []
    assert keep(officer, answer).status_code == 303
    assert (len(branch.rows(reference, "messages")), branch.rows(reference, "evidence")) == (1, [])
