"""Values: equal, hashed and shown as a dataclass would generate it."""

import gc
import pickle
import re
from copy import copy, deepcopy
from dataclasses import FrozenInstanceError, field, fields, is_dataclass, make_dataclass, replace
from datetime import date
from pickletools import genops
from typing import Any, cast

import pytest

from fakemarket.distributions import (
    Constant,
    Empirical,
    Exponential,
    Lognormal,
    QuickOrSlow,
    Triangular,
    Uniform,
)
from fakemarket.market import Market
from fakemarket.rules.calendars import WorkingCalendar, WorkingHours
from fakemarket.rules.deadlines import Anchor, CountdownRules, DeadlineClock, ExtensionWindow
from fakemarket.rules.penalties import PenaltyRules
from fakemarket.rules.templates import DeliveryTemplate, TemplateId
from fakemarket.settings import Calendar, Peak, Period, Settings
from fakemarket.value import Record, Shown, Value
from fakemarket.world.mip_order import Channel

DAY = date(2026, 11, 11)
SPAIN = WorkingCalendar("ES", "VC")
KEEPS_SOMETHING_BESIDE = {WorkingCalendar, WorkingHours, CountdownRules}
GROUPS: list[Any] = [each.default for each in fields(Settings) if is_dataclass(each.default)]
VALUES: tuple[Any, ...] = (
    *(Constant(3), Uniform(1, 10), Triangular(0.5, 1.5, 4), Exponential(180), Lognormal(19, 1.6)),
    *(QuickOrSlow(0.79, 0.3, 0.5, 1, 24), Empirical((0, 0.5, 1), (1, 2, 9))),
    *(SPAIN, WorkingHours(SPAIN, "Europe/Madrid", 540, 1080), DeliveryTemplate(TemplateId(1), "usual", 5)),
    *(PenaltyRules(), ExtensionWindow("spring", DAY, DAY, 7)),
    CountdownRules(5, Anchor.PAID, True, DeadlineClock.END_OF_DAY, "Europe/Madrid", SPAIN),
    *(Peak(DAY), Period(DAY, DAY), Calendar(), Settings(), *GROUPS),
)


def declared(kind: type) -> set[type]:
    """All dataclasses that take their methods from a class, however far below."""
    direct: list[type] = kind.__subclasses__()
    below = {each for one in direct for each in (one, *declared(one))}
    ours = {each for each in below if each.__module__.startswith("fakemarket.")}
    return {each for each in ours if {"__slots__", "__dataclass_fields__"} <= vars(each).keys()}


def generated(value: Any) -> Any:
    """The same as a dataclass that generates its methods."""
    parts = [(each.name, Any, field(repr=each.repr, compare=each.compare)) for each in fields(value)]
    return make_dataclass(type(value).__qualname__, parts, frozen=True)(
        *(getattr(value, each.name) for each in fields(value))
    )


def test_each_kind_of_value_is_looked_at_here() -> None:
    assert {each.__name__ for each in declared(Value)} == {type(each).__name__ for each in VALUES}


def test_no_kind_has_such_a_method_compiled() -> None:
    for kind in declared(Shown):
        assert not {"__eq__", "__hash__", "__repr__"} & vars(kind).keys(), kind
    for kind in declared(Value) - KEEPS_SOMETHING_BESIDE:
        assert not {"__init__", "__setattr__", "__delattr__"} & vars(kind).keys(), kind


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_is_shown_and_hashed_as_a_dataclass_is(value: Any) -> None:
    assert repr(value) == repr(generated(value))
    assert hash(value) == hash(generated(value))


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_equals_its_copy_and_nothing_of_another_class(value: Any) -> None:
    assert value == replace(value)
    assert hash(value) == hash(replace(value))
    assert value.__eq__(generated(value)) is NotImplemented
    assert value != generated(value)
    assert value != tuple(getattr(value, each.name) for each in fields(value))


def test_values_that_differ_in_any_field_are_not_equal() -> None:
    one = Lognormal(5, 0.6)
    assert one not in [Lognormal(6, 0.6), Lognormal(5, 0.5)]
    assert one == Lognormal(5.0, 0.6)


def test_what_is_remembered_beside_a_value_is_neither_compared_nor_shown() -> None:
    asked = WorkingCalendar("ES", "VC")
    asked.is_working(DAY)
    assert asked._years
    assert asked == SPAIN
    assert hash(asked) == hash(SPAIN)
    assert "_years" not in repr(asked)


def test_what_is_only_shown_is_equal_to_nothing_but_itself() -> None:
    channel = Channel("1", "shop-1")
    assert isinstance(channel, Shown)
    assert repr(channel).startswith("Channel(id='1', seller='shop-1', last_import_at=None, ")
    assert channel != Channel("1", "shop-1")


def test_a_value_is_made_by_place_by_name_or_as_usual() -> None:
    assert Triangular(1, 2, 3) == Triangular(1, high=3, mode=2) == Triangular(high=3, low=1, mode=2)
    assert Triangular(1, 2, 3).kind == "triangular"
    assert Calendar("PT").region == Calendar().region == ""


@pytest.mark.parametrize(
    ("given", "named", "said"),
    [
        ((1,), {}, "Uniform needs high too"),
        ((), {"high": 1}, "Uniform needs low too"),
        ((1, 2, "uniform", 4), {}, "Uniform has 3 parts, not 4: low, high, kind"),
        ((1, 2), {"high": 3}, "Uniform was given 'high' twice"),
        ((1,), {"high": 3, "low": 1}, "Uniform was given 'low' twice"),
        ((1, 2), {"width": 3}, "Uniform has no 'width'; it has low, high, kind"),
        ((1,), {"width": 3}, "Uniform has no 'width'; it has low, high, kind"),
    ],
)
def test_what_no_value_can_be_made_of_is_refused(given: tuple[Any, ...], named: dict[str, Any], said: str) -> None:
    kind: Any = Uniform
    with pytest.raises(TypeError, match=f"^{re.escape(said)}$"):
        kind(*given, **named)


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_stays_as_it_is(value: Any) -> None:
    before = repr(value)
    for each in fields(value):
        with pytest.raises(FrozenInstanceError):
            setattr(value, each.name, 1)
        with pytest.raises(FrozenInstanceError):
            delattr(value, each.name)
    assert repr(value) == before


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_can_be_pickled_and_copied(value: Any, protocol: int) -> None:
    for again in (pickle.loads(pickle.dumps(value, protocol)), copy(value), deepcopy(value)):
        assert again == value
        assert repr(again) == repr(value)


def test_what_a_value_remembers_is_pickled_with_it() -> None:
    asked = WorkingCalendar("ES", "VC")
    asked.is_working(DAY)
    assert pickle.loads(pickle.dumps(asked))._years == asked._years != {}


def test_a_record_is_pickled_without_the_names_of_its_parts() -> None:
    market = Market(seed=3, history_days=9)
    records = {type(each): each for each in gc.get_objects() if isinstance(each, Record)}
    assert records.keys() == declared(Record)
    for kind, record in records.items():
        words = {word for _, word, _ in genops(pickle.dumps(record))}
        assert words.isdisjoint(each.name for each in fields(cast(Any, kind)))
    fork = market.fork()
    assert repr(fork.orders()) == repr(market.orders())
    assert repr(fork.world.mip.orders) == repr(market.world.mip.orders)
