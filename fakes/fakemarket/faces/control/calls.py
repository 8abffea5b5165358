"""The control plane's view of the journal: ask about calls, and verify that they were made."""

from __future__ import annotations

from fakemarket.call import Response
from fakemarket.faces.control.market import Held
from fakemarket.faces.routes import Asked, answer
from fakemarket.journal import NotAsExpected


def listing(market: Held, asked: Asked) -> Response:
    """The calls that fit, oldest first; of many the newest."""
    from fakemarket.faces.control.bodies import JournalQuery

    query = asked.query(JournalQuery)
    found = market.journal.calls(**query.model_dump(exclude={"limit"}))
    data = [market.journal.shown(entry) for entry in found[-query.limit :]]
    kept = {"kept": len(market.journal), "dropped": market.journal.dropped, "calls_limit": market.journal.calls_limit}
    return answer({"data": data, "total": len(found), **kept})


def verify(market: Held, asked: Asked) -> Response:
    """Whether a call was made so many times, or at least once; if not, which calls came near."""
    from fakemarket.faces.control.bodies import Expected

    body = asked.body(Expected)
    wanted = body.model_dump(include={"operation", "order", "seller", "status", "outcome"})
    try:
        found = market.journal.verify(wanted, body.parameters, times=body.times, since_at=body.since_at)
    except NotAsExpected as failed:
        return answer({"holds": False, "message": str(failed)})
    return answer({"holds": True, "message": "", "calls": [entry.number for entry in found]})
