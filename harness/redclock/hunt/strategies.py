"""hypothesis strategies for orders, worlds and faults: what hunts draw from, and any test of yours may.

Everything shrinks towards the usual: no fault, default settings, one day, few orders, seed 0. Draws no luck of the
market's own: that hangs on its seed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import chain
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from fakemarket.faults import KINDS, After, Aim, During, Fault, TokenDies, Window
from fakemarket.faults.kinds import aim_of
from fakemarket.faults.tables import FaultTable
from fakemarket.rules.status import Status
from fakemarket.settings import Demand, Settings
from redclock.hunt.orders import orders
from redclock.hunt.space import (
    APIS,
    DAY,
    DIES_EVERY_HOURS,
    EDIT_WINDOW_HOURS,
    EVENTS,
    HOUR,
    HOURS_ON,
    LIMITS,
    OF_THE_WORLD,
    OPERATIONS,
    PEOPLE,
    SETTINGS,
    SHARES,
    SPOTS,
    STARTS,
    STRENGTHS,
    STRIKES,
    Spot,
)
from redclock.scenario.actors import PersonTable, SubjectTable, Task
from redclock.scenario.expect import Expectation
from redclock.scenario.model import FAULT_TABLES, Scenario

__all__ = ["blows", "changed", "faults", "orders", "scenarios", "setting", "settings", "table_of"]

MOST_FAULTS = 3
MOST_SETTINGS = 4
MOST_PEOPLE = 3
_AT_NOON = 12
"""Hours from the start."""
ORDERS_PER_DAY = (5.0, 10.0, 20.0, 40.0)


def settings(
    *,
    names: Collection[str] = tuple(SETTINGS),
    most: int = MOST_SETTINGS,
    orders_per_day: Sequence[float] = ORDERS_PER_DAY,
    sellers: int = 1,
    strains: int = 0,
    spot: Spot | None = None,
) -> st.SearchStrategy[Settings]:
    """Settings of a market with up to `most` values that are not the usual ones.

    Args:
        names: dotted names of the settings that may differ, of those in `space.SETTINGS`.
        orders_per_day: one of these, the mildest first.
        sellers: up to so many.
        strains: beside `most` single settings, up to so many strains of `space.SPOTS`.
        spot: one whose strain is there in any case.
    """
    groups = [each.strain for each in SPOTS if each.strain and set(each.strain) <= set(names)]
    short_of = st.lists(st.sampled_from(groups), max_size=strains, unique=True) if groups else st.just([])
    single = st.lists(st.sampled_from(list(names)), max_size=most, unique=True)
    least = spot.strain if spot else ()
    turned = st.tuples(short_of, single).flatmap(lambda drawn: _turned([*least, *chain(*drawn[0]), *drawn[1]]))
    shops = st.integers(1, sellers).map(lambda count: tuple(f"shop-{n}" for n in range(1, count + 1)))
    return st.builds(_settings, st.sampled_from(list(orders_per_day)), shops, turned)


def faults(
    *,
    start_at: int,
    days: int,
    kinds: Collection[str] = tuple(KINDS),
    sellers: Sequence[str] = (),
    operations: Sequence[str] | None = None,
) -> st.SearchStrategy[Fault]:
    """One fault of some kind, aimed and timed within a run.

    Args:
        start_at: market time at which the run begins, seconds since the epoch.
        days: how long it lasts; faults come on in this time.
        kinds: words of `fakemarket.faults.KINDS`.
        sellers: whom faults may be aimed at, beside everybody.
        operations: what faults of calls may be aimed at; unless given what each kind can strike.
    """
    return st.sampled_from(list(kinds)).flatmap(lambda word: _of_kind(word, start_at, days, sellers, operations))


def blows(*, start_at: int, days: int, kinds: Collection[str] = tuple(KINDS)) -> st.SearchStrategy[tuple[Fault, ...]]:
    """The blow of one of `space.SPOTS` from some hour of the run on, or nothing in two draws of three.

    Args:
        start_at: market time at which the run begins, seconds since the epoch.
        days: how long orders arrive.
        kinds: words of `fakemarket.faults.KINDS`.
    """
    rows = [each.blow for each in SPOTS if each.blow and {word for word, _ in each.blow} <= set(kinds)]
    over_http = [row for row in rows if not {word for word, _ in row} <= set(OF_THE_WORLD)]
    rows = over_http or rows  # the others are felt without HTTP as well, which is quicker
    if not rows:
        return st.just(())
    some = st.sampled_from(rows).flatmap(lambda row: _at_some_hour(row, start_at, days))
    return st.integers(0, 2).flatmap(lambda which: some if which == 2 else st.just(()))


@st.composite
def scenarios(
    draw: st.DrawFn,
    *,
    expect: Sequence[Expectation],
    kinds: Collection[str] = tuple(KINDS),
    most_days: int = 3,
    world: st.SearchStrategy[Settings] | None = None,
    deaths: bool = False,
    spot: Spot | None = None,
) -> Scenario:
    """A scenario named `drawn`: a start, a few days, a world and some faults.

    Args:
        expect: what every one of them expects.
        kinds: words of `fakemarket.faults.KINDS`.
        world: settings to draw from; `settings()` unless given.
        deaths: the subject's process may die now and then; only for one that says itself when it is woken.
        spot: one whose blow strikes, whose people are there and which has its days in any case; its strain is for
            `world` to have.
    """
    start = datetime.fromisoformat(draw(st.sampled_from(STARTS))).date()
    least_days = spot.days if spot else 1
    days = draw(st.integers(least_days, max(least_days, most_days)))
    market = draw(settings() if world is None else world)
    there = spot.people if spot else ()
    others = [person for person in PEOPLE if person.does not in map(_task, there)]
    helpers = (*there, *draw(st.lists(st.sampled_from(others), max_size=MOST_PEOPLE - len(there), unique_by=_task)))
    if any(person.slips for person in helpers):
        # Else what slips while access is dead could be past mending, which is nobody's fault.
        market = changed(market, "carriers.edit_window_hours", EDIT_WINDOW_HOURS)
    bare = Scenario(
        name="drawn",
        title="Drawn by chance",
        proves="Whatever is drawn, what is promised holds.",
        start=start,
        days=days,
        market=market,
        subjects=(SubjectTable(killed_every=draw(_deaths()) if deaths else None),),
        people=helpers,
        expect=tuple(expect),
    )
    sellers = market.sellers if len(market.sellers) > 1 else ()
    if spot and spot.blow:
        blow = draw(_at_some_hour(spot.blow, bare.start_at, days))
    else:
        blow = draw(blows(start_at=bare.start_at, days=days, kinds=kinds))
    single = faults(start_at=bare.start_at, days=days + 5, kinds=kinds, sellers=sellers)
    drawn = (*blow, *draw(st.lists(single, max_size=MOST_FAULTS - len(blow))))
    return bare.model_copy(update={"faults": tuple(table_of(fault, bare.zone) for fault in drawn)})


def table_of(fault: Fault, zone: str) -> FaultTable:
    """A fault as a scenario's file says it, with times of a zone."""
    aim = aim_of(fault)

    def moment(at: int | None) -> datetime | None:
        """With its offset: the hour that the end of summer time repeats is two instants."""
        if at is None:
            return None
        local = datetime.fromtimestamp(at, ZoneInfo(zone))
        return local.replace(tzinfo=timezone(local.utcoffset() or timedelta()), fold=0)

    if isinstance(fault, TokenDies):
        said: dict[str, Any] = {"at": moment(fault.at), "app": fault.app, "seller": fault.seller, "after": fault.after}
    else:
        said = {name: getattr(aim, name) for name in fault.takes if name != "window"}
        said |= {"from": moment(aim.window.from_at), "until": moment(aim.window.until_at)}
        own = [name for name in fault.__dataclass_fields__ if name not in ("aim", "kind", "takes")]
        said |= {name: getattr(fault, name) for name in own}
    return FAULT_TABLES[fault.kind].model_validate({"kind": fault.kind, **said})


