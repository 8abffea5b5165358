"""What somebody who looks after orders does to them, over whole arrays: `DailyManualCheck` and who logs in again.

Imports by hand, orders sent again to a supplier who refused them, numbers typed in. Whoever looks comes after all else
in a second. All that is open is seen at each look, as long as nobody stays away for a fortnight.
"""

from __future__ import annotations

import numpy as np

from redclock.planner.engine.access import Access, first_from, places_from
from redclock.planner.engine.compiled import Ints
from redclock.planner.engine.draws import NEVER, Orders
from redclock.planner.engine.passes import Declared, Story, waits

_MOST_REFUSALS = 4
"""That sending again settles: an error, an unknown article, an invoice, two warehouses."""


def imported(orders: Orders, shops: Ints, story: Story, access: Access) -> Ints:
    """When each order was first sent to the supplier, be it by a round or by hand."""
    sent_at = story.sent_at
    for change_at in (orders.accepted_at, np.where(story.thawed_at < NEVER, story.thawed_at, orders.accepted_at)):
        at = first_from(change_at, shops, access.checks)
        sent_at = np.where(waits(at, story), np.minimum(at, sent_at), sent_at)
        place = places_from(change_at, shops, access.renewals)
        at = access.renewals.at[place]
        # A round that worked has passed over what changed before it.
        changed_at = np.where(story.thawed_at <= at, story.thawed_at, orders.accepted_at)
        some = waits(at, story) & (access.missed_from_at[place] <= changed_at)
        sent_at = np.where(some, np.minimum(at, sent_at), sent_at)
    return sent_at


def taken(orders: Orders, shops: Ints, story: Story, access: Access) -> Ints:
    """When the supplier took each order: one that is not refused for good is sent again at each look."""
    taken_at = np.where(orders.refusals < NEVER, story.sent_at, NEVER)
    from_at = taken_at
    for n in range(_MOST_REFUSALS):
        some = np.flatnonzero((orders.refusals > n) & (taken_at < NEVER))
        part = Story(*(it[some] for it in story))
        at = _next_look(from_at[some], shops[some], part, access)
        taken_at[some] = at
        from_at = taken_at + 1
    return taken_at


def declared(orders: Orders, shops: Ints, story: Story, known_at: Ints, pushed_at: Ints, access: Access) -> Declared:
    """What is declared by pushes and by hand.

    A push says that its number is the last one only if a push had the other one taken; who looks says so when the
    marketplace shows the other one or is told both.
    """
    by_hand = [_next_look(it, shops, story, access) for it in known_at]
    by_push = [np.where(waits(it, story), it, NEVER) for it in pushed_at]
    first_at = np.minimum(np.minimum(*by_hand), np.minimum(*by_push))
    whole_at = first_at.copy()
    some = orders.split
    whole_at[some] = _both(shops[some], first_at[some], known_at[:, some], pushed_at[:, some], access)
    return Declared(first_at, whole_at)


def _both(shops: Ints, first_at: Ints, known_at: Ints, pushed_at: Ints, access: Access) -> Ints:
    """When orders of two parcels are whole of which one number was taken at `first_at`, or both."""
    seen = first_from(first_at, shops, access.looks) == first_at
    at_once = (seen & (known_at.max(axis=0) <= first_at)) | (pushed_at == first_at).all(axis=0)
    # Which one it was, where it was one.
    second = np.where(seen, known_at[0] > first_at, pushed_at[0] != first_at).astype(np.int64)
    each = np.arange(len(first_at))
    push_at, other_push_at = pushed_at[second, each], pushed_at[1 - second, each]
    look_at = first_from(np.maximum(first_at + 1, known_at[1 - second, each]), shops, access.looks)
    pushed_too = (other_push_at > first_at) & (other_push_at <= look_at)
    by_push = np.where(push_at < first_at, NEVER, np.maximum(push_at, other_push_at))
    whole_at = np.where(at_once, first_at, np.where(pushed_too, by_push, look_at))
    return np.where(first_at < NEVER, whole_at, NEVER)


def _next_look(at: Ints, shops: Ints, story: Story, access: Access) -> Ints:
    """The first look from an instant on that finds the order waiting to be sent, or NEVER."""
    found = first_from(at, shops, access.looks)
    frozen = (found >= story.frozen_at) & (found < story.thawed_at)
    found = np.where(frozen, first_from(story.thawed_at, shops, access.looks), found)
    return np.where(waits(found, story), found, NEVER)
