"""Seals and opens: AES-256-GCM with a key per owner, each key wrapped by the key-encryption key."""

import hashlib
import hmac
import json
import secrets
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Select
from sqlmodel import Session, col, select

from app.db import new_id
from app.errors import Problem, SettingsError
from app.vault import statements
from app.vault.commitment import SALT_BYTES, commit
from app.vault.keys import KEY_BYTES, KeyFolder
from app.vault.models import CaseKey, SealedItem

SYSTEM = "system"
NONCE_BYTES = 12
REMEMBERED_KEYS = 256
Place = tuple[str, str, str]
"""Table, row and group of a sealed item."""


class Unreadable(Problem):
    """A sealed item that is missing, damaged or erased."""

    status = 500
    title = "Something stored here cannot be opened"


@dataclass(frozen=True)
class Opened:
    """One sealed item as a check of the record sees it: salt and data, or in `error` why there are none."""

    owner_id: str
    table: str
    row: str
    group: str
    salt: bytes | None = None
    data: Any = None
    error: str | None = None

    @property
    def commitment(self) -> str | None:
        """What an entry must hold for this item, 64 hex characters; None where it could not be opened."""
        return None if self.salt is None else commit(self.salt, self.data)


class Vault:
    """Sealed items and keys of one database, for any number of threads; call `prepare` once at start-up."""

    def __init__(self, folder: KeyFolder) -> None:
        self.folder = folder
        self._keys: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def prepare(self, session: Session) -> None:
        """Opens the system key, or makes it in a database without keys. SettingsError where that fails."""
        stored = session.get(CaseKey, SYSTEM)
        if stored is None:
            if session.exec(select(CaseKey.owner_id).limit(1)).first() is not None:
                raise SettingsError("This database has lost its system key. Restore it from a copy.")
            self.folder.read_or_make_key()
            self._add_key(session, SYSTEM)
            return
        key = self._unwrap(stored)
        self._remember(SYSTEM, key)
        self._refuse_restored_keys(session)

    def create_key(self, session: Session, owner_id: str) -> None:
        """Makes the key of a new case. Problem where the owner was erased, on disk or in this database."""
        stored = session.get(CaseKey, owner_id)
        if (stored is not None and stored.erased) or owner_id in self.folder.erased():
            raise Unreadable("This case was erased. It never gets a key again.")
        if stored is not None:
            raise ValueError("This owner has a key already.")
        self._add_key(session, owner_id)

    def seal(self, session: Session, owner_id: str, table: str, row: str, group: str, data: Any) -> str:
        """Seals JSON-able data under a fresh salt and returns its commitment, 64 hex characters."""
        return self.seal_groups(session, owner_id, table, row, {group: data})[group]

    def seal_groups(
        self, session: Session, owner_id: str, table: str, row: str, groups: Mapping[str, Any]
    ) -> dict[str, str]:
        """As `seal` for several groups of one row at once: group -> commitment."""
        key = self._stored_key(session, owner_id)  # not the remembered one: an erased case must refuse
        commitments, items = {}, []
        for group, data in groups.items():
            salt = secrets.token_bytes(SALT_BYTES)
            content = rfc8785.dumps({"salt": salt.hex(), "data": data})
            sealed = _encrypt(key, content, _label(owner_id, table, row, group))
            place = {"owner_id": owner_id, "table_name": table, "row_id": row, "group_name": group}
            items.append({"id": new_id(), **place, "sealed": sealed})
            commitments[group] = commit(salt, data)
        session.flush()
        if items:
            session.connection().execute(statements.SEALED, items)
        return commitments

    def open(self, session: Session, owner_id: str, table: str, row: str, group: str) -> Any:
        """The data of one sealed item. Unreadable where it is missing, damaged or erased."""
        return self.reveal(session, owner_id, table, row, group)["data"]

    def reveal(self, session: Session, owner_id: str, table: str, row: str, group: str) -> dict[str, Any]:
        """`{"salt": hex, "data": ...}` of one sealed item: what someone needs to prove its commitment."""
        place = {"owner": owner_id, "table": table, "row": row, "group": group}
        sealed = session.connection().execute(statements.ONE_ITEM, place).scalar()
        if sealed is None:
            raise Unreadable(f"The sealed item {table}/{row}/{group} is missing.")
        return _opened(self._key(session, owner_id), sealed, (owner_id, table, row, group))

    def commitment_of(self, session: Session, owner_id: str, table: str, row: str, group: str) -> str:
        """The commitment of an item sealed earlier, for another entry about it. Unreadable."""
        item = self.reveal(session, owner_id, table, row, group)
        return commit(bytes.fromhex(item["salt"]), item["data"])

    def open_all(self, session: Session, owner_id: str, *, without: str = "") -> dict[Place, Any]:
        """Every sealed item of one owner but those of one group: (table, row, group) -> data."""
        return self._open(session, owner_id, statements.OF_OWNER, without=without)

    def open_rows(self, session: Session, owner_id: str, table: str, rows: Collection[str]) -> dict[Place, Any]:
        """As `open_all`, for these rows of one table only."""
        return self._open(session, owner_id, statements.OF_ROWS, table=table, rows=list(rows))

    def _open(self, session: Session, owner_id: str, chosen: Select[Any], **narrowed: Any) -> dict[Place, Any]:
        items = session.connection().execute(chosen, {"owner": owner_id, **narrowed}).all()
        key = self._key(session, owner_id) if items else b""
        return {
            (table, row, group): _opened(key, sealed, (owner_id, table, row, group))["data"]
            for table, row, group, sealed in items
        }

    def examine(self, session: Session, table: str = "") -> Iterator[Opened]:
        """Opens everything, or what belongs to one table, by owner, for a check; failures are told in `error`."""
        every = select(SealedItem).order_by(col(SealedItem.owner_id)).execution_options(yield_per=500)
        every = every.where(SealedItem.table_name == table) if table else every
        with session.exec(every) as items:
            for owner_id, owned in groupby(items, key=lambda item: item.owner_id):
                yield from self._examine_owner(session, owner_id, owned)

    def seal_bytes(self, session: Session, aad: str, data: Any, *, owner_id: str = SYSTEM) -> bytes:
        """JSON-able data sealed under the system's or a case's key, for a column; opening asks for the same `aad`."""
        # a case's key as stored, not as remembered: an erased case must refuse
        key = self._key(session, SYSTEM) if owner_id == SYSTEM else self._stored_key(session, owner_id)
        return _encrypt(key, rfc8785.dumps(data), rfc8785.dumps([owner_id, aad]))

    def open_bytes(self, session: Session, aad: str, sealed: bytes, *, owner_id: str = SYSTEM) -> Any:
        """What `seal_bytes` sealed. Unreadable where it is damaged, erased or comes from another place."""
        content = _decrypt(self._key(session, owner_id), sealed, rfc8785.dumps([owner_id, aad]))
        if content is None:
            raise Unreadable(f"The sealed value {aad} is damaged or was moved.")
        return json.loads(content)

    def lookup(self, session: Session, purpose: str, text: str) -> str:
        """64 hex characters: an HMAC by which to find `text` (normalised by the caller) again."""
        info = f"casetrail/lookup/v1/{purpose}".encode()
        key = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(self._key(session, SYSTEM))
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    def file_name(self, session: Session, owner_id: str, *parts: str) -> str:
        """64 hex characters: under which name a file of this owner is stored. Unreadable where the owner was erased."""
        info = b"casetrail/file-name/v1"
        key = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(
            self._stored_key(session, owner_id)
        )
        return hmac.new(key, rfc8785.dumps(list(parts)), hashlib.sha256).hexdigest()

    def forget(self, owner_id: str) -> None:
        """Drops a remembered key, for an erasure."""
        with self._lock:
            self._keys.pop(owner_id, None)

    def _examine_owner(self, session: Session, owner_id: str, items: Iterator[SealedItem]) -> Iterator[Opened]:
        key: bytes | None = None
        error = ""
        try:
            key = self._stored_key(session, owner_id)  # not the remembered one: the stored key is checked too
        except (Unreadable, SettingsError) as problem:
            error = str(problem)
        for item in items:
            yield _examined(key, item) if key else Opened(*_place(item), error=error)

    def _add_key(self, session: Session, owner_id: str) -> None:
        key = AESGCM.generate_key(bit_length=8 * KEY_BYTES)
        wrapped = _encrypt(self.folder.read_key(), key, _key_label(owner_id))
        session.add(CaseKey(owner_id=owner_id, wrapped=wrapped))
        session.flush()
        self.forget(owner_id)  # the transaction may yet roll back: only what is read back is remembered

    def _key(self, session: Session, owner_id: str) -> bytes:
        with self._lock:
            key = self._keys.get(owner_id)
            if key is not None:
                self._keys.move_to_end(owner_id)
                return key
        return self._remember(owner_id, self._stored_key(session, owner_id))

    def _stored_key(self, session: Session, owner_id: str) -> bytes:
        stored = session.connection().execute(statements.STORED_KEY, {"owner": owner_id}).first()
        if stored is None:
            raise Unreadable(f"There is no key for {owner_id}.")
        return self._unwrap(stored)

    def _unwrap(self, stored: Any) -> bytes:
        """The key of a row of `case_key`."""
        if stored.erased or stored.wrapped is None:
            raise Unreadable(f"The content of {stored.owner_id} was erased.")
        key = _decrypt(self.folder.read_key(), stored.wrapped, _key_label(stored.owner_id))
        if key is not None:
            return key
        if stored.owner_id == SYSTEM:
            raise SettingsError(
                f"These keys do not belong to this database. Put the right key folder at {self.folder.path}, "
                "or name its place in CASETRAIL_KEYS_DIR."
            )
        raise Unreadable(f"The key of {stored.owner_id} is damaged.")

    def _remember(self, owner_id: str, key: bytes) -> bytes:
        with self._lock:
            self._keys[owner_id] = key
            while len(self._keys) > REMEMBERED_KEYS:
                self._keys.popitem(last=False)
        return key

    def _refuse_restored_keys(self, session: Session) -> None:
        for owner_id in sorted(self.folder.erased()):
            stored = session.get(CaseKey, owner_id)
            if stored is not None and stored.wrapped is not None:
                raise SettingsError(
                    f"The key of erased case {owner_id} came back with a copy. Erase that case again first."
                )


