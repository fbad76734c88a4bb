"""Where sealed files lie: a folder, or a store that speaks S3. Neither ever sees a key, a name or a plain byte."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from app.errors import Problem
from app.settings import Settings

if TYPE_CHECKING:
    from obstore.store import S3Store

FOLDER = "files"
PIECE = 256 * 1024
_NAME = re.compile(r"[0-9a-f]{64}\.[0-9a-f]{32}")


class StoreAway(Problem):
    """The store did not take or give a file."""

    status = 503
    title = "The place where files are kept cannot be reached"


class Store(Protocol):
    """Keeps sealed files under names of 64 and 32 hexadecimal characters with a dot between (`EvidenceFile.place`)."""

    def keep(self, name: str, waiting: Path) -> None:
        """Moves a whole file from where it waited to its name, on disk before it returns. OSError, StoreAway."""

    def read(self, name: str) -> Iterator[bytes]:
        """The sealed bytes in pieces. FileNotFoundError where there is none; StoreAway."""

    def remove(self, name: str) -> None:
        """Takes a file away; nothing where there is none."""


class FolderStore:
    """Files in a folder of this computer, in 256 folders by the beginning of their names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, name: str, waiting: Path) -> None:
        """By rename, so that there is never half a file under a name; the folder itself is synced too."""
        place = self._place(name)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        waiting.replace(place)
        sync_folder(place.parent)

    def read(self, name: str) -> Iterator[bytes]:
        """See Store."""
        with self._place(name).open("rb") as file:
            while piece := file.read(PIECE):
                yield piece

    def remove(self, name: str) -> None:
        """See Store."""
        with suppress(FileNotFoundError):
            self._place(name).unlink()

    def _place(self, name: str) -> Path:
        return self.folder / _sound(name)[:2] / name


class ObjectStore:
    """A bucket, for several machines."""

    def __init__(self, store: "S3Store") -> None:
        self._store = store

    def keep(self, name: str, waiting: Path) -> None:
        """Sent in parts straight from the file that waited, which then goes."""
        import obstore
        from obstore.exceptions import BaseError

        try:
            obstore.put(self._store, _sound(name), waiting, max_concurrency=2)
        except BaseError:
            raise StoreAway("Nothing was stored. Try again in a few minutes.") from None
        waiting.unlink()

    def read(self, name: str) -> Iterator[bytes]:
        """See Store."""
        import obstore
        from obstore.exceptions import BaseError

        try:
            for piece in obstore.get(self._store, _sound(name)).stream(min_chunk_size=PIECE):
                yield bytes(piece)
        except FileNotFoundError:  # obstore's NotFoundError is one
            raise
        except BaseError:
            raise StoreAway("Try again in a few minutes.") from None

    def remove(self, name: str) -> None:
        """See Store."""
        import obstore
        from obstore.exceptions import BaseError

        with suppress(FileNotFoundError):
            try:
                obstore.delete(self._store, _sound(name))
            except BaseError:
                raise StoreAway("Try again in a few minutes.") from None


def store_of(settings: Settings) -> Store:
    """The store that the settings name: a bucket, else a folder beside the database."""
    if not settings.files_url:
        return FolderStore(settings.data_dir / FOLDER)
    secret = settings.files_secret.get_secret_value() if settings.files_secret else ""
    return ObjectStore(
        _bucket(settings.files_url, settings.files_endpoint, settings.files_region, settings.files_key_id, secret)
    )


@cache
def _bucket(url: str, endpoint: str, region: str, key_id: str, secret: str) -> "S3Store":
    from obstore.store import S3Store

    bucket, _, prefix = url.removeprefix("s3://").partition("/")
    return S3Store(
        bucket,
        prefix=prefix.strip("/") or None,
        endpoint=endpoint or None,
        region=region,
        access_key_id=key_id,
        secret_access_key=secret,
        client_options={"allow_http": endpoint.startswith("http:"), "timeout": "60s"},
    )


def sync_folder(folder: Path) -> None:
    """Makes a rename in a folder last through a power cut, where folders can be opened."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sound(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError("This is no name of a stored file.")
    return name
