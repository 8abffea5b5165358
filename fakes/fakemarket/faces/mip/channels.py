"""The MIP API's calls on channels: a seller account each, its health, and what a person can do about it."""

from __future__ import annotations

from fakemarket.call import Response
from fakemarket.faces.mip.orders import marketplace_refuses
from fakemarket.faces.mip.rendering import channel_json, sync_json
from fakemarket.faces.routes import Asked, Rejected, answer, moment
from fakemarket.world.mip_order import Channel
from fakemarket.world.tokens import MIP_APP, Refused
from fakemarket.world.world import World


def listing(world: World, _asked: Asked) -> Response:
    return answer({"data": [channel_json(channel) for channel in world.mip.channels.values()]})


def sync_status(world: World, asked: Asked) -> Response:
    return _health(world, _required(world, asked))


def import_window(world: World, asked: Asked) -> Response:
    """Imports what changed in a window, also what the rounds never saw. The rounds go on as before."""
    from fakemarket.faces.mip.bodies import ImportWindow

    channel = _required(world, asked)
    window = asked.query(ImportWindow, now=world.now)
    to_at = world.now if window.to_at is None else window.to_at
    imported = world.mip.import_window(channel.seller, window.from_at, to_at, cause="call")
    if isinstance(imported, Refused):
        raise marketplace_refuses(world, channel.seller)
    return answer(
        {
            "channel": channel.id,
            "from": moment(window.from_at),
            "to": moment(to_at),
            "new_orders": imported,
        }
    )


def reset_credentials(world: World, asked: Asked) -> Response:
    """The manual renewal: a new token pair. What the old one missed stays missed until it is imported."""
    channel = _required(world, asked)
    world.mip.reset_credentials(channel.seller, cause="call")
    return _health(world, channel)


def find(world: World, asked: Asked) -> Channel | None:
    """The channel that a path names."""
    wanted = asked.params.get("id")
    return next((channel for channel in world.mip.channels.values() if channel.id == wanted), None)


def _required(world: World, asked: Asked) -> Channel:
    channel = find(world, asked)
    if channel is None:
        known = ", ".join(it.id for it in world.mip.channels.values())
        raise Rejected(404, "not_found", f"no channel {asked.params['id']}; there is {known}")
    return channel


def _health(world: World, channel: Channel) -> Response:
    expires_at = world.tokens.current(MIP_APP, channel.seller).expires_at + world.lens.expiry_off_seconds()
    return answer(sync_json(channel, expires_at))
