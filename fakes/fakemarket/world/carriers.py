"""The carriers: which the marketplace knows, and what becomes of a parcel under way.

A number declared to the marketplace is only a claim. The platform's false-shipment rule looks at the first scan, and a
number that no parcel carries never has one. Keys, formats and names of the table are invented [A]; the fallback keys
`OTHER_<country>_LOCAL` / `_OVERSEAS` are the platform's [1].
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from fakemarket.rules.calendars import WorkingCalendar
from fakemarket.rules.penalties import must_be_online_by_at
from fakemarket.rules.status import Status
from fakemarket.rules.zones import local_date

if TYPE_CHECKING:
    from fakemarket.world.order import Declaration, Order
    from fakemarket.world.warehouse import Parcel
    from fakemarket.world.world import World


class Carrier(NamedTuple):
    """One logistics service of the marketplace."""

    key: str
    display_name: str
    company: str
    number_regex: str
    supplier_name: str
    """What the supplier calls it; empty where the supplier doesn't use it."""
    needs_website: bool = False
    min_days: int = 2
    max_days: int = 12


CARRIERS: tuple[Carrier, ...] = (
    Carrier("CORREOS_ES", "Correos Paquete", "Correos", r"^[A-Z]{2}[0-9]{9}ES$", "correos"),
    Carrier("SEUR_ES", "SEUR", "SEUR", r"^[0-9]{14}$", "seur"),
    Carrier("GLS_ES", "GLS Spain", "GLS", r"^[0-9]{11}$", "gls"),
    Carrier("DHL_EU", "DHL Parcel Europe", "DHL", r"^JJD[0-9]{12}$", "dhl"),
    Carrier("OTHER_ES_LOCAL", "Other, Spain local", "Other", r"^[A-Z0-9]{6,30}$", "", needs_website=True),
    Carrier("OTHER_ES_OVERSEAS", "Other, Spain overseas", "Other", r"^[A-Z0-9]{6,30}$", "", needs_website=True),
)
BY_KEY = {carrier.key: carrier for carrier in CARRIERS}
OF_SUPPLIER = tuple(carrier for carrier in CARRIERS if carrier.supplier_name)
_FORMATS = {carrier.key: re.compile(carrier.number_regex) for carrier in CARRIERS}
SUPPLIER_CARRIERS = {carrier.supplier_name: carrier for carrier in OF_SUPPLIER}
_AWAITS_RECEIPT = Status.WAIT_BUYER_ACCEPT_GOODS


def fits(carrier: Carrier, number: str) -> bool:
    """Whether a tracking number has the carrier's format."""
    return _FORMATS[carrier.key].fullmatch(number) is not None


def number_for(carrier: Carrier, bits: int) -> str:
    """A tracking number in the format of one of the supplier's carriers, from 64 random bits."""
    match carrier.supplier_name:
        case "correos":
            return f"PQ{bits % 10**9:09d}ES"
        case "seur":
            return f"{bits % 10**14:014d}"
        case "gls":
            return f"{bits % 10**11:011d}"
        case _:
            return f"JJD{bits % 10**12:012d}"


class Tracking:
    """Parcels under way."""

    def __init__(self, world: World, calendar: WorkingCalendar, zone: str) -> None:
        self._world = world
        self._clock = world.env
        self._calendar = calendar
        self._zone = zone
        # Bound once: all that is to come holds these, and not a method bound anew for each parcel.
        self._then_scan, self._then_deliver, self._then_check = self._scan, self._deliver, self._check_online
        self._parcels: dict[str, Parcel] = {}
        self._online_by_at: dict[date, int] = {}
        """By when a number must be online, by the day on which it was declared."""

    def hand_over(self, parcel: Parcel) -> None:
        """The carrier has it: a scan follows, unless it is lost before."""
        self._parcels[parcel.number] = parcel
        scan_seconds = parcel.fate.scan_seconds
        if scan_seconds is not None:
            self._clock.later(scan_seconds, self._then_scan, parcel)

    def _scan(self, parcel: Parcel) -> None:
        clock = self._clock
        parcel.scanned_at = now = clock.now
        self._world.tell((now, parcel.order.id, "first_scan", {"number": parcel.number}, "carrier"))
        clock.later(parcel.fate.transit_seconds, self._then_deliver, parcel)

    def _deliver(self, parcel: Parcel) -> None:
        parcel.delivered_at = now = self._clock.now
        self._world.tell((now, parcel.order.id, "delivered", {"number": parcel.number}, "carrier"))
        self.settle_receipt(parcel.order)

    def watch(self, order: Order, declaration: Declaration) -> None:
        """A declared number must come online."""
        day = local_date(declaration.at, self._zone)
        online_by_at = self._online_by_at.get(day)
        if online_by_at is None:
            limit_days = self._world.settings.carriers.online_limit_days
            online_by_at = must_be_online_by_at(declaration.at, limit_days, self._calendar, self._zone)
            self._online_by_at[day] = online_by_at
        self._clock.at(max(online_by_at, self._clock.now), self._then_check, (order, declaration))

    def parcel(self, number: str) -> Parcel | None:
        """The parcel that carries this number, if there is one under way."""
        return self._parcels.get(number)

    def _check_online(self, declared: tuple[Order, Declaration]) -> None:
        """False shipment: a declared number that no carrier has seen for too long, unless it was corrected."""
        order, declaration = declared
        if declaration not in order.declarations:
            return
        parcel = self._parcels.get(declaration.number)
        if parcel is None or parcel.scanned_at is None or parcel.scanned_at >= self._clock.now:
            why = "no parcel carries it" if parcel is None else "never scanned"
            facts = {"number": declaration.number, "carrier": declaration.carrier, "why": why}
            self._world.note(order.id, "false_shipment", facts, "platform")

    def settle_receipt(self, order: Order) -> None:
        """The buyer has it all once everything is declared and every declared number delivered, maybe before."""
        if order.status is not _AWAITS_RECEIPT or not order.declarations:
            return
        for declaration in order.declarations:
            parcel = self._parcels.get(declaration.number)
            if parcel is None or parcel.delivered_at is None:
                return
        self._world.buyers.receive(order)
