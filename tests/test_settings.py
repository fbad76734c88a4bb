"""Settings: defaults that work, and one clear line that names what is unknown or unsafe."""

import os
from pathlib import Path

import pytest

from app.errors import SettingsError
from app.settings import load_settings

SECRET = "correct-horse"


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("CASETRAIL_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_defaults_serve_this_computer_only(tmp_path: Path) -> None:
    settings = load_settings()
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.data_dir == tmp_path / "data"
    assert settings.keys_dir == tmp_path / "keys"
    assert settings.database_url == f"sqlite:///{tmp_path}/data/casetrail.sqlite"
    assert settings.mode is None


def test_base_url_follows_host_and_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASETRAIL_HOST", "::1")
    monkeypatch.setenv("CASETRAIL_PORT", "9000")
    assert load_settings().base_url == "http://[::1]:9000"


def test_environment_goes_before_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "casetrail.toml").write_text(
        'organisation = "North"\ncontact = "020 0000"\ntrusted_proxies = ["10.0.0.0/8"]\n'
    )
    monkeypatch.setenv("CASETRAIL_ORGANISATION", "South")
    settings = load_settings()
    assert (settings.organisation, settings.contact) == ("South", "020 0000")
    assert [str(network) for network in settings.trusted_proxies] == ["10.0.0.0/8"]


def test_variables_of_tests_and_empty_ones_are_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASETRAIL_TEST_REQUIRE", "browser")
    monkeypatch.setenv("CASETRAIL_MODE", "")
    assert load_settings().mode is None


def test_a_server_with_everything() -> None:
    settings = load_settings(mode="server", base_url="https://cases.example.org/", host="0.0.0.0")
    assert settings.base_url == "https://cases.example.org"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"MOED": "desk"}, "CASETRAIL_MOED is not a setting of Casetrail (did you mean CASETRAIL_MODE?)"),
        ({"MODE": "desktop"}, "CASETRAIL_MODE"),
        ({"MODE": "server"}, "CASETRAIL_BASE_URL"),
        ({"MODE": "server", "BASE_URL": "http://127.0.0.1:8000"}, "CASETRAIL_BASE_URL"),
        ({"MODE": "server", "BASE_URL": "http://cases.example.org"}, "CASETRAIL_BASE_URL"),
        ({"BASE_URL": "http://cases.example.org"}, "CASETRAIL_BASE_URL"),
        ({"BASE_URL": "https://cases.example.org/app"}, "CASETRAIL_BASE_URL"),
        ({"BASE_URL": "https://cases.example.org:99999"}, "CASETRAIL_BASE_URL"),
        ({"HOST": "0.0.0.0"}, "CASETRAIL_HOST"),
        ({"MODE": "desk", "HOST": "192.168.0.2"}, "CASETRAIL_HOST"),
        ({"MODE": "demo", "HOST": "::"}, "CASETRAIL_HOST"),
        ({"PORT": SECRET}, "CASETRAIL_PORT"),
        ({"PORT": "70000"}, "CASETRAIL_PORT"),
        ({"KEYS_DIR": "data/keys"}, "CASETRAIL_KEYS_DIR"),
        ({"KEYS_DIR": "data"}, "CASETRAIL_KEYS_DIR"),
        ({"DATA_DIR": "keys/data"}, "CASETRAIL_DATA_DIR"),
        ({"DATABASE_URL": "sqlite:///keys/cases.sqlite"}, "CASETRAIL_DATABASE_URL"),
        ({"DATABASE_URL": "sqlite://"}, "CASETRAIL_DATABASE_URL"),
        ({"DATABASE_URL": "sqlite:///:memory:"}, "CASETRAIL_DATABASE_URL"),
        ({"DATABASE_URL": f"mysql://root:{SECRET}@db/cases"}, "CASETRAIL_DATABASE_URL"),
        ({"DATABASE_URL": f"postgresql://root:{SECRET}@db/cases"}, "CASETRAIL_DATABASE_URL"),
        ({"MIGRATE_DATABASE_URL": f"postgres://root:{SECRET}@db/cases"}, "CASETRAIL_MIGRATE_DATABASE_URL"),
        ({"TRUSTED_PROXIES": "proxy.example.org"}, "CASETRAIL_TRUSTED_PROXIES"),
        ({"TRUSTED_PROXIES": "10.0.0.1/8"}, "CASETRAIL_TRUSTED_PROXIES"),
        ({"TRUSTED_PROXIES": "0.0.0.0/0"}, "CASETRAIL_TRUSTED_PROXIES"),
        ({"LOG_ORIGIN": "https://cases.example.org/log"}, "CASETRAIL_LOG_ORIGIN"),
        ({"LOG_ORIGIN": "cases.example.org"}, "CASETRAIL_LOG_ORIGIN"),
        ({"TIMESTAMP_URL": "ftp://stamps.example.org"}, "CASETRAIL_TIMESTAMP_URL"),
        ({"TIMESTAMP_URL": f"https://me:{SECRET}@stamps.example.org/tsa"}, "CASETRAIL_TIMESTAMP_URL"),
        ({"SMTP_URL": f"http://me:{SECRET}@mail"}, "CASETRAIL_SMTP_URL"),
        ({"SMTP_URL": f"smtps://me:{SECRET}@mail"}, "CASETRAIL_MAIL_FROM"),
        ({"MAIL_FROM": "the branch"}, "CASETRAIL_MAIL_FROM"),
        ({"METRICS_TOKEN": SECRET}, "CASETRAIL_METRICS_TOKEN"),
        ({"FILE_LIMIT_MB": "0"}, "CASETRAIL_FILE_LIMIT_MB"),
        ({"CASE_FILES_LIMIT_MB": "much"}, "CASETRAIL_CASE_FILES_LIMIT_MB"),
        ({"FILES_URL": "ftp://bucket"}, "CASETRAIL_FILES_URL must be an address such as s3://bucket/folder"),
        ({"FILES_URL": "s3://bucket"}, "CASETRAIL_FILES_KEY_ID"),
        ({"FILES_URL": "s3://bucket", "FILES_KEY_ID": "me"}, "CASETRAIL_FILES_KEY_ID"),
        ({"FILES_ENDPOINT": "objects.example.org"}, "CASETRAIL_FILES_ENDPOINT"),
        ({"CLAMAV": "clamd"}, "CASETRAIL_CLAMAV must be the path of a socket"),
    ],
)
def test_unknown_and_unsafe_values_are_refused(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], named: str
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"CASETRAIL_{name}", value)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    line = str(refused.value)
    assert line.startswith(named)
    assert "\n" not in line
    assert SECRET not in line
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("content", ['mod = "desk"', "mode = desk", 'mode = "desk"\nmode = "demo"', "\0"])
def test_a_wrong_file_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "casetrail.toml").write_text(content)
    with pytest.raises(SettingsError, match=r"^casetrail\.toml") as refused:
        load_settings()
    assert "\n" not in str(refused.value)


def test_secrets_are_not_shown() -> None:
    settings = load_settings(
        database_url=f"postgresql+psycopg://me:{SECRET}@db/cases",
        metrics_token=SECRET * 2,
        smtp_url=f"smtp://{SECRET}@m",
        mail_from="a@b",
        files_secret=SECRET,
    )
    assert SECRET not in repr(settings)
