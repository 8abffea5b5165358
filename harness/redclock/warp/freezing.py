"""freezegun's clocks at market time, put on and taken off as often as one likes.

freezegun walks through all modules whenever it starts and stops: 12 ms with 2,000 of them. Here its fakes, and the
lists in which it keeps what time it is, are used without its walk: the names are remembered (`Names`). What the fakes
tell is asked of the market, so nothing needs to be moved along.
"""

from __future__ import annotations

import copyreg
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from freezegun import api, config

from redclock.warp.names import Names

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  (freezegun freezes at naive UTC)
_WAITING = ("threading", "queue", "subprocess", "selectors", "sched")
"""They measure how long a real wait takes, with a clock that they have by a name of their own."""
TEST_RUNNERS = ("_pytest.", "xdist", "execnet")
"""They go on measuring real time."""
LEFT_ALONE = ("fakemarket", "simpy")
"""Whose clocks are not touched: they are told the time. freezegun shows the real time to all that these call, too, so
what calls the code under test must not be among them."""
_FAKES = (
    ("time", "fake_time"),
    ("time_ns", "fake_time_ns"),
    ("monotonic", "fake_monotonic"),
    ("monotonic_ns", "fake_monotonic_ns"),
    ("perf_counter", "fake_perf_counter"),
    ("perf_counter_ns", "fake_perf_counter_ns"),
    ("localtime", "fake_localtime"),
    ("gmtime", "fake_gmtime"),
    ("strftime", "fake_strftime"),
    ("date", "FakeDate"),
    ("datetime", "FakeDatetime"),
)
_UUID = ("_generate_time_safe", "_UuidCreate", "_last_timestamp")
_LAZY = ("pydantic._internal._generate_schema", "pydantic.json_schema", "pydantic.type_adapter", "pydantic.dataclasses")
"""Modules that others load when they first need them, and that keep tables by type: first loaded while the clocks are
frozen, they would know the fakes for good."""


class _MarketClock(api.FrozenDateTimeFactory):
    """What freezegun asks for the time."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now

    def __call__(self) -> datetime:
        return _EPOCH + timedelta(seconds=self._now())


@cache
def _names() -> Names:
    for module in _LAZY:
        import_module(module)
    pairs = [(getattr(api, f"real_{name}"), getattr(api, fake)) for name, fake in _FAKES]
    return Names(pairs, (*LEFT_ALONE, *TEST_RUNNERS, *_WAITING, "freezegun", "redclock.warp"))


def _ignored() -> tuple[str, ...]:
    """Beginnings of the names of modules that see the real time, like all that they call: freezegun's list, and ours.

    Not those that are left their own names anyway: what a thread calls is called by `threading`. And its list has "gi"
    for a package of that name, which would leave out all that begin like it.
    """
    theirs = (name for name in config.settings.default_ignore_list if name not in _WAITING)
    return (*LEFT_ALONE, *(f"{name}." if name == "gi" else name for name in theirs))


def is_frozen() -> bool:
    """Whether somebody has frozen the clocks already."""
    return bool(api.freeze_factories)


@contextmanager
def frozen(now: Callable[[], int]) -> Iterator[Callable[[], bool]]:
    """The clocks of `datetime` and `time` tell what `now` tells, seconds since the epoch, and read UTC.

    Yields:
        Whether they still do: nobody has frozen them at another time meanwhile.
    """
    names = _names()
    clock = _MarketClock(now)
    entries: tuple[tuple[list[Any], object], ...] = (
        (api.freeze_factories, clock),
        (api.ignore_lists, _ignored()),
        (api.tick_flags, False),
        (api.tz_offsets, timedelta(0)),
    )
    for each, value in entries:
        each.append(value)
    uuids = {name: getattr(uuid, name) for name in _UUID if hasattr(uuid, name)}
    vars(uuid).update(dict.fromkeys(uuids))  # with none of these it asks `time`
    copyreg.dispatch_table[api.real_datetime] = api.pickle_fake_datetime
    copyreg.dispatch_table[api.real_date] = api.pickle_fake_date
    with _models_may_be_defined():
        names.put_on()
        try:
            yield lambda: api.freeze_factories[-1:] == [clock]
        finally:
            names.take_off()
            del copyreg.dispatch_table[api.real_datetime], copyreg.dispatch_table[api.real_date]
            vars(uuid).update(uuids)
            place = api.freeze_factories.index(clock)
            for each, _ in entries:
                del each[place]


@cache
def _plain() -> ModuleType:
    """The module `datetime` as it is when nothing is frozen."""
    plain = ModuleType("datetime")
    vars(plain).update(vars(sys.modules["datetime"]), datetime=api.real_datetime, date=api.real_date)
    return plain


@contextmanager
def _models_may_be_defined() -> Iterator[None]:
    """pydantic knows a type by its identity, and would know only one of `datetime` and its fake: here it knows both.

    It looks the identity up in the module `datetime` (2.11), or in a table of its own that it has from there (2.14).

    A model that is defined while the clocks are frozen holds the fake for good, so the fake stays known.
    """
    for fake, real in ((api.FakeDatetime, api.real_datetime), (api.FakeDate, api.real_date)):
        schema = classmethod(lambda _cls, _source, handler, real=real: handler.generate_schema(real))
        fake.__get_pydantic_core_schema__ = schema  # type: ignore[attr-defined]
    namespace = vars(import_module(_LAZY[0]))
    there = namespace["datetime"]
    namespace["datetime"] = _plain()
    try:
        yield
    finally:
        namespace["datetime"] = there
