"""A hypothesis strategy for orders: what a buyer, the platform and the supplier will make of one.

What is drawn are keywords for `Market.place`. They shrink to an order that is paid, accepted and made ready without
any trouble.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, Final

from hypothesis import strategies as st

from redclock.hunt.space import DAY, HOUR

SMOOTH: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "pays": True,
        "review_rejects": False,
        "cancel_seconds": None,
        "freeze_after_seconds": None,
        "out_of_stock": False,
        "bad_address": False,
        "bad_postcode": False,
        "no_carrier": False,
        "supplier_fails": False,
        "unknown_sku": False,
        "needs_invoice": False,
        "dispute_seconds": None,
    }
)
"""An order to which nothing unusual happens."""
TROUBLES: Final[Mapping[str, tuple[Any, ...]]] = MappingProxyType(
    {
        "review_seconds": (HOUR, DAY),
        "supplier_fails": (True,),
        "unknown_sku": (True,),
        "needs_invoice": (True,),
        "out_of_stock": (True,),
        "bad_address": (True,),
        "bad_postcode": (True,),
        "no_carrier": (True,),
        "cancel_seconds": (HOUR, DAY, 3 * DAY),
        "freeze_after_seconds": (HOUR, DAY),
        "attempts_seconds": ((60, 3600),),
        "dispute_seconds": (DAY,),
        "review_rejects": (True,),
        "pays": (False,),
    }
)
"""What may be unusual about an order, the mildest first; invented."""


def orders(*, troubles: Collection[str] = tuple(TROUBLES), most: int = 2) -> st.SearchStrategy[dict[str, Any]]:
    """Keywords for `Market.place`, with up to `most` things that are unusual about the order.

    Args:
        troubles: what may be, of `TROUBLES`.
    """
    unusual = st.lists(st.sampled_from(list(troubles)), max_size=most, unique=True)
    return unusual.flatmap(
        lambda names: st.fixed_dictionaries({name: st.sampled_from(TROUBLES[name]) for name in names})
    ).map(lambda drawn: {**SMOOTH, **drawn})
