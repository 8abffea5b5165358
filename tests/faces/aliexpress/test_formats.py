"""The forms an answer may take: JSON or XML, plain or packed."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemarket.call import Request, Response
from fakemarket.faces.aliexpress.compression import SMALLEST_PACKED, packed
from fakemarket.faces.aliexpress.markup import xml_of
from fakemarket.market import Market

if TYPE_CHECKING:
    from tests.faces.aliexpress.conftest import Client, MakeClient

TOP, SYNC, REST = "/router/rest", "/sync", "/rest"
LIST = "aliexpress.solution.order.get"
PAGE = {"current_page": 1, "page_size": 50}


def read_back(element: ET.Element) -> Any:
    """What JSON would have said, but for types: text, or fields with lists where a name comes more than once."""
    if len(element) == 0:
        return element.text or ""
    fields: dict[str, Any] = {}
    for child in element:
        fields.setdefault(child.tag, []).append(read_back(child))
    return {name: found[0] if len(found) == 1 else found for name, found in fields.items()}


def as_text(value: Any) -> Any:
    """JSON's answer as XML can tell it."""
    match value:
        case dict():
            return {name: as_text(inner) for name, inner in value.items() if inner != []} or ""
        case list():
            return as_text(value[0]) if len(value) == 1 else [as_text(each) for each in value]
        case bool():
            return str(value).lower()
        case _:
            return str(value)


@pytest.mark.parametrize("entrance", [TOP, SYNC])
def test_xml_says_what_json_says_and_lists_repeat_their_child(
    standing: Market, client_of: MakeClient, entrance: str
) -> None:
    told = client_of(standing, entrance=entrance).whole(LIST, param0=PAGE)
    asker = client_of(standing, entrance=entrance)
    response = asker.answer(asker.request(LIST, param0=PAGE, format="xml"))
    root = ET.fromstring(response.body)
    assert response.headers["content-type"] == "text/xml;charset=utf-8"
    assert root.tag == "aliexpress_solution_order_get_response"
    assert len(root.findall("result/target_list/order_dto")) == 50
    shown, expected = read_back(root), as_text(told[root.tag])
    assert shown.pop("request_id") != expected.pop("request_id")
    assert shown == expected


@pytest.mark.parametrize(("entrance", "usual"), [(TOP, "xml"), (SYNC, "json")])
def test_who_names_no_format_gets_the_entrances_own(
    standing: Market, client_of: MakeClient, entrance: str, usual: str
) -> None:
    asker = client_of(standing, entrance=entrance)
    for body in (
        asker.answer(asker.request(LIST, param0=PAGE, format="")).body,
        asker.answer(asker.request(LIST, {"sign": "0" * 32}, param0=PAGE, format="")).body,
    ):
        if usual == "xml":
            ET.fromstring(body)
        else:
            json.loads(body)


def test_an_error_is_xml_too(shop: Client) -> None:
    response = shop.answer(shop.request(LIST, {"sign": "0" * 32}, param0=PAGE, format="xml"))
    root = ET.fromstring(response.body)
    assert root.tag == "error_response"
    assert [root.findtext(name) for name in ("code", "msg")] == ["25", "Invalid signature"]
    assert root.findtext("request_id")


def test_the_simple_form_is_for_json_alone(standing: Market, client_of: MakeClient) -> None:
    asker = client_of(standing, simplify=True)
    root = ET.fromstring(asker.answer(asker.request(LIST, param0=PAGE, format="xml")).body)
    assert root.find("result/target_list/order_dto/product_list/order_product_dto") is not None


def test_an_empty_list_is_an_empty_element(shop: Client) -> None:
    response = shop.answer(shop.request(LIST, param0={**PAGE, "buyer_login_id": "nobody"}, format="xml"))
    (target,) = ET.fromstring(response.body).findall("result/target_list")
    assert (len(target), target.text) == (0, None)


def test_other_formats_are_refused_in_the_entrances_own(shop: Client, client_of: MakeClient) -> None:
    assert shop.error(LIST, param0=PAGE, format="json", sign_method="md5", v="3.0")["code"] == 34
    response = shop.answer(shop.request(LIST, param0=PAGE, format="yaml"))
    assert json.loads(response.body)["error_response"]["code"] == 23
    tokens = client_of(shop.market, entrance=REST, sign_method="sha256")
    assert tokens.whole("/auth/token/refresh", refresh_token="x", format="xml")["code"] == "InvalidParameter"


@given(st.text())
def test_any_text_can_be_said_in_xml(text: str) -> None:
    json_text = json.dumps({"error_response": {"msg": text}}, ensure_ascii=False).encode("utf-8", "replace")
    root = ET.fromstring(xml_of(json_text))
    assert set(root.findtext("msg") or "") <= {*text, "?", "\n"}


@pytest.mark.parametrize(
    ("accepted", "is_packed"),
    [("gzip", True), ("deflate, GZIP;q=0.5", True), ("", False), ("br", False), ("gzip;q=0, identity", False)],
)
def test_a_long_answer_is_packed_for_those_who_can_unpack_it(shop: Client, accepted: str, is_packed: bool) -> None:
    request = shop.request(LIST, param0=PAGE)
    headers: Mapping[str, str] = {"accept-encoding": accepted}
    response = shop.answer(Request(request.method, request.path, request.query, headers))
    assert (response.headers.get("content-encoding") == "gzip") is is_packed
    body = gzip.decompress(response.body) if is_packed else response.body
    again = shop.answer(request).body
    assert _REQUEST_ID.sub(b"", body) == _REQUEST_ID.sub(b"", again), "alike but for the id of the request"


_REQUEST_ID = re.compile(rb'"request_id":"[0-9a-f]+"')


@pytest.mark.parametrize(("off", "is_packed"), [(-1, False), (0, True), (1, True)])
def test_a_short_answer_is_not(off: int, is_packed: bool) -> None:
    response = packed(Response(200, b" " * (SMALLEST_PACKED + off)), "gzip")
    assert ("content-encoding" in response.headers) is is_packed
