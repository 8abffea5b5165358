"""The MIP API's calls on wallets: a seller's money with the supplier."""

from __future__ import annotations

from fakemarket.call import Response
from fakemarket.faces.mip.keys import key_of, used_otherwise
from fakemarket.faces.mip.rendering import money, movement_json
from fakemarket.faces.routes import Asked, answer
from fakemarket.world.world import World


def shown(world: World, asked: Asked) -> Response:
    """What there is, and a page of what moved, oldest first. A wallet without end has no balance."""
    from fakemarket.faces.mip.bodies import WalletQuery

    sellers = _sellers(world)
    query = asked.query(WalletQuery, channels=tuple(sellers))
    seller = sellers[query.channel]
    movements = world.mip.supplier.wallets[seller].movements
    end = query.after + query.limit
    return answer(
        {
            "channel": query.channel,
            "currency": world.settings.demand.currency,
            "balance": money(world.mip.supplier.balance_cents(seller)),
            "movements": [movement_json(movement) for movement in movements[query.after : end]],
            "more": len(movements) > end,
        }
    )


def top_up(world: World, asked: Asked) -> Response:
    """Pays money in. Orders that stopped for want of it wait until they are sent again.

    With an `Idempotency-Key` the same call again pays nothing and is answered with the first one's movement.
    """
    from fakemarket.faces.mip.bodies import TopUp

    sellers = _sellers(world)
    key = key_of(asked)
    body = asked.body(TopUp, channels=tuple(sellers))
    seller, meant = sellers[body.channel], body.model_dump_json()
    used = world.mip.supplier.keys.get(key)
    if used is not None:
        first, movement = used
        if first != meant:
            raise used_otherwise(key)
        return answer(movement_json(movement), 201, {"idempotent-replayed": "true"})
    movement = world.mip.supplier.top_up(seller, body.cents, key=(key, meant) if key else None, cause="call")
    return answer(movement_json(movement), 201)


def _sellers(world: World) -> dict[str, str]:
    """By channel id."""
    return {channel.id: channel.seller for channel in world.mip.channels.values()}
