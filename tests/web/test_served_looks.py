"""A member looks again at what they were given, by page and by API: a picture that tells nothing of who reported."""

import io
import re
from typing import Any

import pytest
from httpx2 import Response
from PIL import Image
from starlette.testclient import TestClient

from tests.branch import PASSWORD, SECRETARY, Branch, in_days
from tests.evidence import files
from tests.evidence.sending import file_of, save, send, send_own, stored
from tests.web.conftest import shown
from tests.web.test_my_reply import API, HIDDEN, REPORTER, enter, notify

TELLING = (*HIDDEN, "Taken at home", "Ward member", "as I told", "holiday")
"""What the reporter, or the file they sent, would say."""


class Served:
    """A case with a picture from its reporter that was served on the member, and the code of the notice."""

    def __init__(self, branch: Branch) -> None:
        self.branch = branch
        self.reference = branch.at("under_review", reporter=REPORTER, share_identity="no", share_identity_reason="-")
        self.member, self.alleged = (branch.rows(self.reference, kind)[0].id for kind in ("parties", "allegations"))
        self.sent = self.own(files.jpeg())
        self.file = file_of(branch, self.reference)
        whole = {"method": "reporter_screenshot", "file": self.file, "supports": [self.alleged]}
        self.keep("evidence", replaces=self.sent, platform="The ward page", **whole)
        self.keep("evidence-services", item=self.sent, served_on=in_days(0), gives_away="no")
        self.code = notify(branch, self.reference, self.member, self.alleged)

    def own(self, content: bytes) -> str:
        sent = send_own(self.branch, self.reference, content, "treasurer on holiday.jpg", shows="It is as I told you.")
        return str(sent.json()["id"])

    def keep(self, kind: str, **values: Any) -> str:
        return self.branch.keep(SECRETARY, self.reference, kind, **values)

    def client(self) -> TestClient:
        return enter(self.branch, self.reference, self.code)

    def by_api(self, path: str = "") -> Response:
        bearer = self.branch.client()
        bearer.headers["Authorization"] = f"Bearer {self.code}"
        return bearer.get(API + path)

    def opened(self) -> list[tuple[str | None, str]]:
        entries = self.branch.entries(self.reference)
        return [(one.actor_id, one.actor_role) for one in entries if one.event == "evidence_opened"]


@pytest.fixture
def served(branch: Branch) -> Served:
    return Served(branch)


def tells_nothing(answer: Response, content: bytes) -> None:
    """X17: neither a header nor a byte leads to whoever reported it."""
    assert answer.status_code == 200
    with Image.open(io.BytesIO(content)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (640, 480))
        assert not picture.getexif()
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    for secret in TELLING:
        assert secret.encode() not in content, secret
        assert secret not in f"{answer.headers}", secret
    assert re.fullmatch(r'attachment; filename="evidence-[0-9a-f]{8}\.jpg"', answer.headers["content-disposition"])
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert "no-store" in answer.headers["cache-control"]


def test_a_member_looks_at_what_was_served_and_each_opening_is_an_entry(served: Served) -> None:  # X17
    client = served.client()
    page = client.get("/my-reply")
    [path] = re.findall(r'href="(/my-reply/evidence/[0-9a-f]{32})"', page.text)
    look = client.get(path)
    assert look.status_code == 200
    assert "The ward page. Given to you on" in shown(look.text)
    for secret in (*TELLING, served.file):
        assert secret not in page.text + look.text, secret
    assert served.opened() == []
    [source] = re.findall(r'<img src="([^"]+)"', look.text)
    picture = client.get(source)
    tells_nothing(picture, picture.content)
    assert client.get(source).content == picture.content
    assert served.opened() == [(None, "respondent")]
    by_program = served.by_api(f"/evidence/{served.sent}/picture")
    tells_nothing(by_program, by_program.content)
    assert by_program.content == picture.content
    assert served.opened() == [(None, "respondent")] * 2  # once by page, once by a program
    assert b"Taken at home" in save(served.branch, served.reference, served.file).content


