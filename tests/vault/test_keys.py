"""The key folder: private, made once, never replaced, and clear about what is wrong."""

import stat
from pathlib import Path

import pytest

from app.db import new_id
from app.errors import SettingsError
from app.vault.keys import KeyFolder


def test_a_new_folder_gets_one_private_key(keys_dir: Path) -> None:
    key = KeyFolder(keys_dir, create=True).read_or_make_key()
    again = KeyFolder(keys_dir, create=True).read_or_make_key()
    assert len(key) == 32
    assert key == again
    assert stat.S_IMODE((keys_dir / "key-encryption.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(keys_dir.stat().st_mode) == 0o700
    assert [path.name for path in keys_dir.iterdir()] == ["key-encryption.key"]


def test_a_missing_key_is_told_in_one_line_and_not_made(keys_dir: Path) -> None:
    with pytest.raises(SettingsError, match="is missing") as raised:
        KeyFolder(keys_dir).read_or_make_key()
    assert "\n" not in str(raised.value)
    assert not keys_dir.exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_key_that_others_can_read_or_write_is_refused(keys_dir: Path, mode: int) -> None:
    folder = KeyFolder(keys_dir, create=True)
    folder.read_or_make_key()
    folder.key_file.chmod(mode)
    with pytest.raises(SettingsError, match="chmod 600"):
        folder.read_key()


def test_a_damaged_key_is_refused(keys_dir: Path) -> None:
    folder = KeyFolder(keys_dir, create=True)
    folder.read_or_make_key()
    folder.key_file.write_bytes(b"short")
    with pytest.raises(SettingsError, match="5 bytes instead of 32"):
        folder.read_key()


def test_erased_ids_are_kept_in_a_private_file(keys_dir: Path) -> None:
    folder = KeyFolder(keys_dir, create=True)
    folder.read_or_make_key()
    first, second = new_id(), new_id()
    assert folder.erased() == frozenset()
    folder.add_erased(first)
    folder.add_erased(second)
    assert KeyFolder(keys_dir).erased() == {first, second}
    assert stat.S_IMODE(folder.erased_file.stat().st_mode) == 0o600


def test_only_ids_belong_on_the_list_of_erased_cases(keys_dir: Path) -> None:
    folder = KeyFolder(keys_dir, create=True)
    folder.read_or_make_key()
    with pytest.raises(ValueError, match="case ids"):
        folder.add_erased("Mx Example")
    folder.erased_file.write_text("not an id\n")
    folder.erased_file.chmod(0o600)
    with pytest.raises(SettingsError, match="damaged"):
        folder.erased()
