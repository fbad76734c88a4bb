"""casetrail audit check-receipt: needs the file, the proof and the public key, and no database."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.audit.log import SYSTEM
from app.audit.notes import Signer
from app.cases import door
from app.cli import cli
from app.web import receipt
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
    assert check(saved, code=1).stderr == "This is not a receipt.\n"
    saved.unlink()
    assert "No such file" in check(saved, code=1).stderr


def test_without_its_proof_it_says_where_that_is(branch: Branch, tmp_path: Path) -> None:
    branch.home.log.catch_up()
    branch.home.log.folder.key_file.unlink()
    opened = door.open_case(branch.home, REPORT, None, "page")
    file = tmp_path / "receipt.html"
    file.write_bytes(receipt.as_file(branch.home, receipt.as_text(opened)).body)
    assert opened["receipt"]["proof_url"] in check(file, code=1).stderr
