"""The MIP API's webhooks: registering them, and what is sent to them.

A posting follows the convention of Standard Webhooks: the headers `webhook-id`, the same for every attempt and copy of
an event, `webhook-timestamp`, market time, and `webhook-signature`, `v1,` and the base64 HMAC-SHA256 of
`id.timestamp.body`. It arrives at least once and not always in order: a receiver keys on the id.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, NamedTuple

from fakemarket.call import Response
from fakemarket.faces.mip.rendering import event_json
from fakemarket.faces.routes import Asked, Rejected, answer, moment, written
from fakemarket.world.mip_webhooks import MOST_WEBHOOKS, Delivery, Webhook
from fakemarket.world.world import World


class Posting(NamedTuple):
    """One HTTP POST to a webhook; any answer from 200 to 299 is a receipt."""

    url: str
    headers: Mapping[str, str]
    body: bytes


def posting(delivery: Delivery, now: int) -> Posting:
    """A delivery as it is sent at market time `now`."""
    body = written(event_json(delivery.event))
    signed = b"%d.%d.%b" % (delivery.event.id, now, body)
    signature = b64encode(hmac.digest(delivery.webhook.secret, signed, "sha256")).decode()
    headers = {
        "content-type": "application/json",
        "webhook-id": str(delivery.event.id),
        "webhook-timestamp": str(now),
        "webhook-signature": f"v1,{signature}",
    }
    return Posting(delivery.webhook.url, headers, body)


def register(world: World, asked: Asked) -> Response:
    """A new webhook. Its secret is shown this once."""
    from fakemarket.faces.mip.bodies import NewWebhook

    body = asked.body(NewWebhook)
    webhook = world.mip.webhooks.register(body.url, tuple(dict.fromkeys(body.events)), cause="call")
    if webhook is None:
        raise Rejected(409, "conflict", f"there are {MOST_WEBHOOKS} webhooks, which is the most; delete one first")
    secret = f"whsec_{b64encode(webhook.secret).decode()}"
    return answer({**_webhook_json(webhook), "secret": secret}, 201)


def listing(world: World, _asked: Asked) -> Response:
    return answer({"data": [_webhook_json(webhook) for webhook in world.mip.webhooks.registered.values()]})


def remove(world: World, asked: Asked) -> Response:
    """Ends a webhook; the answer shows it for the last time."""
    webhook = world.mip.webhooks.registered.get(asked.params["id"])
    if webhook is None:
        raise Rejected(404, "not_found", f"no webhook {asked.params['id']}")
    world.mip.webhooks.remove(webhook, cause="call")
    return answer(_webhook_json(webhook))


def _webhook_json(webhook: Webhook) -> dict[str, Any]:
    created = moment(webhook.created_at)
    return {"id": webhook.id, "url": webhook.url, "events": webhook.events, "created_at": created}
