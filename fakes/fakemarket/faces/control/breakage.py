"""The control plane's faults: list them with their counts, put one to work, take one away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakemarket.call import Response
from fakemarket.faces.control.market import Held
from fakemarket.faces.routes import Asked, Rejected, answer

if TYPE_CHECKING:
    from fakemarket.faults import Fault


def listing(market: Held, _asked: Asked) -> Response:
    """The faults there are, and the numbers of those that have not struck yet."""
    data = [_fault_json(market, number, fault) for number, fault in market.faults.installed.items()]
    return answer({"data": data, "never_struck": list(market.faults.never_struck())})


def add(market: Held, asked: Asked) -> Response:
    """Puts a fault to work from now on."""
    from fakemarket.faces.control.bodies import FAULT_TABLES, FaultKind
    from fakemarket.faults import BadFault

    table = asked.body(FAULT_TABLES[asked.body(FaultKind).kind])
    try:
        number = market.faults.add(table.fault(lambda at: at))
    except BadFault as bad:
        raise Rejected(422, "validation", str(bad)) from None
    return answer(_fault_json(market, number, market.faults.installed[number]), 201)


def remove(market: Held, asked: Asked) -> Response:
    """Takes a fault away; how often it struck is told once more."""
    from fakemarket.faults import UnknownFault

    text = asked.params["number"]
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
    try:
        fault = market.faults.remove(number)
    except UnknownFault as unknown:
        raise Rejected(404, "not_found", str(unknown)) from None
    return answer(_fault_json(market, number, fault))


def _fault_json(market: Held, number: int, fault: Fault) -> dict[str, Any]:
    from dataclasses import asdict

    told = asdict(fault)
    aim = told.pop("aim", {})
    window = aim.pop("window", {})
    told |= {name: value for name, value in aim.items() if name in getattr(fault, "takes", ())}
    told |= {"from": window.get("from_at"), "until": window.get("until_at")} if window else {}
    for each in (told, told.get("after"), told.get("during")):
        if each and each.get("order") is not None:
            each["order"] = str(each["order"])
    return {"number": number, **told, "struck": market.faults.struck[f"fault:{number}"]}
