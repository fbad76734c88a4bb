"""The pages on which an auditor looks at the record as a whole."""

from collections.abc import Iterator

from tests.branch import AUDITOR, SECRETARY
from tests.browser.scene import Scene
from tests.browser.somebody import Somebody
from tests.browser.view import View, at


def auditors() -> Iterator[View]:
    """How the record stands, an old code, the books, the page to sign, the yearly return."""
    yield View("integrity-auditor", AUDITOR, at("/integrity"))
    yield View("integrity-compared", AUDITOR, _compared)
    yield View("reconciliation", AUDITOR, at("/integrity/reconciliation"))
    yield View("reconciliation-errors", AUDITOR, at("/integrity/reconciliation?from=soon", 422))
    yield View("statement", AUDITOR, at("/integrity/statement"))
    yield View("yearly-return", AUDITOR, at("/yearly-return"))
    yield View("yearly-return-secretary", SECRETARY, at("/yearly-return"))
    yield View("yearly-return-errors", SECRETARY, _undeclared)


def _compared(one: Somebody, scene: Scene) -> None:
    one.go("/integrity")
    one.fill(size="2", code="0000 1111 2222 3333 4444 5555 6666 7777")
    one.press("Compare")


def _undeclared(one: Somebody, scene: Scene) -> None:
    one.go("/yearly-return")
    one.press("Declare this", 422)
