"""Several markets behind one address: opened, forked, put away, closed, and never in each other's way."""

from __future__ import annotations

import html
import json
import pickle
import re
from typing import Any

import pytest

from fakemarket.call import Request, Response
from fakemarket.doors.addresses import place_on_server, world_on_server
from fakemarket.faces.mip.webhooks import Posting
from fakemarket.faults import Down
from fakemarket.market import MONDAY, Market
from fakemarket.settings import Demand, Settings
from fakemarket.worlds import MOST_SNAPSHOTS, MOST_WORLDS, Called, Record, Worlds

DAY = 86_400
QUIET = Settings(demand=Demand(orders_per_day=0))


class House:
    """Somebody who calls a server of worlds by path alone."""

    def __init__(self, first: Market) -> None:
        self.worlds = Worlds(first)

    def call(self, method: str, path: str, body: Any = None, **said: str) -> Response:
        world, below = world_on_server(path)
        face, below = place_on_server(below)
        sent = b"" if body is None else json.dumps(body).encode()
        headers = {"host": "127.0.0.1", "content-type": "application/json", **said}
        request = Request(method, below, "", headers, sent, f"http://127.0.0.1{path}")
        return self.worlds.answer(world, face, request, real_at=0)

    def ask(self, said: str, body: Any = None, *, status: int = 200) -> Any:
        method, path = said.split()
        answer = self.call(method, f"/_redclock{path}", body)
        assert answer.status == status, answer.body
        return json.loads(answer.body)

    def hook(self, path: str, url: str) -> None:
        """Has a world's events sent there; `path` goes before those of its APIs."""
        key = json.loads(self.call("GET", f"{path}/_redclock/credentials").body)["mip_api_key"]
        answer = self.call("POST", f"{path}/mip/v1/webhooks", {"url": url}, authorization=f"Bearer {key}")
        assert answer.status == 201, answer.body

    def names(self) -> list[str]:
        return [it["name"] for it in self.ask("GET /worlds")["data"]]

    def digest(self, world: str) -> str:
        return str(json.loads(self.call("GET", f"/worlds/{world}/_redclock/digest").body)["digest"])

    def advance(self, world: str, days: int) -> None:
        assert self.call("POST", f"/worlds/{world}/_redclock/clock/advance", {"days": days}).status == 200


@pytest.fixture
def house() -> House:
    return House(Market(seed=5, history_days=1))


def test_a_server_begins_with_one_world_that_needs_no_name(house: House) -> None:
    (main,) = house.ask("GET /worlds")["data"]
    assert (main["name"], main["path"], main["seed"], main["now"]) == ("main", "", 5, MONDAY + DAY)
    assert house.ask("GET /digest")["digest"] == house.digest("main")


def test_a_fork_has_the_same_morning_and_goes_its_own_way(house: House) -> None:
    made = house.ask("POST /worlds", {"name": "b", "fork_of": "main"}, status=201)
    assert (made["path"], made["now"], made["seed"]) == ("/worlds/b", MONDAY + DAY, 5)
    assert house.digest("b") == house.digest("main")
    house.advance("b", 3)
    assert house.ask("GET /clock")["now"] == MONDAY + DAY
    assert house.digest("b") != house.digest("main")
    house.advance("main", 3)
    assert house.digest("b") == house.digest("main")


def test_a_new_world_is_made_of_a_seed_and_settings(house: House) -> None:
    shop = {"demand": {"orders_per_day": 3}, "sellers": ["x", "y"]}
    said = {"name": "b", "seed": 9, "start": "2026-05-04T00:00:00Z", "history_days": 2, "settings": shop, "rate": 0}
    made = house.ask("POST /worlds", said, status=201)
    start_at = 1_777_852_800
    assert (made["sellers"], made["seed"], made["now"]) == (["x", "y"], 9, start_at + 2 * DAY)
    settings = Settings(demand=Demand(orders_per_day=3), sellers=("x", "y"))
    alike = Market(seed=9, settings=settings, start_at=start_at, history_days=2)
    assert house.digest("b") == alike.ledger.digest()


def test_every_face_of_a_world_lies_below_its_path(house: House) -> None:
    house.ask("POST /worlds", {"name": "b", "seed": 6}, status=201)
    channels = house.call("GET", "/worlds/b/mip/v1/channels")
    assert channels.status == 401, "it is the MIP that answers"
    assert b"error_response" in house.call("POST", "/worlds/b/router/rest").body
    panel = house.call("GET", "/worlds/b/panel/")
    assert b'href="/worlds/b/panel/mip"' in panel.body
    assert b"Path=/worlds/b/panel;" in panel.headers["set-cookie"].encode()
    keys = [json.loads(house.call("GET", f"{at}/_redclock/credentials").body)["app_key"] for at in ("", "/worlds/b")]
    assert len(set(keys)) == 2


