"""What all pages of this kind wear: one file with its style and script inside, and leave to load nothing at all.

Everything that a template shows is escaped, but for charts, which escape their own words.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

from redclock.checks.student import MissingExtra
from redclock.report.charts.chart import DARK, LIGHT, Chart, chart_css, file_css, variables

try:
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup
except ModuleNotFoundError as missing:
    raise MissingExtra(
        f"a page needs {missing.name}, which the extra `html` brings: pip install 'redclock[html]'"
    ) from missing


def render(template: str, **values: object) -> str:
    """A page. What isn't Unicode, as parts of names may not be, becomes question marks."""
    return _pages().get_template(template).render(values).encode("utf-8", "replace").decode()


@cache
def _pages() -> Environment:
    pages = Environment(
        loader=PackageLoader(__package__, "pages"),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style, script = _style(), _asset("charts.js")
    pages.globals.update(
        style=Markup(style),
        script=Markup(script),
        policy=f"default-src 'none'; img-src data: blob:; style-src '{_digest(style)}'; script-src '{_digest(script)}'",
        file_style=file_css(),
    )
    pages.filters["inline"] = _inline
    return pages


def _inline(chart: Chart) -> Markup:
    return Markup(chart.inline())


def _style() -> str:
    dark = f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {variables(DARK)} }} }}"
    return "\n".join([f":root {{ {variables(LIGHT)} }}", dark, chart_css(), _asset("page.css")])


@cache
def _asset(name: str) -> str:
    return files(__package__).joinpath("assets", name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
