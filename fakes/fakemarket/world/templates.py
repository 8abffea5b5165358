"""The sellers' delivery templates: the preparation times they promise, and the one that holds by default.

An order keeps the promise that held when it was placed. Whether the platform takes a promise over its cap is open, so
choosing one only warns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakemarket.rules.templates import DeliveryTemplate, TemplateId, default_of, warning_over_cap

if TYPE_CHECKING:
    from fakemarket.world.world import World

_FIRST_ID = 1000
"""Template ids count from here, each seller's in a thousand of its own [A]."""


def _name(days: int) -> str:
    return f"Shipping in {days} working day{'s' if days > 1 else ''}"


class Templates:
    """Every seller's templates. Each starts with the same ones, the settings'."""

    def __init__(self, world: World) -> None:
        self._world = world
        countdown = world.settings.countdown
        promised = dict.fromkeys((countdown.preparation_days, *countdown.other_template_days))
        self._of = {
            seller: tuple(
                DeliveryTemplate(TemplateId(number + place), _name(days), days, place == 0)
                for place, days in enumerate(promised)
            )
            for number, seller in zip(range(_FIRST_ID, 10**9, _FIRST_ID), world.settings.sellers, strict=False)
        }

        self._default = {seller: default_of(templates) for seller, templates in self._of.items()}

    def of(self, seller: str) -> tuple[DeliveryTemplate, ...]:
        """A seller's templates."""
        return self._of[seller]

    def default(self, seller: str) -> DeliveryTemplate:
        """The one that new orders get."""
        return self._default[seller]

    def warnings(self, seller: str) -> list[str]:
        """What to tell a seller about promises that the platform may not take."""
        cap_days = self._world.settings.countdown.cap_days
        told = (warning_over_cap(template, cap_days) for template in self._of[seller])
        return [warning for warning in told if warning]

    def choose_default(self, seller: str, template_id: int, *, cause: str) -> str | None:
        """Makes a template the default for orders placed from now on; a warning if it is over the cap.

        Raises:
            LookupError: the seller has no such template; nothing has changed.
        """
        templates = self._of[seller]
        chosen = next((template for template in templates if template.template_id == template_id), None)
        if chosen is None:
            known = ", ".join(str(template.template_id) for template in templates)
            raise LookupError(f"{seller} has no delivery template {template_id}; it has {known}")
        self._of[seller] = tuple(
            DeliveryTemplate(each.template_id, each.name, each.preparation_days, each is chosen) for each in templates
        )
        self._default[seller] = default_of(self._of[seller])
        facts = {"seller": seller, "template": chosen.template_id, "preparation_days": chosen.preparation_days}
        self._world.note(None, "default_template", facts, cause)
        return warning_over_cap(chosen, self._world.settings.countdown.cap_days)
