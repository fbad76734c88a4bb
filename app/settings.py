"""Settings from the environment (`CASETRAIL_...`) or `casetrail.toml`; unknown or unsafe ones stop start-up."""

import difflib
import ipaddress
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from app.errors import SettingsError

PREFIX = "CASETRAIL_"
FILE = "casetrail.toml"
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Mode = Literal["demo", "desk", "server"]
_SHAPES = {
    "files_url": "an address such as s3://bucket/folder",
    "clamav": "the path of a socket, or a host and port such as 127.0.0.1:3310",
}
_ORIGIN = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?(/[A-Za-z0-9._-]+)+")


class Settings(BaseSettings):
    """Every setting by its name in lower case; all paths are absolute and all addresses checked."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        toml_file=FILE,
    )

    mode: Mode | None = None
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    data_dir: Path = Path("data")
    keys_dir: Path = Path("keys")
    database_url: str = Field("", repr=False)
    migrate_database_url: str | None = Field(None, repr=False)
    database_read_url: str | None = Field(None, repr=False)
    base_url: str = ""
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = ()
    organisation: str = Field("", max_length=200)
    controller_contact: str = Field("", max_length=2000)
    contact: str = Field("", max_length=2000)
    contact_about_secretary: str = Field("", max_length=2000)
    smtp_url: SecretStr | None = None
    mail_from: str | None = Field(None, pattern=r"^[^@\s]+@[^@\s]+$")
    letter_delay_minutes: int = Field(15, ge=0, le=7 * 24 * 60)
    """So long a letter waits, in case somebody wants to stop it."""
    letters_dir: Path = Path(__file__).resolve().parent.parent / "templates" / "letters"
    ticker: bool = True
    """Whether `casetrail serve` also does what is due by itself; off where `casetrail worker` does."""
    log_origin: str | None = None
    timestamp_url: str = ""
    """A timestamp authority (RFC 3161) that is shown a hash of the day's checkpoint; nobody is asked without it."""
    metrics_token: SecretStr | None = Field(None, min_length=16)
    file_limit_mb: int = Field(25, ge=1, le=2000)
    case_files_limit_mb: int = Field(250, ge=1, le=20_000)
    code_files_percent: int = Field(40, ge=1, le=45)
    """How much of that may come by the reporter's code, and as much by those of members: the handler has the rest."""
    files_url: str = Field("", pattern=r"^(s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9/._-]*)?)?$")
    files_endpoint: str = ""
    files_region: str = "us-east-1"
    files_key_id: str = ""
    files_secret: SecretStr | None = None
    clamav: str = Field("", pattern=r"^(/.+|[A-Za-z0-9.-]+:\d{1,5})?$")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (given by name)
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (as above)
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the environment, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @field_validator("data_dir", "keys_dir", "letters_dir")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        return path.expanduser().resolve()

    @field_validator("database_url", "migrate_database_url", "database_read_url")
    @classmethod
    def _known_database(cls, url: str | None) -> str | None:
        if url and not _is_sqlite_file(url) and not url.startswith("postgresql+psycopg://"):
            raise ValueError("must begin with sqlite:/// and name a file, or begin with postgresql+psycopg://")
        return url

    @field_validator("base_url")
    @classmethod
    def _whole_address(cls, url: str) -> str:
        parts = _split(url)
        whole = parts.scheme in {"http", "https"} and parts.hostname and not parts.username
        if url and (not whole or parts.path.strip("/") or parts.query or parts.fragment):
            raise ValueError("must be an address such as https://cases.example.org, without a path")
        return url.rstrip("/")

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        listed = value.split(",") if isinstance(value, str) else value
        if not isinstance(listed, list | tuple):
            raise ValueError("must be networks with commas between them, such as 10.0.0.0/8")
        try:
            networks = tuple(ipaddress.ip_network(str(item).strip()) for item in listed)
        except ValueError:
            raise ValueError("must be networks with commas between them, such as 10.0.0.0/8") from None
        if any(network.prefixlen == 0 for network in networks):
            raise ValueError("must not trust every address there is")
        return networks

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, url: SecretStr | None) -> SecretStr | None:
        parts = _split(url.get_secret_value() if url else "")
        if url and (parts.scheme not in {"smtp", "smtps"} or not parts.hostname):
            raise ValueError("must be an address such as smtps://user:password@mail.example.org:465")
        return url

    @field_validator("timestamp_url")
    @classmethod
    def _timestamp_authority(cls, url: str) -> str:
        parts = _split(url)
        if url and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.username):
            raise ValueError("must be an address such as https://stamps.example.org/tsa, without a password")
        return url

    @field_validator("log_origin")
    @classmethod
    def _origin(cls, origin: str | None) -> str | None:
        if origin is not None and not _ORIGIN.fullmatch(origin):
            raise ValueError("must be a host and a name, such as cases.example.org/log, without https://")
        return origin

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Defaults that hang on other settings, filled in before the checks so that they are checked too."""
        data = Path(given.get("data_dir", "data")).expanduser().resolve()
        given.setdefault("database_url", f"sqlite:///{data / 'casetrail.sqlite'}")
        host, port = str(given.get("host", "127.0.0.1")), str(given.get("port", 8000))
        shown = f"[{host}]" if ":" in host else host
        own = f"http://{shown if is_loopback(host) else '127.0.0.1'}:{port}"
        given.setdefault("base_url", own if port.isdigit() and int(port) < 2**16 else "")
        return given

    @model_validator(mode="after")
    def _safe_together(self) -> Self:
        for name, problem in self._conflicts():
            raise ValueError(f"{PREFIX}{name} {problem}")
        return self

    def _conflicts(self) -> Iterator[tuple[str, str]]:
        if self.keys_dir.is_relative_to(self.data_dir):
            yield (
                "KEYS_DIR",
                "must not lie inside the data folder: whoever copies the data would copy the keys too",
            )
        if self.data_dir.is_relative_to(self.keys_dir):
            yield (
                "DATA_DIR",
                "must not lie inside the key folder: whoever copies the keys would copy the data too",
            )
        if _is_sqlite_file(self.database_url) and _file(self.database_url).is_relative_to(self.keys_dir):
            yield "DATABASE_URL", "must not lie inside the key folder"
        if self.files_url and not (self.files_key_id and self.files_secret):
            yield "FILES_KEY_ID", "and CASETRAIL_FILES_SECRET are needed with CASETRAIL_FILES_URL"
        if self.files_endpoint and _split(self.files_endpoint).scheme not in {"http", "https"}:
            yield "FILES_ENDPOINT", "must be an address such as https://objects.example.org"
        if self.smtp_url and not self.mail_from:
            yield "MAIL_FROM", "is needed with CASETRAIL_SMTP_URL: the address letters come from"
        address = urlsplit(self.base_url)
        if self.mode == "server" and address.scheme != "https":
            yield "BASE_URL", "must begin with https:// in mode server"
        if self.mode != "server" and not is_loopback(self.host):
            yield "HOST", "must be 127.0.0.1, ::1 or localhost unless CASETRAIL_MODE is server"
        if address.scheme == "http" and not is_loopback(address.hostname or ""):
            yield "BASE_URL", "must begin with https:// unless it names this computer itself"


def load_settings(**given: Any) -> Settings:
    """The settings of this process; `given` goes before environment and file. SettingsError: one line."""
    _refuse_unknown_variables()
    try:
        return Settings(**given)
    except ValidationError as error:
        raise SettingsError("; ".join(_sentence(problem) for problem in error.errors())) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{FILE} cannot be read: {error}".replace("\n", " ")) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{FILE} cannot be read: {type(error).__name__}") from None


def is_loopback(host: str) -> bool:
    """Whether only this computer reaches that host."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse_unknown_variables() -> None:
    for name in sorted(os.environ):
        if not name.upper().startswith(PREFIX) or name.startswith(f"{PREFIX}TEST_"):
            continue
        if name[len(PREFIX) :].lower() not in Settings.model_fields:
            raise SettingsError(f"{name} is not a setting of Casetrail{_perhaps(name[len(PREFIX) :], PREFIX)}")


