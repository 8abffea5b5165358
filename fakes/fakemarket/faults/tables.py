"""Faults as outside data says them: one flat table for each kind, made from the kinds themselves.

What a file or a body looks like is thus written nowhere a second time. How it says an instant is its own affair: the
caller hands in the type of its instants and turns them into seconds. Needs pydantic, so it is imported where faults
are read, never with the package.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from itertools import count
from typing import Annotated, Any, ClassVar, get_type_hints

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model, model_validator

from fakemarket.faults.aim import Aim, Share
from fakemarket.faults.kinds import KINDS, Fault, TokenDies
from fakemarket.faults.when import After, During, Window

ToInstant = Callable[[Any], int | None]


def _number(text: object) -> object:
    """An order's id may come as digits: it has more of them than the numbers of some JSON writers."""
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= 18 else text


def _numbered(table: object) -> object:
    """The same for the order of a condition."""
    return {**table, "order": _number(table["order"])} if isinstance(table, dict) and "order" in table else table


_AFTER = (Annotated[After | None, BeforeValidator(_numbered)], None)
_AIM_FIELDS: Mapping[str, tuple[Any, Any]] = {
    "operation": (str, ""),
    "order": (Annotated[int, BeforeValidator(_number)] | None, None),
    "seller": (str | None, None),
    "nth": (Annotated[int, Field(ge=1)] | None, None),
    "share": (Share, 1.0),
    "after": _AFTER,
    "during": (Annotated[During | None, BeforeValidator(_numbered)], None),
}


class FaultTable(BaseModel):
    """One fault, as it is said."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    made_of: ClassVar[type[Fault]]

    kind: str

    @model_validator(mode="after")
    def _can_be(self) -> FaultTable:
        instants = count()
        self.fault(lambda at: None if at is None else next(instants))  # says why if not; windows are compared below
        return self

    def fault(self, instant: ToInstant) -> Fault:
        """The fault as a market takes it; `instant` makes seconds of what the table says."""
        made_of = self.made_of
        values = {name: getattr(self, name) for name in type(self).model_fields if name not in ("start", "end")}
        if issubclass(made_of, TokenDies):
            return made_of(**{**values, "at": instant(values["at"])})
        aim = {name: values.pop(name) for name in _AIM_FIELDS if name in values}
        window = Window(instant(getattr(self, "start", None)), instant(getattr(self, "end", None)))
        aimed: Any = made_of
        made: Fault = aimed(**values, aim=Aim(**aim, window=window))
        return made


class _Windowed(FaultTable):
    @model_validator(mode="after")
    def _in_order(self) -> _Windowed:
        start, end = getattr(self, "start", None), getattr(self, "end", None)
        if start is not None and end is not None and _bare(start) >= _bare(end):
            raise ValueError("`until` must be later than `from`")
        return self


def _bare(moment: Any) -> Any:
    """Instants of one window are compared without their offsets: one may have none."""
    return moment if isinstance(moment, int) else moment.replace(tzinfo=None)


def fault_tables(instant: Any) -> Mapping[str, type[FaultTable]]:
    """A model for each kind of fault, by its word; `instant` is the type of an instant in them."""
    return {word: _table(kind, instant) for word, kind in KINDS.items()}


def any_fault(tables: Mapping[str, type[FaultTable]]) -> Any:
    """The type of one fault of any kind: pydantic tells them apart by `kind`."""
    union: Any = None
    for table in tables.values():
        union = table if union is None else union | table
    return Annotated[union, Field(discriminator="kind")]


def _table(kind: type[Fault], instant: Any) -> type[FaultTable]:
    hints = get_type_hints(kind, include_extras=True)
    defaults = {each.name: each.default for each in fields(kind)}
    taken: dict[str, tuple[Any, Any]] = {"kind": (hints["kind"], ...)}
    if issubclass(kind, TokenDies):
        taken |= {"at": (instant | None, None), "app": (hints["app"], defaults["app"])}
        taken |= {"seller": _AIM_FIELDS["seller"], "after": _AFTER}
        return _made(kind, FaultTable, taken)
    for name in kind.takes:
        if name == "window":
            taken["start"] = (instant | None, Field(None, alias="from"))
            taken["end"] = (instant | None, Field(None, alias="until"))
        else:
            taken[name] = _AIM_FIELDS[name]
    taken |= {name: (hints[name], default) for name, default in defaults.items() if name not in ("aim", "kind")}
    return _made(kind, _Windowed, taken)


def _made(kind: type[Fault], below: type[FaultTable], taken: Mapping[str, tuple[Any, Any]]) -> type[FaultTable]:
    table = create_model(kind.__name__, __base__=below, __doc__=kind.__doc__, **taken)  # type: ignore[call-overload]
    table.made_of = kind
    made: type[FaultTable] = table
    return made
