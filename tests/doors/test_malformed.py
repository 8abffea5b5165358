"""Thousands of malformed requests: the market answers each in its own words, and what it refuses has changed nothing.

Bytes go straight into a socket, so the door and whatever reads HTTP behind it are tried too.
"""

from __future__ import annotations

import logging
import re
import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_from_bytes, urlsplit

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakemarket.doors.server import running_server
from fakemarket.faces.aliexpress.methods import DOTTED, PATHS
from fakemarket.faces.control.endpoints import ENDPOINTS as CONTROL
from fakemarket.faces.mip.endpoints import ENDPOINTS as MIP
from fakemarket.faces.panel.reception import ROUTES as PANEL
from fakemarket.market import Market

BATCHES, BATCH = 200, 10
"""Ten thousand requests were tried once, and found nothing more."""

KNOWN_PATHS = [
    *("/router/rest", "/sync", "/oauth/authorize", "/authorize", "/token", "/"),
    *(f"/rest{path}" for path in PATHS),
    *(f"/mip{name.partition(' ')[2]}" for name in MIP),
    *(f"/_redclock{name.partition(' ')[2]}" for name in CONTROL),
    *(f"/panel{name.partition(' ')[2]}" for name in PANEL.names),
    *("/mip", "/_redclock", "/panel", "/panel/assets/panel.css"),
]
WORDS = [
    *DOTTED,
    *("app_key", "method", "session", "sign", "timestamp", "format", "v", "sign_method", "param0", "code", "simplify"),
    *("limit", "cursor", "since", "days", "at", "order", "status", "move", "kind", "share", "rate", "do", "token"),
    *("page", "q", "sort", "bucket", "seller", "fate", "operation", "url", "events", "lines", "quantity"),
]
VALUES = [
    *("", "0", "-1", "1e400", "NaN", "9" * 400, "null", "{}", "[[[[", '{"a":1}', "md5", "xml", "json", "2.0", "true"),
    *(
        "\u0000",
        "\ud83d\ude00",
        "../..",
        "%00",
        "' or 1",
        "<script>",
        "2026-03-02T00:00:00Z",
        "0001-01-01T00:00:00+23:59",
    ),
]

junk = st.binary(max_size=40)
word = st.sampled_from(WORDS).map(str.encode) | junk
value = st.sampled_from(VALUES).map(lambda text: text.encode("utf-8", "replace")) | junk
form = st.lists(st.tuples(word, value), max_size=6).map(
    lambda pairs: b"&".join(
        quote_from_bytes(name).encode() + b"=" + quote_from_bytes(it).encode() for name, it in pairs
    )
)
leaf = st.none() | st.booleans() | st.integers() | st.floats(width=32) | st.sampled_from(VALUES)
json = st.recursive(
    leaf,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4),
    max_leaves=6,
).map(lambda it: orjson.dumps(it, option=orjson.OPT_PASSTHROUGH_DATETIME) if _fits(it) else b"{")
path = st.sampled_from(KNOWN_PATHS).flatmap(
    lambda known: st.just(known.encode()) | junk.map(lambda it: known.encode() + b"/" + quote_from_bytes(it).encode())
)
target = st.tuples(path, form).map(b"?".join) | path
HEADERS = [
    *(b"Content-Type", b"Authorization", b"Cookie", b"Origin", b"Accept-Encoding", b"Idempotency-Key", b"X"),
    *(b"Sec-Fetch-Site", b"Transfer-Encoding", b"Expect", b"Upgrade", b"Connection", b"Host"),
]
SAID = [
    *(b"application/json", b"application/x-www-form-urlencoded", b"Bearer x", b"same-origin", b"chunked", b"gzip"),
    *(b"100-continue", b"websocket", b"upgrade", b"a" * 300, b"multipart/form-data; boundary=x"),
]
unseemly = st.binary(max_size=40).map(lambda it: bytes(byte for byte in it if byte >= 0x20 and byte != 0x7F))
header = st.tuples(st.sampled_from(HEADERS), st.sampled_from(SAID) | unseemly)
HELD = re.compile(rb"[A-Z]+ /(_redclock|mip|panel)\b")
"""What can come true by chance: a bodiless POST places an order, the MIP is shown its own key. No call is signed."""


def _fits(value: Any) -> bool:
    try:
        orjson.dumps(value)
    except (TypeError, ValueError):
        return False
    return True


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """The bytes of a request: mostly HTTP, mostly for a call that there is, never with all that it takes."""
    flaw = draw(st.integers(0, 29))
    if flaw == 0:
        return draw(st.binary(max_size=200))
    methods = st.sampled_from([b"GET", b"GET", b"POST", b"POST", b"POST", b"PUT", b"DELETE", b"HEAD", b"OPTIONS"])
    method = draw(junk if flaw == 1 else methods)
    body = draw(st.just(b"") | form | json | junk)
    headers = [(b"Host", b"localhost"), *draw(st.lists(header, max_size=3))]
    if draw(st.booleans()):
        headers.append((b"Authorization", b"Bearer <key>"))
    length = len(body) + (draw(st.sampled_from([-1, 3])) if flaw == 2 else 0)
    headers.append((b"Content-Length", str(length).encode()))
    asked = b"/" + draw(junk) if flaw == 3 else draw(target)
    lines = [method + b" " + asked + b" HTTP/1.1", *(name + b": " + it for name, it in headers)]
    return b"\r\n".join([*lines, b"Connection: close", b"", body])


@dataclass
class Tried:
    """A served market, and what became of the requests."""

    market: Market
    url: str
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def state(self) -> tuple[object, ...]:
        market = self.market
        return len(market.ledger), market.now(), market.timeline.rate, tuple(market.faults.installed)

    def send(self, request: bytes) -> bytes:
        """All that comes back until the server closes the connection."""
        address = urlsplit(self.url)
        key = self.market.world.mip.api_key.encode()
        with socket.create_connection((address.hostname, address.port or 80), timeout=10) as wire:
            wire.sendall(request.replace(b"<key>", key) + b"\r\n\r\n\r\n\0")  # ends what hasn't ended
            answer = b"".join(iter(lambda: wire.recv(1 << 16), b""))
        return answer.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")


@pytest.fixture(scope="module")
def tried() -> Iterator[Tried]:
    market = Market(seed=11, history_days=3)
    with running_server(market) as url:
        yield Tried(market, url)


def test_malformed_requests_lose_nothing(tried: Tried, caplog: pytest.LogCaptureFixture) -> None:
    @settings(max_examples=BATCHES, suppress_health_check=list(HealthCheck))
    @given(batch=st.lists(requests(), min_size=BATCH, max_size=BATCH))
    def check(batch: list[bytes]) -> None:
        for request in batch:
            before = tried.state
            answer = tried.send(request)
            assert answer.startswith(b"HTTP/1.1 "), (request, answer)
            status = int(answer[9:12])
            tried.statuses[status] += 1
            assert status < 500, (request, answer)
            assert b"Traceback" not in answer
            if not (200 <= status < 400 and HELD.match(request)):
                assert tried.state == before, (request, answer)

    check()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []
    answered = tried.statuses.total() - tried.statuses[400]
    assert answered > tried.statuses.total() / 3, "most requests should get further than the reader of HTTP"
