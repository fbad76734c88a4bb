"""Evidence by API: kept once, opened with an entry, served so that nothing runs, and an alarm where a byte changed."""

import hashlib
import json
from typing import Any

import pytest
from sqlmodel import select

from app.evidence.models import EvidenceFile
from app.oversight.checking import check
from app.vault.models import CaseKey
from tests.branch import AUDITOR, DEPUTY, PANEL, SECRETARY, Branch
from tests.evidence import files
from tests.evidence.sending import file_of, save, send, send_own, stored
from tests.shared_branch import kept


def sound(branch: Branch, reference: str) -> list[str]:
    """What a check of the record says of one case."""
    with branch.home.db.read() as session:
        return [str(fault) for fault in check(branch.home, session) if reference in fault.where]


def rows_of(branch: Branch, reference: str) -> dict[str, Any]:
    """What an attempt without success leaves as it was, but for the tokens that clients here are given."""
    left = kept(branch, reference)
    del left["rows"]["api_token"]
    return left


def test_a_file_comes_in_is_kept_untouched_and_goes_out(shared_branch: Branch) -> None:
    reference = shared_branch.at("acknowledged")
    known = len(shared_branch.events(reference))
    answer = send(shared_branch, reference, files.jpeg(), shows="A post.", captured_at="2026-05-11T19:40Z")
    assert answer.status_code == 201, answer.text
    file = file_of(shared_branch, reference)
    listed = shared_branch.client(SECRETARY).get(f"/api/v1/cases/{reference}/files").json()["items"]
    assert [(one["id"], one["type"], one["scan"], one["copies"]) for one in listed] == [
        (file, "image/jpeg", "not_scanned", ["thumbnail", "view"])
    ]
    assert listed[0]["sha256"] == hashlib.sha256(files.jpeg()).hexdigest()
    got = save(shared_branch, reference, file)
    assert got.content == files.jpeg()
    assert got.headers["content-disposition"] == f'attachment; filename="evidence-{file[:8]}.jpg"'
    assert got.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert got.headers["x-content-type-options"] == "nosniff"
    view = save(shared_branch, reference, file, "view")
    assert view.headers["content-type"] == "image/jpeg"
    assert b"Taken at home" in got.content
    assert b"Taken at home" not in view.content
    assert shared_branch.events(reference)[known:] == ["record_added", "case_viewed", "evidence_opened"]
    assert sound(shared_branch, reference) == []


def test_nothing_on_disk_or_in_an_entry_says_what_a_file_is(shared_branch: Branch) -> None:
    reference = shared_branch.at("acknowledged")
    send(shared_branch, reference, files.MAIL, "Ward member at home.eml")
    digest = hashlib.sha256(files.MAIL)
    entries = b"".join(entry.entry for entry in shared_branch.entries(reference))
    with shared_branch.home.db.read() as session:
        rows = session.exec(select(EvidenceFile).where(EvidenceFile.case_id == shared_branch.case(reference).id)).all()
    columns = json.dumps([row.model_dump(mode="json") for row in rows])
    for place in (entries, columns.encode(), *(path.read_bytes() for path in stored(shared_branch))):
        for secret in (b"What I saw", b"Ward member", digest.hexdigest().encode(), digest.digest()):
            assert secret not in place
    assert all("Ward" not in path.name for path in stored(shared_branch))


def test_the_same_bytes_twice_are_one_file_and_two_cases_share_nothing(shared_branch: Branch) -> None:
    first, second = shared_branch.at("acknowledged"), shared_branch.at("acknowledged")
    before = len(stored(shared_branch))
    one = [send(shared_branch, first, files.PDF, name).json()["id"] for name in ("a.pdf", "b.pdf")]
    assert len(set(one)) == 2
    assert len({row.plain["file"] for row in shared_branch.rows(first, "evidence")}) == 1
    assert len(stored(shared_branch)) == before + 1
    send(shared_branch, second, files.PDF)
    names = {path.name.split(".")[0] for path in stored(shared_branch)}
    assert len(stored(shared_branch)) == before + 2
    assert len(names) >= 2
    assert sound(shared_branch, first) == sound(shared_branch, second) == []


