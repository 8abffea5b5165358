"""The keys of the world's streams, its tables of quantiles and its shares, as numbers and arrays."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from fakemarket.distributions import Distribution, table
from fakemarket.settings import Settings
from redclock.planner.engine.draws import Chances, StreamKeys, Tables

CELLS = 766


def streams(seeds: Sequence[int], sellers: Sequence[str], purposes: Sequence[tuple[str, ...]]) -> StreamKeys:
    """The streams of some purposes, each the last of its words after the names of the streams it is a child of.

    A shop is a seller in a replication: all sellers of the first seed, then all of the next.
    """
    shops = [blake2b(f"{seed}\x1f{seller}".encode(), digest_size=8) for seed in seeds for seller in sellers]
    texts = ["\x1f".join(("", *words)).encode() for words in purposes]
    digests = bytearray()
    for text in texts:
        for shop in shops:
            # Half as long as from the start.
            state = shop.copy()
            state.update(text)
            digests += state.digest()
    return StreamKeys(np.frombuffer(digests, dtype=">u8").astype(np.uint64).reshape(len(texts), len(shops)))


def cells(distributions: tuple[Distribution, ...]) -> Tables:
    """The tables of distributions."""
    lows = np.empty((len(distributions), CELLS))
    rises = np.empty((len(distributions), CELLS))
    for row, distribution in enumerate(distributions):
        starts, ends = table(distribution).cells()
        lows[row] = starts
        rises[row] = np.subtract(ends, starts)
    return Tables(lows, rises)


def chances(settings: Settings) -> Chances:
    """What chance may do to an order under some settings."""
    pay, review, buyers, house = settings.payments, settings.review, settings.buyers, settings.warehouse
    failures = [pay.failure_share]
    for _ in range(pay.retries):
        failures.append(failures[-1] * (1 - pay.retry_success_share))
    tables = cells(
        (
            *(pay.delay_minutes, pay.retry_minutes, pay.processing_minutes, pay.confirm_money_hours),
            *(review.hours, review.appeal_hours, buyers.cancel_hours, buyers.frozen_hours),
            *(house.preparation_working_days, house.packing_minutes, settings.mip.tracking_hours),
            house.second_parcel_working_days,
        )
    )
    refusals = (
        *(house.out_of_stock_share, house.bad_address_share, house.bad_postcode_share, house.no_carrier_share),
        *(house.supplier_error_share, house.unknown_sku_share, house.export_invoice_share),
    )
    return Chances(
        tables=tables,
        never_share=float(pay.never_share),
        failures=np.array(failures),
        unpaid_close_seconds=int(pay.unpaid_close_hours * 3600),
        offline_share=float(pay.offline_share),
        rejected_share=float(review.rejected_share),
        hold_share=float(review.hold_share),
        appeal_passes_share=float(review.appeal_passes_share),
        cancel_share=float(buyers.cancel_share),
        frozen_share=float(buyers.frozen_share),
        refusal_shares=np.array(refusals),
        refuses_split=bool(house.refuses_split),
        several_share=float(settings.demand.several_products_share),
        split_share=float(house.split_share),
    )
