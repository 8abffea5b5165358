"""Suites whose outcomes keep their ledgers too, so that a page's numbers can be counted again; a reader of pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest

from redclock.checks.measures import MEASURES
from redclock.report.html.page import report_html
from redclock.run import REFERENCE, run
from redclock.scenario.library import find
from redclock.scenario.read import read
from redclock.suite import Verdict, verdict

NEVER_RENEWS = "redclock.subject.broken:never_renews"
SENDS_ALL = "redclock.subject.broken:sends_whatever_it_sees"
VOID = {"meta", "link"}


@dataclass
class Table:
    """A table of a page: what it is called, and its cells as a reader sees them."""

    name: str
    rows: list[list[str]] = field(default_factory=list)

    def row(self, first: str) -> list[str]:
        """The row whose header begins so, without the header."""
        found: list[str] = next(row for row in self.rows if row[0].split(" ")[0] == first or row[0] == first)
        return found[1:]


class Page(HTMLParser):
    """A page's words, tables, links and figures. Complains of tags that don't match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.source = text
        self.tables: list[Table] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tips: dict[str, list[str]] = {}
        self._said: list[str] = []
        self._open: list[str] = []
        self._name = self._chart = ""
        self._tip: list[str] | None = None
        self.feed(text)
        assert not self._open, self._open
        self.words = " ".join("".join(self._said).split())

    def table(self, name: str) -> Table:
        return next(it for it in self.tables if it.name == name)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._open.append(tag)
        if "id" in named:
            self.ids.append(named["id"])
        if named.get("role") == "region":
            self._name = named["aria-label"]
        if tag == "a":
            self.links.append(named["href"])
        self._begin(tag, named)
        if tag in ("small", "li", "p", "td", "th", "b"):
            self._say(" ")

    def _begin(self, tag: str, named: dict[str, str]) -> None:
        match tag:
            case "h4":
                self._name = ""
            case "svg":
                self._chart = named["id"]
            case "title" if "svg" in self._open:
                self._tip = []
            case "table":
                self.tables.append(Table(self._name))
            case "tr":
                self.tables[-1].rows.append([])
            case "td" | "th":
                self.tables[-1].rows[-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, (tag, self.getpos())
        if tag in ("td", "th"):
            self.tables[-1].rows[-1][-1] = " ".join(self.tables[-1].rows[-1][-1].split())
        if tag == "title" and self._tip is not None:
            self.tips.setdefault(self._chart, []).append("".join(self._tip))
            self._tip = None

    def handle_data(self, data: str) -> None:
        if self._tip is not None:
            self._tip.append(data)
        elif "svg" not in self._open and not {"style", "script", "template"} & set(self._open):
            if "h4" in self._open:
                self._name += data
            self._say(data)

    def _say(self, text: str) -> None:
        self._said.append(text)
        if {"td", "th"} & set(self._open):
            self.tables[-1].rows[-1][-1] += text


def tried(name: str, subject: str, many: int, **changes: object) -> Verdict:
    """What came of a bundled scenario, changed where a test needs it, in its first seeds."""
    (scenario,) = read(find([name]), measures=MEASURES)
    scenario = scenario.model_copy(update=changes)
    return verdict([run(scenario, seed, subject=subject, figures=True) for seed in range(many)])


@pytest.fixture(scope="session")
def suite() -> list[Verdict]:
    """Three scenarios, of which two fail: one for tokens, one for a check that is broken; one holds."""
    return [
        tried("b1-silent-expiry", NEVER_RENEWS, 3),
        tried("a1-pending-payment-is-not-work", SENDS_ALL, 2),
        tried("c3-wallet-empty", REFERENCE, 2),
    ]


@pytest.fixture(scope="session")
def text(suite: list[Verdict]) -> str:
    return report_html(suite)


@pytest.fixture(scope="session")
def page(text: str) -> Page:
    return Page(text)
