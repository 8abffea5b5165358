"""What a client gets when its call never arrives: its own library's error for that, at every door."""

import httpx
import pytest
import requests

from fakemarket.doors.addresses import MIP_PREFIX
from fakemarket.doors.httpx_door import httpx_transport
from fakemarket.doors.plain_door import plain_door
from fakemarket.doors.requests_door import responses_door
from fakemarket.doors.server import running_server
from fakemarket.faults import Fault, Reset, Timeout
from fakemarket.market import Market

URL = "https://mip.example/v1/channels"


@pytest.mark.parametrize(
    ("fault", "error"),
    [(Timeout(), requests.exceptions.ReadTimeout), (Reset(), requests.exceptions.ConnectionError)],
    ids=["timeout", "reset"],
)
def test_requests_raises_what_it_would(fault: Fault, error: type[Exception]) -> None:
    with responses_door(Market(seed=7, faults=[fault])), pytest.raises(error) as raised:
        requests.get(URL, timeout=5)
    assert raised.type is error


@pytest.mark.parametrize(("fault", "error"), [(Timeout(), httpx.ReadTimeout), (Reset(), httpx.ReadError)])
def test_httpx_raises_what_it_would(fault: Fault, error: type[Exception]) -> None:
    transport = httpx_transport(Market(seed=7, faults=[fault]))
    with httpx.Client(transport=transport) as client, pytest.raises(error):
        client.get(URL)


@pytest.mark.parametrize(("fault", "error"), [(Timeout(), TimeoutError), (Reset(), ConnectionResetError)])
def test_the_plain_door_raises_what_a_socket_would(fault: Fault, error: type[Exception]) -> None:
    send = plain_door(Market(seed=7, faults=[fault]))
    with pytest.raises(error):
        send("GET", URL, {})


@pytest.mark.parametrize(
    ("fault", "errors"),
    [(Timeout(), httpx.ReadTimeout), (Reset(), (httpx.ReadError, httpx.RemoteProtocolError))],
    ids=["timeout", "reset"],
)
def test_a_server_is_silent_or_breaks_the_connection(
    fault: Fault, errors: type[Exception] | tuple[type[Exception], ...]
) -> None:
    market = Market(seed=7, faults=[fault])
    with running_server(market) as url, httpx.Client(timeout=httpx.Timeout(5, read=0.2)) as client:
        with pytest.raises(errors):
            client.get(f"{url}{MIP_PREFIX}/v1/channels")
        market.faults.remove(0)
        assert client.get(f"{url}{MIP_PREFIX}/v1/channels").status_code == 401
