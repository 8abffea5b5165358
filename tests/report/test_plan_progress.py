"""The bar of a plan: where somebody watches, when it takes long, and gone afterwards."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from redclock.report.plan_progress import PlanProgress


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def shown(*steps: tuple[float, int, int], terminal: bool = True) -> str:
    """What is on the console after (seconds, done, wanted) were told."""
    clock, text = Clock(), StringIO()
    with PlanProgress(Console(file=text, force_terminal=terminal, width=80), now=clock) as progress:
        for clock.now, done, wanted in steps:
            progress.tell(done, wanted)
    return text.getvalue()


def test_the_bar_says_how_far_it_is_and_how_much_time_is_left() -> None:
    text = shown((0, 100, 600), (2, 120, 600), (3, 130, 600), (4, 140, 600))
    assert "140/600" in text
    assert "0:00:46" in text, "ten a second, 460 left"


def test_what_is_over_soon_has_no_bar() -> None:
    assert shown((0, 0, 600), (0.9, 300, 600), (1.5, 600, 600)) == ""
    assert shown((0, 0, 600), (0.9, 300, 600), (1.0, 301, 600)) != ""


def test_each_plan_has_its_own_patience() -> None:
    assert shown((0, 0, 10), (5, 10, 10), (5.5, 0, 10), (5.9, 5, 10), (6.1, 10, 10)) == ""


def test_nothing_is_shown_where_nobody_watches() -> None:
    assert shown((0, 0, 600), (5, 100, 600), (9, 500, 600), terminal=False) == ""


def test_the_bar_is_gone_when_the_work_is_done_or_broken_off() -> None:
    for last in ((9, 600, 600), (9, 500, 600)):
        text = shown((0, 0, 600), (5, 100, 600), last)
        assert text.endswith("\x1b[2K"), "the line is cleared and the cursor is at its start"
        assert "\x1b[?25h" in text, "and the cursor is seen again"
