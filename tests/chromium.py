"""A real Chromium for tests of pages: how it is opened, and what is asked of every page.

Playwright's loop lives in the thread that starts it, so a module opens a browser of its own and closes it when it is
done. Skipped where there is no Chromium, but not in continuous integration.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.missing import missing

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}

FAINT = """() => {
    const light = (colour) => {
        const [r, g, b] = colour.match(/[0-9.]+/g).slice(0, 3).map(Number)
            .map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (it) => {
        for (; it; it = it.parentElement) {
            const colour = getComputedStyle(it).backgroundColor;
            if (colour.startsWith("rgb(")) return colour;
        }
        return "rgb(255, 255, 255)";
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const faint = new Set();
    while (walker.nextNode()) {
        const it = walker.currentNode.parentElement;
        if (!walker.currentNode.textContent.trim() || it.closest("option, .unseen, script, style")) continue;
        const style = getComputedStyle(it);
        const [a, b] = [light(it.closest("svg") ? style.fill : style.color), light(behind(it))].sort((x, y) => y - x);
        if ((a + 0.05) / (b + 0.05) < 4.5) faint.add(it.outerHTML.slice(0, 120));
    }
    return [...faint];
}"""
"""Text with less than WCAG's contrast of 4.5."""

FLAWS = """() => {
    const all = (selector) => [...document.querySelectorAll(selector)];
    return [
        ...all("button, a, summary").filter(it => !it.textContent.trim()),
        ...all("table").filter(it => !it.querySelector("thead th[scope=col]")),
        ...all("tbody tr").filter(it => !it.querySelector("th[scope=row]")),
        ...all("[id]").filter(it => all("#" + CSS.escape(it.id)).length > 1),
        ...all("[onclick], [style]:not(#tip)"),
        ...all("[tabindex='0']").filter(it => !it.getAttribute("aria-label") || !it.getAttribute("role")),
        ...all("svg").filter(it => !it.getAttribute("aria-label")),
    ].map(it => it.outerHTML.slice(0, 200));
}"""
"""What somebody who can't see the page, or has no mouse, would stumble over."""

CROWDED = """() => [...document.querySelectorAll("svg.chart")].flatMap(svg => {
    const view = svg.viewBox.baseVal;
    const them = [...svg.querySelectorAll("text")].map(it => [it.textContent, it.getBBox()]);
    const out = them.filter(([, it]) => it.x < -1 || it.x + it.width > view.width + 1 || it.y < -2
        || it.y + it.height > view.height + 2).map(([words]) => [svg.id, "lies outside", words]);
    const meets = (a, b) => a.x < b.x + b.width - 1 && b.x < a.x + a.width - 1
        && a.y + 4 < b.y + b.height && b.y + 4 < a.y + a.height;
    const met = them.flatMap(([words, a], n) => them.slice(n + 1).filter(([, b]) => meets(a, b))
        .map(([others]) => [svg.id, words, others]));
    return [...out, ...met];
})"""
"""Words of charts that meet others or lie beyond the edge."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium with a profile of its own."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        missing("there is no chromium on the path; install Debian's package `chromium`")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


@contextmanager
def looked_at(browser: Browser, file: Path, **context: Any) -> Iterator[Page]:
    """A page from disk, without a net; it must not ask for anything else, nor complain."""
    asked: list[str] = []
    complaints: list[str] = []
    with browser.new_context(**{"viewport": DESK, "offline": True, **context}) as session:
        session.set_default_timeout(10_000)
        page = session.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(file.as_uri())
        yield page
        assert [url for url in asked if not url.startswith(("blob:", "data:"))] == [file.as_uri()]
        assert complaints == []
