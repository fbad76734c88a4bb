"""A witness before logs that lie and servers that do not answer as they should: it refuses in one line."""

import base64
import time

import pytest

from app.audit import tree
from app.audit.checkpoints import Checkpoint, cosign, sign
from app.audit.cosignatures import Standing, cosignatures
from app.audit.key_changes import FOLDER, endorse
from app.audit.notes import COSIGNATURE, Signer, encoded
from tests.audit.trees import Grown, leaves
from tests.cli.watching import LOG, NAME, Watcher, answers, grown, hostile, seen, watcher
from tests.hostile import OK

__all__ = ["grown", "hostile", "seen", "watcher"]


def test_lies_about_history_are_refused(seen: Watcher, grown: Grown) -> None:
    seen.looks()
    forked = Grown([*leaves(699), b"another", *leaves(800)[700:]])
    other = Signer("other.example/log", LOG.seed)
    root = tree.root(grown.read, 700)
    for files, words in (
        (answers(grown, 300), "The log had 700 entries, now it has 300"),
        (answers(forked, 700), "first 700 entries are not those"),
        (answers(forked, 800), "first 700 entries are not those"),
        (answers(grown, 700, note=sign(Checkpoint(LOG.name, 0, tree.EMPTY_ROOT), [LOG])), "now it has 0"),
        (answers(grown, 700, note=sign(Checkpoint(other.name, 700, root), [other])), "not signed by a known key"),
        (answers(grown, 700, note=sign(Checkpoint(other.name, 700, root), [LOG])), "not signed by a known key"),
        (answers(grown, 700, note=sign(Checkpoint(LOG.name, 700, bytes(32)), [LOG])), "do not give the root"),
        (answers(grown, 700, note=sign(Checkpoint(LOG.name, 10**15 - 1, bytes(32)), [LOG])), "answers 404 to tile"),
        (answers(grown, 700, note=sign(Checkpoint(LOG.name, 10**15, bytes(32)), [LOG])), "This is no checkpoint"),
        (answers(grown, 700, Signer(LOG.name, bytes(32))), "not signed by a known key"),
        ({}, "answers 404 to checkpoint"),
    ):
        seen.serves(files)
        assert words in seen.refuses(), words


def test_rubbish_instead_of_a_checkpoint_is_refused(seen: Watcher, grown: Grown) -> None:
    honest = answers(grown, 700)
    note = honest["checkpoint"]
    line = note.split(b"\n\n")[1]
    stranger = Signer("x.example/y", bytes(32)).line("x\n").encode()
    for said in (
        b"",
        b"<html>sign in to this network first</html>",
        b"\xff\xfe" + note,
        note[:-1],
        note + b"\n",
        note.replace(b"\n", b"\r\n"),
        note + "\u2014 a\x9bb AAAAAAAA\n".encode(),
        note + "\u2014  AAAAAAAA\n".encode(),
        note + "\u2014 a AAAAAAAA AAAAAAAA\n".encode(),
        note + stranger * 200,
        note + line[:-9] + b"AAAAAAA=\n",
        b"\n" + note,
        b"x" * 3_000_000,
    ):
        seen.serves({**honest, "checkpoint": said})
        assert "Not signed" in (told := seen.refuses()) or "too much for" in told
    seen.serves(honest)
    seen.looks()


def test_what_others_put_under_the_checkpoint_is_not_passed_on(seen: Watcher, grown: Grown) -> None:
    """Else a log could put a wrong line under the witness's own name there, and the branch would find it wrong."""
    own = Signer.read((seen.at / "own").read_text())
    honest = answers(grown, 700)
    text = honest["checkpoint"].decode().split("\n\n")[0] + "\n"
    false = f"\u2014 {NAME} {encoded(own.verifier(COSIGNATURE).id + bytes(72))}\n"
    stranger = cosign(honest["checkpoint"].decode(), Signer("x.example/y", bytes(32)), 1)
    twice = honest["checkpoint"].decode().split("\n\n")[1]
    seen.serves({**honest, "checkpoint": (stranger + false + twice + LOG.line(text)).encode()})
    seen.looks()
    note = seen.state.read_text()
    assert note.startswith(honest["checkpoint"].decode())
    assert note.count("\u2014 ") == 2
    found = cosignatures(note, [LOG.verifier()], [own.verifier(COSIGNATURE)])
    assert [one.standing for one in found] == [Standing.GOOD]


def test_a_key_with_the_same_name_and_id_is_another_key(seen: Watcher, grown: Grown) -> None:
    """Four bytes of a hash can be met; what is under them must be signed by the key itself."""
    honest = answers(grown, 700)
    text = honest["checkpoint"].decode().split("\n\n")[0] + "\n"
    other = Signer(LOG.name, bytes(32)).line(text).split(" ")[2]
    met = encoded(LOG.verifier().id + base64.b64decode(other)[4:])
    for note in (f"{text}\n\u2014 {LOG.name} {met}\n", honest["checkpoint"].decode() + f"\u2014 {LOG.name} {met}\n"):
        seen.serves({**honest, "checkpoint": note.encode()})
        assert "does not fit" in seen.refuses()


@pytest.mark.parametrize(
    ("parts", "again", "words"),
    [
        ([b"HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1/\r\nContent-Length: 0\r\n\r\n"], b"", "sends on"),
        ([b"HTTP/1.1 503 \x1b[2J\r\nContent-Length: 0\r\n\r\n"], b"", "answers 503"),
        ([OK + b"\r\n"], b"x" * 100_000, "too much for"),
        ([OK], b"x", "in time"),
        ([b""], b"HTTP/1.1 100 Continue\r\n\r\n", "in time"),
        ([OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab"], b"", "cannot be reached"),
        ([b"nonsense\r\n\r\n"], b"", "cannot be reached"),
    ],
)
def test_servers_that_do_not_answer_as_they_should(
    seen: Watcher, monkeypatch: pytest.MonkeyPatch, parts: list[bytes], again: bytes, words: str
) -> None:
    monkeypatch.setattr("app.cli.witness.PATIENCE", 0.4)
    seen.log.says(*parts, again=again, every=0 if len(again) > 100 else 0.02)
    started = time.monotonic()
    assert words in seen.refuses()
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("log", ["ftp://127.0.0.1/log", "http://", "http://a b/", "http://[::1/log", "/nowhere"])
def test_a_place_that_is_none_is_said_in_one_line(seen: Watcher, log: str) -> None:
    seen.refuses(log)


def test_endless_keys_are_not_followed(seen: Watcher, grown: Grown) -> None:
    new = Signer(LOG.name, bytes(range(7, 39)))
    others = [Signer(LOG.name, number.to_bytes(32, "big")).verifier() for number in range(200)]
    honest = answers(grown, 700, new)
    honest["key"] = "\n".join(map(str, [LOG.verifier(), *others, new.verifier()])).encode()
    honest[f"{FOLDER}/{new.verifier().id.hex()}"] = endorse(LOG, new.verifier()).encode()
    seen.serves(honest)
    asked = seen.asked()
    assert "keys" in seen.refuses()
    assert len(asked) < 5
    honest["key"] = f"{LOG.verifier()}\n{new.verifier()}\n".encode()
    seen.looks()
    seen.serves({**honest, **answers(grown, 300)})
    assert "The log had 700 entries, now it has 300" in seen.refuses()
