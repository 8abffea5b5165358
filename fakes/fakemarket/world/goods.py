"""The goods of the market: a small catalogue of our own words, one product for any 64 bits.

Nothing is stored: the product of an order's line follows from the bits that its fate holds. Knows no orders.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

_KINDS = (
    ("Desk lamp", "LAMP"),
    ("Kettle", "KETL"),
    ("Yoga mat", "YOGA"),
    ("Phone stand", "PHST"),
    ("Garden hose", "HOSE"),
    ("Pet bed", "PETB"),
    ("Screwdriver set", "SCRW"),
    ("Bath towel", "TOWL"),
    ("Night light", "NGHT"),
    ("Travel pillow", "PILW"),
    ("Water bottle", "BOTL"),
    ("Chopping board", "CHOP"),
    ("Bicycle pump", "PUMP"),
    ("Wall clock", "CLCK"),
    ("Umbrella", "UMBR"),
    ("Storage box", "STBX"),
)
_MAKES = ("Foldable", "Cordless", "Compact", "Classic", "Waterproof")
_COLOURS = (("black", "BLK"), ("white", "WHT"), ("blue", "BLU"), ("green", "GRN"), ("grey", "GRY"))
_CATALOGUE = len(_KINDS) * len(_MAKES) * len(_COLOURS)
_FIRST_ID = 1_005_000_000_000_000
_FIRST_CATEGORY = 200_000_100


class Product(NamedTuple):
    """One article of the catalogue."""

    id: int
    """16 digits, as on the marketplace."""
    name: str
    sku: str
    colour: str
    category_id: int


def product(bits: int) -> Product:
    """The product that a line's bits stand for."""
    return _article(bits % _CATALOGUE)


@lru_cache(maxsize=_CATALOGUE)
def _article(number: int) -> Product:
    rest, colour_number = divmod(number, len(_COLOURS))
    kind, make = divmod(rest, len(_MAKES))
    name, code = _KINDS[kind]
    colour, colour_code = _COLOURS[colour_number]
    return Product(
        id=_FIRST_ID + 7919 * number,
        name=f"{_MAKES[make]} {name.lower()}, {colour}",
        sku=f"{code}-{make + 1:02d}-{colour_code}",
        colour=colour,
        category_id=_FIRST_CATEGORY + kind,
    )
