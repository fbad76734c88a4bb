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


def at(path: str, status: int = 200) -> Come:
    """By its address."""
    return lambda one, _scene: one.go(path, status)


def case(name: str, tail: str = "", status: int = 200) -> Come:
    """A page of one of the scene's cases."""
    return lambda one, scene: one.go(scene.path(name, tail), status)