def test_what_was_not_served_on_them_leaves_a_denial_and_one_answer(served: Served) -> None:
    branch, reference = served.branch, served.reference
    never = served.own(files.picture(size=(300, 200)))
    withheld = served.own(files.picture(size=(310, 200)))
    served.keep("evidence-services", item=withheld, withheld_reason="It names a child.")
    known = {"identified": "named", "member_then": "yes", "name": "Another member (example)"}
    other = served.keep("parties", role="respondent", **known)
    against = served.keep("allegations", clause="3.7a", respondent=other, conduct="Another member")
    theirs = send(branch, reference, files.picture(size=(320, 200)), supports=against).json()["id"]
    served.keep("evidence-services", item=theirs, served_on=in_days(0))
    paper = send(branch, reference, files.PDF, supports=served.alleged).json()["id"]
    served.keep("evidence-services", item=paper, served_on=in_days(0))
    mine = {one["id"]: one["can_look"] for one in served.by_api().json()["evidence"]}
    assert mine == {served.sent: True, paper: False}
    client = served.client()
    client.get("/my-reply")  # what is said once after coming in is said here
    answers = set()
    for item in (never, withheld, theirs, paper, served.file, "0" * 32, served.alleged):
        for path in (f"/my-reply/evidence/{item}", f"/my-reply/evidence/{item}/picture"):
            denied = branch.events(reference).count("access_denied")
            answer = client.get(path)
            answers.add((answer.status_code, shown(answer.text)))
            assert branch.events(reference).count("access_denied") == denied + 1
            assert branch.events(reference)[-1] == "access_denied"
        assert served.by_api(f"/evidence/{item}/picture").status_code == 404
        assert branch.entries(reference)[-1].actor_role == "respondent"
    assert len(answers) == 1
    assert served.opened() == []


def test_the_redacted_copy_is_shown_where_there_is_one(served: Served) -> None:
    redacted = files.picture(size=(200, 100))
    send(
        served.branch,
        served.reference,
        redacted,
        copy_of=served.sent,
        method="reporter_screenshot",
        redaction_reason="A name.",
    )
    picture = served.by_api(f"/evidence/{served.sent}/picture")
    with Image.open(io.BytesIO(picture.content)) as seen:
        assert seen.size == (200, 100)
    copy = served.branch.rows(served.reference, "evidence")[-1].id
    served.keep("evidence-services", item=copy, withheld_reason="It still shows a name.")
    assert served.by_api(f"/evidence/{served.sent}/picture").status_code == 404
    assert [one["can_look"] for one in served.by_api().json()["evidence"]] == [False]


def test_a_file_that_took_the_place_of_the_one_that_was_given_is_not_shown(branch: Branch) -> None:
    served = Served(branch)
    own = send(branch, served.reference, files.picture(size=(300, 200)), supports=served.alleged).json()["id"]
    given = served.keep("evidence-services", item=own, served_on=in_days(0))
    assert served.by_api(f"/evidence/{own}/picture").status_code == 200
    send(branch, served.reference, files.picture(size=(10, 10)), supports=served.alleged, replaces=own)
    assert served.by_api(f"/evidence/{own}/picture").status_code == 404
    served.keep("evidence-services", item=own, served_on=in_days(0), replaces=given)
    assert served.by_api(f"/evidence/{own}/picture").status_code == 200
    served.keep("evidence-services", item=own, withheld_reason="Given by mistake.")
    assert served.by_api(f"/evidence/{own}/picture").status_code == 404


def test_nobody_looks_without_the_code_and_a_changed_file_is_an_alarm(served: Served) -> None:
    picture = f"/my-reply/evidence/{served.sent}/picture"
    client = served.client()
    stranger = served.branch.client()
    for path in (picture, picture.removesuffix("/picture")):
        assert (stranger.get(path).status_code, stranger.get(path).headers["location"]) == (303, "/my-reply")
    assert stranger.get(f"{API}/evidence/{served.sent}/picture").status_code == 401
    stranger.headers["Authorization"] = "Bearer wrong"
    assert stranger.get(f"{API}/evidence/{served.sent}/picture").status_code == 404
    assert client.get("/my-reply/evidence/nonsense").status_code in (404, 422)
    for kept in stored(served.branch):
        kept.write_bytes(kept.read_bytes()[:-1])
    alarm = client.get(picture)
    assert alarm.status_code == 500
    assert "Please tell the branch" in shown(alarm.text)
    entry = served.branch.entries(served.reference)[-1]
    assert (entry.event, entry.actor_role) == ("evidence_damaged", "respondent")


def test_the_officer_sees_on_their_page_that_they_can_look(served: Served) -> None:
    officer = served.branch.client()
    served.branch.give_password(SECRETARY)
    officer.post("/sign-in", data={"email": SECRETARY, "password": PASSWORD})
    page = officer.get(f"/cases/{served.reference}/as/respondent/{served.member}")
    assert page.status_code == 200
    said = shown(page.text)
    assert "Look at it" in said
    assert "not served on them" not in said
    served.own(files.picture(size=(300, 200)))
    said = shown(officer.get(f"/cases/{served.reference}/as/respondent/{served.member}").text)
    assert "Evidence What was not served on them, or is withheld" in said
