"""A subject that is killed in the middle of its work loses what it has not written down, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakemarket.streams import Streams
from redclock.actors.mortal import RESTART_SECONDS, Mortal
from redclock.checks.measures import MEASURES
from redclock.run import open_market, ports_to, run
from redclock.scenario.library import find
from redclock.scenario.read import BadScenarios, read
from redclock.subject.ports import Ports

HOUR = 3600


class Notes:
    """Calls ten times a round, and writes down how often it has called."""

    def __init__(self, ports: Ports) -> None:
        self.ports = ports
        self.calls = 0
        born.append(self)

    def wake(self, now: int) -> int:
        for _ in range(10):
            self.ports.mip.channels()
            self.calls += 1
        Path(self.ports.memory).write_text(str(now))
        return now + 600


born: list[Notes] = []


def test_it_dies_after_a_call_and_its_memory_outlives_it(tmp_path: Path) -> None:
    (scenario,) = read(find(["e1-missing-import"]), measures=MEASURES)
    market, memory = open_market(scenario, 0), tmp_path / "memory"
    born.clear()
    deaths: list[int] = []
    luck = Streams(0).stream("deaths")
    mortal = Mortal(Notes, lambda: ports_to(market), str(memory), HOUR, luck, deaths.append)
    assert [mortal.wake(at) for at in range(0, HOUR, 600)] == list(range(600, HOUR + 1, 600))
    assert mortal.wake(HOUR) == HOUR + RESTART_SECONDS
    assert deaths == [HOUR]
    first, second = born
    assert 60 <= first.calls < 60 + 10, "in the middle of its work"
    assert memory.read_text() == str(HOUR - 600)
    assert second.ports.memory == str(memory)
    assert mortal.wake(HOUR + RESTART_SECONDS) == HOUR + RESTART_SECONDS + 600
    assert second.calls == 10


def test_deaths_are_the_seed_s() -> None:
    (scenario,) = read(find(["h4-restart-in-the-middle"]), measures=MEASURES)
    first, second = run(scenario, 0), run(scenario, 0)
    assert list(first.ledger) == list(second.ledger)
    killed = list(first.ledger.named("killed"))
    assert killed
    assert all(event.facts["woken_at"] <= event.at for event in killed)


def test_what_a_schedule_calls_is_not_killed(tmp_path: Path) -> None:
    text = find(["h4-restart-in-the-middle"])[0].read_text(encoding="utf-8")
    path = tmp_path / "h4.toml"
    path.write_text(text.replace('killed_every = "2 h"', 'killed_every = "2 h"\nevery = "15 min"'))
    with pytest.raises(BadScenarios, match="`killed_every` is for a subject that says itself when it is woken"):
        read([path], measures=MEASURES)
