"""The pages beside the orders: both platforms side by side, delivery templates, tokens."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from fakemarket.call import Response
from fakemarket.faces.panel.beside import Beside, Kind, beside
from fakemarket.faces.panel.countdown import Countdown, countdown, urgency
from fakemarket.faces.panel.order_query import read_parameters
from fakemarket.faces.panel.paging import page_number, page_of
from fakemarket.faces.panel.visit import Visit
from fakemarket.faces.routes import Asked
from fakemarket.world.tokens import APPS, Grant, Refused
from fakemarket.world.world import World


@dataclass(frozen=True, slots=True)
class Pair:
    """The last token pair of an app and seller, and why its access token is refused, if it is."""

    grant: Grant
    refused: Refused | None


def overview(visit: Visit, _asked: Asked) -> Response:
    """Every order that the two platforms know differently, the most urgent first."""
    world = visit.world
    given = read_parameters(visit.request.query)
    word = given.get("kind", "").upper()
    kind = Kind[word] if word in Kind.__members__ else None
    compared = [beside(world, order) for seller in world.settings.sellers for order in world.orders_of(seller)]
    counts = Counter(difference.kind for each in compared for difference in each.differences)
    rows = [
        (each, countdown(world, each.order))
        for each in compared
        if (each.differences if kind is None else each.differs(kind.name))
    ]
    rows.sort(key=_most_urgent)
    page = page_of(rows, page_number(given.get("page", "")))
    return visit.page(
        "beside.html",
        kinds=tuple(Kind),
        kind=kind,
        counts=counts,
        compared=len(compared),
        rows=page.items,
        page=page,
        round_seconds=world.settings.mip.import_every_minutes * 60,
    )


def templates(visit: Visit, _asked: Asked) -> Response:
    """Each seller's delivery templates; an order keeps the preparation time of its day's default one."""
    world = visit.world
    return visit.page(
        "templates.html",
        shops=[(seller, world.templates.of(seller)) for seller in world.settings.sellers],
        warnings=[warning for seller in world.settings.sellers for warning in world.templates.warnings(seller)],
        countdown=world.settings.countdown,
    )


def tokens(visit: Visit, _asked: Asked) -> Response:
    """Whether each app's access to each seller is alive, and the health of the integration platform's channels."""
    world = visit.world
    pairs = [_pair(world, app, seller) for seller in world.settings.sellers for app in APPS]
    return visit.page("tokens.html", pairs=pairs, channels=tuple(world.mip.channels.values()))


def _pair(world: World, app: str, seller: str) -> Pair:
    grant = world.tokens.current(app, seller)
    checked = world.tokens.check(grant.access_token, app=app)
    return Pair(grant, None if isinstance(checked, Grant) else checked)


def _most_urgent(row: tuple[Beside, Countdown | None]) -> tuple[tuple[int, int], int]:
    each, clock = row
    return urgency(clock), min(difference.since_at for difference in each.differences)
