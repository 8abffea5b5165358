"""Delivery templates: the preparation time a seller promises, and which promise holds by default.

Knows no orders and no calendars.
"""

from collections.abc import Sequence
from typing import NewType

from fakemarket.value import Value, value

TemplateId = NewType("TemplateId", int)


@value
class DeliveryTemplate(Value):
    """One template of a seller; `preparation_days` are working days, 1 or more [C]."""

    template_id: TemplateId
    name: str
    preparation_days: int
    is_default: bool = False

    def __post_init__(self) -> None:
        if self.preparation_days < 1:
            raise ValueError(
                f"template {self.name!r} promises {self.preparation_days} working days; it must be 1 or more"
            )


def default_of(templates: Sequence[DeliveryTemplate]) -> DeliveryTemplate:
    """The seller's default template. Raises ValueError unless exactly one is marked so."""
    defaults = [template for template in templates if template.is_default]
    if len(defaults) == 1:
        return defaults[0]
    names = ", ".join(repr(template.name) for template in defaults or templates) or "there are none at all"
    problem = "more than one template is the default" if defaults else "no template is the default"
    raise ValueError(f"{problem} ({names}); mark exactly one")


def warning_over_cap(template: DeliveryTemplate, cap_days: int) -> str | None:
    """What to tell a seller whose promise is longer than the platform is said to take, else None.

    A cap of 5 working days for goods in local warehouses is told by one source [1]; whether a longer template
    is refused is open, so this only warns.
    """
    if template.preparation_days <= cap_days:
        return None
    return (
        f"template {template.name!r} promises {template.preparation_days} working days, but the platform is "
        f"said to take at most {cap_days} for goods in local warehouses; shorten it or ask the platform"
    )
