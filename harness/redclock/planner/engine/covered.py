"""Which markets the engine repeats: it refuses by name what it would get wrong, and the world is asked instead."""

from __future__ import annotations

from collections.abc import Iterator

from fakemarket.distributions import Distribution, table
from fakemarket.settings import Settings

_SHORTEST_TOKEN_SECONDS = 60
_LONGEST_SECONDS = 20 * 366 * 86_400
_DAY, _HOUR = 86_400, 3600


class NotCovered(ValueError):
    """The engine doesn't repeat the world under some setting; the message names it."""


def uncovered(settings: Settings) -> str:
    """The first setting that the engine doesn't cover, with the reason; empty if it covers them all."""
    return next(_uncovered(settings), "")


def _uncovered(settings: Settings) -> Iterator[str]:
    mip, tokens = settings.mip, settings.tokens
    if mip.wallet_cents is not None:
        yield "mip.wallet_cents: a wallet that may run dry"
    for name in ("push_lost_share", "push_answer_lost_share"):
        if getattr(mip, name):
            yield f"mip.{name}: pushes that nobody answers"
    if settings.warehouse.minimum_order_cents:
        yield "warehouse.minimum_order_cents: orders that cost too little"
    if int(tokens.access_hours * _HOUR) < _SHORTEST_TOKEN_SECONDS:
        yield "tokens.access_hours: a token of less than a minute"
    if tokens.dies_early and int(table(tokens.revoked_every_days).at(0.0) * _DAY) < 1:
        yield "tokens.revoked_every_days: a token that may die in the second of its birth"
    for name, distribution, unit in _durations(settings):
        if table(distribution).at(1 - 2**-53) * unit > _LONGEST_SECONDS:
            yield f"{name}: a duration of more than 20 years"


def _durations(settings: Settings) -> Iterator[tuple[str, Distribution, int]]:
    pay, review, buyers, house = settings.payments, settings.review, settings.buyers, settings.warehouse
    yield "payments.delay_minutes", pay.delay_minutes, 60
    yield "payments.retry_minutes", pay.retry_minutes, 60
    yield "payments.processing_minutes", pay.processing_minutes, 60
    yield "payments.confirm_money_hours", pay.confirm_money_hours, _HOUR
    yield "review.hours", review.hours, _HOUR
    yield "review.appeal_hours", review.appeal_hours, _HOUR
    yield "buyers.cancel_hours", buyers.cancel_hours, _HOUR
    yield "buyers.frozen_hours", buyers.frozen_hours, _HOUR
    yield "warehouse.preparation_working_days", house.preparation_working_days, _DAY
    yield "warehouse.second_parcel_working_days", house.second_parcel_working_days, _DAY
    yield "warehouse.packing_minutes", house.packing_minutes, 60
    yield "mip.tracking_hours", settings.mip.tracking_hours, _HOUR
