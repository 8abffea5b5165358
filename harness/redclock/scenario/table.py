"""What every table of a scenario file is made of: no unknown key, no guessing of types, docstrings as descriptions."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, NaiveDatetime, WithJsonSchema

from fakemarket.rules.zones import zone_of


class Table(BaseModel):
    """A table of a scenario file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)


def _known_zone(name: str) -> str:
    zone_of(name)
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]
Moment = Annotated[
    NaiveDatetime | AwareDatetime,
    WithJsonSchema({"type": "string", "description": "date and time; without an offset, in the scenario's zone"}),
]
"""A time of day on a date; without an offset it is read in the scenario's zone."""
