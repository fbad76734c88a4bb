"""The receipt of a report and of a reply: one neutral file that is sound by itself, and refused once it was changed."""

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from sqlmodel import delete
from starlette.testclient import TestClient

from app import migrate
from app.audit import old_logs, receipts
from app.audit.notes import Signer
from app.audit.receipts import Receipt, ReceiptWrong
from app.vault.commitment import commit
from app.vault.models import SealedItem
from tests.branch import Branch
from tests.evidence import files
from tests.web.conftest import Form
from tests.web.test_report import CODE, go, to_the_end


@pytest.fixture(autouse=True)
def signed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever grew is signed at once, not once a second."""
    monkeypatch.setattr("app.audit.sequence.SIGN_EVERY", timedelta(0))


@pytest.fixture
def kept(branch: Branch, public: TestClient) -> str:
    """The file of a receipt, saved once its entry was signed."""
    thanks = go(public, to_the_end(public), "send")
    branch.home.log.catch_up()
    return public.post("/report/receipt", data=Form(thanks.text).filled()).text


PICTURE = files.picture("PNG")


def verdict(page: str, *proofs: str) -> Receipt:
    document = receipts.document_in(page)
    return receipts.check(document, receipts.keys_of(document), proofs)


def other(sign: str) -> str:
    return "b" if sign != "b" else "c"


def test_the_receipt_is_one_neutral_file_without_words_or_code(branch: Branch, public: TestClient) -> None:
    thanks = go(public, to_the_end(public), "send")
    reference, code = CODE.findall(thanks.text)
    branch.home.log.catch_up()
    saved = public.post("/report/receipt", data=Form(thanks.text).filled())
    assert saved.headers["content-disposition"] == 'attachment; filename="receipt.html"'
    assert "sandbox" in saved.headers["content-security-policy"]
    found, entry = verdict(saved.text), branch.entries(reference)[0]
    assert (found.reference, found.recorded_at) == (reference, entry.recorded_at)
    assert found.checkpoint is not None
    assert found.checkpoint.origin == "127.0.0.1:8000/log"
    assert receipts.document_in(saved.text)["entries"][0]["commitments"]
    assert f"http://127.0.0.1:8000/log/proof/{entry.id}" in saved.text
    assert code not in saved.text
    assert "posted" not in saved.text


def test_no_character_of_it_can_change(kept: str) -> None:
    start, end = kept.index('id="receipt-data">') + len('id="receipt-data">'), kept.rindex("</script>\n<script>")
    said = kept.index('<p id="said">') + len('<p id="said">')
    for place in (*range(start, end), *range(said, kept.index("</p>", said))):
        changed = kept[:place] + other(kept[place]) + kept[place + 1 :]
        with pytest.raises(ReceiptWrong):
            verdict(changed)


def test_nor_where_the_checksum_is_made_anew(kept: str) -> None:
    document = receipts.document_in(kept)
    keys = receipts.keys_of(document)
    assert receipts.check(document, keys).checkpoint is not None
    for said in ("x", document["said"].replace("recorded", "upheld"), document["said"].replace(" at ", "0 at ")):
        with pytest.raises(ReceiptWrong, match="was changed"):
            receipts.check({**document, "said": said}, keys)
    for changed in resealed(document):
        with pytest.raises(ReceiptWrong):
            receipts.check(changed, keys)


def resealed(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for part in ("entry", "leaf", "entry_id", "recorded_at", "proof"):
        text = document["entries"][0][part]
        for place in range(0, len(text), 1 if len(text) < 100 else 7):
            copy = json.loads(json.dumps(document))
            copy["entries"][0][part] = text[:place] + other(text[place]) + text[place + 1 :]
            yield copy
    for number in range(len(document["entries"][0]["commitments"])):
        copy = json.loads(json.dumps(document))
        copy["entries"][0]["commitments"][number]["digest"] = "0" * 64
        yield copy


def test_it_is_sound_after_everything_sealed_is_gone(branch: Branch, public: TestClient) -> None:
    form = Form(go(public, to_the_end(public), "send").text).filled()
    branch.home.log.catch_up()
    with branch.home.db.write() as session:
        session.connection().execute(delete(SealedItem))
    assert verdict(public.post("/report/receipt", data=form).text).checkpoint is not None


def test_before_it_is_signed_it_says_so_and_takes_the_proof_later(branch: Branch, public: TestClient) -> None:
    branch.home.log.catch_up()
    key = branch.home.log.folder.key_file
    hidden = key.rename(key.with_suffix(".away"))
    form = Form(go(public, to_the_end(public), "send").text).filled()
    early = public.post("/report/receipt", data=form).text
    found = verdict(early)
    assert found.checkpoint is None
    assert "was not ready" in early
    [where] = found.missing
    assert public.get(where).status_code == 202
    hidden.rename(key)
    branch.home.log.catch_up()
    branch.report()
    proof = public.get(where)
    assert proof.status_code == 200
    assert verdict(early, proof.text).checkpoint is not None
    assert verdict(public.post("/report/receipt", data=form).text).checkpoint is not None
    with pytest.raises(ReceiptWrong, match="does not belong"):
        verdict(early, public.get(f"/log/proof/{branch.entries()[0].id}").text)
    with pytest.raises(ReceiptWrong, match="does not belong"):
        verdict(early, "no proof")


def test_another_log_s_key_is_refused(kept: str) -> None:
    document = receipts.document_in(kept)
    with pytest.raises(ReceiptWrong, match="not signed with the key"):
        receipts.check(document, [Signer.make("127.0.0.1:8000/log").verifier()])


def test_files_sent_with_it_are_in_the_receipt(branch: Branch, public: TestClient) -> None:
    check = to_the_end(public)
    given = [("files", ("a.png", PICTURE, "image/png"))]
    thanks = public.post(Form(check.text).action, data={**Form(check.text).filled(), "_go": "send"}, files=given)
    assert "One file is kept with it" in thanks.text
    branch.home.log.catch_up()
    page = public.post("/report/receipt", data=Form(thanks.text).filled()).text
    assert verdict(page).checkpoint is not None
    _, of_file = receipts.document_in(page)["entries"]
    salts = {one["group"]: one["salt"] for one in of_file["commitments"]}
    told = {one["group"]: one["digest"] for one in of_file["commitments"]}
    data = {"sha256": hashlib.sha256(PICTURE).hexdigest(), "name": "a.png"}
    assert commit(bytes.fromhex(salts["file-original-content"]), data) == told["file-original-content"]
    assert "file-original-key" not in salts


@pytest.mark.parametrize("given", ["", "null", "[]", "{}", "[" * 9000, '{"reference": 1}', "x" * 600_000])
def test_what_is_no_receipt_is_not_given_back(public: TestClient, given: str) -> None:
    assert public.post("/report/receipt", data={"receipt": given}).status_code == 400


def bare(page: str) -> dict[str, Any]:
    """What the page of a receipt posts to save it."""
    document = receipts.document_in(page)
    entries = [{name: value for name, value in one.items() if name != "proof"} for one in document["entries"]]
    return {"reference": document["reference"], "entries": entries}


@pytest.mark.parametrize(
    "change",
    [
        {"reference": "2026-AAAAA. The branch admits that this was upheld"},
        {"entry": "e30="},
        {"leaf": "0" * 64},
        {"recorded_at": "2020-01-01T00:00:00.000000Z"},
        {"commitments": []},
        {"salt": "0" * 64},
        {"digest": "0" * 64},
        {"group": "other"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_nothing_is_put_under_our_seal_that_is_not_as_it_was_recorded(
    public: TestClient, kept: str, change: dict[str, Any]
) -> None:
    given = bare(kept)
    assert public.post("/report/receipt", data={"receipt": json.dumps(given)}).status_code == 200
    [(name, _)] = change.items()
    one = given["entries"][0]
    (given if name == "reference" else one if name in one else one["commitments"][0]).update(change)
    answer = public.post("/report/receipt", data={"receipt": json.dumps(given)})
    assert answer.status_code == 400
    assert "not as it was recorded" in unescape(answer.text)


def test_the_address_of_the_proof_is_ours(public: TestClient, kept: str) -> None:
    given = bare(kept)
    own = given["entries"][0]["proof_url"]
    given["entries"][0]["proof_url"] = "https://evil.example"
    page = public.post("/report/receipt", data={"receipt": json.dumps(given)}).text
    assert "evil" not in page
    assert own in page


def test_a_changed_sign_in_the_keys_that_are_shown_is_noticed(kept: str) -> None:
    key = receipts.document_in(kept)["keys"][-1]
    at = kept.index(f"{key}</code>") + len(key) - 5
    with pytest.raises(ReceiptWrong, match="was changed"):
        verdict(kept[:at] + other(kept[at]) + kept[at + 1 :])


def test_an_entry_of_a_log_that_ended_gets_its_proof(branch: Branch, public: TestClient, kept: str) -> None:
    url = branch.home.settings.migrate_database_url or branch.home.settings.database_url
    engine = migrate.migration_engine(url)
    with engine.begin() as connection:
        old_logs.end_log(connection)
    engine.dispose()
    page = public.post("/report/receipt", data={"receipt": json.dumps(bare(kept))}).text
    assert "was not ready" not in page
    assert verdict(page).checkpoint is not None


def test_what_was_never_recorded_gets_no_receipt(public: TestClient, kept: str) -> None:
    document = receipts.document_in(kept)
    entries = [{**document["entries"][0], "entry_id": "0" * 32}]
    for entry in entries:
        del entry["proof"]
    given = json.dumps({"reference": document["reference"], "entries": entries})
    answer = public.post("/report/receipt", data={"receipt": given})
    assert answer.status_code == 400
    assert "not in the record" in unescape(answer.text)


def test_no_text_in_a_receipt_ends_its_data() -> None:
    assert "<" not in receipts.as_json({"reference": "</script><script>alert(1)</script>"})


@pytest.mark.parametrize(
    "page", ["", "<p id='said'></p>", '<script type="application/json" id="receipt-data">[]</script>']
)
def test_what_is_no_receipt_is_refused(page: str) -> None:
    with pytest.raises(ReceiptWrong, match="not a receipt"):
        receipts.document_in(page)


def test_the_page_that_checks_names_the_keys(branch: Branch, public: TestClient) -> None:
    page = public.get("/receipt")
    assert page.status_code == 200
    assert str(branch.home.log.folder.verifiers()[-1]) in unescape(page.text)
