"""What was typed into a form by code that could not be taken: it goes through the form for the code, and back.

Its session had ended, or another case was open in the same browser by then.
"""

from app.web.context import Pairs, first

OWNER = "form_for"
"""A hidden answer of every form by code: whose it is, as `CodeHolder.owner` says."""
HIDDEN = frozenset({OWNER, "form_token"})
_BEFORE, _FORM = "kept.", "kept.form"


def carry(path: str, pairs: Pairs) -> Pairs:
    """The hidden answers of the form for the code: which form it was, and all that stood in it."""
    return [(_FORM, path), *((_BEFORE + name, value) for name, value in pairs if value)]


def still(pairs: Pairs) -> Pairs:
    """The same from what the form for the code sent: for showing that once more."""
    return [(name, value) for name, value in pairs if name.startswith(_BEFORE)]


def form_of(pairs: Pairs) -> str:
    """The path of the form that it was typed into; empty where nothing is carried."""
    return first(pairs, _FORM)


def typed(pairs: Pairs) -> Pairs:
    """What stood in that form, by the names of its own answers."""
    return [(name.removeprefix(_BEFORE), value) for name, value in still(pairs) if name != _FORM]