def test_the_reporter_sends_more_with_the_code(shared_branch: Branch) -> None:
    reference = shared_branch.at("acknowledged")
    known = len(shared_branch.events(reference))
    answers = [send_own(shared_branch, reference, files.jpeg(), shows="What it said.") for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    row = shared_branch.rows(reference, "evidence")[-1]
    assert (row.by_role, row.by_person, row.plain["method"]) == ("reporter", None, "reporter_screenshot")
    assert shared_branch.events(reference)[known:] == ["record_added"]
    wrong = shared_branch.client().post(
        "/api/v1/reports/mine/evidence", files={"file": ("a", b"x")}, headers={"Authorization": "Bearer wrong"}
    )
    assert wrong.status_code == 404


def test_a_finished_case_takes_no_more(embedded_branch: Branch) -> None:
    reference = embedded_branch.at("closed")
    before = stored(embedded_branch)
    answer = send_own(embedded_branch, reference, files.PDF)
    assert (answer.status_code, "finished" in answer.json()["detail"]) == (409, True)
    assert send(embedded_branch, reference, files.PDF).status_code == 409
    assert stored(embedded_branch) == before


REFUSED = {
    "an SVG with a script": (files.SVG, "holiday.jpg", 422, "of a type that is not taken"),
    "a page named .jpg": (files.HTML, "holiday.jpg", 422, "of a type that is not taken"),
    "a program": (b"MZ" + bytes(2000), "invoice.pdf", 422, "of a type that is not taken"),
    "an empty file": (b"", "empty.jpg", 422, "It is empty"),
    "one that is too large": (bytes(2 * 1024 * 1024), "film.mp4", 413, "larger than 1 MB"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused_in_clear_words_and_nothing_half_stored(small: Branch, what: str) -> None:
    content, name, status, words = REFUSED[what]
    reference = small.at("acknowledged")
    before, disk = rows_of(small, reference), stored(small)
    answer = send(small, reference, content, name)
    assert answer.status_code == status, answer.text
    assert words in answer.json()["detail"]
    assert rows_of(small, reference) == before
    assert stored(small) == disk


def test_a_case_holds_only_so_much(small: Branch) -> None:
    reference = small.at("acknowledged")
    for letter in b"abc":
        assert send(small, reference, b"%PDF-1.7" + bytes([letter]) * 600_000, "a.pdf").status_code == 201
    before = stored(small)
    answer = send(small, reference, b"%PDF-1.7" + b"d" * 600_000, "a.pdf")
    assert (answer.status_code, "no more room for files" in answer.json()["detail"]) == (413, True)
    assert stored(small) == before
    with small.home.db.read() as session:
        assert [fault for fault in check(small.home, session) if reference in fault.where] == []


def test_whatever_fails_after_the_file_leaves_no_file(embedded_branch: Branch) -> None:
    reference = embedded_branch.at("acknowledged")
    before, disk = rows_of(embedded_branch, reference), stored(embedded_branch)
    wrong = send(embedded_branch, reference, files.jpeg(), redaction_reason="Names.")  # refused by the record's effect
    assert wrong.status_code == 422
    stale = send(embedded_branch, reference, files.jpeg(), version="1")
    assert (stale.status_code, stale.json()["current_version"]) == (409, embedded_branch.case(reference).version)
    assert rows_of(embedded_branch, reference) == before
    assert stored(embedded_branch) == disk


def test_who_may_open_a_file(embedded_branch: Branch) -> None:
    branch = embedded_branch
    reference, other = branch.at("acknowledged"), branch.at("acknowledged")
    send(branch, reference, files.jpeg())
    file = file_of(branch, reference)
    assert save(branch, reference, file, by=DEPUTY).status_code == 404
    refused = save(branch, reference, file, by=AUDITOR)
    assert refused.status_code == 403
    assert branch.events(reference)[-1] == "access_denied"
    hidden = save(branch, reference, file, by=DEPUTY)
    for where, probed in ((other, file), (reference, "0" * 32)):
        known = len(branch.events(where))
        answer = save(branch, where, probed)
        assert (answer.status_code, answer.json()["detail"]) == (404, hidden.json()["detail"])
        entry = branch.entries(where)[known:]
        assert [(one.event, one.actor_id) for one in entry] == [("access_denied", branch.ids[SECRETARY])]
    assert branch.client(AUDITOR).get(f"/api/v1/cases/{reference}/files").json() == {"items": []}


def test_the_panel_reads_what_the_member_was_given_and_nothing_else(embedded_branch: Branch) -> None:
    branch = embedded_branch
    reference = branch.at("under_review")
    items = [send(branch, reference, content).json()["id"] for content in (files.jpeg(), files.PDF, files.docx())]
    found = [str(row.plain["file"]) for row in branch.rows(reference, "evidence")]
    for item in items[:2]:
        branch.served(reference, item)
    branch.keep(SECRETARY, reference, "evidence-services", item=items[2], withheld_reason="It names a child.")
    branch.referred(reference)
    send_own(branch, reference, files.MAIL)  # after the referral: for the officer only
    one = branch.client(PANEL[0])
    rows = one.get(f"/api/v1/cases/{reference}/evidence").json()["items"]
    assert [row["id"] for row in rows] == items[:2]
    services = one.get(f"/api/v1/cases/{reference}/evidence-services").json()["items"]
    assert [row["item"] for row in services] == items[:2]
    listed = one.get(f"/api/v1/cases/{reference}/files").json()["items"]
    assert {(file["id"], file["name"]) for file in listed} == {(found[0], None), (found[1], None)}
    assert save(branch, reference, found[0], by=PANEL[0]).status_code == 403  # a picture only as a copy
    assert save(branch, reference, found[0], "view", by=PANEL[0]).status_code == 200
    assert save(branch, reference, found[1], by=PANEL[0]).content == files.PDF
    for hidden in (found[2], file_of(branch, reference)):
        assert save(branch, reference, hidden, by=PANEL[0]).status_code == 404


def test_one_flipped_byte_is_an_alarm_an_entry_and_a_fault_with_a_name(branch: Branch) -> None:
    reference = branch.at("acknowledged")
    send(branch, reference, files.PDF)
    file = file_of(branch, reference)
    path = stored(branch)[0]
    whole = path.read_bytes()
    path.write_bytes(whole[:20] + bytes([whole[20] ^ 1]) + whole[21:])
    answer = save(branch, reference, file)
    assert (answer.status_code, answer.json()["title"]) == (500, "Alarm: this file is not what was stored")
    assert b"PDF" not in answer.content
    assert branch.events(reference)[-2:] == ["evidence_opened", "evidence_damaged"]
    case = f"case {reference}"
    assert sound(branch, reference) == [
        f"{case}: the file {file}: its file was changed or cut: a part of it does not fit its key"
    ]
    path.unlink()
    assert save(branch, reference, file).status_code == 500
    assert sound(branch, reference) == [f"{case}: the file {file}: its file is missing from the store"]
    path.write_bytes(whole)
    assert save(branch, reference, file).content == files.PDF
    assert sound(branch, reference) == []


def test_without_the_key_of_its_case_a_file_is_gone(branch: Branch) -> None:
    reference = branch.at("acknowledged")
    send(branch, reference, files.PDF)
    file = file_of(branch, reference)
    with branch.home.db.write() as session:
        key = session.get_one(CaseKey, branch.case(reference).id)
        key.wrapped, key.erased = None, True
        session.add(key)
    branch.home.vault.forget(branch.case(reference).id)
    assert save(branch, reference, file).status_code == 500
    assert b"%PDF" not in stored(branch)[0].read_bytes()


def test_hostile_forms(small: Branch) -> None:
    reference = small.at("acknowledged")
    before, disk = rows_of(small, reference), stored(small)
    client = small.client(SECRETARY)

    def form(body: bytes, boundary: str = "x") -> tuple[int, str]:
        kind = {"content-type": f"multipart/form-data; boundary={boundary}"}
        answer = client.post(f"/api/v1/cases/{reference}/evidence", content=body, headers=kind)
        return answer.status_code, answer.json()["detail"]

    part = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    file = b'--x\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n\r\n%s\r\n'
    assert form(file % (b"a.pdf", files.PDF))[0] == 400  # cut off: no end
    assert form(b"")[0] == 400
    assert form(b"nonsense", "")[0] == 400
    assert form(b"--x\r\n" + b"A" * 100_000)[0] == 400
    assert form(b"--x\r\nX: " + b"A" * 100_000 + b"\r\n\r\n\r\n--x--")[0] == 400
    assert form(part % (b"method", b"\xff\xfe") + b"--x--")[0] == 400
    assert form(part % (b"shows", b"a\0b") + b"--x--")[0] == 400
    assert form(part % (b"shows", b"a" * 1_200_000) + b"--x--")[0] == 413
    assert form(part % (b"a", b"b") * 2100 + b"--x--")[0] == 413
    assert form(file % (b"a.pdf", files.PDF) * 2 + part % (b"method", b"document") + b"--x--")[0] == 422
    assert form(file % (b"a.pdf", files.PDF) * 12 + b"--x--")[0] == 413
    assert form(part % (b"file", b"text, not a file") + part % (b"method", b"document") + b"--x--")[0] == 422
    assert rows_of(small, reference) == before
    assert stored(small) == disk


@pytest.mark.parametrize(
    "name", ["../../x", "a" * 4000 + ".pdf", "evil\u202efdp.exe", 'a"; filename="b', "\r\nX-Evil: 1"]
)
def test_hostile_names_lead_nowhere(small: Branch, name: str) -> None:
    reference = small.at("acknowledged")
    body = (
        b'--x\r\nContent-Disposition: form-data; name="method"\r\n\r\ndocument\r\n'
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="'
        + name.replace('"', '\\"').replace("\r\n", "%0D%0A").encode()
        + b'"\r\n\r\n'
        + files.PDF
        + b"\r\n--x--\r\n"
    )
    kind = {"content-type": "multipart/form-data; boundary=x"}
    answer = small.client(SECRETARY).post(f"/api/v1/cases/{reference}/evidence", content=body, headers=kind)
    assert answer.status_code == 201, answer.text
    file = file_of(small, reference)
    got = save(small, reference, file)
    assert got.headers["content-disposition"] == f'attachment; filename="evidence-{file[:8]}.pdf"'
    assert "x-evil" not in got.headers
    assert all(len(path.name) == 97 for path in stored(small))
    shown = small.client(SECRETARY).get(f"/api/v1/cases/{reference}/files").json()["items"][0]["name"]
    assert len(shown) <= 120
    assert not {"/", "\\", "\u202e", '"', "\r"} & set(shown)
