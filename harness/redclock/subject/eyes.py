"""Looking: brings a subject's pictures up to date within the calls that there are. Decides nothing about orders.

Ended orders are asked for as well, since an unfiltered list leaves them out; an order that vanishes from the list all
the same, or that only the platform has, is read back by its id before anything is concluded from it.
"""

from __future__ import annotations

from collections.abc import Iterable

from redclock.subject.budget import look_every_seconds, quota_day
from redclock.subject.picture import LEFT, OPEN, OVER, REJECTED, SENT, WAITING, Picture, is_live
from redclock.subject.policy import DAY, HOUR, LOOK_BACK_DAYS, MINUTE, Policy
from redclock.subject.ports import AliExpressPort, CallFailed, CallsBanned, MipOrder, Ports, TokenDead
from redclock.subject.reconcile import compare
from redclock.subject.store import Store
from redclock.subject.supplier import WALLET, refused_by_reason

_MIP_OVERLAP_SECONDS = 600
_MOST_READ_BACK = 25
"""At one look: a list that lost more than that is asked for again instead."""


class Eyes:
    """What keeps the pictures of all shops true."""

    def __init__(self, ports: Ports, policy: Policy, store: Store) -> None:
        self._ports = ports
        self._policy = policy
        self._store = store
        self._mip_looked_at: int | None = None
        self._mip_read_on: int | None = None
        self._fresh = dict.fromkeys(ports.shops, True)
        self._counted = dict.fromkeys(ports.shops, 0)
        self._left_read_at: dict[str, int] = {}
        self._calls_a_look = len(ports.shops)

    def look(self, pictures: Iterable[Picture], now: int) -> None:
        """Brings the pictures up to `now`."""
        pictures = tuple(pictures)
        for picture in pictures:
            picture.now = now
        self._look_at_mip(pictures, now)
        every_seconds = look_every_seconds(self._policy, self.calls_today(now), now, self._calls_a_look)
        for picture in pictures:
            picture.short_of_calls = every_seconds is None
            if picture.marketplace_back_at is not None and now >= picture.marketplace_back_at:
                picture.marketplace_back_at = None
            if every_seconds is not None and picture.marketplace_back_at is None:
                self._look_at_marketplace(picture, every_seconds)
            picture.rank()
            self._compare(picture)
            self._look_into_wallet(picture)

    def calls_today(self, now: int) -> int:
        """Calls made to the marketplace in the quota's day, also before a restart."""
        clock, day = self._store.clock, quota_day(now)
        made = {channel: shop.calls_made for channel, shop in self._ports.shops.items()}
        new = sum(made.values()) - sum(self._counted.values())
        self._counted = made
        before = (clock.get("calls") or 0) if clock.get("calls_day") == day else 0
        if new or before != clock.get("calls"):
            clock.put("calls_day", day)
            clock.put("calls", before + new)
        return before + new

    def _look_at_mip(self, pictures: tuple[Picture, ...], now: int) -> None:
        """What changed since the last look, or everything when it is morning or the first time."""
        looked_at, morning = self._mip_looked_at, self._last_morning(now)
        if looked_at is None or self._mip_read_on != morning:
            since_at = now - LOOK_BACK_DAYS * DAY
        else:
            since_at = looked_at - _MIP_OVERLAP_SECONDS
        try:
            orders = self._ports.mip.orders(updated_since_at=since_at)
            health = {it.channel: it for it in self._ports.mip.channels()}
        except CallFailed:
            for picture in pictures:
                picture.mip_down_since = picture.mip_down_since or now
            return
        self._mip_looked_at, self._mip_read_on = now, morning
        for picture in pictures:
            picture.mip_down_since = None
            picture.mirror([order for order in orders if order.channel == picture.channel])
            picture.health = health.get(picture.channel)

    def _last_morning(self, now: int) -> int:
        """The day of the last morning there was: then everything is read, not only what changed."""
        local = self._policy.days.local(now)
        return local.toordinal() if local.hour >= self._policy.morning_hour else local.toordinal() - 1

    def _look_at_marketplace(self, picture: Picture, every_seconds: int) -> None:
        """What changed since the last look, or everything when it is morning or the first time."""
        now, channel, clock = picture.now, picture.channel, self._store.clock
        shop, looked_at = self._ports.shops[channel], clock.get(f"looked:{channel}")
        picture.looked_at = looked_at
        full_on = self._last_morning(now)
        full = self._fresh[channel] or clock.get(f"full:{channel}") != full_on
        reachable = picture.marketplace_down_since is None and not picture.own_access_dead
        if not full and reachable and looked_at is not None and now - looked_at < every_seconds:
            return
        since_at = None if looked_at is None else looked_at - self._policy.overlap_minutes * MINUTE
        before = shop.calls_made
        try:
            if full:
                self._read_everything(picture, shop, since_at)
            else:
                picture.see(shop.orders((*OPEN, *LEFT), modified_since_at=since_at))
        except TokenDead:
            picture.own_access_dead = True
            return
        except CallsBanned as ban:
            picture.ban(ban)
            return
        except CallFailed:
            picture.marketplace_down_since = picture.marketplace_down_since or now
            return
        picture.own_access_dead, picture.marketplace_down_since = False, None
        self._fresh[channel] = False
        self._calls_a_look = max((shop.calls_made - before) * len(self._counted), 1)
        picture.looked_at = now
        clock.put(f"looked:{channel}", now)
        clock.put(f"full:{channel}", full_on)

    def _read_everything(self, picture: Picture, shop: AliExpressPort, since_at: int | None) -> None:
        """In steps that are not repeated when calls are banned between them."""
        now, channel = picture.now, picture.channel
        if since_at is not None and now - self._left_read_at.get(channel, 0) >= HOUR:
            picture.see(shop.orders(LEFT, modified_since_at=since_at))
            self._left_read_at[channel] = now
        known = set(picture.open)
        listed = shop.orders(OPEN)
        picture.see(listed)
        self._read_back(picture, known - {order.order_id for order in listed})

    def _read_back(self, picture: Picture, orders: Iterable[int]) -> None:
        """Reads orders back that the list doesn't show, each once in a while."""
        tried, shop = self._store.tried, self._ports.shops[picture.channel]
        due = [it for it in sorted(orders) if picture.now - (tried.get(f"read:{it}") or 0) >= 6 * HOUR]
        for order_id in due[:_MOST_READ_BACK]:
            picture.read_back(order_id, shop.order(order_id))
            tried.put(f"read:{order_id}", picture.now)

    def _compare(self, picture: Picture) -> None:
        every_seconds = self._policy.compare_every_minutes * MINUTE
        compared_at = self._store.clock.get(f"compared:{picture.channel}")
        if compared_at is not None and picture.now - compared_at < every_seconds:
            return
        if picture.marketplace_down_since is not None or picture.own_access_dead or self._fresh[picture.channel]:
            return
        picture.compared_at = picture.now
        self._store.clock.put(f"compared:{picture.channel}", picture.now)
        picture.forget(picture.now - LOOK_BACK_DAYS * DAY)
        self._read_unlisted(picture)
        picture.differences = compare(picture, self._policy)
        seen = self._store.seen
        for it in picture.differences:
            if seen.get(it.order_id) != [it.kind, it.first_seen_at]:
                seen.put(it.order_id, [it.kind, it.first_seen_at])
        mine = {it.order_id for it in picture.differences}
        for order_id in [it for it in seen if it not in mine and (it in picture.listed or it in picture.mip)]:
            seen.drop(order_id)

    def _read_unlisted(self, picture: Picture) -> None:
        """Orders that the list should have shown by now, as the platform has them."""
        if picture.short_of_calls or picture.marketplace_back_at is not None:
            return
        grace = self._policy.missing_grace_minutes * MINUTE
        unlisted = [
            it.order_id
            for it in picture.mip.values()
            if picture.now - it.imported_at >= grace and self._should_be_listed(it) and not _is_listed(picture, it)
        ]
        try:
            self._read_back(picture, unlisted)
        except CallsBanned as ban:
            picture.ban(ban)
        except CallFailed:
            return
        if unlisted:
            picture.rank()

    def _should_be_listed(self, mirror: MipOrder) -> bool:
        """Whether an order waits according to the platform, or is over while its parcel goes on, or left with a number
        that was neither the platform's doing nor heard of."""
        status = mirror.marketplace_status
        if status == SENT:
            refused = any(it.push_status == REJECTED for it in mirror.shipments)
            return refused and self._store.declared.get(mirror.order_id) is None
        return status in WAITING or (status == OVER and is_live(mirror))

    def _look_into_wallet(self, picture: Picture) -> None:
        picture.wallet = None
        if WALLET in refused_by_reason(picture) and picture.mip_down_since is None:
            try:
                picture.wallet = self._ports.mip.wallet(picture.channel)
            except CallFailed:
                return


def _is_listed(picture: Picture, mirror: MipOrder) -> bool:
    """One that was read back as still to be paid or reviewed has yet to be shown."""
    shown = picture.listed.get(mirror.order_id)
    return shown is not None and shown.status in (*OPEN, *LEFT)
