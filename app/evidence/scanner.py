"""ClamAV by its socket (INSTREAM): each piece is passed on as it arrives, so that nothing is kept for scanning."""

import socket
from contextlib import suppress

from app.settings import Settings

CLEAN, NOT_SCANNED, FOUND = "clean", "not_scanned", "found"
PATIENCE = 30.0
"""Seconds that the scanner may take to answer."""


class Scan:
    """One file on its way through the scanner. A scanner that does not answer leaves it `not_scanned`, and no more."""

    def __init__(self, address: str) -> None:
        self._connection: socket.socket | None = None
        with suppress(OSError):
            self._connection = _connected(address)
            self._connection.sendall(b"zINSTREAM\0")

    def feed(self, data: bytes) -> None:
        """The next piece."""
        if self._connection is None or not data:
            return
        try:
            self._connection.sendall(len(data).to_bytes(4, "big") + data)
        except OSError:
            self.close()

    def result(self) -> str:
        """`clean`, `found` or `not_scanned`, once the whole file was fed."""
        if self._connection is None:
            return NOT_SCANNED
        answer = b""
        with suppress(OSError):
            self._connection.sendall(bytes(4))
            while not answer.endswith(b"\0") and len(answer) < 4096:
                piece = self._connection.recv(1024)
                if not piece:
                    break
                answer += piece
        self.close()
        said = answer.rstrip(b"\0\n")
        if said.endswith(b" FOUND"):
            return FOUND
        return CLEAN if said.endswith(b": OK") else NOT_SCANNED

    def close(self) -> None:
        """Lets the scanner go."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def scan_of(settings: Settings) -> Scan | None:
    """A scan for one file, where a scanner is named in the settings."""
    return Scan(settings.clamav) if settings.clamav else None


def _connected(address: str) -> socket.socket:
    if address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(PATIENCE)
        try:
            connection.connect(address)
        except OSError:
            connection.close()
            raise
        return connection
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), PATIENCE)
