"""Both stores keep, give and remove alike; the bucket is a real server that speaks S3."""

import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.db import Database
from app.evidence.arrival import MIB
from app.evidence.models import EvidenceFile
from app.evidence.store import FolderStore, ObjectStore, Store, StoreAway, store_of
from app.oversight.checking import check
from app.settings import Settings
from tests.branch import installation, staffed
from tests.evidence import files
from tests.evidence.sending import file_of, save, send, stored

NAME = f"{'0a' * 32}.{'1b' * 16}"


@contextmanager
def bucket(folder: Path) -> Iterator[Settings]:
    """Settings that name a bucket of a server of its own."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    client = boto3.client(
        "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
    )
    client.create_bucket(Bucket="evidence")
    try:
        named: dict[str, Any] = {
            "files_url": "s3://evidence/branch",
            "files_endpoint": endpoint,
            "files_key_id": "test",
        }
        yield Settings(data_dir=folder / "data", keys_dir=folder / "keys", files_secret="test", **named)
    finally:
        client.close()
        server.stop()


@pytest.fixture(scope="module")
def in_bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with bucket(tmp_path_factory.mktemp("bucket")) as settings:
        yield settings


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return store_of(Settings(data_dir=tmp_path / "data", keys_dir=tmp_path / "keys"))
    return store_of(request.getfixturevalue("in_bucket"))


def test_keep_read_remove(store: Store, tmp_path: Path) -> None:
    assert isinstance(store, FolderStore | ObjectStore)
    content = secrets.token_bytes(12 * MIB + 5)  # more than one part of an S3 upload
    waiting = tmp_path / "waiting"
    waiting.write_bytes(content)
    store.keep(NAME, waiting)
    assert not waiting.exists()
    pieces = list(store.read(NAME))
    assert b"".join(pieces) == content
    assert max(map(len, pieces)) < 12 * MIB
    store.remove(NAME)
    store.remove(NAME)
    with pytest.raises(FileNotFoundError):
        list(store.read(NAME))


@pytest.mark.parametrize("name", ["../../x", "x", NAME + "/..", "", NAME.upper()])
def test_no_other_names(store: Store, tmp_path: Path, name: str) -> None:
    (tmp_path / "waiting").write_bytes(b"x")
    for attempt in (
        lambda: store.keep(name, tmp_path / "waiting"),
        lambda: list(store.read(name)),
        lambda: store.remove(name),
    ):
        with pytest.raises(ValueError, match="no name of a stored file"):
            attempt()


def test_a_bucket_that_is_away(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    from obstore.store import S3Store

    store = ObjectStore(
        S3Store(
            "evidence",
            endpoint=f"http://127.0.0.1:{port}",
            region="us-east-1",
            access_key_id="test",
            secret_access_key="test",
            client_options={"allow_http": True},
            retry_config={"max_retries": 0},
        )
    )
    (tmp_path / "waiting").write_bytes(b"x")
    with pytest.raises(StoreAway):
        store.keep(NAME, tmp_path / "waiting")
    with pytest.raises(StoreAway):
        list(store.read(NAME))
    assert (tmp_path / "waiting").exists()


def test_a_case_with_its_files_in_a_bucket(db: Database, tmp_path: Path, in_bucket: Settings) -> None:
    names = ("files_url", "files_endpoint", "files_key_id", "files_secret")
    given = {name: getattr(in_bucket, name) for name in names}
    branch = staffed(installation(db, tmp_path, tmp_path / "keys", **given))
    reference = branch.at("acknowledged")
    assert send(branch, reference, files.jpeg()).status_code == 201
    assert send(branch, reference, files.jpeg(), redaction_reason="Names.").status_code == 422
    assert stored(branch) == []
    file = file_of(branch, reference)
    assert save(branch, reference, file).content == files.jpeg()
    assert save(branch, reference, file, "view").status_code == 200
    with db.read() as session:
        assert check(branch.home, session) == []
        row = session.get_one(EvidenceFile, file)
    store_of(branch.home.settings).remove(row.place)
    assert save(branch, reference, file).json()["title"] == "Alarm: this file is not what was stored"
