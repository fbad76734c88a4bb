"""A copy in tiles that somebody hands over: what lies in it is checked in a moment, told in words, never trusted."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.audit.checkpoints import Checkpoint, sign
from app.audit.entries import encode, leaf_hash
from app.audit.notes import Signer
from app.audit.tiles import bundle, tiles_of
from app.audit.tree import root
from app.cli import cli
from tests.audit.trees import Grown

NAME, COUNT = "127.0.0.1:8000/log", 300
LOG = Signer.make(NAME)
ENTRIES = [encode({"id": f"{number:032x}", "event": "signed_out"}) for number in range(COUNT)]
HASHES, BUNDLE, PART = "tile/0/000", "tile/entries/000", "tile/entries/001.p/44"


def written(folder: Path, entries: list[bytes], size: int | None = None) -> Path:
    """The copy of a log with these entries; with another size in its checkpoint."""
    grown = Grown(entries)
    for tile in tiles_of(len(entries)):
        file = folder / "tile" / str(tile)
        file.parent.mkdir(parents=True, exist_ok=True)
        leaves = grown.read(tile.level, tile.number)[: tile.width]
        file.write_bytes(bundle(entries[tile.first : tile.first + tile.width]) if tile.of_entries else b"".join(leaves))
    folder.mkdir(exist_ok=True)
    signed = Checkpoint(NAME, len(entries) if size is None else size, root(grown.read, len(entries)))
    (folder / "checkpoint").write_text(sign(signed, [LOG]))
    (folder / "key").write_text(f"{LOG.verifier()}\n")
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("whole") / "copy", ENTRIES)


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "copy"))


def said(folder: Path, *more: str, code: int = 1) -> str:
    result = CliRunner().invoke(cli, ["audit", "verify", "--export", str(folder), *more])
    assert result.exit_code == code, (result.stdout, result.stderr, result.exception)
    assert isinstance(result.exception, SystemExit | None), result.exception
    told: str = result.stdout + result.stderr
    assert told.replace("\n", "").isprintable()
    return told


def test_a_sound_one_is_sound_also_with_what_an_explorer_leaves_in_it(copy: Path) -> None:
    for name in ("README.txt", ".DS_Store", "tile/Thumbs.db", "tile/0/desktop.ini"):
        (copy / name).write_bytes(b"x")
    assert "The record is sound." in said(copy, code=0)


def test_what_was_put_in_is_named(copy: Path) -> None:
    for path, more in ((BUNDLE, b"\x00\x02{}"), (PART, b"\x00\x02{}"), (HASHES, bytes(32)), (HASHES, b"x")):
        file = copy / path
        before = file.read_bytes()
        file.write_bytes(before + more)
        assert f"{path} of the log" in said(copy)
        file.write_bytes(before)
    for path in ("tile/0/002.p/1", "tile/1/000", "tile/entries/001", "old/2/checkpoint", "old/2/tile/0/000"):
        stranger = copy / path
        stranger.parent.mkdir(parents=True, exist_ok=True)
        stranger.write_bytes(b"x")
        assert f"{path}: this file is not of the log that was signed" in said(copy)
        stranger.unlink()
    assert "The record is sound." in said(copy, code=0)


def fifo(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def linked(file: Path, to: str) -> None:
    file.unlink()
    file.symlink_to(to)


def filled(file: Path, content: bytes) -> None:
    file.write_bytes(content)


UNREADABLE: dict[str, Callable[[Path], None]] = {
    "fifo": fifo,
    "sparse": lambda file: os.truncate(file, 2**40),
    "endless": lambda file: linked(file, "/dev/zero"),
    "loop": lambda file: linked(file, str(file)),
    "binary": lambda file: filled(file, bytes(range(256))),
    "empty": lambda file: filled(file, b""),
    "elsewhere": lambda file: linked(file, "/etc/passwd"),
}


@pytest.mark.skipif(os.name != "posix", reason="files that are no files")
@pytest.mark.parametrize("how", UNREADABLE)
def test_no_file_stops_the_check_or_fills_the_memory(copy: Path, how: str) -> None:
    for path in ("checkpoint", "key", HASHES, BUNDLE, "tile/1/000.p/1"):
        file = copy / path
        before = file.read_bytes()
        UNREADABLE[how](file)
        assert said(copy).strip()
        file.unlink()
        file.write_bytes(before)
    assert "The record is sound." in said(copy, code=0)


@pytest.mark.parametrize("size", [10**6, 10**15 - 1])
def test_a_size_without_its_entries_is_soon_told(tmp_path: Path, size: int) -> None:
    told = said(written(tmp_path / "copy", ENTRIES, size))
    assert "place 300 of the log: the entry that had this place is not stored" in told
    assert "there may be more: the check ended after 1,000" in told


def test_nothing_in_an_entry_reaches_the_terminal_or_breaks_the_check(tmp_path: Path) -> None:
    clear = "\\u001b[2J\\u202e"
    strange = [
        f'{{"id":"{clear}","case":"{clear}","seq":2,"recorded_at":"x"}}'.encode(),
        b'{"id":{"a":1},"case":"c","seq":true,"recorded_at":"x"}',
        b'{"id":"x","case":["c"],"seq":1e99}',
        b'{"case":"c","seq":1e999,"id":[]}',
        b"[" * 60_000,
        b"\xff",
    ]
    told = said(written(tmp_path / "copy", strange))
    assert told.count("it does not follow on from the entry before it in its case") == 3
    assert told.count("its bytes are not an entry") == 3
    as_json = CliRunner().invoke(cli, ["audit", "verify", "--export", str(tmp_path / "copy"), "--json"])
    assert len(json.loads(as_json.stdout)["faults"]) == 6


def test_parts_of_two_branches_do_not_make_one(copy: Path, tmp_path: Path) -> None:
    """Of the same name, as two trial installations have it, each with a key of its own."""
    own = tmp_path / "own.keys"
    own.write_text(f"{LOG.verifier()}\n")
    stranger = Signer.make(NAME)
    entries = [encode({"id": f"{number:032x}", "event": "signed_in"}) for number in range(COUNT)]
    other = written(tmp_path / "other", entries)
    signed = Checkpoint(NAME, COUNT, root(Grown(entries).read, COUNT))
    (other / "checkpoint").write_text(sign(signed, [stranger]))
    (other / "key").write_text(f"{stranger.verifier()}\n")
    assert "compare it with one you have" in said(other, code=0)
    for coding in ("utf-8-sig", "utf-16"):  # as editors save it
        own.write_bytes(f"{stranger.verifier()}\r\n".encode(coding))
        assert "The record is sound." in said(other, "--key", str(own), code=0)
    own.write_text(f"{LOG.verifier()}\n")
    assert "not signed by a known key" in said(other, "--key", str(own))
    shutil.copy(other / "checkpoint", copy / "checkpoint")
    assert "not signed by a known key" in said(copy)
    shutil.copy(other / "key", copy / "key")
    assert "do not give the root that was signed" in said(copy)
    shutil.rmtree(copy / "tile" / "entries")
    shutil.copytree(other / "tile" / "entries", copy / "tile" / "entries")
    assert "the tree holds another hash than that of this entry" in said(copy)


def test_what_is_no_copy_is_told_so(copy: Path, tmp_path: Path) -> None:
    assert "is no folder with a copy in it" in said(tmp_path / "nowhere")
    assert "is no folder with a copy in it" in said(copy / "checkpoint")
    assert "There is no public key in" in said(tmp_path)
    (copy / "checkpoint").unlink()
    assert "the copy was not finished, or the checkpoint was taken away" in said(copy)
    for given in ("--key", "--witnesses"):
        assert "This is no key" in said(copy, given, str(copy / HASHES))


def test_the_sum_of_its_leaves_is_the_root(whole: Path) -> None:
    """So that the tests above attack a log as others write one, too."""
    assert (whole / HASHES).read_bytes()[:32] == leaf_hash(ENTRIES[0])
