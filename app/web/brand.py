"""The branch's own colour: one accent, from which both themes are derived; refused where words could not be read."""

import re

from app.errors import FieldError, Invalid

SETTING = "accent"
LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3
LIGHT_GROUNDS = ("#faf8f9", "#ffffff", "#f2eef1")
DARK_GROUNDS = ("#151215", "#1d191d", "#282228")
WHITE, BLACK, DARK_PAPER = "#ffffff", "#000000", "#1d191d"
TOO_LIGHT = "This colour is too light: words in it could not be read. Choose a darker one"
_HEX = re.compile(r"#[0-9a-f]{6}")
_STEPS = 40
Theme = dict[str, str]


def themes(accent: str) -> tuple[Theme, Theme]:
    """The colours of the light and of the dark theme for an accent like #5b2450. Invalid where it cannot be read."""
    given = accent.strip().casefold()
    if not _HEX.fullmatch(given):
        raise Invalid([FieldError(SETTING, "Write the colour as # and six figures or letters, like #5b2450")])
    wash = mix(given, WHITE, 0.95)
    if min(contrast(given, ground) for ground in (*LIGHT_GROUNDS, wash, WHITE)) < LEAST_CONTRAST:
        raise Invalid([FieldError(SETTING, TOO_LIGHT)])
    light = {"accent": given, "accent-hover": mix(given, BLACK, 0.35), "accent-ink": WHITE, "accent-wash": wash}
    bright = _brightened(given)
    dark = {
        "accent": bright,
        "accent-hover": mix(bright, WHITE, 0.45),
        "accent-ink": mix(given, BLACK, 0.75),
        "accent-wash": mix(bright, DARK_PAPER, 0.92),
    }
    return light, dark


def css(accent: str) -> str:
    """The style sheet that sets the accent in both themes; empty without one."""
    if not accent:
        return ""
    light, dark = (" ".join(f"--ct-{name}: {value};" for name, value in theme.items()) for theme in themes(accent))
    return f":root {{ {light} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"


def contrast(one: str, other: str) -> float:
    """How far two colours stand apart, 1 to 21 (WCAG 2.2, contrast ratio)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mix(one: str, other: str, share: float) -> str:
    """A colour with this share of the other one in it."""
    pairs = zip(_parts(one), _parts(other), strict=True)
    return "#" + "".join(f"{round(mine * (1 - share) + theirs * share):02x}" for mine, theirs in pairs)


def _brightened(accent: str) -> str:
    """The accent with as much white in it as makes it well readable on every dark ground and its own wash."""
    steps = (mix(accent, WHITE, step / _STEPS) for step in range(_STEPS + 1))
    return next(
        bright
        for bright in steps
        if min(contrast(bright, ground) for ground in (*DARK_GROUNDS, mix(bright, DARK_PAPER, 0.92))) >= LEAST_CONTRAST
        and contrast(bright, mix(accent, BLACK, 0.75)) >= LEAST_CONTRAST
    )


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    shares = [part / 255 for part in _parts(colour)]
    red, green, blue = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
