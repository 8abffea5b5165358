"""Elements of SVG as text. Knows no chart."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

MONOSPACED_SHARE = 0.62
"""Width of a letter in its height, generously: labels are placed without a browser to measure them."""

Value = str | float | int


def tag(name: str, *inside: str, **attributes: Value | None) -> str:
    """An element. Attributes are named with `_` for `-`, and `class_`; None leaves one out.

    Args:
        inside: SVG, already written; see `words` for text.
    """
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_written(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    content = "".join(inside)
    return f"<{name}{said}>{content}</{name}>" if content else f"<{name}{said}/>"


def words(text: str) -> str:
    """Text as it may stand inside an element."""
    return escape(text, quote=False)


def label(text: str, x: float, y: float, class_: str = "", **attributes: Value | None) -> str:
    """A line of text whose baseline begins at a point; `text_anchor` ends or centres it there."""
    return tag("text", words(text), x=x, y=y, class_=class_ or None, **attributes)


def hit(tip: str, *inside: str) -> str:
    """Marks that can be pointed at, and what they say then, in lines."""
    return tag("g", tag("title", words(tip)), *inside, class_="hit")


def path(points: Iterable[tuple[float, float]], *, closed: bool = False) -> str:
    """The `d` of a line through points."""
    d = "L".join(f"{number(x)} {number(y)}" for x, y in points)
    return f"M{d}{'Z' if closed else ''}" if d else ""


def text_width(text: str, size: float) -> float:
    """About how wide a text of a size is, rather too wide than too narrow."""
    return len(text) * size * MONOSPACED_SHARE


def fitted(text: str, width: float, size: float) -> str:
    """A text that is cut where it would be wider than there is room for."""
    most = max(int(width / (size * MONOSPACED_SHARE)), 1)
    return text if len(text) <= most else f"{text[: most - 1]}\N{HORIZONTAL ELLIPSIS}"


def number(value: float) -> str:
    """A coordinate with one decimal at most, and no `-0`."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _written(value: Value) -> str:
    return value if isinstance(value, str) else number(value)