def _label(*place: str) -> bytes:
    # for a list of strings these are the bytes of RFC 8785, at a tenth of the time: every item of a case asks for one
    return json.dumps(place, separators=(",", ":"), ensure_ascii=False).encode()


def _key_label(owner_id: str) -> bytes:
    return b"casetrail/key/v1" + owner_id.encode()


def _encrypt(key: bytes, content: bytes, label: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, label)


def _decrypt(key: bytes, sealed: bytes, label: bytes) -> bytes | None:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], label)
    except (InvalidTag, ValueError):  # ValueError: cut so short that there is no nonce
        return None


def _place(item: SealedItem) -> tuple[str, str, str, str]:
    return item.owner_id, item.table_name, item.row_id, item.group_name


def _open_item(key: bytes, item: SealedItem) -> dict[str, Any]:
    return _opened(key, item.sealed, _place(item))


def _opened(key: bytes, sealed: bytes, place: tuple[str, str, str, str]) -> dict[str, Any]:
    content = _decrypt(key, sealed, _label(*place))
    if content is None:
        raise Unreadable(f"The sealed item {'/'.join(place[1:])} is damaged.")
    opened: dict[str, Any] = json.loads(content)
    return opened


def _examined(key: bytes, item: SealedItem) -> Opened:
    try:
        content = _open_item(key, item)
    except Unreadable as problem:
        return Opened(*_place(item), error=str(problem))
    return Opened(*_place(item), salt=bytes.fromhex(content["salt"]), data=content["data"])
