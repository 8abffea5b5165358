"""What becomes of an event on its way to a webhook that faults have struck.

Knows neither events nor webhooks: only how many seconds late each copy leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from fakemarket.faults.kinds import Postal, WebhookDropped, WebhookDuplicated, WebhookReordered


def copies(faults: Sequence[Postal]) -> tuple[int, ...]:
    """How many seconds late each copy leaves; none does if one of the faults drops the event.

    Waits add up, and a duplicate follows the first copy, however late that is.
    """
    late_seconds, behind = 0, []
    for fault in faults:
        match fault:
            case WebhookDropped():
                return ()
            case WebhookReordered(seconds=seconds):
                late_seconds += seconds
            case WebhookDuplicated(seconds=seconds):
                behind.append(seconds)
            case _:
                assert_never(fault)
    return (late_seconds, *(late_seconds + seconds for seconds in behind))
