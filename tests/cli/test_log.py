"""The log at the command line: checkpoint, copies in tiles, checking them with nothing but a key, and a witness."""

import functools
import http.server
import json
import shutil
import threading
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import ClassVar

import pytest
from freezegun import freeze_time

from app import clock
from app.audit.checkpoints import read_note, read_own
from app.audit.notes import COSIGNATURE, read_verifier
from app.audit.tiles import unbundled
from tests.audit.trees import b64, go_says
from tests.cli.conftest import Run

SECRETARY = "secretary@example.org"
REPORT = ("case", "open", "--input", "kind=target", "--input", "statement=Messages at night.")


@pytest.fixture
def ready(run: Run) -> Run:
    """A migrated database with a secretary and a case."""
    run("migrate")
    run("user", "add", SECRETARY, "--name", "Secretary (example)", "--role", "secretary")
    run(*REPORT)
    return run


def exported(run: Run, folder: Path, hours: int = 1) -> Path:
    """A copy in tiles, some hours later."""
    with freeze_time(clock.now() + timedelta(hours=hours)):
        run(*REPORT)
    with freeze_time(clock.now() + timedelta(hours=hours, minutes=1)):
        assert "entries in" in run("audit", "export", "--format", "tiles", "--out", str(folder)).stdout
    return folder


def test_the_checkpoint_is_printed_and_checked_later(ready: Run, tmp_path: Path, keys_dir: Path) -> None:
    kept = tmp_path / "minutes.txt"
    kept.write_text(ready("audit", "checkpoint").stdout)
    keys = [read_verifier(line) for line in (keys_dir / "log" / "public-keys").read_text().split()]
    assert read_note(kept.read_text(), keys).checkpoint.origin == "127.0.0.1:8000/log"
    ready(*REPORT)
    assert "The record is sound." in ready("audit", "verify", "--checkpoint", str(kept)).stdout
    kept.write_text(kept.read_text().replace("127.0.0.1", "127.0.0.2"))
    assert f"the checkpoint in {kept}" in ready("audit", "verify", "--checkpoint", str(kept), code=1).stdout
    ready("audit", "verify", "--checkpoint", str(tmp_path / "nowhere"), code=1)


def test_a_saved_mail_is_a_checkpoint_too(ready: Run, tmp_path: Path) -> None:
    first, mail = ready("audit", "checkpoint").stdout, EmailMessage(policy=SMTP)
    mail.set_content(f"Keep this mail.\n\n{first}\nThis comes once a day.\n", cte="quoted-printable")
    kept = tmp_path / "minutes.eml"
    kept.write_bytes(mail.as_bytes())
    with freeze_time(clock.now() + timedelta(minutes=1)):
        ready(*REPORT)
        second = ready("audit", "checkpoint").stdout
    both = tmp_path / "both.txt"
    both.write_bytes(f"\ufeff{second}\r\nBefore:\r\n{first}".replace("\n", "\r\n").encode("utf-16"))
    sound = "The record is sound."
    assert sound in ready("audit", "verify", "--checkpoint", str(kept), "--checkpoint", str(both)).stdout
    assert "is sound." in ready("audit", "verify", "--since", str(kept)).stdout
    both.write_text(f"{second}\n{first.replace('127.0.0.1', '127.0.0.2')}")
    size = read_own(first).size
    assert (
        f"the checkpoint in {both} ({size:,} entries)"
        in ready("audit", "verify", "--checkpoint", str(both), code=1).stdout
    )
    assert "give one" in ready("audit", "verify", "--since", str(both), code=2).stderr


def test_a_file_without_a_checkpoint_is_no_alarm(ready: Run, tmp_path: Path) -> None:
    """The wrong file at the command line would stand as a fault of the record until the next check."""
    before = read_own(ready("audit", "checkpoint").stdout).size
    wrong = tmp_path / "wrong"
    for content in (b"no checkpoint", bytes(range(256)), b"\xff\xfe" * 600_000, b""):
        wrong.write_bytes(content)
        assert "No checkpoint was found" in ready("audit", "verify", "--checkpoint", str(wrong), code=1).stderr
    assert "Is a directory" in ready("audit", "verify", "--checkpoint", str(tmp_path), code=1).stderr
    assert "No checkpoint was found" in ready("audit", "verify", "--since", "/dev/zero", code=1).stderr
    assert read_own(ready("audit", "checkpoint").stdout).size == before


