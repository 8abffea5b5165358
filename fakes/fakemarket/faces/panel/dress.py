"""The pages' dress: the templates, and the files beside them that a browser fetches.

Everything that a template shows is escaped. An address of a file holds a digest of what is in it, so a browser may keep
it for good and still never shows an old one. jinja2 is imported with this module, which is when the first page is asked
for.
"""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from fakemarket.faces.panel.moments import duration, money
from fakemarket.rules.panel import panel_label

_KINDS = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}


def asset(name: str) -> tuple[str, bytes] | None:
    """Content type and content of a file by name; None if there is none."""
    return _assets().get(name)


def asset_path(name: str) -> str:
    """Where a browser fetches a file, below the panel's root."""
    return f"/assets/{name}?v={_digests()[name]}"


def render(template: str, **values: Any) -> bytes:
    """A page. What isn't UTF-8, as parts of an address may not be, becomes question marks."""
    return _pages().get_template(template).render(values).encode("utf-8", "replace")


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
    pages.globals.update(asset_path=asset_path, panel_label=panel_label)
    pages.filters.update(duration=duration, money=money)
    return pages


@cache
def _assets() -> dict[str, tuple[str, bytes]]:
    found = files(__package__).joinpath("assets").iterdir()
    return {file.name: (_KINDS[file.name.rpartition(".")[2]], file.read_bytes()) for file in found}


@cache
def _digests() -> dict[str, str]:
    return {name: blake2b(content, digest_size=6).hexdigest() for name, (_, content) in _assets().items()}
