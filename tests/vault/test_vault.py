"""Sealing and opening: nothing in the clear, nothing moved, nothing with the wrong keys."""

import sqlite3
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, col, delete, select, update

from app.db import Database, new_id
from app.errors import SettingsError
from app.vault.commitment import commit
from app.vault.keys import KeyFolder
from app.vault.models import CaseKey, SealedItem
from app.vault.vault import Unreadable, Vault, _label

REPORT = {"text": "A plainly unmistakable sentence é 🦊", "urls": ["https://example.org/1"]}


@pytest.fixture
def vault(keys_dir: Path) -> Vault:
    return Vault(KeyFolder(keys_dir, create=True))


@pytest.fixture
def case_id(db: Database, vault: Vault) -> str:
    owner = new_id()
    with db.write() as session:
        vault.prepare(session)
        vault.create_key(session, owner)
    return owner


def other_vault(path: Path) -> Vault:
    folder = KeyFolder(path, create=True)
    folder.read_or_make_key()
    return Vault(folder)


def past_triggers(session: Session) -> None:
    """Lets a test do to the table `vault` what only its owner could."""
    from app.audit.guards import release

    release(session.connection(), "vault")


def test_what_was_sealed_opens_again_also_in_another_process(
    db: Database, vault: Vault, case_id: str, keys_dir: Path
) -> None:
    with db.write() as session:
        promised = vault.seal(session, case_id, "report", "r1", "report", REPORT)
    fresh = Vault(KeyFolder(keys_dir))
    with db.read() as session:
        fresh.prepare(session)
        assert fresh.open(session, case_id, "report", "r1", "report") == REPORT
        assert fresh.open_all(session, case_id) == {("report", "r1", "report"): REPORT}
        revealed = fresh.reveal(session, case_id, "report", "r1", "report")
    assert commit(bytes.fromhex(revealed["salt"]), revealed["data"]) == promised


def test_sealed_bytes_hold_no_plain_text(sqlite_db: Database, vault: Vault) -> None:
    owner = new_id()
    with sqlite_db.write() as session:
        vault.prepare(session)
        vault.create_key(session, owner)
        vault.seal(session, owner, "report", "r1", "report", REPORT)
        blob = vault.seal_bytes(session, "person/1", {"name": "Unmistakable Name"})
        assert b"Unmistakable" not in blob
    files = list(Path(str(sqlite_db.engine.url.database)).parent.glob("*"))
    raw = b"".join(file.read_bytes() for file in files)
    assert owner.encode() in raw
    assert b"unmistakable" not in raw
    assert b"example.org" not in raw


def test_equal_content_is_never_sealed_or_committed_alike(db: Database, vault: Vault, case_id: str) -> None:
    with db.write() as session:
        first = vault.seal(session, case_id, "report", "r1", "text", "same")
        second = vault.seal(session, case_id, "report", "r2", "text", "same")
        items = session.exec(select(SealedItem.sealed).where(SealedItem.owner_id == case_id)).all()
    assert first != second
    assert len(set(items)) == 2


@pytest.mark.parametrize("column", ["table_name", "row_id", "group_name"])
def test_an_item_moved_to_another_place_does_not_open(db: Database, vault: Vault, case_id: str, column: str) -> None:
    with db.write() as session:
        vault.seal(session, case_id, "report", "r1", "text", "here")
        past_triggers(session)
        session.exec(update(SealedItem).values({column: "moved"}))
    with db.read() as session, pytest.raises(Unreadable, match="damaged"):
        vault.open_all(session, case_id)


def test_wrong_keys_are_named_in_one_line(db: Database, case_id: str, tmp_path: Path) -> None:
    wrong = other_vault(tmp_path / "other")
    with (
        db.read() as session,
        pytest.raises(SettingsError, match="These keys do not belong to this database") as raised,
    ):
        wrong.prepare(session)
    assert "\n" not in str(raised.value)


def test_a_lost_key_folder_is_never_replaced_by_a_new_key(db: Database, case_id: str, tmp_path: Path) -> None:
    lost = Vault(KeyFolder(tmp_path / "lost", create=True))
    with db.read() as session, pytest.raises(SettingsError, match="is missing"):
        lost.prepare(session)
    assert not (tmp_path / "lost").exists()


def test_a_database_that_lost_its_system_key_is_refused(db: Database, vault: Vault, case_id: str) -> None:
    with db.write() as session:
        session.exec(delete(CaseKey).where(col(CaseKey.owner_id) == "system"))
    with db.read() as session, pytest.raises(SettingsError, match="lost its system key"):
        vault.prepare(session)


def test_a_rolled_back_key_is_not_remembered(db: Database, vault: Vault) -> None:
    with db.write() as session:
        vault.prepare(session)
        vault.seal_bytes(session, "here", "read back and remembered")
        session.rollback()
    with db.write() as session:
        vault.prepare(session)
        sealed = vault.seal_bytes(session, "here", [1, 2])
    with db.read() as session:
        assert Vault(vault.folder).open_bytes(session, "here", sealed) == [1, 2]


