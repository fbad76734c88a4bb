"""Letters and files opened to an auditor: theirs alone, for 24 hours, as every other reader gets them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from freezegun import freeze_time
from httpx2 import Response

from app import clock
from app.audit.entries import decode
from app.cases import letter_door
from app.oversight import unmasking
from app.oversight.checking import check
from tests.api.answers import good, problem
from tests.branch import AUDITOR, DEPUTY, SECRETARY, Branch
from tests.evidence import files
from tests.evidence.sending import file_of, save, send, stored
from tests.letters.correspondence import REPORTER, do, named, safe
from tests.shared_branch import shared_branch
from tests.web.conftest import Enter, enter, shown

__all__ = ["enter", "shared_branch"]
OTHER = "second@example.org"
WHY = "To see whether it says what the record says."


@pytest.fixture
def branch(shared_branch: Branch) -> Branch:
    if OTHER not in shared_branch.ids:
        shared_branch.add(OTHER, "auditor")
    return shared_branch


def parts(branch: Branch, reference: str, by: str = AUDITOR) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = good(branch.client(by).get(f"/api/v1/cases/{reference}/openings"))["parts"]
    return found


def told(branch: Branch, reference: str, by: str = AUDITOR) -> dict[str, Any]:
    """The opening that came last, as one of them reads it."""
    found: dict[str, Any] = good(branch.client(by).get(f"/api/v1/cases/{reference}/openings"))["items"][0]
    return found


def open_one(branch: Branch, reference: str, holds: str, by: str = AUDITOR) -> str:
    """Opens the newest letter or file; the id of the opening."""
    part = [one for one in parts(branch, reference, by) if one["holds"] == holds][-1]["part"]
    raw = {"part": part, "reason": WHY}
    return unmasking.unmask(branch.home, branch.viewer(by), reference, raw, via="api")


def got(branch: Branch, reference: str, opening: str, wanted: str = "original", by: str = AUDITOR) -> Response:
    address = f"/api/v1/cases/{reference}/openings/{opening}/file"
    return branch.client(by).get(address, params={"as": wanted})


def with_file(branch: Branch, content: bytes = b"") -> str:
    reference = branch.at("acknowledged")
    assert send(branch, reference, content or files.jpeg(), "Ward member at home.jpg").status_code == 201
    return reference


def with_letter(branch: Branch, **report: Any) -> str:
    """A case whose first letter was handed over."""
    reference = branch.report(**report)
    safe(branch, reference)
    branch.handed_over(reference, name="acknowledgement")
    return reference


def sound(branch: Branch, reference: str) -> list[str]:
    with branch.home.db.read() as session:
        return [str(fault) for fault in check(branch.home, session) if reference in fault.where]


def test_a_letter_opens_with_its_words_as_they_went(branch: Branch) -> None:
    reference = with_letter(branch, reporter=REPORTER, share_identity="yes")
    (part,) = [one for one in parts(branch, reference) if one["holds"] == "letter"]
    assert (part["kind"], part["label"], part["day"]) == (
        "Letter 1",
        "Reply to the person who told us",
        clock.today().isoformat(),
    )
    assert REPORTER["name"] not in str(parts(branch, reference))
    opening = open_one(branch, reference, "letter")
    words = told(branch, reference)["text"]
    assert "Dear (withheld)," in words
    branch.keep(SECRETARY, reference, "report-confirmations", confirmed="yes", how="telephone")
    assert f"Dear {REPORTER['name']}," in told(branch, reference)["text"]  # now it may be told
    assert reference in words
    assert told(branch, reference, OTHER)["text"] is None
    assert told(branch, reference, SECRETARY)["text"] is None
    entry = next(one for one in branch.entries(reference) if one.event == "content_unmasked")
    document = decode(entry.entry)
    assert (document["record"], document["subject"]["kind"]) == ({"kind": "unmasking", "id": opening}, "letter")
    assert sound(branch, reference) == []
    problem(got(branch, reference, opening), 404)  # it holds no file


def test_only_letters_that_went_can_be_opened_and_their_numbers_stay(branch: Branch) -> None:
    reference = branch.report(reporter=REPORTER)
    safe(branch, reference)
    assert [one for one in parts(branch, reference) if one["holds"] == "letter"] == []
    waiting = named(branch, reference, "acknowledgement")["id"]
    raw = {"part": f"{waiting}:letter", "reason": WHY}
    assert problem(branch.client(AUDITOR).post(f"/api/v1/cases/{reference}/openings", json=raw), 422)
    branch.handed_over(reference, name="acknowledgement")
    viewer = branch.viewer(SECRETARY)
    letter_door.write_letter(branch.home, viewer, reference, "update", "api")
    branch.handed_over(reference, name="update")
    found = [(one["kind"], one["part"]) for one in parts(branch, reference) if one["holds"] == "letter"]
    assert [kind for kind, _ in found] == ["Letter 1", "Letter 2"]
    assert found[0][1] == f"{waiting}:letter"


def test_a_letter_tells_neither_a_withheld_name_nor_a_code(branch: Branch) -> None:
    reference = branch.report(reporter=REPORTER)  # nobody said that their name may be told
    safe(branch, reference)
    viewer = branch.viewer(SECRETARY)
    letter_door.write_letter(branch.home, viewer, reference, "update", "api")
    code = branch.codes[reference]
    one = named(branch, reference, "update")
    joined = code.replace(" ", "").lower()
    text = (
        f"# News\n\nDear {REPORTER['name'].upper()}, we use {REPORTER['email']}.\n\nKeep {code} and this {joined} here."
    )
    do(branch, reference, one["id"], "edit", text=text)
    do(branch, reference, one["id"], "posted", how="post", sent_on=clock.today().isoformat())
    open_one(branch, reference, "letter")
    words = told(branch, reference)["text"]
    assert words.split("\n\n", 1)[1].strip() == (
        "Dear (withheld), we use (withheld).\n\nKeep (your code) and this (your code) here."
    )


def test_a_file_opens_as_every_other_reader_gets_it(branch: Branch) -> None:
    reference = with_file(branch)
    file = file_of(branch, reference)
    known = len(branch.events(reference))
    opening = open_one(branch, reference, "file")
    facts = told(branch, reference)["file"]
    assert (facts["id"], facts["type"], facts["name"]) == (file, "image/jpeg", None)
    answer = got(branch, reference, opening)
    assert answer.content == files.jpeg()
    assert answer.headers["content-disposition"] == f'attachment; filename="evidence-{file[:8]}.jpg"'
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["cache-control"] == "no-store"
    assert b"Taken at home" not in got(branch, reference, opening, "view").content
    assert got(branch, reference, opening, "thumbnail").status_code == 200
    events = branch.events(reference)[known:]
    assert events.count("evidence_opened") == 1
    opened = decode(next(one for one in branch.entries(reference) if one.event == "evidence_opened").entry)
    assert (opened["role"], opened["record"]) == ("auditor", {"kind": "file", "id": file})
    assert "Ward member" not in str(told(branch, reference))
    assert sound(branch, reference) == []


@pytest.mark.parametrize("wanted", ["original", "view", "thumbnail"])
def test_a_file_is_open_to_nobody_else_and_by_no_other_way(branch: Branch, wanted: str) -> None:
    reference, elsewhere = with_file(branch), with_file(branch, files.jpeg())
    file, opening = file_of(branch, reference), open_one(branch, reference, "file")
    open_one(branch, elsewhere, "file")
    assert told(branch, reference, OTHER)["file"] is None
    before = branch.events(reference).count("access_denied")
    for by in (OTHER, SECRETARY, DEPUTY):
        problem(got(branch, reference, opening, wanted, by), 404)
    assert branch.events(reference).count("access_denied") >= before + 2
    problem(got(branch, elsewhere, opening, wanted), 404)  # an opening of another case
    problem(got(branch, reference, file, wanted), 404)  # a file is no opening
    problem(save(branch, reference, file, wanted, by=AUDITOR), 403)
    words = unmasking.unmask(
        branch.home,
        branch.viewer(AUDITOR),
        reference,
        {"part": f"{branch.rows(reference, 'report')[0].id}:statement", "reason": WHY},
        via="api",
    )
    problem(got(branch, reference, words, wanted), 404)  # an opening of words


def test_after_24_hours_everything_is_shut(branch: Branch, enter: Enter) -> None:
    with freeze_time("2027-03-02 12:00") as frozen:
        reference = with_letter(branch)
        branch.keep(SECRETARY, reference, "acknowledgements", how="email", sent_on="2027-03-02")
        assert send(branch, reference, files.jpeg()).status_code == 201
        opening = open_one(branch, reference, "file")
        open_one(branch, reference, "letter")
        frozen.move_to("2027-03-03 11:59:59")
        assert got(branch, reference, opening, "thumbnail").status_code == 200
        frozen.move_to("2027-03-03 12:00:00")
        for wanted in ("original", "view", "thumbnail"):
            problem(got(branch, reference, opening, wanted), 404)
        items = good(branch.client(AUDITOR).get(f"/api/v1/cases/{reference}/openings"))["items"]
        assert [(one["text"], one["file"], one["lasts"]) for one in items] == [(None, None, False)] * 2
        auditor = enter(AUDITOR)
        for below in ("picture", "file", "file/view", "file/thumbnail"):
            assert auditor.get(f"/cases/{reference}/openings/{opening}/{below}").status_code == 404
        assert "img" not in auditor.get(f"/cases/{reference}/openings").text.split("<main")[1]


def test_it_stays_open_while_the_case_moves_on_and_the_card_is_corrected(branch: Branch) -> None:
    reference = with_file(branch)
    opening = open_one(branch, reference, "file")
    item = branch.rows(reference, "evidence")[0].id
    assert send(branch, reference, files.PDF, replaces=item).status_code == 201
    branch.under_review(reference)
    assert got(branch, reference, opening).content == files.jpeg()  # the file that was asked for, not the one after
    assert len([one for one in parts(branch, reference) if one["holds"] == "file"]) == 2


def test_an_auditor_who_is_out_or_may_be_has_none(branch: Branch) -> None:
    reference = with_file(branch)
    opening, theirs = open_one(branch, reference, "file"), open_one(branch, reference, "file", OTHER)
    branch.keep(AUDITOR, reference, "conflict-declarations", answer="conflicted")
    branch.keep(OTHER, reference, "conflict-declarations", answer="possible", describe="I know one of them.")
    for wanted in ("original", "view", "thumbnail"):
        problem(got(branch, reference, opening, wanted), 404)
        problem(got(branch, reference, theirs, wanted, OTHER), 404)
    assert told(branch, reference, OTHER)["file"] is None


def test_what_was_changed_or_lost_is_an_alarm_and_not_given_out(branch: Branch) -> None:
    before = set(stored(branch))
    reference = with_file(branch, files.PDF)
    opening = open_one(branch, reference, "file")
    (path,) = set(stored(branch)) - before
    whole = path.read_bytes()
    for damage in (whole[:20] + bytes([whole[20] ^ 1]) + whole[21:], None):
        path.unlink() if damage is None else path.write_bytes(damage)
        answer = got(branch, reference, opening)
        assert (answer.status_code, b"PDF" in answer.content) == (500, False)
    assert "evidence_damaged" in branch.events(reference)
    assert told(branch, reference)["file"]["type"] == "application/pdf"  # the page still says what it was
    path.write_bytes(whole)
    assert got(branch, reference, opening).content == files.PDF


def test_copies_are_told_apart_and_open_one_by_one(branch: Branch) -> None:
    reference = with_file(branch)
    item = branch.rows(reference, "evidence")[0].id
    more = {"copy_of": item, "redaction_reason": "A face of somebody else."}
    assert send(branch, reference, files.picture("PNG"), **more).status_code == 201
    found = [one for one in parts(branch, reference) if one["holds"] == "file"]
    assert ["redacted copy" in one["kind"] for one in found] == [False, True]
    opening = open_one(branch, reference, "file")
    assert got(branch, reference, opening).content == files.picture("PNG")
    assert told(branch, reference)["file"]["id"] == file_of(branch, reference)


def test_by_page(branch: Branch, enter: Enter) -> None:
    reference = with_file(branch)
    address, auditor = f"/cases/{reference}/openings", enter(AUDITOR)
    page = auditor.get(address).text
    assert "Picture of the screen made by an officer: File" in page
    (part,) = [one["part"] for one in parts(branch, reference) if one["holds"] == "file"]
    assert auditor.post(address, data={"part": part, "reason": WHY}).status_code == 303
    page = auditor.get(address).text
    picture = re.search(rf"{address}/[0-9a-f]{{32}}/picture", page)
    assert picture
    assert "Ward member at home" not in page
    view = re.search(r'img src="([^"]+)"', auditor.get(picture[0]).text.split("<figure")[1])
    assert view
    assert auditor.get(view[1]).headers["content-type"] == "image/jpeg"
    other = enter(OTHER)
    assert "img" not in other.get(address).text.split("<main")[1]
    assert "open until" in shown(other.get(address).text)
    for below in ("picture", "file", "file/view", "file/thumbnail"):
        mine = picture[0].replace("/picture", f"/{below}")
        assert (auditor.get(mine).status_code, other.get(mine).status_code) == (200, 404)
    with freeze_time(clock.now() + timedelta(hours=25)):
        assert enter(AUDITOR).get(picture[0]).status_code == 404