def _sentence(problem: Any) -> str:
    name = str(problem["loc"][0]) if problem["loc"] else ""
    match problem["type"]:
        case "extra_forbidden":
            return f"{FILE}: {name} is not a setting of Casetrail{_perhaps(name, '')}"
        case "value_error":
            return f"{PREFIX}{name.upper()} {problem['ctx']['error']}" if name else str(problem["ctx"]["error"])
        case "literal_error":
            return f"{PREFIX}{name.upper()} must be {problem['ctx']['expected']}".replace("'", "")
        case "string_pattern_mismatch":
            return f"{PREFIX}{name.upper()} must be {_SHAPES.get(name, 'a mail address')}"
        case "too_short":
            return f"{PREFIX}{name.upper()} must have at least {problem['ctx']['min_length']} characters"
        case _:
            return f"{PREFIX}{name.upper()} is wrong: {problem['msg'][:1].lower()}{problem['msg'][1:]}"


def _perhaps(name: str, prefix: str) -> str:
    near = difflib.get_close_matches(name.lower(), Settings.model_fields, n=1)
    if not near:
        return ""
    return f" (did you mean {prefix}{near[0].upper() if prefix else near[0]}?)"


def _split(url: str) -> Any:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return urlsplit("")
    return parts


def _is_sqlite_file(url: str) -> bool:
    return url.startswith("sqlite:///") and url not in {"sqlite:///", "sqlite:///:memory:"} and "?" not in url


def _file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///")).resolve()
