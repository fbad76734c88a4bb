"""Witnesses on pages: named by an auditor or an administrator, checked where an auditor pastes what they signed."""

import pytest

from app import clock
from app.audit.checkpoints import cosign
from app.audit.notes import COSIGNATURE, Signer
from tests.branch import ADMINISTRATOR, AUDITOR, PANEL, SECRETARY, Branch
from tests.cli.computers import later, newest
from tests.web.conftest import Enter, shown

ONE = Signer("witness.example/one", bytes(range(1, 33)))
KEY = str(ONE.verifier(COSIGNATURE))


@pytest.mark.parametrize("email", [AUDITOR, ADMINISTRATOR])
def test_one_is_named_and_taken_off_the_list(branch: Branch, enter: Enter, email: str) -> None:
    client = enter(email)
    assert "No witness is named" in shown(client.get("/integrity").text)
    assert "No witness is named yet" in shown(client.get("/integrity/witnesses").text)
    refused = client.post("/integrity/witnesses", data={"key": KEY[:-4]})
    assert refused.status_code == 422
    assert KEY[:-4] in refused.text
    assert client.post("/integrity/witnesses", data={"key": KEY}).headers["location"] == "/integrity/witnesses"
    page = client.get("/integrity/witnesses")
    assert KEY in page.text
    assert "No good signature was brought in yet" in shown(page.text)
    said = shown(client.get("/integrity").text)
    assert "witness.example/one : No good signature was brought in yet" in said
    assert "A witness was named" in said
    assert client.post("/integrity/witnesses/remove", data={"name": ONE.name}).status_code == 303
    assert client.post("/integrity/witnesses/remove", data={"name": ONE.name}).status_code == 404
    assert "No witness is named" in shown(client.get("/integrity").text)
    assert branch.events().count("witness_named") == branch.events().count("witness_removed") == 1


@pytest.mark.parametrize("email", [SECRETARY, PANEL[0]])
def test_nobody_else_names_one(branch: Branch, enter: Enter, email: str) -> None:
    client = enter(email)
    assert client.get("/integrity/witnesses").status_code == 403
    assert client.post("/integrity/witnesses", data={"key": KEY}).status_code == 403
    assert client.post("/integrity/witnesses/remove", data={"name": ONE.name}).status_code == 403
    assert "witness_named" not in branch.events()


def test_a_pasted_signature_is_good_wrong_or_unknown(branch: Branch, enter: Enter) -> None:
    client = enter(AUDITOR)
    client.post("/integrity/witnesses", data={"key": KEY})
    note = newest(branch)
    later(branch, 1)  # the newest that this computer signed itself proves nothing
    seen = cosign(note, ONE, int(clock.now().timestamp()))
    stranger = cosign(note, Signer("other.example/x", bytes(32)), 1)
    wrong = seen[:-20] + "AAAA" + seen[-16:]

    def said(text: str) -> str:
        return shown(client.post("/integrity/compare", data={"note": text}).text)

    unknown = said(stranger)
    assert "A signature under the name other.example/x is of an unknown key: it proves nothing" in unknown
    assert "and one other key had signed it; good signatures of witnesses among them: none" in unknown
    told = said(wrong)
    assert "ct-sound--late" in client.post("/integrity/compare", data={"note": wrong}).text
    assert "ct-sound--late" not in client.post("/integrity/compare", data={"note": stranger}).text
    assert "The signature of witness.example/one is WRONG" in told
    assert "No good signature was brought in yet" in told
    good = said(seen)
    assert "and the signature is good." in good
    assert "Yes. The" in good
    size = int(note.split("\n")[1])
    assert f", today: {size:,} entries" in good
    assert "last good signature on" in shown(client.get("/integrity/statement").text)


def test_whatever_is_pasted_is_answered(branch: Branch, enter: Enter) -> None:
    client = enter(AUDITOR)
    client.post("/integrity/witnesses", data={"key": KEY})
    note = newest(branch)
    later(branch, 1)
    crowd = note + "".join(Signer(f"other.example/{one}", bytes(32)).line("x\n") for one in range(200))
    for text, words in (
        (crowd, "No checkpoint was found in this."),
        ("\u2014 " * 5_000, "No checkpoint was found in this."),
        (note + "\u2014 x\x9by AAAAAAAA\n", "Yes. The"),
        (note * 300, "Yes. The"),
        (note.replace("\n", "\r\n\r\n"), "Yes. The"),
    ):
        answer = client.post("/integrity/compare", data={"note": text})
        assert (answer.status_code, words in shown(answer.text)) == (200, True), text[:50]
    assert client.post("/integrity/compare", data={"note": note * 30_000}).status_code == 413
    good = cosign(note, ONE, int(clock.now().timestamp())).replace("\n", "\r\n")
    assert "and the signature is good." in shown(client.post("/integrity/compare", data={"note": good}).text)
