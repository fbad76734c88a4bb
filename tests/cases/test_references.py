"""References and codes as people type them."""

import pytest

from app.cases.references import CODE_LENGTH, CODE_SIGNS, new_code, tidy_code, tidy_reference

UNDERSTOOD = ("2026-K7QFM", " 2026-k7qfm ", "2026 K7QFM", "2026K7QFM", "2026–k7 qfm", "2026 - K7QFM")
NONE = ("", "2026", "2026-K7QF", "2026-K7QFMM", "2026-K7QF0", "K7QFM-2026", "2026/K7QFM", "٢٠٢٦-K7QFM")


@pytest.mark.parametrize("typed", UNDERSTOOD)
def test_a_reference_is_understood(typed: str) -> None:
    assert tidy_reference(typed) == "2026-K7QFM"


@pytest.mark.parametrize("typed", NONE)
def test_anything_else_is_none(typed: str) -> None:
    assert tidy_reference(typed) == ""


def test_a_code_has_eighty_bits_in_groups_of_four() -> None:
    code = new_code()
    assert [len(group) for group in code.split(" ")] == [4, 4, 4, 4]
    assert set(tidy_code(code)) <= set(CODE_SIGNS)
    assert len(CODE_SIGNS) ** CODE_LENGTH == 2**80
    assert tidy_code("o0-iL uv") == "0011VV"
