"""Webhooks of the platform: who wants to hear of which events, and what is still to be delivered when.

It sends nothing: whoever runs the market takes what is due and says what became of it. A delivery that is taken is at
once due again after a wait, and only a receipt ends it: so each event arrives at least once while its receiver answers
within the tries there are, perhaps twice, perhaps after a later one [A].
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from fakemarket.world.mip_journal import Happening, Noticed

if TYPE_CHECKING:
    from fakemarket.world.world import World

MOST_WEBHOOKS = 20


class Webhook(NamedTuple):
    """Somebody who wants to hear of events."""

    id: str
    url: str
    events: tuple[Happening, ...]
    secret: bytes
    """Both sides sign with it."""
    created_at: int


def _one_at_once(_webhook: Webhook, _event: Noticed) -> tuple[int, ...]:
    return (0,)


class Delivery(NamedTuple):
    """One event on its way to one webhook."""

    number: int
    webhook: Webhook
    event: Noticed
    attempt: int
    """From 1."""


class Webhooks:
    """Every webhook, and the deliveries that are not over."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._waits = tuple(int(minutes * 60) for minutes in world.settings.mip.webhook_retry_minutes)
        self.registered: dict[str, Webhook] = {}
        self._registrations = 0
        self._deliveries = 0
        self._open: dict[int, Delivery] = {}
        """By number, with the attempt that comes next or is being made."""
        self._due: list[tuple[int, int]] = []
        """A heap of (instant, number); a number that is no longer open is passed over."""
        self.copies: Callable[[Webhook, Noticed], tuple[int, ...]] = _one_at_once
        """How many seconds late each copy of an event leaves: none is a loss, two a duplicate, a wait a swap."""

    def register(self, url: str, events: tuple[Happening, ...], *, cause: str) -> Webhook | None:
        """A new webhook, which hears of what happens from now on; None if there are too many."""
        if len(self.registered) >= MOST_WEBHOOKS:
            return None
        secret = bytes.fromhex(self._world.streams.child("mip").token("webhook", self._registrations))
        self._registrations += 1
        webhook = Webhook(f"W{self._registrations:03d}", url, events, secret, self._world.now)
        self.registered[webhook.id] = webhook
        self._world.note(None, "webhook_registered", {"webhook": webhook.id, "url": url, "events": list(events)}, cause)
        return webhook

    def remove(self, webhook: Webhook, *, cause: str) -> None:
        """Ends a webhook; what it hasn't heard yet it won't hear."""
        del self.registered[webhook.id]
        self._open = {number: it for number, it in self._open.items() if it.webhook is not webhook}
        self._world.note(None, "webhook_removed", {"webhook": webhook.id}, cause)

    def tell(self, event: Noticed) -> None:
        """Queues an event for whoever wants it."""
        for webhook in self.registered.values():
            if event.type in webhook.events:
                for late_seconds in self.copies(webhook, event):
                    self._queue(Delivery(self._deliveries, webhook, event, 1), event.at + late_seconds)
                    self._deliveries += 1

    def take(self) -> list[Delivery]:
        """What is due now, oldest first. Each comes again after its wait unless `settle` hears of a receipt."""
        taken = []
        now = self._world.now
        while self._due and self._due[0][0] <= now:
            delivery = self._open.get(heappop(self._due)[1])
            if delivery is not None:
                taken.append(delivery)
        for delivery in taken:
            if delivery.attempt <= len(self._waits):
                self._queue(delivery._replace(attempt=delivery.attempt + 1), now + self._waits[delivery.attempt - 1])
        return taken

    def settle(self, delivery: Delivery, *, received: bool) -> None:
        """What became of a delivery that was taken; the last failure is told to the ledger."""
        last = delivery.attempt > len(self._waits)
        if received or last:
            self._open.pop(delivery.number, None)
        if last and not received:
            facts = {"webhook": delivery.webhook.id, "event": delivery.event.id, "attempts": delivery.attempt}
            self._world.note(None, "webhook_given_up", facts, "mip")

    def _queue(self, delivery: Delivery, at: int) -> None:
        self._open[delivery.number] = delivery
        heappush(self._due, (at, delivery.number))