def changed(market: Settings, name: str, value: Any) -> Settings:
    """Settings with another value for one, by its dotted name."""
    group, _, field = name.partition(".")
    if not field:
        return replace(market, **{group: value})
    inner: Any = getattr(market, group)
    return replace(market, **{group: replace(inner, **{field: value})})


def setting(market: Settings, name: str) -> Any:
    """A setting by its dotted name."""
    return attrgetter(name)(market)


def _at_some_hour(
    row: Sequence[tuple[str, Mapping[str, Any]]], start_at: int, days: int
) -> st.SearchStrategy[tuple[Fault, ...]]:
    """A blow from some hour on, best when some orders are in and others are not, and no numbers are known yet."""
    hours = sorted(range((days + 1) * 24), key=lambda hour: abs(hour - _AT_NOON))
    return st.sampled_from(hours).map(lambda hour: _struck(row, start_at + hour * HOUR))


def _struck(row: Sequence[tuple[str, Mapping[str, Any]]], from_at: int) -> tuple[Fault, ...]:
    """A blow, its faults on from an instant."""
    window = Window(from_at, from_at + HOURS_ON[-1] * HOUR)
    struck = []
    for word, said in row:
        kind: Any = KINDS[word]
        if kind is TokenDies:
            struck.append(kind(at=from_at, **said))
            continue
        aim = Aim(window=window, **{name: said[name] for name in ("operation", "share") if name in said})
        own = {name: value for name, value in said.items() if name in kind.__dataclass_fields__}
        struck.append(kind(aim=aim, **own))
    return tuple(struck)


