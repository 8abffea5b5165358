"""The daily manual check that shops begin with: each working day a person compares both panels and types in what lacks.

It is what a logic is to be better than. The person looks at nine, from Monday to Friday, sees what the marketplace
shows as waiting, has the platform import what it lacks, renews its login if it fails, sends refused orders again, and
declares the numbers that the platform knows and the marketplace doesn't. Nothing happens between two mornings.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from redclock.subject.ports import AliExpressPort, CallFailed, Declaration, ListedOrder, MipOrder, Ports

HOUR, ZONE = 9, "Europe/Madrid"
"""When the person looks unless told otherwise."""
_DAY = 86_400
LOOKS_BACK_DAYS = 14
"""What changed since then is imported and looked through."""
_SATURDAY = 5
_WAITING = ("WAIT_SELLER_SEND_GOODS", "SELLER_PART_SEND_GOODS")
_CARRIERS = {"correos": "CORREOS_ES", "seur": "SEUR_ES", "gls": "GLS_ES", "dhl": "DHL_EU"}
"""What a person picks from the panel's list for the supplier's word."""


class DailyManualCheck:
    """Somebody who compares both panels every working morning.

    Args:
        ports: the two panels, as far as a person sees them.
        hour: when they look, on the clocks of `zone`.
    """

    def __init__(self, ports: Ports, hour: int = HOUR, zone: str = ZONE) -> None:
        self._ports = ports
        self._hour = hour
        self._zone = ZoneInfo(zone)

    def wake(self, now: int) -> int:
        """Compares, if it is time to; the next time is the next working morning."""
        here = datetime.fromtimestamp(now, self._zone)
        if here.weekday() < _SATURDAY and here.hour == self._hour:
            with suppress(CallFailed):  # a panel that doesn't open is tried again tomorrow
                self._compare(now)
        return self._next_morning(here)

    def _next_morning(self, here: datetime) -> int:
        morning = here.replace(hour=self._hour, minute=0, second=0)
        while morning <= here or morning.weekday() >= _SATURDAY:
            morning = (morning + timedelta(days=1)).replace(hour=self._hour)
        return int(morning.timestamp())

    def _compare(self, now: int) -> None:
        since_at = now - LOOKS_BACK_DAYS * _DAY
        for channel in self._ports.mip.channels():
            if channel.consecutive_errors:
                self._ports.mip.reset_credentials(channel.channel)
            self._ports.mip.import_window(channel.channel, since_at, now)
        known = {it.order_id: it for it in self._ports.mip.orders(updated_since_at=since_at)}
        for shop in self._ports.shops.values():
            for order in sorted(shop.orders(_WAITING), key=lambda it: (it.ship_by_at or 0, it.order_id)):
                if order.order_id in known:
                    self._mend(shop, order, known[order.order_id])

    def _mend(self, shop: AliExpressPort, order: ListedOrder, mirror: MipOrder) -> None:
        """Sends it again if the supplier refused it, and types in its numbers if the marketplace lacks them."""
        with suppress(CallFailed):  # a form that doesn't go through is tried again tomorrow
            if mirror.review_reason:
                self._ports.mip.resend(mirror.id)
            shown = shop.order(order.order_id) if mirror.shipments else None
            told = set(shown.declared_numbers) if shown else set()
            lacking = [it for it in mirror.shipments if it.number not in told]
            for shipment in lacking:
                lines = {line for it in mirror.shipments if it.number in told or it is shipment for line in it.lines}
                told.add(shipment.number)
                carrier = _CARRIERS.get(shipment.carrier, shipment.carrier)
                whole = lines >= set(order.lines)
                shop.declare(Declaration(order.order_id, carrier, shipment.number, whole))
