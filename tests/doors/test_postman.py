"""Webhooks of a served market, over HTTP to a real receiver."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread
from time import monotonic

import httpx
import orjson

from fakemarket.doors.postman import client, post
from fakemarket.doors.server import running_server
from fakemarket.faces.mip.webhooks import Posting
from fakemarket.market import Market
from fakemarket.settings import Demand, Settings

PATIENCE_SECONDS = 10.0
STOPS_WITHIN_SECONDS = 2.0


@contextmanager
def receiving(*statuses: int) -> Iterator[tuple[str, Queue[tuple[str, dict[str, str], bytes]]]]:
    """A server that answers its first POSTs with these statuses and the others with 204: URL, and what arrived."""
    arrived: Queue[tuple[str, dict[str, str], bytes]] = Queue()
    answers = iter(statuses)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            arrived.put((self.path, {**self.headers, "caller": str(self.client_address[1])}, body))
            self.send_response(next(answers, 204))
            self.send_header("location", "/elsewhere")
            self.send_header("set-cookie", "seen=1; Path=/")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (its name in the class above)
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", arrived
        finally:
            server.shutdown()
            thread.join()


def test_a_served_market_sends_its_webhooks_by_itself_and_again_until_they_are_received() -> None:
    market = Market(seed=5, settings=Settings(demand=Demand(orders_per_day=0)))
    with receiving(500) as (receiver, arrived), running_server(market) as url:
        key = {"authorization": f"Bearer {market.world.mip.api_key}"}
        body = {"url": f"{receiver}/hooks?shop=1", "events": ["order.imported"]}
        assert httpx.post(f"{url}/mip/v1/webhooks", headers=key, json=body).status_code == 201
        market.place()
        market.advance(minutes=15)
        path, headers, sent = arrived.get(timeout=PATIENCE_SECONDS)
        assert path == "/hooks?shop=1"
        assert headers["webhook-signature"].startswith("v1,")
        assert orjson.loads(sent)["type"] == "order.imported"
        market.advance(minutes=1)
        assert arrived.get(timeout=PATIENCE_SECONDS)[2] == sent


def test_a_redirect_is_not_followed_and_is_no_receipt() -> None:
    with receiving(302) as (receiver, arrived), client() as through:
        assert post(through, Posting(receiver, {}, b"{}")) == 302
        assert arrived.qsize() == 1


def test_where_nobody_answers_there_is_no_status() -> None:
    with receiving() as (gone, _):
        pass
    with client() as through:
        assert post(through, Posting(gone, {}, b"{}")) == 0
        assert post(through, Posting("http://shop.invalid:0/", {}, b"{}")) == 0


def test_the_next_posting_has_no_cookie_of_the_last() -> None:
    with receiving() as (receiver, arrived), client() as through:
        for _ in range(2):
            assert post(through, Posting(receiver, {}, b"{}")) == 204
            assert "cookie" not in {name.lower() for name in arrived.get(timeout=PATIENCE_SECONDS)[1]}


def test_many_events_go_by_few_connections() -> None:
    """Making a client, or a connection, for each would cost the server more than all of its answers."""
    market = Market(seed=5, settings=Settings(demand=Demand(orders_per_day=0)))
    with receiving() as (receiver, arrived), running_server(market) as url:
        key = {"authorization": f"Bearer {market.world.mip.api_key}"}
        body = {"url": receiver, "events": ["order.imported"]}
        assert httpx.post(f"{url}/mip/v1/webhooks", headers=key, json=body).status_code == 201
        for _ in range(30):
            market.place()
        market.advance(minutes=15)
        callers = {arrived.get(timeout=PATIENCE_SECONDS)[1]["caller"] for _ in range(30)}
    assert len(callers) < 5


def test_a_server_stops_soon_though_a_receiver_keeps_it_waiting() -> None:
    market = Market(seed=5, settings=Settings(demand=Demand(orders_per_day=0)))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with running_server(market) as url:
            key = {"authorization": f"Bearer {market.world.mip.api_key}"}
            body = {"url": f"http://127.0.0.1:{silent.getsockname()[1]}/"}
            assert httpx.post(f"{url}/mip/v1/webhooks", headers=key, json=body).status_code == 201
            market.place()
            market.advance(minutes=15)
            caller, _ = silent.accept()
            began = monotonic()
        assert monotonic() - began < STOPS_WITHIN_SECONDS
        caller.close()
    market.advance(minutes=1)
    assert len(market.due_deliveries()) > 0, "what was given up is due again"