def test_an_erased_case_never_gets_a_key_again(db: Database, vault: Vault, case_id: str) -> None:
    erased_elsewhere = new_id()
    vault.folder.add_erased(erased_elsewhere)
    with db.write() as session:
        session.exec(update(CaseKey).where(col(CaseKey.owner_id) == case_id).values(wrapped=None, erased=True))
    with db.write() as session:
        for owner in (case_id, erased_elsewhere):
            with pytest.raises(Unreadable, match="never gets a key"):
                vault.create_key(session, owner)


def test_an_erased_case_seals_nothing_though_its_key_is_remembered(db: Database, vault: Vault, case_id: str) -> None:
    with db.write() as session:
        vault.seal(session, case_id, "report", "r1", "text", "here")
        vault.open(session, case_id, "report", "r1", "text")
    with db.write() as session:
        session.exec(update(CaseKey).where(col(CaseKey.owner_id) == case_id).values(wrapped=None, erased=True))
    with db.write() as session, pytest.raises(Unreadable, match="erased"):
        vault.seal(session, case_id, "report", "r2", "text", "more")


def test_start_up_refuses_an_erased_key_that_came_back_with_a_copy(db: Database, vault: Vault, case_id: str) -> None:
    vault.folder.add_erased(case_id)
    with db.read() as session, pytest.raises(SettingsError, match="came back with a copy"):
        vault.prepare(session)


def test_system_bytes_open_only_in_their_place(db: Database, vault: Vault, case_id: str) -> None:
    with db.write() as session:
        sealed = vault.seal_bytes(session, "person/1", {"name": "A. N. Other"})
        assert vault.open_bytes(session, "person/1", sealed) == {"name": "A. N. Other"}
        for place, content in (("person/2", sealed), ("person/1", sealed[:5]), ("person/1", b"")):
            with pytest.raises(Unreadable):
                vault.open_bytes(session, place, content)


def test_look_up_is_stable_and_separate_for_each_purpose(
    db: Database, vault: Vault, case_id: str, tmp_path: Path
) -> None:
    with db.write() as session:
        found = vault.lookup(session, "email", "a@example.org")
        assert len(found) == 64
        assert found == Vault(vault.folder).lookup(session, "email", "a@example.org")
        assert found != vault.lookup(session, "access-code", "a@example.org")
        assert found != vault.lookup(session, "email", "b@example.org")


def test_only_a_bounded_number_of_keys_is_remembered(
    db: Database, vault: Vault, case_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.vault.vault.REMEMBERED_KEYS", 3)
    with db.write() as session:
        for number in range(6):
            owner = new_id()
            vault.create_key(session, owner)
            vault.seal(session, owner, "report", "r", "text", number)
            assert vault.open(session, owner, "report", "r", "text") == number
    assert len(vault._keys) <= 3


def test_a_check_opens_everything_and_tells_what_it_cannot(db: Database, vault: Vault, case_id: str) -> None:
    with db.write() as session:
        good = vault.seal(session, case_id, "report", "r1", "text", "good")
        vault.seal(session, case_id, "report", "r2", "text", "bad")
        vault.seal(session, "system", "letter", "l1", "text", "outside a case")
        past_triggers(session)
        item = session.exec(select(SealedItem).where(SealedItem.row_id == "r2")).one()
        item.sealed = item.sealed[:-1] + bytes([item.sealed[-1] ^ 1])
    with db.read() as session:
        found = {item.row: item for item in vault.examine(session)}
    assert found["r1"].commitment == good
    assert found["r2"].commitment is None
    assert "report/r2/text is damaged" in str(found["r2"].error)
    assert found["l1"].owner_id == "system"
    assert found["l1"].error is None


def test_a_check_tells_a_damaged_case_key_though_it_is_remembered(db: Database, vault: Vault, case_id: str) -> None:
    with db.write() as session:
        vault.seal(session, case_id, "report", "r1", "text", "here")
        vault.open(session, case_id, "report", "r1", "text")
    with db.write() as session:
        session.exec(update(CaseKey).where(col(CaseKey.owner_id) == case_id).values(wrapped=b"x" * 60))
    with db.read() as session:
        (item,) = vault.examine(session)
    assert f"The key of {case_id} is damaged" in str(item.error)


def test_a_stored_key_is_wrapped(sqlite_db: Database, vault: Vault) -> None:
    with sqlite_db.write() as session:
        vault.prepare(session)
    with sqlite3.connect(str(sqlite_db.engine.url.database)) as raw:
        (wrapped,) = raw.execute("SELECT wrapped FROM case_key").fetchone()
    raw.close()
    key = vault._keys.get("system")
    assert len(wrapped) == 12 + 32 + 16
    assert key is None or key not in wrapped


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=4))
def test_the_place_of_an_item_is_written_canonically(place: list[str]) -> None:
    assert _label(*place) == rfc8785.dumps(place)
