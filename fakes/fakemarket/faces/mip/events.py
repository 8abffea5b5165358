"""The MIP API's calls on events: its journal.

The journal shows each event once, in order, for ever: a caller keeps the last number it has dealt with and asks for
what lies behind it. A caller who stops between dealing with an event and noting its number gets it again, so events
are to be taken at least once; an event is a reason to look, and the order says what is so now.
"""

from __future__ import annotations

from fakemarket.call import Response
from fakemarket.faces.mip.rendering import event_json
from fakemarket.faces.routes import Asked, answer
from fakemarket.world.world import World


def listing(world: World, asked: Asked) -> Response:
    from fakemarket.faces.mip.bodies import EventQuery

    query = asked.query(EventQuery)
    events, more = world.mip.journal.page(query.after, query.limit)
    return answer({"data": [event_json(event) for event in events], "more": more})
