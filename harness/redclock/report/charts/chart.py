"""A finished chart: for a page, or as a file of its own; and the dress that both wear.

The colours are said once, here. A page hands them to its style sheet as variables, by day and by night; a file has them
written out, because few programs that show SVG know variables.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from redclock.report.charts.svg import fitted, label, tag, words

FACE = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif'
LIGHT: Mapping[str, str] = MappingProxyType(
    {
        "paper": "#f5f5f2",
        "sheet": "#ffffff",
        "ink": "#1a1b1e",
        "soft": "#5a5e65",
        "line": "#dcdcd6",
        "red": "#c0142a",
        "blue": "#2360a5",
        "amber": "#95590a",
        "teal": "#14716a",
        "blush": "#fbeeee",
    }
)
DARK: Mapping[str, str] = MappingProxyType(
    {
        "paper": "#131416",
        "sheet": "#1b1d20",
        "ink": "#ecebe7",
        "soft": "#a3a7ae",
        "line": "#34373c",
        "red": "#ff7d73",
        "blue": "#86b4ec",
        "amber": "#e5ab55",
        "teal": "#62c2b6",
        "blush": "#2c1b1b",
    }
)
HUES = ("ink", "soft", "line", "red", "blue", "amber", "teal")
"""What marks may be drawn in: `blue` as a line, `fill-blue`, and `tint-blue` for what lies behind others."""
TITLE_HEIGHT = 34
"""What the title takes at the top of a chart."""


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart.

    Attributes:
        name: of its file, and in its page; words and hyphens.
        title: stands above it.
        says: in a sentence or two, for those who don't see it.
        body: the SVG under the title.
    """

    name: str
    title: str
    says: str
    width: float
    height: float
    body: str

    def inline(self) -> str:
        """For a page that has `chart_css` and the colours in its style sheet."""
        return tag(
            "svg",
            self._title(),
            self.body,
            class_="chart",
            id=self.name,
            viewBox=f"0 0 {self.width:g} {self.height:g}",
            role="img",
            aria_label=self.title,
            aria_description=self.says,
        )

    def svg(self) -> str:
        """A file that shows it by itself, as by day."""
        return (
            tag(
                "svg",
                tag("title", words(self.title)),
                tag("desc", words(self.says)),
                tag("style", file_css()),
                tag("rect", width="100%", height="100%", class_="fill-sheet"),
                self._title(),
                self.body,
                xmlns="http://www.w3.org/2000/svg",
                class_="chart",
                viewBox=f"0 0 {self.width:g} {self.height:g}",
                width=self.width,
                height=self.height,
            )
            + "\n"
        )

    def _title(self) -> str:
        return label(fitted(self.title, self.width, 14), 0, 15, "title")


def variables(colours: Mapping[str, str]) -> str:
    """Colours as the variables that `chart_css` asks for."""
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())


@cache
def chart_css() -> str:
    """How charts look in a page."""
    rules = [
        f".chart {{ font: 12px {FACE}; }}",
        ".chart text { fill: var(--ink); stroke: none; font-variant-numeric: tabular-nums; }",
        ".chart .title { font-size: 14px; font-weight: 600; }",
        ".chart .strong { font-weight: 600; }",
        ".chart .quiet { fill: var(--soft); }",
        ".chart .alarm { fill: var(--red); font-weight: 600; }",
        ".chart .halo { paint-order: stroke; stroke: var(--sheet); stroke-width: 3px; stroke-linejoin: round; }",
        ".chart .grid { stroke: var(--line); }",
        ".chart .dashed { stroke-dasharray: 4 3; }",
        ".chart .thick { stroke-width: 2; }",
        ".chart .nothing { fill: none; stroke: none; pointer-events: all; }",
        ".chart .parted { stroke: var(--sheet); }",
        ".chart .fill-sheet { fill: var(--sheet); }",
    ]
    for hue in HUES:
        rules += [
            f".chart .{hue} {{ stroke: var(--{hue}); fill: none; }}",
            f".chart .fill-{hue} {{ fill: var(--{hue}); }}",
            f".chart .tint-{hue} {{ fill: var(--{hue}); fill-opacity: 0.22; }}",
        ]
    return "\n".join(rules)


@cache
def file_css() -> str:
    """The same for a file: colours written out."""
    return re.sub(r"var\(--(\w+)\)", lambda found: LIGHT[found[1]], chart_css())
