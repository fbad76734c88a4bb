"""Which passwords are taken, and that checking one costs the same for everybody."""

import runpy

import pytest

from app.errors import Invalid
from app.people import passwords

ANN = ("Ann Thornbury-Fell", "ann.tf@example.org", "City of Durham Branch")


@pytest.mark.parametrize(
    "password",
    [
        "gravel teapot ninety orbit",
        "x7#Kq9!vLm2@Zr",
        "sleeping under a wet umbrella",
        "вечер на рейде у моря",
        "😀 kettle 🚲 harbour",
        "ten-newts-guard-basalt",
    ],
)
def test_good_ones(password: str) -> None:
    passwords.check(password, ANN)


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short words",
        "a" * 12,
        "abababababab",
        "password1234",
        "P@ssw0rd2026!",
        "PasswordPassword",
        "qwertyuiop[]",
        "1qaz2wsx3edc",
        "123456789012",
        "abcdefghijkl",
        "poiuytrewqas",
        "letmein letmein",
        "Welcome-2026-!",
        "iloveyou12345",
        "DurhamBranch2026",
        "Thornbury1980",
        "ann.tf@example.org",
        "x" * 201,
        "correct horse battery staple",
    ],
)
def test_guessable_ones_are_refused_with_what_to_do(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        passwords.check(password, ANN)
    (error,) = refused.value.errors
    assert error.field == "password"
    assert "Use" in error.message or "Choose" in error.message


def test_the_bounds_are_twelve_and_two_hundred_characters() -> None:
    good = "kettle basalt umbrella newt " * 8
    passwords.check(good[:12])
    passwords.check(good[:200])
    for text in (good[:11], good[:201]):
        with pytest.raises(Invalid):
            passwords.check(text)


def test_the_same_password_typed_on_another_keyboard_is_right() -> None:
    stored = passwords.hash_password("ﬁve café teapots")
    assert passwords.verify("five cafe\u0301 teapots", stored)[0]
    assert not passwords.verify("five cafe teapots", stored)[0]


def test_a_longer_text_is_not_cut_to_a_right_one() -> None:
    right = ("kettle basalt umbrella newt " * 8)[:200]
    stored = passwords.hash_password(right)
    assert passwords.verify(right, stored)[0]
    assert not passwords.verify(right + "x", stored)[0]


def test_broken_text_is_just_wrong() -> None:
    assert not passwords.verify("\ud800\x00", passwords.hash_password("gravel teapot ninety"))[0]


def test_without_a_hash_the_same_work_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []
    real = passwords.HASHER.verify_and_update

    def spy(password: str | bytes, stored_hash: str | bytes) -> tuple[bool, str | None]:
        tried.append(str(stored_hash))
        return real(password, stored_hash)

    monkeypatch.setattr(passwords.HASHER, "verify_and_update", spy)
    stored = passwords.hash_password("gravel teapot ninety")
    assert passwords.verify("gravel teapot ninety", None) == (False, None)
    assert passwords.verify("gravel teapot ninety", stored)[0]
    nobody, somebody = tried
    assert nobody.rsplit("$", 2)[0] == somebody.rsplit("$", 2)[0]  # same algorithm, memory, passes and lanes


def test_the_product_uses_argon2id_as_recommended() -> None:
    as_started = runpy.run_path(passwords.__file__)["HASHER"]
    assert as_started.hash("x").startswith("$argon2id$v=19$m=65536,t=3,p=4$")
