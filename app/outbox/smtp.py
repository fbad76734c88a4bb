"""The way out: a mail server named by `CASETRAIL_SMTP_URL`, and what its answers mean."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import unquote, urlsplit

from app.settings import is_loopback

TIMEOUT = 20.0
"""Seconds that a server may take for one answer."""
SMTP_PORT, SMTPS_PORT = 25, 465
PERMANENT = 500


class Undelivered(Exception):
    """An attempt that failed. `why` is a code without addresses; `unsure`: the server may have taken it anyway."""

    def __init__(self, why: str, *, permanent: bool = False, unsure: bool = False) -> None:
        super().__init__(why)
        self.why, self.permanent, self.unsure = why, permanent, unsure


class Carrier(Protocol):
    """Whoever takes a mail out of the house."""

    def carry(self, mail: EmailMessage) -> None:
        """Hands the mail over for good. Undelivered where that failed."""


@dataclass(frozen=True)
class SmtpServer:
    """A mail server at an address such as smtps://user:password@mail.example.org; STARTTLS wherever it is offered."""

    url: str
    timeout: float = TIMEOUT

    def carry(self, mail: EmailMessage) -> None:
        """One connection, one mail: returns once the server said 250. Undelivered."""
        with self._connected() as server:
            try:
                server.send_message(mail)
            except smtplib.SMTPRecipientsRefused as refused:
                raise _refusal(next(iter(refused.recipients.values()))[0]) from None
            except smtplib.SMTPResponseException as answer:
                raise _refusal(answer.smtp_code) from None
            except smtplib.SMTPNotSupportedError:
                raise Undelivered("address_not_supported", permanent=True) from None
            except (smtplib.SMTPException, OSError) as broken:
                slow = isinstance(broken, TimeoutError) or "timed out" in str(broken)  # smtplib hides the class
                raise Undelivered("timed_out" if slow else "connection_lost", unsure=True) from None

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """A server that has greeted us and knows who we are; whatever fails here, nothing was handed over."""
        try:
            server = self._open()
        except smtplib.SMTPAuthenticationError:
            raise Undelivered("sign_in_refused") from None
        except ssl.SSLError:
            raise Undelivered("not_trusted") from None
        except smtplib.SMTPResponseException as answer:
            raise Undelivered(f"server_said_{answer.smtp_code}") from None
        except (smtplib.SMTPException, OSError, UnicodeError):
            raise Undelivered("server_unreachable") from None
        try:
            yield server
        finally:
            with suppress(smtplib.SMTPException, OSError):  # after the 250 nothing can go wrong any more
                server.quit()
            server.close()

    def _open(self) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        host, secure = parts.hostname or "", parts.scheme == "smtps"
        server: smtplib.SMTP
        if secure:
            trust = ssl.create_default_context()
            server = smtplib.SMTP_SSL(host, parts.port or SMTPS_PORT, timeout=self.timeout, context=trust)
        else:
            server = smtplib.SMTP(host, parts.port or SMTP_PORT, timeout=self.timeout)
        try:
            server.ehlo()
            if not secure and server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
                secure = True
            if parts.username:
                if not secure and not is_loopback(host):
                    raise Undelivered("no_secure_connection")  # the password would be read on the way
                server.login(unquote(parts.username), unquote(parts.password or ""))
        except BaseException:
            server.close()
            raise
        return server


def _refusal(code: int) -> Undelivered:
    return Undelivered(f"refused_{code}" if code >= PERMANENT else f"later_{code}", permanent=code >= PERMANENT)
