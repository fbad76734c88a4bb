"""What is asked, and what may be chosen: by people with an account or by a code, and on which kind of report."""

from collections.abc import Sequence
from dataclasses import replace

from app.workflow.definition import Field


def asked_of(questions: Sequence[Field], *, holder: bool, correcting: bool = False) -> tuple[Field, ...]:
    """The questions for somebody who comes by a code (`holder`) or with an account, with what they may choose.

    `correcting`: with those about a correction, which a first record does not ask.
    """
    asked = (one for one in questions if not (holder and one.account_only) and (correcting or not one.correction_only))
    return tuple(_narrowed(one, holder=holder) for one in asked)


def for_kind(questions: Sequence[Field], kind: str) -> tuple[Field, ...]:
    """The same questions, with what may be chosen on a case of this kind of report."""
    return tuple(_fitting(one, kind) for one in questions)


def _fitting(question: Field, kind: str) -> Field:
    others = {value for value, kinds in question.kind_values.items() if kind not in kinds}
    if not others:
        return question
    return replace(question, options=tuple(one for one in question.options if one.value not in others))


def _narrowed(question: Field, *, holder: bool) -> Field:
    others = question.account_values if holder else question.holder_values
    return replace(question, options=tuple(one for one in question.options if one.value not in others))