def _operations(word: str) -> st.SearchStrategy[str]:
    """A whole API as often as one call of it, of which some are seldom made."""
    if word in STRIKES:
        return st.sampled_from(STRIKES[word])
    return st.booleans().flatmap(lambda one: st.sampled_from(OPERATIONS if one else APIS))


def _deaths() -> st.SearchStrategy[int | None]:
    """Seconds from one death of a process to the next; in five worlds of six it lives."""
    often = st.sampled_from([hours * HOUR for hours in DIES_EVERY_HOURS])
    return st.integers(0, 5).flatmap(lambda which: often if which == 5 else st.none())


def _task(person: PersonTable) -> Task:
    return person.does


def _turned(names: list[str]) -> st.SearchStrategy[Mapping[str, Any]]:
    return st.fixed_dictionaries({name: st.sampled_from(SETTINGS[name]) for name in names})


def _settings(orders_per_day: float, sellers: tuple[str, ...], turned: Mapping[str, Any]) -> Settings:
    market = Settings(sellers=sellers, demand=Demand(orders_per_day=orders_per_day))
    for name, value in turned.items():
        market = changed(market, name, value)
    return market


def _of_kind(
    word: str, start_at: int, days: int, sellers: Sequence[str], operations: Sequence[str] | None
) -> st.SearchStrategy[Fault]:
    kind: Any = KINDS[word]
    own = {name: st.sampled_from(values) for name, values in STRENGTHS.get(word, {}).items()}
    whom = st.sampled_from((None, *sellers))
    from_at = st.integers(0, days * 24).map(lambda hours: start_at + hours * HOUR)
    after = st.builds(
        After,
        st.sampled_from(EVENTS),
        nth=st.sampled_from((1, 2, 10)),
        wait_seconds=st.sampled_from((0, HOUR, DAY)),
    )
    if kind is TokenDies:
        instant = st.fixed_dictionaries({"at": from_at}) | st.fixed_dictionaries({"after": after})
        return st.builds(
            lambda when, seller, rest: kind(seller=seller, **when, **rest), instant, whom, st.fixed_dictionaries(own)
        )
    when = {
        "window": st.builds(
            lambda start, hours: Window(start, start + hours * HOUR), from_at, st.sampled_from(HOURS_ON)
        ),
        "nth": st.sampled_from((1, 2, 10)),
        "after": after,
        "during": st.builds(During, st.just(Status.WAIT_SELLER_SEND_GOODS), at_least=st.sampled_from((1, 5))),
        "share": st.sampled_from(SHARES),
    }
    limits = [name for name in LIMITS if name is None or name in kind.takes]
    limited = st.sampled_from(limits).flatmap(lambda name: st.fixed_dictionaries({name: when[name]} if name else {}))
    parts: dict[str, st.SearchStrategy[Any]] = {
        "operation": _operations(word) if operations is None else st.sampled_from(list(operations)),
        "seller": whom,
    }
    aims = st.fixed_dictionaries({name: part for name, part in parts.items() if name in kind.takes})
    # One limit at most: what is limited in two ways strikes next to nothing.
    return st.builds(
        lambda aim, limit, rest: kind(aim=Aim(**aim, **limit), **rest), aims, limited, st.fixed_dictionaries(own)
    )
