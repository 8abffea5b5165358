"""The control plane: the clock in one's hand, the truth, and the hands that make things happen."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakemarket.call import Request
from fakemarket.faces.control.bodies import FateChange
from fakemarket.faces.control.face import ROUTES
from fakemarket.faults import Aim, Down
from fakemarket.market import MONDAY, Market
from fakemarket.settings import Demand, Settings
from fakemarket.timeline import END_AT
from fakemarket.world.fate import Fate

Ask = Callable[..., tuple[int, Any]]

DAY = 86_400


def control(market: Market) -> Ask:
    def ask(what: str, *, body: object = None, raw: bytes = b"", **query: object) -> tuple[int, Any]:
        method, _, path = what.partition(" ")
        written = raw if body is None else orjson.dumps(body)
        response = market.answer("control", Request(method, path, urlencode(query), {}, written), real_at=0)
        return response.status, orjson.loads(response.body)

    return ask


@pytest.fixture
def market() -> Market:
    """Stands at Monday 2 March 2026, 00:00 UTC."""
    return Market(seed=5)


@pytest.fixture
def ask(market: Market) -> Ask:
    return control(market)


def test_the_clock_tells_market_time_and_its_speed(market: Market, ask: Ask) -> None:
    market.advance(hours=1)
    assert ask("GET /clock") == (200, {"now": MONDAY + 3600, "now_iso": "2026-03-02T01:00:00Z", "rate": 0})


@pytest.mark.parametrize(("seconds", "status"), [(-1, 200), (0, 200), (1, 422)])
@pytest.mark.parametrize("way", ["advance", "run-until"])
def test_the_clock_is_not_moved_beyond_the_end_of_time(way: str, seconds: int, status: int) -> None:
    market = Market(settings=Settings(demand=Demand(orders_per_day=2)), start_at=END_AT - DAY)
    body = {"seconds": DAY + seconds} if way == "advance" else {"at": END_AT + seconds}
    answered, told = control(market)(f"POST /clock/{way}", body=body)
    assert answered == status
    assert market.now() == (END_AT + seconds if status == 200 else END_AT - DAY)
    assert status == 200 or str(END_AT) in str(told["error"])


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        ({"seconds": 1}, 1),
        ({"minutes": 1.5}, 90),
        ({"hours": 2, "minutes": 1, "seconds": -60}, 7200),
        ({"days": 1}, DAY),
        ({"days": 0}, 0),
    ],
)
def test_advancing_moves_the_clock_by_the_sum_of_what_is_given(
    market: Market, ask: Ask, body: dict[str, float], seconds: int
) -> None:
    assert ask("POST /clock/advance", body=body)[1]["now"] == MONDAY + seconds == market.now()


def test_advancing_says_what_happened_meanwhile_by_kind(market: Market, ask: Ask) -> None:
    before = len(market.ledger)
    status, told = ask("POST /clock/advance", body={"days": 2})
    happened = market.ledger.since(before)
    assert status == 200
    assert told["events"] == len(happened) == sum(told["counts"].values())
    assert told["counts"]["place"] == len(market.orders())
    assert set(told["counts"]) == {str(event.what) for event in happened}
    assert ask("POST /clock/advance", body={"seconds": 0})[1]["events"] == 0


def test_advancing_over_the_control_plane_is_the_same_as_by_hand(ask: Ask) -> None:
    other = Market(seed=5)
    other.advance(days=3)
    for _ in range(72):
        ask("POST /clock/advance", body={"hours": 1})
    assert ask("GET /digest") == (200, {"digest": other.ledger.digest(), "events": len(other.ledger)})


@pytest.mark.parametrize("body", [{"seconds": -1}, {"days": -1}, {"hours": 1, "minutes": -61}])
def test_the_clock_never_goes_back(market: Market, ask: Ask, body: dict[str, float]) -> None:
    market.advance(days=1)
    status, said = ask("POST /clock/advance", body=body)
    assert (status, said["error"]["code"], market.now()) == (409, "conflict", MONDAY + DAY)
    assert "cannot go back" in said["error"]["message"]


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"", 422),
        (b"{}", 422),
        (b'{"weeks": 1}', 422),
        (b'{"days": "1"}', 422),
        (b'{"days": NaN}', 422),
        (b'{"days": Infinity}', 422),
        (b'{"days": 1e308, "hours": 1e308}', 422),
        (b'{"days": 366, "seconds": 1}', 422),
        (b'{"days": 367, "hours": -48}', 422),
        (b'{"days": 1', 400),
    ],
)
def test_a_jump_that_makes_no_sense_moves_nothing(market: Market, ask: Ask, raw: bytes, status: int) -> None:
    assert ask("POST /clock/advance", raw=raw)[0] == status
    assert market.now() == MONDAY


def test_a_fast_market_that_has_passed_the_moment_by_itself_is_left_where_it_is() -> None:
    market = Market(seed=5, settings=Settings(demand=Demand(orders_per_day=0)), rate=1_000_000)
    told = control(market)("POST /clock/advance", body={"seconds": 0})
    assert told[0] == 200
    assert told[1]["now"] >= MONDAY


def test_an_order_placed_now_has_the_fate_that_was_asked_for(market: Market, ask: Ask) -> None:
    fate = {"pays": True, "attempts_seconds": [60], "processing_seconds": 0, "review_seconds": 30}
    fate |= {"review_rejects": True}
    status, placed = ask("POST /orders", body={"seller": "shop-1", "fate": fate})
    assert (status, placed["status"], placed["placed_at"]) == (
        201,
        "PLACE_ORDER_SUCCESS",
        "2026-03-02T00:00:00Z",
    )
    ask("POST /clock/advance", body={"seconds": 89})
    assert ask(f"GET /orders/{placed['id']}")[1]["status"] == "RISK_CONTROL"
    ask("POST /clock/advance", body={"seconds": 1})
    shown = ask(f"GET /orders/{placed['id']}")[1]
    assert (shown["status"], shown["end_reason"]) == ("FINISH", "risk_reject_closed")
    assert shown["ended_at"] == "2026-03-02T00:01:30Z"
    assert [event["what"] for event in shown["story"]] == ["place", "pay", "start_review", "reject_review"]
    assert {event["order"] for event in shown["story"]} == {placed["id"]}
    assert shown["story"][0]["cause"] == "call"


def test_an_order_placed_without_a_word_has_a_drawn_fate(market: Market, ask: Ask) -> None:
    twin = Market(seed=5).place()
    placed = ask("POST /orders")[1]
    assert placed["id"] == str(twin.id)
    assert placed["total"] == f"{twin.total_cents / 100:.2f}"
    assert market.order(twin.id).fate == twin.fate
    other = ask("POST /orders", body={"fate": {"out_of_stock": True, "cancel_seconds": None}})[1]
    fate = market.order(int(other["id"])).fate
    assert (fate.out_of_stock, fate.cancel_seconds) == (True, None)


def test_the_parts_of_a_fate_that_can_be_asked_for_are_named_as_the_world_names_them() -> None:
    assert set(FateChange.model_fields) <= set(Fate._fields)


@pytest.mark.parametrize(
    "body",
    [
        {"seller": "nobody"},
        {"fate": {"luck": 1}},
        {"fate": {"review_seconds": -1}},
        {"fate": {"review_seconds": 10**12}},
        {"fate": {"pays": 1}},
        {"fate": {"key": 1}},
        {"when": "now"},
        [],
    ],
)
def test_an_order_that_can_not_be_is_not_placed(market: Market, ask: Ask, body: object) -> None:
    assert ask("POST /orders", body=body)[0] == 422
    assert not market.orders()


def test_orders_are_listed_newest_first_by_status_and_never_more_than_asked(market: Market, ask: Ask) -> None:
    market.advance(days=2)
    for status in (None, "WAIT_SELLER_SEND_GOODS"):
        wanted = [str(it.id) for it in reversed(market.orders(*([status] if status else [])))]
        query = {"status": status} if status else {}
        shown = ask("GET /orders", limit=1000, **query)[1]
        assert [it["id"] for it in shown["data"]] == wanted
        few = ask("GET /orders", limit=3, **query)[1]
        assert ([it["id"] for it in few["data"]], few["total"]) == (wanted[:3], len(wanted))
    assert ask("GET /orders", status="LOST")[0] == 422


@pytest.mark.parametrize("number", ["1", "x", "9" * 5000, "²", "-1"])
def test_an_unknown_order_is_not_found_and_the_seed_is_named(ask: Ask, number: str) -> None:
    status, said = ask(f"GET /orders/{number}")
    assert (status, said["error"]["code"]) == (404, "not_found")
    assert "(seed 5)" in said["error"]["message"]


def test_the_ledger_is_read_in_pieces_from_any_position(market: Market, ask: Ask) -> None:
    market.advance(days=1)
    found: list[dict[str, Any]] = []
    since = 0
    while since < len(market.ledger):
        page = ask("GET /ledger", since=since, limit=50)[1]
        assert 1 <= len(page["data"]) <= 50
        found, since = found + page["data"], page["next"]
    assert [event["seq"] for event in found] == list(range(len(market.ledger)))
    last = market.ledger[len(market.ledger) - 1]
    assert (found[-1]["at"], found[-1]["what"], found[-1]["cause"]) == (last.at, str(last.what), last.cause)
    beyond = ask("GET /ledger", since=since + 7)[1]
    assert beyond == {"data": [], "next": since + 7, "total": since}


def test_ids_are_strings_for_readers_whose_numbers_end_before_sixteen_digits(market: Market, ask: Ask) -> None:
    market.advance(days=1)
    assert all(isinstance(it["order"], str | None) for it in ask("GET /ledger")[1]["data"])
    assert int(ask("GET /orders")[1]["data"][0]["id"]) > 2**53


def test_the_credentials_open_both_apis(market: Market, ask: Ask) -> None:
    told = ask("GET /credentials")[1]
    own = market.credentials()
    assert told == {
        "seed": 5,
        "seller": "shop-1",
        "app_key": own.app_key,
        "app_secret": own.app_secret,
        "access_token": own.access_token,
        "refresh_token": own.refresh_token,
        "mip_api_key": market.world.mip.api_key,
    }
    headers = {"authorization": f"Bearer {told['mip_api_key']}"}
    assert market.answer("mip", Request("GET", "/v1/orders", headers=headers), real_at=0).status == 200


def test_each_seller_has_credentials_of_its_own() -> None:
    ask = control(Market(settings=Settings(sellers=("a", "b"))))
    assert ask("GET /credentials")[1]["seller"] == "a"
    tokens = {ask("GET /credentials", seller=seller)[1]["access_token"] for seller in "ab"}
    assert len(tokens) == 2
    assert ask("GET /credentials", seller="c")[0] == 422


@pytest.mark.parametrize(("app", "other"), [("own", "mip"), ("mip", "own")])
def test_revoking_kills_one_app_s_tokens_and_leaves_the_other_s(market: Market, ask: Ask, app: str, other: str) -> None:
    for _ in range(2):
        assert ask(f"POST /tokens/{app}/revoke") == (
            200,
            {"app": app, "seller": "shop-1", "alive": False},
        )
    assert (market.world.tokens.alive(app, "shop-1"), market.world.tokens.alive(other, "shop-1")) == (
        False,
        True,
    )
    assert len(market.ledger.named("token_revoked")) == 1
    assert ask("POST /tokens/neither/revoke")[0] == 404


def test_no_fault_strikes_the_control_plane_and_it_moves_no_fault_s_luck() -> None:
    faults = [Down(Aim(share=0.5))]
    markets = [Market(seed=1, faults=faults), Market(seed=1, faults=faults)]
    told = []
    for market, looks in zip(markets, (0, 20), strict=True):
        for _ in range(looks):
            assert control(market)("GET /clock")[0] == 200
        told.append([market.answer("mip", Request("GET", "/"), real_at=0).status for _ in range(20)])
    assert told[0] == told[1]
    assert set(told[0]) == {404, 503}


def test_looking_changes_nothing(market: Market, ask: Ask) -> None:
    market.advance(days=1)
    before = market.ledger.digest(), market.now()
    for name in ROUTES.names:
        if name.startswith("GET "):
            assert ask(name.replace("{id}", str(market.orders()[0].id)))[0] == 200
    assert (market.ledger.digest(), market.now()) == before


texts = st.text(max_size=20) | st.sampled_from(["\ud800", "own", "shop-1"])
values = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | texts.filter(str.isascii)
bodies = st.binary(max_size=40) | st.dictionaries(
    st.sampled_from(["days", "seconds", "seller", "x"]), values, max_size=3
).map(orjson.dumps)
paths = texts | st.sampled_from(sorted({name.partition(" ")[2] for name in ROUTES.names})).flatmap(
    lambda template: texts.map(lambda word: template.format(id=word, app=word, number=word))
)
queries = st.text(max_size=40) | st.dictionaries(st.sampled_from(["limit", "since", "status", "seller"]), texts).map(
    lambda pairs: "&".join(f"{name}={value}" for name, value in pairs.items())
)


@settings(max_examples=300)
@given(st.sampled_from(["GET", "POST", "\ud800"]), paths, queries, bodies)
def test_nothing_that_comes_over_the_wire_breaks_it(method: str, path: str, query: str, body: bytes) -> None:
    market = Market(settings=Settings(demand=Demand(orders_per_day=0)))
    before = market.ledger.digest(), market.now()
    response = market.answer("control", Request(method, path, query, {}, body), real_at=0)
    answer = orjson.loads(response.body)
    if response.status >= 400:
        assert response.status in (400, 404, 405, 409, 422)
        assert set(answer["error"]) == {"code", "message", "details", "retryable", "request_id"}
        assert (market.ledger.digest(), market.now()) == before
