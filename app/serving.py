"""Whether somebody works on an installation: a lock in its data folder, held by servers and workers while they run."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.errors import SettingsError
from app.private_files import make_folder

if os.name == "posix":
    import fcntl

FILE = ".serving"
AT_WORK = "A server or worker of this installation runs. Stop the server and the worker first."
RESTORED_NOW = "A backup is being put back here. Start again when that is done."


@contextmanager
def holding(data_dir: Path) -> Iterator[None]:
    """While this lasts nobody puts a backup back here; several may hold it. SettingsError while somebody does."""
    with _locked(data_dir, shared=True, otherwise=RESTORED_NOW):
        yield


@contextmanager
def alone(data_dir: Path) -> Iterator[None]:
    """While this lasts no server and no worker starts here. SettingsError where one runs."""
    with _locked(data_dir, shared=False, otherwise=AT_WORK):
        yield


@contextmanager
def _locked(data_dir: Path, *, shared: bool, otherwise: str) -> Iterator[None]:
    make_folder(data_dir)
    with (data_dir / FILE).open("a") as opened:
        if os.name == "posix":
            try:
                fcntl.flock(opened, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            except BlockingIOError:
                raise SettingsError(otherwise) from None
        yield
