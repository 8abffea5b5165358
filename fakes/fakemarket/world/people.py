"""The people who buy: names, accounts and addresses in their own locale.

For each locale a pool of people is made once, by faker, from the market's seed; an order's buyer is a place in a pool,
found by the order's own bits. So the same order has the same buyer in every process, and buyers come back. faker costs
a fifth of a second, so it is imported when the first buyer is looked at. Knows no orders but their keys.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from fakemarket.streams import Stream, Streams

if TYPE_CHECKING:
    from fakemarket.world.order import Order

_POOL = 200
_CALLING_CODES = {"ES": "+34", "FR": "+33", "IT": "+39", "PL": "+48", "DE": "+49", "PT": "+351"}
"""Of the default locales; people of another country write theirs into the number, if at all."""
_PHONE_DIGITS = 9
_PROVIDERS = [f"faker.providers.{name}" for name in ("person", "address", "phone_number")]
"""What is asked of faker. All it has would be loaded otherwise, which takes ten times as long."""


class Person(NamedTuple):
    """A buyer with an address."""

    login: str
    first_name: str
    last_name: str
    street: str
    city: str
    province: str
    zip_code: str
    country: str
    """ISO code."""
    country_name: str
    calling_code: str
    """With its plus sign; empty if unknown."""
    phone: str
    """Digits only."""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


class People:
    """Everybody who may buy in one market."""

    def __init__(self, locales: tuple[str, ...], streams: Streams) -> None:
        self._locales = locales
        self._streams = streams
        self._pools: dict[str, list[Person]] = {}
        self._choices: dict[str, Stream] = {}

    def buyer(self, order: Order) -> Person:
        """Who placed the order."""
        choice = self._choices.get(order.seller)
        if choice is None:
            choice = self._choices[order.seller] = self._streams.child(order.seller).stream("buyer")
        bits = choice.bits(order.fate.key)
        locale = self._locales[bits % len(self._locales)]
        pool = self._pools.get(locale)
        if pool is None:
            pool = self._pools[locale] = _pool(locale, self._streams.stream(f"people-{locale}").key)
        return pool[(bits >> 16) % _POOL]


@lru_cache(maxsize=64)
def _pool(locale: str, key: int) -> list[Person]:
    """The people of a locale, by the key of their stream; many markets of one seed may live in a process."""
    from faker import Faker

    try:
        fake = Faker(locale, providers=_PROVIDERS, use_weighting=False)
    except AttributeError:
        raise ValueError(f"buyers.locales has {locale!r}, which faker has no data for; write e.g. es_ES") from None
    stream = Stream(key)
    fake.seed_instance(stream.bits(0))
    city = fake.city
    if locale == "it_IT":
        city = lambda: fake.random_element(_italian_cities())  # noqa: E731
    # Not every country has provinces in faker's data.
    province = fake.administrative_unit if hasattr(fake, "administrative_unit") else city
    country = fake.current_country_code()
    country_name = fake.current_country()
    people = []
    for number in range(1, _POOL + 1):
        bits = stream.bits(number)
        people.append(
            Person(
                login=f"{country.lower()}{bits % 10**9:09d}{_letters(bits >> 32)}",
                first_name=fake.first_name(),
                last_name=fake.last_name(),
                street=fake.street_address().replace("\n", ", "),
                city=city(),
                province=province(),
                zip_code=fake.postcode(),
                country=country,
                country_name=country_name,
                calling_code=_CALLING_CODES.get(country, ""),
                phone="".join(filter(str.isdigit, fake.phone_number()))[-_PHONE_DIGITS:],
            )
        )
    return people


@cache
def _italian_cities() -> list[str]:
    """In an order of our own: faker keeps them in that of a set, which differs between processes."""
    from faker.providers.address.it_IT import Provider as Italy

    return sorted(Italy.cities)


def _letters(bits: int) -> str:
    return "".join(chr(ord("a") + (bits >> shift) % 26) for shift in (0, 8, 16))
