"""Webhooks in process: the test is who sends, and the receiver."""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from fakemarket.faces.mip.webhooks import Posting
from fakemarket.market import Market
from fakemarket.settings import Mip
from fakemarket.world.order import Order

Ask = Callable[..., tuple[int, Any]]
Place = Callable[..., Order]

URL = "https://shop.example/hooks"
WAITS_MINUTES = Mip().webhook_retry_minutes


class Receiver:
    """Keeps what arrives and answers as it is told."""

    def __init__(self) -> None:
        self.got: list[Posting] = []
        self.status = 200

    def __call__(self, posting: Posting) -> int:
        self.got.append(posting)
        return self.status

    @property
    def ids(self) -> list[int]:
        return [int(posting.headers["webhook-id"]) for posting in self.got]

    @property
    def types(self) -> list[str]:
        return [orjson.loads(posting.body)["type"] for posting in self.got]


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


def test_an_event_arrives_as_the_journal_has_it(market: Market, ask: Ask, place: Place, receiver: Receiver) -> None:
    assert ask("POST /v1/webhooks", body={"url": URL})[0] == 201
    place()
    market.advance(minutes=15)
    assert market.deliver(receiver) == 2
    assert [orjson.loads(posting.body) for posting in receiver.got] == ask("GET /v1/events")[1]["data"]
    assert {posting.url for posting in receiver.got} == {URL}
    market.advance(hours=7)
    assert market.deliver(receiver) == 0, "what was received is over"
    market.advance(hours=2)
    assert market.deliver(receiver) == 1
    assert orjson.loads(receiver.got[-1].body)["data"]["status"] == "preparing"


def test_the_signature_can_be_checked_with_the_secret_that_is_shown_once(
    market: Market, ask: Ask, place: Place, receiver: Receiver
) -> None:
    registered = ask("POST /v1/webhooks", body={"url": URL})[1]
    secret = b64decode(registered["secret"].removeprefix("whsec_"))
    assert "secret" not in ask("GET /v1/webhooks")[1]["data"][0]
    place()
    market.advance(minutes=15)
    market.deliver(receiver)
    for posting in receiver.got:
        headers = posting.headers
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + posting.body
        assert headers["webhook-signature"] == "v1," + b64encode(hmac.digest(secret, signed, "sha256")).decode()
        assert headers["webhook-timestamp"] == str(market.now())


def test_only_what_was_asked_for_arrives(market: Market, ask: Ask, place: Place, receiver: Receiver) -> None:
    ask("POST /v1/webhooks", body={"url": URL, "events": ["order.pending_review", "order.pending_review"]})
    place(out_of_stock=True)
    place()
    market.advance(minutes=15)
    market.deliver(receiver)
    assert receiver.types == ["order.pending_review"]


def test_what_happened_before_is_not_told(market: Market, ask: Ask, place: Place, receiver: Receiver) -> None:
    place()
    market.advance(minutes=15)
    ask("POST /v1/webhooks", body={"url": URL})
    assert market.deliver(receiver) == 0


@pytest.mark.parametrize("status", [0, 199, 300, 404, 500])
def test_what_is_not_received_is_tried_again_after_each_wait_and_then_given_up(
    market: Market, ask: Ask, place: Place, receiver: Receiver, status: int
) -> None:
    ask("POST /v1/webhooks", body={"url": URL, "events": ["order.imported"]})
    place()
    market.advance(minutes=15)
    receiver.status = status
    assert market.deliver(receiver) == 0
    for tries, minutes in enumerate(WAITS_MINUTES, start=1):
        market.advance(minutes=minutes, seconds=-1)
        market.deliver(receiver)
        assert len(receiver.got) == tries
        assert not market.ledger.named("webhook_given_up")
        market.advance(seconds=1)
        market.deliver(receiver)
        assert len(receiver.got) == tries + 1
    assert receiver.ids == [1] * (len(WAITS_MINUTES) + 1)
    (given_up,) = market.ledger.named("webhook_given_up")
    assert given_up.facts == {"webhook": "W001", "event": 1, "attempts": len(WAITS_MINUTES) + 1}
    market.advance(days=9)
    receiver.got.clear()
    market.deliver(receiver)
    assert receiver.got == []


