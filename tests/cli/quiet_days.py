"""Scenarios that are over in a tenth of a second, for tests of what is done with scenarios."""

from pathlib import Path

TINY = """
title = "A quiet day"
proves = "Nothing is missed."
tags = ["P1", "quiet"]
start = 2026-03-02
days = 1
drain_days = 0
seeds = 2

[market.demand]
orders_per_day = 1.0

[[expect]]
measure = "missed"
at_most = 0
"""
HOPELESS = TINY.replace("at_most = 0", "at_least = 3").replace("P1", "P2")
SUBJECTS = """
class NeverSleeps:
    def __init__(self, ports):
        import redclock.drive

        redclock.drive.WAKES_LIMIT = 100

    def wake(self, now):
        return now + 1


class Dawdles:
    def __init__(self, ports):
        pass

    def wake(self, now):
        import time

        time.sleep(20)
        return now + 86_400
"""


def write(folder: Path, **texts: str) -> None:
    """Scenario files, by their stem with `_` for `-`, in a folder."""
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name.replace('_', '-')}.toml").write_text(text)