@pytest.mark.go
def test_a_copy_in_tiles_is_what_go_finds_too(ready: Run, tmp_path: Path) -> None:
    folder = exported(ready, tmp_path / "tiles")
    [bundle] = (folder / "tile" / "entries" / "000.p").iterdir()
    entries = [b64(entry) for entry in unbundled(bundle.read_bytes())]
    keys = (folder / "key").read_text().split()
    assert go_says(Keys=keys, Signers=1, Note=(folder / "checkpoint").read_text(), Entries=entries) == "ok"


def test_a_copy_is_checked_without_database_or_other_keys(
    ready: Run, tmp_path: Path, keys_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = exported(ready, tmp_path / "tiles")
    key = tmp_path / "log.keys"
    shutil.copy(folder / "key", key)
    shutil.rmtree(keys_dir)
    monkeypatch.setenv("CASETRAIL_DATABASE_URL", f"sqlite:///{tmp_path}/nowhere/x.sqlite")
    sound = ready("audit", "verify", "--export", str(folder), "--key", str(key))
    assert sound.stdout == "The record is sound.\n"
    own = (folder / "key").read_text().split()[-1]
    assert f"compare it with one you have: {own}\n" in ready("audit", "verify", "--export", str(folder)).stderr
    ready("audit", "verify", "--export", str(tmp_path / "nothing"), code=1)


def test_every_changed_or_missing_file_of_a_copy_is_a_fault(ready: Run, tmp_path: Path) -> None:
    folder = exported(ready, tmp_path / "tiles")
    for file in [file for file in folder.rglob("*") if file.is_file()]:
        content = file.read_bytes()
        places = {0, len(content) // 2, len(content) - 2}
        for changed in [*(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :] for at in places), content[:-3]]:
            file.write_bytes(changed)
            ready("audit", "verify", "--export", str(folder), code=1)
        file.unlink()
        ready("audit", "verify", "--export", str(folder), code=1)
        file.write_bytes(content)
    ready("audit", "verify", "--export", str(folder))


def test_a_fault_in_a_copy_names_the_entry(ready: Run, tmp_path: Path) -> None:
    folder = exported(ready, tmp_path / "tiles")
    [bundle] = (folder / "tile" / "entries" / "000.p").iterdir()
    opened = next(entry for entry in unbundled(bundle.read_bytes()) if b"case_opened" in entry)
    bundle.write_bytes(bundle.read_bytes().replace(opened, opened.replace(b"case_opened", b"case_viewed")))
    found = json.loads(ready("audit", "verify", "--export", str(folder), "--json", code=1).stdout)
    assert json.loads(opened)["id"] in [fault["entry_id"] for fault in found["faults"]]


def test_tiles_need_a_new_folder_and_are_the_whole_log(ready: Run, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    ready("audit", "export", "--format", "tiles", "--out", str(tmp_path / "there"), code=1)
    ready("audit", "export", "--format", "tiles", "--out", "-", code=2)
    ready("audit", "export", "--format", "tiles", "--out", "x", "--case", "2026-ZZZZZ", code=2)


def test_a_new_key_is_named_and_the_record_stays_sound(ready: Run, keys_dir: Path) -> None:
    told = ready("audit", "change-key").stdout.strip()
    assert (keys_dir / "log" / "public-keys").read_text().split()[-1] == told
    for hour in (1, 2):
        with freeze_time(clock.now() + timedelta(hours=hour)):
            ready(*REPORT)
    note = ready("audit", "checkpoint").stdout
    assert [str(key) for key in read_note(note, [read_verifier(told)]).by] == [told]
    ready("audit", "verify")


def test_who_knows_the_first_key_follows_to_the_new_one(ready: Run, tmp_path: Path, keys_dir: Path) -> None:
    known = tmp_path / "known"
    known.write_text((keys_dir / "log" / "public-keys").read_text())
    state = ("--key", str(tmp_path / "own"), "--name", "w.example/1", "--state", str(tmp_path / "seen"))
    before = exported(ready, tmp_path / "before")
    ready("audit", "witness", str(before), *state, "--log-key", str(known))
    ready("audit", "change-key")
    exported(ready, tmp_path / "between", 2)
    after = exported(ready, tmp_path / "after", 3)
    assert "Not signed" not in ready("audit", "witness", str(after), *state, "--log-key", str(known)).stderr
    ready("audit", "verify", "--export", str(after), "--key", str(known))
    [change] = (after / "key-change").iterdir()
    change.write_text(change.read_text().replace("key change", "key chance"))
    assert (
        "not signed by a known key"
        in ready("audit", "witness", str(after), *state, "--log-key", str(known), code=1).stderr
    )
    ready("audit", "verify", "--export", str(after), "--key", str(known), code=1)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The folder `tiles` over HTTP: a log is a set of files."""
    handler = functools.partial(QuietFiles, directory=str(tmp_path / "tiles"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class QuietFiles(http.server.SimpleHTTPRequestHandler):
    """Files of a folder, without a word on standard error."""

    asked: ClassVar[list[str]] = []

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name is the base class's)
        """Only notes what was asked for."""
        self.asked.append(self.path)


def test_a_witness_signs_what_grew_and_nothing_else(ready: Run, tmp_path: Path, served: str) -> None:
    folder = exported(ready, tmp_path / "tiles")
    key = tmp_path / "log.keys"
    shutil.copy(folder / "key", key)
    own, state = tmp_path / "witness.key", tmp_path / "seen"
    words = ("--key", str(own), "--state", str(state), "--log-key", str(key), "--name", "witness.example/one")
    QuietFiles.asked.clear()
    first = ready("audit", "witness", served, *words)
    assert len(QuietFiles.asked) == len(set(QuietFiles.asked)) == 2
    witness = read_verifier(first.stderr.split()[-1])
    assert (witness.kind, own.stat().st_mode & 0o777) == (COSIGNATURE, 0o600)
    keys = [read_verifier(line) for line in key.read_text().split()]
    assert list(read_note(first.stdout, [*keys, witness]).by) == [*keys, witness]
    assert state.read_text() == first.stdout
    older = folder.rename(tmp_path / "older")
    exported(ready, folder, hours=2)
    grown = ready("audit", "witness", served, *words).stdout
    assert read_note(grown, keys).checkpoint.size > read_note(first.stdout, keys).checkpoint.size
    shrunk = ready("audit", "witness", str(older), *words, code=1)
    assert "Not signed: The log had" in shrunk.stderr
    assert state.read_text() == grown
    state.write_text(grown.replace("\n", "\n ", 1))
    assert "Not signed:" in ready("audit", "witness", served, *words, code=1).stderr


def test_a_witness_refuses_a_log_begun_anew_and_one_with_holes(ready: Run, tmp_path: Path, keys_dir: Path) -> None:
    folder = exported(ready, tmp_path / "tiles")
    key, state = folder / "key", tmp_path / "seen"
    words = (
        "--key",
        str(tmp_path / "w"),
        "--state",
        str(state),
        "--log-key",
        str(key),
        "--name",
        "witness.example/one",
    )
    ready("audit", "witness", str(folder), *words)
    [tile] = (folder / "tile" / "0" / "000.p").iterdir()
    content = tile.read_bytes()
    tile.write_bytes(bytes(32) + content[32:])
    assert "do not give the root" in ready("audit", "witness", str(folder), *words, code=1).stderr
    tile.write_bytes(content[:-32])
    assert "cannot be read whole" in ready("audit", "witness", str(folder), *words, code=1).stderr
    ready("audit", "witness", "http://127.0.0.1:9/log", *words, code=1)
    ready("audit", "witness", str(folder), "--key", str(tmp_path / "x"), *words[2:6], code=2)
