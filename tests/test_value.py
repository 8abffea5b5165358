"""Values: equal, hashed and shown as a dataclass would generate it."""

from collections.abc import Iterator
from dataclasses import field, fields, is_dataclass, make_dataclass, replace
from datetime import date
from typing import Any

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
from fakemarket.rules.calendars import WorkingCalendar, WorkingHours
from fakemarket.rules.deadlines import Anchor, CountdownRules, DeadlineClock, ExtensionWindow
from fakemarket.rules.penalties import PenaltyRules
from fakemarket.rules.templates import DeliveryTemplate, TemplateId
from fakemarket.settings import Calendar, Peak, Period, Settings
from fakemarket.value import Shown, Value
from fakemarket.world.mip_order import Channel

DAY = date(2026, 11, 11)
SPAIN = WorkingCalendar("ES", "VC")
GROUPS: list[Any] = [each.default for each in fields(Settings) if is_dataclass(each.default)]
VALUES: tuple[Any, ...] = (
    *(Constant(3), Uniform(1, 10), Triangular(0.5, 1.5, 4), Exponential(180), Lognormal(19, 1.6)),
    *(QuickOrSlow(0.79, 0.3, 0.5, 1, 24), Empirical((0, 0.5, 1), (1, 2, 9))),
    *(SPAIN, WorkingHours(SPAIN, "Europe/Madrid", 540, 1080), DeliveryTemplate(TemplateId(1), "usual", 5)),
    *(PenaltyRules(), ExtensionWindow("spring", DAY, DAY, 7)),
    CountdownRules(5, Anchor.PAID, True, DeadlineClock.END_OF_DAY, "Europe/Madrid", SPAIN),
    *(Peak(DAY), Period(DAY, DAY), Calendar(), Settings(), *GROUPS),
)


def declared(kind: type) -> Iterator[type]:
    """All that take their methods from a class, however far below."""
    each: type
    for each in kind.__subclasses__():
        if each.__module__.startswith("fakemarket.") and "__dataclass_fields__" in vars(each):
            yield each
        yield from declared(each)


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
