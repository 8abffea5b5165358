"""Signatures against published and recomputed vectors, and as a property."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fakemarket.faces.aliexpress.signature import SignMethod, sign, signed_text

SECRET = "s3cr3t-demo"
P = '{"current_page":1,"page_size":20,"order_status":"WAIT_SELLER_SEND_GOODS"}'
TOP_CALL = {
    "app_key": "510001",
    "format": "json",
    "method": "aliexpress.solution.order.get",
    "param0": P,
    "session": "tok-1",
    "timestamp": "2026-01-01 08:00:00",
    "v": "2.0",
}
SYNC_CALL = {
    "app_key": "510001",
    "format": "json",
    "method": "aliexpress.solution.order.get",
    "param0": P,
    "session": "tok-1",
    "sign_method": "sha256",
    "simplify": "false",
    "timestamp": "1767225600000",
}
REFRESH_PATH = "/auth/token/refresh"
REFRESH_CALL = {
    "app_key": "510001",
    "refresh_token": "rt-1",
    "sign_method": "sha256",
    "timestamp": "1767225600000",
}
REFRESH_WITH_METHOD = {
    **REFRESH_CALL,
    "method": REFRESH_PATH,
    "format": "json",
    "simplify": "false",
    "partner_id": "iop-sdk-python-20220609",
}
CYRILLIC_CALL = {
    "method": "aliexpress.logistics.sellershipmentfortop",
    "out_ref": "8100000000000001",
    "send_type": "all",
    "service_name": "OTHER_\u0415\u041c\u0421",
    "logistics_no": "LX000000001CN",
    "description": "посылка №1",
    "app_key": "510001",
    "session": "tok-1",
    "format": "json",
    "v": "2.0",
    "sign_method": "md5",
    "timestamp": "2026-01-01 08:00:00",
}
VECTORS = {
    "V1 md5": ({**TOP_CALL, "sign_method": "md5"}, "", "5042F7EFD228B96D4A39051EC1ED7B2F"),
    "V2 hmac": ({**TOP_CALL, "sign_method": "hmac"}, "", "1D3D82C198825853680FEA994145CC5C"),
    "V3 hmac-sha256": (
        {**TOP_CALL, "sign_method": "hmac-sha256"},
        "",
        "227AAD3B687DF1AC14F54C221BDFB9D68CBFE98E91103163D31D5268D7F08DA5",
    ),
    "V4 sha256 of a dotted method": (
        SYNC_CALL,
        "",
        "C026F533D48A403E2459BAD619F2657F6F20BB220C0045F64229E18092CCF8A8",
    ),
    "V5 sha256 of a path": (
        REFRESH_CALL,
        REFRESH_PATH,
        "77CAB1D11D0691E9F3EE604283BBE41B8545566A31CE24E0FABD9B1B67E77964",
    ),
    "V6 sha256 of a path and a method": (
        REFRESH_WITH_METHOD,
        REFRESH_PATH,
        "EB779A537362961FD47270B34A8D294F30A9E75895A451F822B18B04F5CF8E93",
    ),
    "V7 md5 on the newer gateway": (
        {**SYNC_CALL, "sign_method": "md5", "v": "2.0"},
        "",
        "97C15F0141A18913A83E6264C277A60E",
    ),
    "V8 md5 of other letters": (CYRILLIC_CALL, "", "F4DF99822B6273D769878938E49FD7FC"),
}
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
KEY = TEXT.filter(lambda key: key not in ("", "sign"))


@pytest.mark.parametrize(("parameters", "api_path", "expected"), VECTORS.values(), ids=VECTORS)
def test_a_call_signed_by_a_real_client_is_signed_the_same_here(
    parameters: dict[str, str], api_path: str, expected: str
) -> None:
    assert sign(SignMethod(parameters["sign_method"]), SECRET, signed_text(parameters), api_path) == expected


def test_the_published_example_comes_out_with_the_path_that_was_really_used() -> None:
    parameters = {
        "access_token": "test",
        "app_key": "123456",
        "order_id": "1234",
        "sign_method": "sha256",
        "timestamp": "1517820392000",
    }
    expected = "4190D32361CFB9581350222F345CB77F3B19F0E31D162316848A2C1FFD5FAB4A"
    text = signed_text(parameters)
    assert sign(SignMethod.SHA256, "helloworld", text, "/order/get") == expected
    assert sign(SignMethod.SHA256, "helloworld", text, "/orders/{orderId}") != expected


@given(st.dictionaries(KEY, TEXT), TEXT)
def test_the_sign_itself_is_not_signed(parameters: dict[str, str], sign: str) -> None:
    assert signed_text({**parameters, "sign": sign}) == signed_text(parameters)


@given(st.sampled_from(SignMethod), st.dictionaries(KEY, TEXT, min_size=1), st.data())
def test_one_character_changed_anywhere_breaks_the_sign(
    method: SignMethod, parameters: dict[str, str], data: st.DataObject
) -> None:
    signed = {**parameters, "sign": sign(method, SECRET, signed_text(parameters))}
    key = data.draw(st.sampled_from(sorted(signed)))
    in_key = key != "sign" and data.draw(st.booleans())
    text = key if in_key else signed[key]
    assume(text)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(exclude_categories=["Cs"], exclude_characters=text[place]))
    changed = f"{text[:place]}{other}{text[place + 1 :]}"
    if in_key:
        assume(changed not in signed)
        signed[changed] = signed.pop(key)
    else:
        signed[key] = changed
    assert sign(method, SECRET, signed_text(signed)) != signed["sign"]


def test_a_path_belongs_to_sha256_alone() -> None:
    with_path = {method: sign(method, SECRET, signed_text(REFRESH_CALL), REFRESH_PATH) for method in SignMethod}
    without = {method: sign(method, SECRET, signed_text(REFRESH_CALL)) for method in SignMethod}
    assert [method for method in SignMethod if with_path[method] != without[method]] == [SignMethod.SHA256]
