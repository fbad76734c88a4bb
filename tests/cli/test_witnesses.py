"""A real witness at the command line: named, its signature brought in and checked, with and without a database."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from freezegun import freeze_time

from app import clock
from app.cli.asking import opened
from app.oversight.stamping import stamp_due
from tests.authority import Served, authority, served
from tests.cli.conftest import Run
from tests.cli.test_log import exported, ready

__all__ = ["authority", "ready", "served"]
NAME = "witness.example/one"


def witnessed(run: Run, folder: Path, at: Path) -> tuple[str, str]:
    """What `casetrail audit witness` printed and the key it named."""
    words = ("--key", str(at / "w.key"), "--state", str(at / "seen"), "--log-key", str(folder / "key"), "--name", NAME)
    told = run("audit", "witness", str(folder), *words)
    return told.stdout, told.stderr.split()[-1]


def test_a_witness_is_named_and_its_signature_counts(ready: Run, tmp_path: Path) -> None:
    folder = exported(ready, tmp_path / "tiles")
    note, key = witnessed(ready, folder, tmp_path)
    kept = tmp_path / "seen.txt"
    kept.write_text(note)
    verify = ("audit", "verify", "--checkpoint", str(kept))
    assert f"A signature under the name {NAME} is of an unknown key" in ready(*verify).stdout
    assert ready("audit", "name-witness", key).stdout.strip() == NAME
    assert "There is a witness called" in ready("audit", "name-witness", key, code=1).stderr
    assert "no good signature was brought in yet" in ready("audit", "witnesses").stdout
    said = ready(*verify).stdout
    assert f"the checkpoint in {kept}: {NAME} signed it on" in said
    assert said.endswith("The record is sound.\n")
    (row,) = json.loads(ready("audit", "witnesses", "--json").stdout)["items"]
    assert (row["name"], row["key"], row["size"]) == (NAME, key, int(note.split("\n")[1]))
    assert row["signed_at"] is not None
    told = json.loads(ready("audit", "verify", "--since", str(kept), "--json").stdout)
    assert [one["standing"] for one in told["signatures"]] == ["good"]
    kept.write_text(note[:-20] + "AAAA" + note[-16:])
    refused = ready(*verify, code=1).stdout
    assert f"The signature of {NAME} is WRONG" in refused
    assert refused.count("WRONG") == 1
    ready("audit", "remove-witness", NAME)
    assert "no witness of this name" in ready("audit", "remove-witness", NAME, code=1).stderr
    assert json.loads(ready("audit", "witnesses", "--json").stdout) == {"items": []}


def test_a_copy_in_tiles_is_checked_with_witnesses_keys_from_a_file(ready: Run, tmp_path: Path) -> None:
    folder = exported(ready, tmp_path / "tiles")
    note, key = witnessed(ready, folder, tmp_path)
    kept, keys = tmp_path / "seen.txt", tmp_path / "witnesses"
    kept.write_text(note)
    keys.write_text(f"{key}\n")
    words = ("audit", "verify", "--export", str(folder), "--key", str(folder / "key"), "--checkpoint", str(kept))
    assert "is of an unknown key" in ready(*words).stdout
    assert f"{NAME} signed it on" in ready(*words, "--witnesses", str(keys)).stdout
    kept.write_text(note[:-20] + "AAAA" + note[-16:])
    assert f"The signature of {NAME} is WRONG" in ready(*words, "--witnesses", str(keys), code=1).stdout
    keys.write_text("nonsense\n")
    assert "This is no key" in ready(*words, "--witnesses", str(keys), code=1).stderr


def test_a_stamp_is_saved_as_openssl_takes_it(
    ready: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, served: Served
) -> None:
    monkeypatch.setenv("CASETRAIL_TIMESTAMP_URL", served.url)
    ready("audit", "checkpoint")
    with freeze_time(clock.now().replace(hour=12) + timedelta(days=1)), opened() as home:
        assert stamp_due(home, clock.now())
    (row,) = json.loads(ready("audit", "stamps", "--json").stdout)["items"]
    assert row["by"] == "CN=Authority (test)"
    assert row["day"] in ready("audit", "stamps").stdout
    told = ready("audit", "stamp", row["day"], "--out", str(tmp_path)).stderr
    assert f"-CAfile root.pem -attime {int(datetime.fromisoformat(row['stamped_at']).timestamp())}" in told
    note, answer = (tmp_path / f"checkpoint-{row['day']}.{ending}" for ending in ("txt", "tsr"))
    assert served.authority.accepts(note.read_text(), answer.read_bytes())
    note.unlink()
    assert "is there already" in ready("audit", "stamp", row["day"], "--out", str(tmp_path), code=1).stderr
    assert not note.exists()
    assert "No checkpoint of this day" in ready("audit", "stamp", "2020-01-01", "--out", str(tmp_path), code=1).stderr
    ready("audit", "stamp", "soon", "--out", str(tmp_path), code=2)


def test_files_that_are_no_text_are_said_in_one_line(ready: Run, tmp_path: Path) -> None:
    folder, rubbish, large = exported(ready, tmp_path / "tiles"), tmp_path / "rubbish", tmp_path / "large"
    rubbish.write_bytes(b"\xff\xfe\x00")
    large.write_bytes(b"x" * 1_100_000)
    check = ("audit", "verify", "--export", str(folder))
    for option in ("--witnesses", "--key"):
        for file, said in ((rubbish, "This is no key"), (large, "is too large"), (tmp_path, "Is a directory")):
            words = (*check, *(() if option == "--key" else ("--key", str(folder / "key"))), option, str(file))
            assert said in ready(*words, code=1).stderr
    assert "No checkpoint was found" in ready("audit", "verify", "--checkpoint", str(large), code=1).stderr
    assert "No checkpoint was found" in ready("audit", "verify", "--checkpoint", str(rubbish), code=1).stderr
