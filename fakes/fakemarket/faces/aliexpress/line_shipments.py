"""Shipments by line, in the shape that the calls share which take them and read them back.

Copies of the platform's description agree on the fields; the wrappers' names differ from call to call [2]. Of the call
that says only `shipment` nobody has copied them, so it has those of the call that reads back, whose types it shares
[inf].
"""

from __future__ import annotations

from collections.abc import Sequence

from fakemarket.faces.aliexpress.envelope import Content, Listing
from fakemarket.world.desk import LineShipment
from fakemarket.world.order import Declaration

READ_BACK = ("aeop_seller_shipment_sub_trade_order_dto", "aeop_shipment_dto")
BY_LINE = ("subtradeorderlist", "shipmentlist")


def taken(shipments: Sequence[LineShipment], wrappers: tuple[str, str]) -> Listing:
    """What a call has declared."""
    lines: dict[int, list[LineShipment]] = {}
    for each in shipments:
        lines.setdefault(each.line, []).append(each)
    rows = [_row(line, them, any(it.completes_line for it in them), wrappers) for line, them in lines.items()]
    return Listing(wrappers[0], rows)


def told(declarations: Sequence[Declaration], lines: Sequence[int]) -> Listing:
    """What some lines of an order have been declared to be sent by. What names no line is of each of them [A]."""
    rows = []
    for line in lines:
        them = [it for it in declarations if it.line in (None, line)]
        if them:
            rows.append(_row(line, them, any(it.whole or it.completes_line for it in them), READ_BACK))
    return Listing(READ_BACK[0], rows)


def _row(
    line: int, parcels: Sequence[LineShipment | Declaration], complete: bool, wrappers: tuple[str, str]
) -> Content:
    return {
        "sub_trade_order_index": line,
        "send_type": "all" if complete else "part",
        "shipment_list": Listing(
            wrappers[1], [{"logistics_no": it.number, "service_name": it.carrier} for it in parcels]
        ),
    }