def test_a_receipt_ends_the_tries(market: Market, ask: Ask, place: Place, receiver: Receiver) -> None:
    ask("POST /v1/webhooks", body={"url": URL, "events": ["order.imported"]})
    place()
    market.advance(minutes=15)
    receiver.status = 500
    market.deliver(receiver)
    receiver.status = 204
    market.advance(minutes=1)
    assert market.deliver(receiver) == 1
    market.advance(days=2)
    assert market.deliver(receiver) == 0
    assert not market.ledger.named("webhook_given_up")


def test_what_was_taken_by_somebody_who_never_came_back_is_due_again(
    market: Market, ask: Ask, place: Place, receiver: Receiver
) -> None:
    ask("POST /v1/webhooks", body={"url": URL, "events": ["order.imported"]})
    place()
    market.advance(minutes=15)

    def breaks(_: Posting) -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        market.deliver(breaks)
    market.advance(minutes=1)
    assert market.deliver(receiver) == 1


def test_a_receipt_from_before_a_reset_ends_no_tries_after_it(
    market: Market, ask: Ask, place: Place, receiver: Receiver
) -> None:
    """A posting may be under way while somebody begins again."""

    def one_is_due() -> None:
        ask("POST /v1/webhooks", body={"url": URL, "events": ["order.imported"]})
        place()
        market.advance(minutes=15)

    def begins_again(_: Posting) -> int:
        market.reset()
        one_is_due()
        assert len(market.due_deliveries()) == 1, "taken by somebody who never comes back"
        return 204

    one_is_due()
    assert market.deliver(begins_again) == 1
    market.advance(minutes=1)
    assert market.deliver(receiver) == 1


def test_a_removed_webhook_hears_nothing_more(market: Market, ask: Ask, place: Place, receiver: Receiver) -> None:
    webhook = ask("POST /v1/webhooks", body={"url": URL})[1]
    shown = {name: value for name, value in webhook.items() if name != "secret"}
    place()
    market.advance(minutes=15)
    assert ask(f"DELETE /v1/webhooks/{webhook['id']}") == (200, shown)
    assert ask(f"DELETE /v1/webhooks/{webhook['id']}")[0] == 404
    assert market.deliver(receiver) == 0
    assert ask("GET /v1/webhooks") == (200, {"data": []})
    assert ask("POST /v1/webhooks", body={"url": URL})[1]["id"] != webhook["id"]


def test_there_is_an_end_to_webhooks(ask: Ask) -> None:
    assert [ask("POST /v1/webhooks", body={"url": URL})[0] for _ in range(21)] == [201] * 20 + [409]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"url": "ftp://shop.example/"},
        {"url": "https://"},
        {"url": "https://user:secret@shop.example/"},
        {"url": "https://shop.example:99999/"},
        {"url": URL, "events": []},
        {"url": URL, "events": ["order.eaten"]},
        {"url": URL, "events": "order.imported"},
        {"url": URL, "secret": "mine"},
    ],
)
def test_a_webhook_that_can_not_be_is_refused(market: Market, ask: Ask, body: object) -> None:
    before = market.ledger.digest()
    assert ask("POST /v1/webhooks", body=body)[0] == 422
    assert market.ledger.digest() == before


@pytest.mark.parametrize(
    ("late_seconds", "arrive"), [((), [2]), ((0, 0), [1, 1, 2]), ((120,), [2, 1])], ids=["lost", "twice", "swapped"]
)
def test_copies_can_be_lost_doubled_and_swapped(
    market: Market, ask: Ask, place: Place, receiver: Receiver, late_seconds: tuple[int, ...], arrive: list[int]
) -> None:
    ask("POST /v1/webhooks", body={"url": URL})
    market.world.mip.webhooks.copies = lambda _, event: late_seconds if event.id == 1 else (0,)
    place()
    market.advance(minutes=15)
    market.deliver(receiver)
    market.advance(minutes=2)
    market.deliver(receiver)
    assert receiver.ids == arrive
