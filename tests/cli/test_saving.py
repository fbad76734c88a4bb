"""What a command saves of a case is for whoever gave it, and whole or not there."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.cli.saving import new_file, save_file


def opening(*pieces: bytes, then: Exception | None = None) -> Any:
    def read() -> Iterator[bytes]:
        yield from pieces
        if then is not None:
            raise then

    return SimpleNamespace(read=read)


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
def test_others_on_this_computer_cannot_read_it(tmp_path: Path) -> None:
    out = tmp_path / "file"
    before = os.umask(0)
    try:
        save_file(opening(b"one", b"two"), out)
    finally:
        os.umask(before)
    assert (out.read_bytes(), stat.S_IMODE(out.stat().st_mode)) == (b"onetwo", 0o600)
    with pytest.raises(FileExistsError):
        save_file(opening(b"other"), out)
    assert out.read_bytes() == b"onetwo"


def test_half_a_file_does_not_stay(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="full"):
        save_file(opening(b"half", then=OSError("full")), tmp_path / "file")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="links are of POSIX")
def test_a_name_that_is_taken_is_left_alone(tmp_path: Path) -> None:
    aim, link, folder, pipe = (tmp_path / name for name in ("aim", "link", "folder", "pipe"))
    link.symlink_to(aim)
    folder.mkdir()
    os.mkfifo(pipe)
    for out in (link, folder, pipe):
        with pytest.raises(FileExistsError), new_file(out):
            raise AssertionError
    assert not aim.exists()
    assert sorted(tmp_path.iterdir()) == [folder, link, pipe]