def test_a_panel_names_its_world_and_leads_to_the_same_page_of_the_others(house: House) -> None:
    alone = house.call("GET", "/panel/").body.decode()
    assert ("<title>Orders · redclock</title>" in alone, "<details" in alone) == (True, False)
    house.ask("POST /worlds", {"name": "b", "fork_of": "main"}, status=201)
    house.ask("POST /worlds", {"name": "c", "seed": 6}, status=201)
    number = house.worlds.main.orders()[0].id
    for page, elsewhere in (("/", "/"), ("/mip", "/mip"), (f"/orders/{number}", "/"), ("/nothing", "/")):
        here = "/" if page == "/nothing" else page
        for world, path, title in (("main", "", " · redclock"), ("b", "/worlds/b", " · b · redclock")):
            shown = house.call("GET", f"{path}/panel{page}").body.decode()
            assert f"{title}</title>" in shown
            assert f"World <b>{world}</b>" in shown
            ways = re.findall(r'<li><a href="([^"]+)"( aria-current="true")?>', shown)
            current = ' aria-current="true"'
            assert ways == [
                (f"/panel{here}", current if world == "main" else ""),
                (f"/worlds/b/panel{here}", current if world == "b" else ""),
                (f"/worlds/c/panel{elsewhere}", ""),
            ]
    for name in ("b", "c"):
        house.ask(f"DELETE /worlds/{name}")
    assert "<details" not in house.call("GET", "/panel/").body.decode()


def test_worlds_that_were_put_away_together_find_each_other_again(house: House) -> None:
    house.ask("POST /worlds", {"name": "b", "seed": 6}, status=201)
    house.worlds = pickle.loads(pickle.dumps(house.worlds))
    assert ">b</a>" in house.call("GET", "/panel/").body.decode()
    assert not Market.from_snapshot(house.worlds.main.snapshot()).worlds


def test_the_lobby_is_the_same_from_every_world(house: House) -> None:
    house.ask("POST /worlds", {"name": "b"}, status=201)
    assert house.call("GET", "/worlds/b/_redclock/worlds").body == house.call("GET", "/_redclock/worlds").body


def test_a_snapshot_stays_as_it_was_and_opens_more_than_once(house: House) -> None:
    before = house.digest("main")
    kept = house.ask("POST /snapshots", {"name": "morning"}, status=201)
    assert (kept["world"], kept["at"]) == ("main", MONDAY + DAY)
    house.advance("main", 2)
    for name in ("a", "b"):
        house.ask("POST /worlds", {"name": name, "snapshot": "morning", "rate": 60}, status=201)
        assert house.digest(name) == before
        assert house.worlds.markets[name].timeline.rate == 60
    assert [it["name"] for it in house.ask("GET /snapshots")["data"]] == ["morning"]
    house.ask("DELETE /snapshots/morning")
    assert house.ask("GET /snapshots")["data"] == []
    house.advance("a", 1)


