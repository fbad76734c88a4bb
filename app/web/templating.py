"""The one template environment: escaping always on, a missing name is an error."""

import hashlib
from collections.abc import MutableMapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
    Undefined,
)

from app.web import wording

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
STATIC_FOLDER = ROOT / "app" / "static"
STATIC_URL = "/static"


@dataclass(frozen=True)
class NavItem:
    """One link of the main navigation; `current` marks the page (or its section) that is open."""

    href: str
    label: str
    current: bool = False


@dataclass(frozen=True)
class Page:
    """What every page's frame needs, whoever draws it; templates know it as `page`."""

    organisation: str
    contact: str = ""
    contact_about_secretary: str = ""
    viewer: object | None = None
    """The person signed in, or None."""
    who: str = ""
    """The office they act in, in words: "Secretary"."""
    nav: tuple[NavItem, ...] = ()
    mode: str = "desk"
    flash: str = ""
    keys_copied: bool = True
    brand: str = ""
    """Address of the branch's own colours, empty = ours."""


@cache
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def static(name: str) -> str:
    """The address of a file under app/static, with its content hash so that it may be kept for a year."""
    return f"{STATIC_URL}/{name}?v={_digest(STATIC_FOLDER / name)}"


class _LenientLoader(BaseLoader):
    """govuk-frontend-jinja asks for keys that may be absent: its macros alone may."""

    def __init__(self) -> None:
        self._inside = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
        self._environment: Environment | None = None

    def load(
        self,
        environment: Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 (the name is BaseLoader's)
    ) -> Template:
        """Loads one of the package's templates into the lenient twin of the environment."""
        if self._environment is None:
            self._environment = environment.overlay(undefined=Undefined, trim_blocks=False, lstrip_blocks=False)
        return self._inside.load(self._environment, name, globals)


def _build() -> Environment:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        loader=ChoiceLoader([FileSystemLoader(TEMPLATES), _LenientLoader()]),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update({function.__name__: function for function in wording.FILTERS})
    environment.globals.update(static=static, item_count=wording.item_count, static_url=STATIC_URL)
    return environment


ENVIRONMENT = _build()


def render(name: str, /, **context: object) -> str:
    """The text of one template. Framed pages need `page` (a `Page`); a missing name raises UndefinedError."""
    return ENVIRONMENT.get_template(name).render(**context)
