"""casetrail audit check-receipt: needs the file, the proof and the public key, and no database."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.audit import receipts
from app.audit.log import SYSTEM
from app.audit.notes import Signer
from app.cases import door
from app.cli import cli
from app.web import receipt
from tests.audit.damaged_receipts import agrees, another_log, resealed
from tests.branch import REPORT, Branch, branch

__all__ = ["branch"]


def check(*words: str | Path, code: int = 0) -> Result:
    result = CliRunner().invoke(cli, ["audit", "check-receipt", *map(str, words)])
    assert result.exit_code == code, (result.stdout, result.stderr, result.exception)
    return result


@pytest.fixture
def saved(branch: Branch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A receipt on disk, where no database is."""
    monkeypatch.setattr("app.audit.sequence.SIGN_EVERY", timedelta(0))
    opened = door.open_case(branch.home, REPORT, None, "page")
    file = tmp_path / "receipt.html"
    file.write_bytes(receipt.as_file(branch.home, receipt.as_text(opened)).body)
    monkeypatch.setenv("CASETRAIL_DATABASE_URL", "nonsense")
    return file


def test_a_sound_receipt_says_so(saved: Path) -> None:
    told = check(saved)
    assert told.stdout.startswith("The receipt is sound: recorded at 20")
    assert "compare it with one you have: 127.0.0.1:8000/log+" in told.stderr
    assert json.loads(check(saved, "--json").stdout)["sound"] is True


def test_with_a_key_from_elsewhere(saved: Path, branch: Branch, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("".join(f"{one}\n" for one in branch.home.log.folder.verifiers()))
    assert check(saved, "--key", key).stderr == ""
    key.write_text(f"{Signer.make('127.0.0.1:8000/log').verifier()}\n")
    assert "not signed with the key" in check(saved, "--key", key, code=1).stderr
    key.write_text("nonsense\n")
    assert "does not hold public keys" in check(saved, "--key", key, code=1).stderr


def test_a_key_from_before_a_change_of_keys_will_do(branch: Branch, saved: Path, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text(f"{branch.home.log.folder.verifiers()[-1]}\n")
    branch.home.log.change_key(actor=SYSTEM, via="cli")
    door.open_case(branch.home, REPORT, None, "page")
    opened = door.open_case(branch.home, REPORT, None, "page")
    saved.write_bytes(receipt.as_file(branch.home, receipt.as_text(opened)).body)
    assert check(saved, "--key", key).stderr == ""
    key.write_text(f"{Signer.make('127.0.0.1:8000/log').verifier()}\n")
    assert "not signed with the key" in check(saved, "--key", key, code=1).stderr


def test_a_changed_one_is_refused_in_plain_words(saved: Path) -> None:
    saved.write_text(saved.read_text().replace('"leaf":"', '"leaf":"0', 1))
    assert check(saved, code=1).stderr == (
        "Something in this receipt was changed after it was given out. It proves nothing any more.\n"
    )
    saved.write_bytes(b"\xff" * 3_000_000)
    assert check(saved, code=1).stderr.startswith("This is not a receipt. Give the file itself")
    saved.unlink()
    assert "No such file" in check(saved, code=1).stderr


def test_whatever_happened_to_it_is_told_in_words(saved: Path, branch: Branch) -> None:
    """A line for each, never a traceback, never accepted when its meaning changed; the page says the same of each."""
    page, key = saved.read_text(), saved.with_name("key")
    key.write_text("".join(f"{one}\n" for one in branch.home.log.folder.verifiers()))

    def say(content: bytes) -> tuple[str, str]:
        saved.write_bytes(content)
        return said_of(CliRunner().invoke(cli, ["audit", "check-receipt", str(saved), "--key", str(key)]))

    assert agrees(page, say) == []


@pytest.mark.parametrize("keys", [None, 5, [], [5], ["x"], ["\ud800+aabbccdd+AQ=="], {"a": 1}, "key"])
def test_no_key_in_it_is_a_traceback(saved: Path, keys: object) -> None:
    page = saved.read_text()
    document = receipts.document_in(page)
    shown = " ".join(document["keys"])
    text = receipts.as_json(receipts.sealed({**document, "keys": keys, "words": receipts.words_of(page)}))
    before, _, rest = page.replace(shown, " ".join(map(str, keys)) if isinstance(keys, list) else "").partition(
        'id="receipt-data">'
    )
    page = f'{before}id="receipt-data">{text}</script>{rest.partition("</script>")[2]}'
    saved.write_bytes(page.encode("utf-8", "surrogatepass"))
    assert check(saved, code=1).stderr.strip()


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59.999999Z", "2026-05-12", "\x1b[2J"]
)
def test_no_time_or_name_of_another_log_is_a_traceback(saved: Path, moment: str) -> None:
    page = saved.read_text()
    for name in ("127.0.0.1:8000/log", "log\x1b[2J", "\u202elog"):
        saved.write_bytes(another_log(page, name, moment))
        assert not {"\x1b", "\u202e"} & set(check(saved, code=1).stderr)


def test_another_log_of_the_same_name_is_as_good_as_its_key(saved: Path, branch: Branch) -> None:
    key = saved.with_name("key")
    key.write_text("".join(f"{one}\n" for one in branch.home.log.folder.verifiers()))
    saved.write_bytes(another_log(saved.read_text(), "127.0.0.1:8000/log"))
    assert "compare it with one you have" in check(saved).stderr
    assert "not signed with the key" in check(saved, "--key", key, code=1).stderr


def test_a_proof_as_a_shell_saves_it_will_do(saved: Path) -> None:
    page = saved.read_text()
    proof = saved.with_name("one.tlog-proof")
    given = receipts.document_in(page)["entries"][0]["proof"]
    saved.write_bytes(resealed(page, ("entries", 0, "proof"), ""))
    for content in (given.encode(), f"\n{given}\n\n".replace("\n", "\r\n").encode("utf-16"), given.strip().encode()):
        proof.write_bytes(content)
        check(saved, "--proof", proof)
    for wrong in (saved, Path("/dev/zero")):
        assert check(saved, "--proof", wrong, code=1).stderr.splitlines()[-1].startswith("The proof does not belong")
    assert "does not hold public keys" in check(saved, "--key", Path("/dev/zero"), code=1).stderr
    proof.write_bytes(given.replace("index ", "index 1").encode())
    assert "does not belong" in check(saved, "--proof", proof, code=1).stderr


def said_of(result: Result) -> tuple[str, str]:
    """Kind and words of what the command said; a traceback is none of them."""
    words = (result.stdout + result.stderr).strip()
    plain = words.replace("\n", "").isprintable()
    if result.exit_code not in (0, 1) or not isinstance(result.exception, SystemExit | None) or not plain:
        return "broken", f"{result.exception!r} {words!a}"
    return ("sound" if result.exit_code == 0 else "waits" if "is not in it yet" in words else "wrong"), words


def test_without_its_proof_it_says_where_that_is(branch: Branch, tmp_path: Path) -> None:
    branch.home.log.catch_up()
    branch.home.log.folder.key_file.unlink()
    opened = door.open_case(branch.home, REPORT, None, "page")
    file = tmp_path / "receipt.html"
    file.write_bytes(receipt.as_file(branch.home, receipt.as_text(opened)).body)
    assert opened["receipt"]["proof_url"] in check(file, code=1).stderr