def test_a_world_opened_from_another_sends_nothing_to_that_one_s_webhooks(house: House) -> None:
    """Its events have the numbers of its origin's: a receiver would take one for another attempt at the other."""
    house.hook("", "http://127.0.0.1:9/main")
    house.ask("POST /snapshots", {"name": "morning"}, status=201)
    digest = house.digest("main")
    house.ask("POST /worlds", {"name": "b", "fork_of": "main"}, status=201)
    house.ask("POST /worlds", {"name": "c", "snapshot": "morning"}, status=201)
    house.hook("/worlds/c", "http://127.0.0.1:9/c")
    for world in ("main", "b", "c"):
        house.advance(world, 1)
    sent: list[str] = []

    def post(posting: Posting) -> int:
        sent.append(posting.url)
        return 204

    received = house.worlds.deliver(post)
    assert received > 1
    assert sorted(sent) == ["http://127.0.0.1:9/c"] * (received // 2) + ["http://127.0.0.1:9/main"] * (received // 2)
    removed = [house.worlds.markets[name].ledger.named("webhook_removed") for name in ("main", "b", "c")]
    assert [[event.cause for event in each] for each in removed] == [[], ["opening"], ["opening"]]
    assert digest == Market.from_snapshot(house.worlds.snapshots["morning"].market).ledger.digest()


def test_a_closed_world_is_gone_and_the_first_stays(house: House) -> None:
    house.ask("POST /worlds", {"name": "b"}, status=201)
    assert house.ask("DELETE /worlds/b")["name"] == "b"
    assert house.names() == ["main"]
    refused = house.call("GET", "/worlds/b/_redclock/clock")
    assert (refused.status, json.loads(refused.body)["error"]["code"]) == (404, "not_found")
    assert "there is no world 'b' here; there is main" in refused.body.decode()
    assert "reset it" in house.ask("DELETE /worlds/main", status=409)["error"]["message"]


@pytest.mark.parametrize("name", ["b", "not%20one", "<b>"])
@pytest.mark.parametrize("asked", ["GET /", "GET /orders/1", "POST /clock"])
def test_the_panel_of_a_world_that_is_gone_is_a_page_that_leads_to_the_others(
    house: House, name: str, asked: str
) -> None:
    house.ask("POST /worlds", {"name": "c"}, status=201)
    method, path = asked.split()
    page = house.call(method, f"/worlds/{name}/panel{path}")
    assert (page.status, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    shown = page.body.decode()
    assert f"There is no world “{name}” on this server" in html.unescape(shown)
    assert "“<b>" not in shown
    links = set(re.findall(r'(?:href|src|action)="(/[^"]*)"', shown))
    assert {"/panel/", "/worlds/c/panel/"} < links
    assert {house.call("GET", link.partition("?")[0]).status for link in links} == {200}


def test_one_world_or_all_begin_again(house: House) -> None:
    house.ask("POST /worlds", {"name": "b", "seed": 6}, status=201)
    begun = house.digest("main"), house.digest("b")
    house.advance("main", 1)
    house.advance("b", 1)
    house.call("POST", "/worlds/b/_redclock/reset")
    assert (house.digest("main") == begun[0], house.digest("b") == begun[1]) == (False, True)
    house.advance("b", 1)
    assert [it["now"] for it in house.ask("POST /worlds/reset")["data"]] == [MONDAY + DAY, MONDAY]
    assert (house.digest("main"), house.digest("b")) == begun


def test_a_fault_of_one_world_strikes_no_other(house: House) -> None:
    house.ask("POST /worlds", {"name": "b", "fork_of": "main"}, status=201)
    house.worlds.markets["b"].faults.add(Down())
    assert house.call("GET", "/worlds/b/mip/v1/channels").status == 503
    assert house.call("GET", "/mip/v1/channels").status == 401


@pytest.mark.parametrize(
    ("said", "body", "status", "why"),
    [
        ("POST /worlds", {"name": "main"}, 409, "there is a world 'main' already"),
        ("POST /worlds", {"name": "b", "fork_of": "x"}, 404, "there is no world 'x'"),
        ("POST /worlds", {"name": "b", "snapshot": "x"}, 404, "there is no snapshot 'x' here; there is none"),
        ("POST /worlds", {"name": "b", "snapshot": "x", "seed": 1}, 422, "say one"),
        ("POST /worlds", {"name": "B/.."}, 422, "name"),
        ("POST /worlds", {}, 422, "name"),
        ("POST /worlds", {"name": "b", "settings": {"sellers": ["x", "x"]}}, 422, "each seller once"),
        ("POST /worlds", {"name": "b", "settings": {"demand": {"zone": "Nowhere"}}}, 422, "Nowhere"),
        ("POST /worlds", {"name": "b", "settings": {"demnd": {}}}, 422, "demnd"),
        ("POST /worlds", {"name": "b", "history_days": 9999}, 422, "history_days"),
        (
            "POST /worlds",
            {"name": "b", "history_days": 101, "settings": {"sellers": ["x", "y"], "demand": {"orders_per_day": 2500}}},
            422,
            "about 505,000 orders would be placed before it opens, and 500,000 are allowed",
        ),
        ("GET /worlds/x", None, 404, "there is no world 'x'"),
        ("DELETE /worlds/x", None, 404, "there is no world 'x'"),
        ("POST /snapshots", {"name": "m", "world": "x"}, 404, "there is no world 'x'"),
        ("DELETE /snapshots/x", None, 404, "there is no snapshot 'x'"),
        ("PUT /worlds", None, 405, "it takes GET, POST"),
        ("GET /worlds/a/b", None, 404, "there is no /worlds/a/b here"),
    ],
)
def test_what_the_lobby_refuses_changes_nothing(house: House, said: str, body: Any, status: int, why: str) -> None:
    refused = house.ask(said, body, status=status)
    assert why in refused["error"]["message"]
    assert house.names() == ["main"]
    assert house.ask("GET /snapshots")["data"] == []


def test_names_are_taken_once(house: House) -> None:
    house.ask("POST /snapshots", {"name": "m"}, status=201)
    assert "already" in house.ask("POST /snapshots", {"name": "m"}, status=409)["error"]["message"]


def test_there_are_only_so_many_worlds_and_snapshots() -> None:
    house = House(Market(settings=QUIET))
    for number in range(1, MOST_WORLDS):
        house.ask("POST /worlds", {"name": f"w{number}", "settings": {"demand": {"orders_per_day": 0}}}, status=201)
    assert f"there are {MOST_WORLDS} worlds" in house.ask("POST /worlds", {"name": "w"}, status=409)["error"]["message"]
    for number in range(MOST_SNAPSHOTS):
        house.ask("POST /snapshots", {"name": f"s{number}"}, status=201)
    refused = house.ask("POST /snapshots", {"name": "s"}, status=409)
    assert f"there are {MOST_SNAPSHOTS} snapshots" in refused["error"]["message"]
    house.ask("DELETE /worlds/w1")
    house.ask("POST /worlds", {"name": "w", "fork_of": "main"}, status=201)


def test_calls_are_recorded_with_their_market_time_after_they_were_answered(house: House) -> None:
    told: list[Record] = []
    house.worlds.record = told.append
    house.advance("main", 1)
    house.call("GET", "/mip/v1/channels")
    assert [(it.world, it.at, it.face) for it in told if isinstance(it, Called)] == [
        ("main", MONDAY + DAY, "control"),
        ("main", MONDAY + 2 * DAY, "mip"),
    ]
