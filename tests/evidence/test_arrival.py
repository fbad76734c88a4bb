"""A file on its way in: sealed at once, within its limits, and without a trace where it does not come whole."""

import errno
import hashlib
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from freezegun import freeze_time

from app import clock
from app.errors import TooLarge
from app.evidence.arrival import MIB, Arrival, Arrived, NoRoom, Unwanted, sweep, tidy_name, waiting_folder
from app.evidence.looking import look_at
from app.settings import Settings
from tests.evidence import files

SAID = b"It was shown to me at a meeting. "


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", keys_dir=tmp_path / "keys", file_limit_mb=1)


def arrive(settings: Settings, data: bytes, name: str = "a.txt", room: int | None = None) -> Arrived:
    arrival = Arrival(settings, name, room=room)
    for at in range(0, len(data), 40_000):
        arrival.write(data[at : at + 40_000])
    return arrival.finish()


def waiting(settings: Settings) -> list[Path]:
    return list(waiting_folder(settings).iterdir())


def test_only_sealed_bytes_are_ever_on_disk(settings: Settings) -> None:
    arrival = Arrival(settings, "a.txt")
    for _ in range(200):
        arrival.write(SAID * 100)
        assert all(SAID not in file.read_bytes() for file in waiting(settings))
    arrived = arrival.finish()
    assert oct(arrived.path.stat().st_mode & 0o777) == "0o600"
    assert b"".join(arrived.read()) == SAID * 20_000
    assert (arrived.size, arrived.digest) == (len(SAID) * 20_000, hashlib.sha256(SAID * 20_000).hexdigest())


def test_one_byte_too_many_is_refused_while_it_arrives(settings: Settings) -> None:
    assert arrive(settings, bytes(MIB)).size == MIB
    for file in waiting(settings):
        file.unlink()
    with pytest.raises(TooLarge, match="larger than 1 MB"):
        arrive(settings, bytes(MIB + 1))
    with pytest.raises(TooLarge, match="no more room for files on this case"):
        arrive(settings, bytes(5001), room=5000)
    assert waiting(settings) == []


def test_a_file_that_does_not_come_whole_leaves_nothing(settings: Settings) -> None:
    arrival = Arrival(settings, "a.txt")
    arrival.write(SAID * 10_000)
    assert len(waiting(settings)) == 1
    arrival.abort()
    assert waiting(settings) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said_and_leaves_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    arrival = Arrival(settings, "a.txt")

    def full(_descriptor: int, _data: bytes) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(NoRoom, match="is full"):
        arrival.write(bytes(100_000))
    assert waiting(settings) == []


def test_what_a_killed_process_left_goes_after_a_day(settings: Settings) -> None:
    arrive(settings, SAID)
    sweep(settings)
    assert len(waiting(settings)) == 1
    with freeze_time(clock.now() + timedelta(hours=25)):
        sweep(settings)
    assert waiting(settings) == []


def test_what_is_not_taken_is_refused_with_clear_words_and_leaves_nothing(settings: Settings) -> None:
    for content in (files.SVG, files.HTML, b"MZ" + bytes(100), files.OLE + bytes(100_000)):
        with pytest.raises(
            Unwanted, match=r"of a type that is not taken, whatever its name says\. Taken are pictures, PDF"
        ):
            look_at(settings, arrive(settings, content, "holiday.jpg"))
    with pytest.raises(Unwanted, match="empty"):
        look_at(settings, arrive(settings, b""))
    assert waiting(settings) == []


def test_an_older_office_file_is_told_from_an_installer(settings: Settings) -> None:
    arrived = arrive(settings, files.old_word(), "minutes.doc")
    look_at(settings, arrived)
    assert arrived.kind is not None
    assert arrived.kind.media_type == "application/msword"


def names() -> Iterator[tuple[str, str]]:
    yield "../../x", "x"
    yield "..\\..\\windows\\x.jpg", "x.jpg"
    yield "C:\\Users\\somebody\\x.jpg", "x.jpg"
    yield "photo\u202egpj.exe", "photogpj.exe"
    yield 'a"; filename="b\r\nX-Evil: 1', "a ; filename= b X-Evil 1".replace("b X", "bX")
    yield "\0\x1b[31m\u200b", "[31m"
    yield "", "without a name"
    yield "...", "without a name"
    yield "Grüße.pdf", "Grüße.pdf"
    yield "n" * 4000 + ".jpg", "n" * 115 + "….jpg"


@pytest.mark.parametrize(("given", "shown"), list(names()))
def test_names_are_made_harmless(given: str, shown: str) -> None:
    assert tidy_name(given) == shown
    assert len(tidy_name(given)) <= 120
