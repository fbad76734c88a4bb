"""One page to look at: who looks, and how they come to it."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.browser.scene import Scene
from tests.browser.somebody import Somebody

Come = Callable[[Somebody, Scene], None]


@dataclass(frozen=True)
class View:
    """One page: its name, the mail address of who looks (empty: the public), how to get there."""

    name: str
    who: str
    come: Come
