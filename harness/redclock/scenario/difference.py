"""The ways in which marketplace and platform can disagree about an order, as scenarios and checks name them."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """Which way they disagree."""

    MISSING_IN_MIP = "missing_in_mip"
    """The marketplace has an order to be shipped that the platform doesn't have."""
    NOT_SENT = "not_sent"
    """The platform has it, and the supplier doesn't."""
    TRACKING_MISSING = "tracking_missing_on_marketplace"
    """The platform knows a number that the marketplace wasn't told."""
    TRACKING_MISMATCH = "tracking_mismatch"
    """The marketplace was told a number that isn't the platform's."""
    CANCELED_OPEN = "canceled_on_marketplace_open_in_mip"
    """The order has ended unshipped, and its goods are still with the warehouse, to be packed."""
    PARTIAL_MISMATCH = "partial_mismatch"
    """The buyer was paid a piece back, and the warehouse still has to pack it."""
