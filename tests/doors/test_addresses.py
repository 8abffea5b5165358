"""Which address leads where."""

import pytest

from fakemarket.doors.addresses import (
    ALIEXPRESS_HOSTS,
    CONTROL_PREFIX,
    MIP_HOST,
    MIP_PREFIX,
    UnknownHost,
    place_of,
    place_on_server,
)


@pytest.mark.parametrize("host", ALIEXPRESS_HOSTS)
def test_every_host_of_the_platform_leads_to_aliexpress(host: str) -> None:
    assert place_of(host, "/router/rest") == ("aliexpress", "/router/rest")


def test_the_integration_platform_has_a_host_of_its_own_in_process() -> None:
    assert place_of(MIP_HOST, "/v1/orders") == ("mip", "/v1/orders")


@pytest.mark.parametrize("host", ["example.com", "api.taobao.com.example", "", "xapi.taobao.com"])
def test_any_other_host_is_refused_by_name(host: str) -> None:
    with pytest.raises(UnknownHost, match=r"is no host of this market.*gw\.api\.taobao\.com.*mip\.example"):
        place_of(host, "/")


@pytest.mark.parametrize(
    ("path", "face", "below"),
    [
        ("/mip/v1/orders", "mip", "/v1/orders"),
        ("/mip", "mip", "/"),
        ("/mip/", "mip", "/"),
        ("/_redclock/clock/advance", "control", "/clock/advance"),
        ("/_redclock", "control", "/"),
        ("/router/rest", "aliexpress", "/router/rest"),
        ("/rest/auth/token/create", "aliexpress", "/rest/auth/token/create"),
        ("/mipmap", "aliexpress", "/mipmap"),
        ("/_redclocks", "aliexpress", "/_redclocks"),
        ("/sync/mip/v1", "aliexpress", "/sync/mip/v1"),
        ("/", "aliexpress", "/"),
    ],
)
def test_on_a_server_the_first_part_of_the_path_decides(path: str, face: str, below: str) -> None:
    assert place_on_server(path) == (face, below)


def test_the_prefixes_are_what_clients_are_told() -> None:
    assert (MIP_PREFIX, CONTROL_PREFIX) == ("/mip", "/_redclock")
