"""Every call of the control plane: the one table behind its routes and its description.

Models go by their names in `bodies` and `answers`, which are imported when somebody asks: pydantic is heavy.
"""

from __future__ import annotations

from typing import Final

from fakemarket.faces.control import breakage, calls, clock, description, hands, views
from fakemarket.faces.control.market import Held
from fakemarket.faces.endpoint import Endpoint

ENDPOINTS: Final[dict[str, Endpoint[Held]]] = {
    "GET /clock": Endpoint(clock.tell, "What the clock says", "Reading"),
    "POST /clock/advance": Endpoint(
        clock.advance, "Let so much market time pass", "Happened", body="Advance", refuses=(409,)
    ),
    "POST /clock/run-until": Endpoint(
        clock.run_until,
        "Let time pass until an instant, or until a condition holds or its limit is reached",
        "Reached",
        body="RunUntil",
        refuses=(404, 409),
    ),
    "POST /clock/to-next-event": Endpoint(
        clock.to_next_event, "Let time pass until something happens", "Reached", body="ToNextEvent"
    ),
    "POST /clock/to-countdown": Endpoint(
        clock.to_countdown,
        "Let time pass until so many seconds before an order's countdown ends",
        "Reached",
        body="ToCountdown",
        refuses=(404, 409),
    ),
    "POST /clock/speed": Endpoint(
        clock.set_speed, "Market seconds in a real second from now on", "Reading", body="Speed"
    ),
    "GET /orders": Endpoint(views.orders, "The newest orders, newest first", "OrderPage", query="OrderQuery"),
    "POST /orders": Endpoint(hands.place, "A buyer orders now", "OrderShown", status=201, body="NewOrder"),
    "GET /orders/{id}": Endpoint(views.order, "One order and its story", "OrderTold"),
    "POST /orders/{id}/moves": Endpoint(
        hands.force, "Make a legal move of one order happen now", "OrderShown", body="ForcedMove", refuses=(409,)
    ),
    "GET /faults": Endpoint(breakage.listing, "Every fault, and how often it struck", "FaultList"),
    "POST /faults": Endpoint(breakage.add, "Put a fault to work", "FaultShown", status=201, body="NewFault"),
    "DELETE /faults/{number}": Endpoint(breakage.remove, "Take a fault away", "FaultShown"),
    "GET /journal": Endpoint(calls.listing, "The calls that fit, oldest first", "JournalPage", query="JournalQuery"),
    "POST /journal/verify": Endpoint(
        calls.verify, "Whether a call was made; if not, which ones came near", "Verdict", body="Expected"
    ),
    "POST /reset": Endpoint(hands.reset, "Begin again with the same seed", "Begun"),
    "GET /ledger": Endpoint(views.ledger, "Events from a position on", "LedgerPage", query="LedgerQuery"),
    "GET /digest": Endpoint(views.digest, "A digest of all that has happened", "Digest"),
    "GET /credentials": Endpoint(
        views.credentials, "What a client of the APIs needs", "Credentials", query="SellerQuery"
    ),
    "POST /tokens/{app}/revoke": Endpoint(
        hands.revoke, "Both tokens of an app die now", "TokenState", query="SellerQuery"
    ),
    "GET /openapi.json": Endpoint(description.served, "This description", ""),
}
