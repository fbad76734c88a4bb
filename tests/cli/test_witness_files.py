"""A witness and its own files: damaged, out of reach, two at once; no damage is taken for a first look."""

import os
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import typer
from typer.testing import CliRunner

from app import private_files
from app.audit.checkpoints import Checkpoint, read_note, sign
from app.audit.notes import COSIGNATURE, NoteWrong, Signer, read_verifier
from app.cli import cli
from app.cli.witness import witness
from tests.audit.trees import Grown, leaves
from tests.cli.watching import NAME, Watcher, answered, answers, grown, hostile, seen, watcher
from tests.hostile import answering

__all__ = ["grown", "hostile", "seen", "watcher"]


def test_it_says_when_it_looks_for_the_first_time_and_when_its_key_is_new(watcher: Watcher, grown: Grown) -> None:
    watcher.serves(answers(grown, 300))
    said = watcher.looks()
    assert "A new key was made" in said
    assert "nothing was seen before" in said
    watcher.serves(answers(grown, 700))
    said = watcher.looks()
    assert "A new key was made" not in said
    assert "nothing was seen before" not in said


@pytest.mark.parametrize(
    "damage",
    [
        lambda note: note[:0],
        lambda note: note[:-1],
        lambda note: note[: len(note) // 2],
        lambda note: note[:40],
        lambda note: b"\xff" + note,
        lambda note: note.replace(b"300", b"200"),
        lambda note: bytes(len(note)),
        lambda note: note * 5_000,
        lambda note: note.replace(b"cases.", b"other."),
    ],
)
def test_a_damaged_state_is_never_taken_for_a_first_look(seen: Watcher, damage: Callable[[bytes], bytes]) -> None:
    whole = seen.state.read_bytes()
    seen.state.write_bytes(damage(whole))
    said = seen.refuses()
    assert "What this witness saw last" in said or str(seen.state) in said
    seen.state.write_bytes(whole)
    seen.looks()


def test_a_state_that_is_a_folder_or_out_of_reach_is_never_taken_for_a_first_look(seen: Watcher) -> None:
    kept = seen.state.rename(seen.at / "kept")
    seen.state.mkdir()
    assert "seen" in seen.refuses()
    seen.state.rmdir()
    seen.state.symlink_to(seen.at / "a stick that is not there" / "seen")
    assert "leads nowhere" in seen.refuses()
    seen.state.unlink()
    seen.state.symlink_to(seen.state)
    seen.refuses()
    seen.state.unlink()
    seen.state.symlink_to(kept)
    seen.looks()
    assert seen.state.is_symlink()
    assert b"\n700\n" in kept.read_bytes()


def test_nothing_is_signed_where_it_cannot_be_kept(seen: Watcher, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied", str(seen.state))

    monkeypatch.setattr(private_files, "replace", refused)
    assert "Permission denied" in seen.refuses()
    monkeypatch.undo()
    (seen.state).chmod(0o400)
    seen.looks()


def test_damaged_keys_are_said_in_one_line(seen: Watcher) -> None:
    for file in ("own", "log.keys"):
        whole = (seen.at / file).read_bytes()
        for damaged in (b"", b"\xff\xfe\x00", whole[:-9], b"x" * 2_000_000, whole.replace(b"+", b" ")):
            (seen.at / file).write_bytes(damaged)
            said = seen.refuses()
            assert file in said or "not signed by a known key" in said, said
        (seen.at / file).write_bytes(whole)
    seen.looks()


@pytest.mark.parametrize("name", ["a b", "a+b", "", "x\x1b[2J", "x\u202e", "x" * 300])
def test_a_key_that_could_never_count_is_not_made(watcher: Watcher, grown: Grown, name: str) -> None:
    watcher.serves(answers(grown, 300))
    found = CliRunner().invoke(cli, ["audit", "witness", watcher.log.url, *watcher.words, "--name", name])
    assert found.exit_code != 0
    assert not (watcher.at / "own").exists()


def test_two_at_once_never_sign_two_histories(seen: Watcher, grown: Grown) -> None:
    forked, began = Grown([*leaves(300), b"another"]), threading.Event()
    ended = list[int]()

    def late(request: bytes) -> Iterator[bytes]:
        began.set()
        time.sleep(0.2)  # meanwhile the other one may ask
        yield from answered(grown, 700)(request)

    def look(log: str) -> None:
        try:
            witness(log, seen.at / "own", seen.state, seen.at / "log.keys", NAME)
            ended.append(0)
        except typer.Exit as refused:
            ended.append(refused.exit_code)

    seen.log.answer = late
    with answering() as other:
        other.answer = answered(forked, 301)
        threads = [threading.Thread(target=look, args=(log,)) for log in (seen.log.url, other.url)]
        threads[0].start()
        assert began.wait(5)
        threads[1].start()
        for thread in threads:
            thread.join(20)
    assert sorted(ended) == [0, 1]


def test_a_state_is_whole_whenever_it_is_stopped(seen: Watcher, monkeypatch: pytest.MonkeyPatch) -> None:
    before = seen.state.read_bytes()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    for function in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, function, killed)
            with pytest.raises((KeyboardInterrupt, AssertionError)):
                seen.looks()
        assert seen.state.read_bytes() == before
    seen.looks()


def test_names_that_do_something_to_a_terminal_are_no_names() -> None:
    for name in ("a\x1b[2J", "a\x9b", "a\u202eb", "a\u200bb"):
        with pytest.raises(NoteWrong):
            Signer.make(name)
        with pytest.raises(NoteWrong):
            read_verifier(str(Signer(name, bytes(32)).verifier(COSIGNATURE)))
        with pytest.raises(NoteWrong):
            read_note(sign(Checkpoint(name, 1, bytes(32)), [Signer(name, bytes(32))]), [])
