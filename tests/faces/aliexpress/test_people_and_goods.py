"""Who buys what: the same in every process, and cheap."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fakemarket.market import Market
from fakemarket.settings import Buyers, Demand, Settings
from fakemarket.world.goods import product

WHO = """
from fakemarket.market import Market
market = Market(seed=11)
market.advance(days=2)
for order in market.orders():
    print(market.world.people.buyer(order), order.lines[0].sku)
"""


def told_by(hash_seed: str, zone: str) -> str:
    sources = Path(__file__).parents[3] / "fakes"
    env = {**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": zone, "PYTHONPATH": str(sources)}
    return subprocess.run([sys.executable, "-c", WHO], env=env, capture_output=True, check=True, text=True).stdout


def test_buyers_and_goods_are_the_same_in_every_process() -> None:
    first = told_by("1", "UTC")
    assert first.count("\n") > 20
    assert first == told_by("2", "Asia/Tokyo")


def test_buyers_live_in_the_locales_asked_for_and_come_back(standing: Market) -> None:
    people = standing.world.people
    buyers = [people.buyer(order) for order in standing.orders()]
    assert {it.country for it in buyers} == {"ES", "FR", "IT", "PL", "DE", "PT"}
    assert len({it.login for it in buyers}) < len(buyers)
    assert all(it.login.startswith(it.country.lower()) for it in buyers)
    assert all(it.phone.isdigit() for it in buyers)


def test_two_sellers_have_not_the_same_buyers_in_the_same_order(standing: Market) -> None:
    people = standing.world.people
    first, second = (
        [people.buyer(order).login for order in standing.orders(seller=seller)[:20]]
        for seller in standing.settings.sellers
    )
    assert first != second


def test_asking_who_bought_changes_nothing(standing: Market) -> None:
    order = standing.orders()[0]
    assert standing.world.people.buyer(order) is standing.world.people.buyer(order)


def test_a_locale_that_is_none_is_named() -> None:
    market = Market(settings=Settings(demand=Demand(orders_per_day=0), buyers=Buyers(locales=("xx_XX",))))
    order = market.place()
    with pytest.raises(ValueError, match=r"buyers\.locales has 'xx_XX'"):
        market.world.people.buyer(order)


@pytest.mark.parametrize("locale", ["en_GB", "no_NO", "zh_CN", "pt_BR"])
def test_addresses_are_one_line_in_countries_without_provinces_too(locale: str) -> None:
    market = Market(settings=Settings(demand=Demand(orders_per_day=0), buyers=Buyers(locales=(locale,))))
    buyer = market.world.people.buyer(market.place())
    assert "\n" not in buyer.street
    assert all((buyer.first_name, buyer.last_name, buyer.city, buyer.province, buyer.zip_code))


def test_any_bits_are_a_product_and_each_product_has_its_own_sku_and_id() -> None:
    articles = [product(bits) for bits in range(400)]
    for field in ("sku", "id", "name"):
        assert len({getattr(it, field) for it in articles}) == 400
    assert product(2**64 - 1) in articles
    assert product(7 + 400) is product(7)
