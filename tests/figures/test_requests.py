"""The requests that mattered: which are kept, in what order, and what of them."""

from __future__ import annotations

from fakemarket.call import Request, Response
from fakemarket.journal import Entry, Journal
from redclock.figures.requests import ABOUT, FAILED, FIRST_SHOWN, LONGEST_BODY, asked_about

ORDER = 9109561000000110
SECRET = "50001234567890abcdef1234"


def entry(number: int, body: str, *, order: int | None = None, status: int = 200, operation: str = "list") -> Entry:
    request = Request("POST", "/sync", body=f"access_token={SECRET}&q=1".encode())
    answer = Response(status, body.encode())
    return Entry(number, "r", number, "aliexpress", operation, order, "shop-1", request, answer, ())


def kept(*calls: Entry, order: int | None = ORDER, most: int = 9) -> tuple[list[tuple[int, str, int]], int]:
    found, left_out = asked_about(calls, order, Journal(1, lambda: {SECRET}).shown, most)
    return [(it.number, it.why, it.times) for it in found], left_out


def test_the_first_answer_that_shows_the_order_is_kept_then_what_is_about_it() -> None:
    calls = [
        entry(1, "{}"),
        entry(2, f'{{"order_id":{ORDER}}}'),
        entry(3, f'{{"order_id":{ORDER}}}'),
        entry(4, "{}", order=ORDER, operation="ship"),
        entry(5, "{}", order=ORDER, operation="ship"),
    ]
    assert kept(*calls) == ([(2, FIRST_SHOWN, 1), (4, ABOUT, 2)], 0)


def test_what_failed_is_kept_unless_it_is_another_orders_affair() -> None:
    calls = [entry(1, "", status=503), entry(2, "", status=503, order=ORDER + 10), entry(3, "", status=429)]
    assert kept(*calls) == ([(1, FAILED, 1), (3, FAILED, 1)], 0)
    assert kept(*calls, order=None) == ([(1, FAILED, 2), (3, FAILED, 1)], 0)


def test_where_there_is_no_room_failures_of_everybody_go_first() -> None:
    calls = [entry(1, "", status=503), entry(2, "", status=503), entry(3, "{}", order=ORDER)]
    assert kept(*calls, most=1) == ([(3, ABOUT, 1)], 2)


def test_secrets_are_masked_in_what_was_asked_and_answered() -> None:
    found, _ = asked_about(
        [entry(1, f'{{"of":{ORDER},"said":"{SECRET}"}}')], ORDER, Journal(1, lambda: {SECRET}).shown, 1
    )
    assert SECRET not in repr(found)
    assert found[0].body == f'{{"of":{ORDER},"said":"***"}}'
    assert found[0].parameters == '{"access_token":"***","q":"1"}'


def test_of_a_long_answer_the_part_with_the_order_is_kept() -> None:
    body = f"{'a' * 2000}{ORDER}{'b' * 1500}"
    found, _ = asked_about([entry(1, body)], ORDER, Journal(1, set).shown, 1)
    assert str(ORDER) in found[0].body
    assert len(found[0].body) < LONGEST_BODY + 60
    assert found[0].body.startswith("(1840 characters) ... aaa")
    assert found[0].body.endswith(f"({2000 + len(str(ORDER)) + 1500 - 1840 - LONGEST_BODY} characters)")
