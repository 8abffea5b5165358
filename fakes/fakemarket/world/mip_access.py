"""The integration platform's access to the marketplace: one token pair a channel, refreshed in time if it may be.

It hears of a token's death when it uses it, and keeps each channel's health. Knows no orders.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from fakemarket.world.mip_journal import Happening
from fakemarket.world.mip_order import Channel
from fakemarket.world.tokens import MIP_APP, Grant, Refused

if TYPE_CHECKING:
    from fakemarket.world.world import World

HOUR = 3600
TOKEN_REFUSED = "IllegalAccessToken"
"""What the marketplace says to a dead token, whatever it died of."""


class Access:
    """Every channel's token.

    Args:
        tell: writes what is noticed of a channel into the platform's journal.
    """

    def __init__(
        self, world: World, tell: Callable[[Happening, Channel, Mapping[str, str | int | None]], None]
    ) -> None:
        self._world = world
        self._clock = world.env
        self._settings = world.settings.mip
        self._tell = tell
        self._good: dict[str, tuple[Grant, int]] = {}
        """By seller: the pair used last, and until when nothing is to be done about it as long as it lives."""

    def use(self, channel: Channel) -> Grant | Refused:
        """The channel's live pair, or why the marketplace refuses it; its health is kept."""
        good = self._good.get(channel.seller)
        if good is not None and self._clock.now < good[1] and self._world.tokens.stands(good[0]):
            return good[0]
        return self._look_at(channel)

    def _look_at(self, channel: Channel) -> Grant | Refused:
        access = self._refreshed(channel)
        self._record(channel, access)
        if isinstance(access, Grant):
            self._good[channel.seller] = access, min(self._refreshes_at(access), self._warns_at(access))
        return access

    def _refreshed(self, channel: Channel) -> Grant | Refused:
        """The channel's access, refreshed when it is due and may be."""
        tokens, now = self._world.tokens, self._clock.now
        grant = tokens.current(MIP_APP, channel.seller)
        self._warn_of_expiry(channel, grant)
        if self._settings.refreshes_token and now >= self._refreshes_at(grant):
            refreshed = tokens.refresh(grant.refresh_token, app=MIP_APP, cause="mip")
            if isinstance(refreshed, Grant):
                return refreshed
        return tokens.check(grant.access_token, app=MIP_APP)

    def _refreshes_at(self, grant: Grant) -> int:
        """A token that lives for hours only is kept for half its life, not refreshed with every round."""
        early = min(int(self._settings.refresh_early_hours * HOUR), (grant.expires_at - grant.issued_at) // 2)
        return grant.expires_at - early

    def _warns_at(self, grant: Grant) -> int:
        return grant.expires_at - int(self._settings.token_warning_hours * HOUR)

    def _warn_of_expiry(self, channel: Channel, grant: Grant) -> None:
        """Writes, once a grant, that it ends soon and that no refresh will save it."""
        now = self._clock.now
        if channel.warned_of == grant.number or not self._warns_at(grant) <= now < grant.expires_at:
            return
        refreshes_at = max(now, self._refreshes_at(grant))
        if not self._settings.refreshes_token or refreshes_at >= grant.refresh_expires_at:
            channel.warned_of = grant.number
            self._tell(Happening.TOKEN_EXPIRING, channel, {"token_expires_at": grant.expires_at})

    def _record(self, channel: Channel, access: Grant | Refused) -> None:
        """Keeps the channel's health after a use of the token; the ledger hears when it turns bad and when good."""
        if isinstance(access, Grant):
            if channel.consecutive_errors:
                self._world.note(None, "mip_recovered", {"channel": channel.id}, "mip")
            channel.consecutive_errors, channel.last_error = 0, ""
            return
        if not channel.consecutive_errors:
            self._world.note(None, "mip_failing", {"channel": channel.id, "token": access}, "mip")
            self._tell(Happening.TOKEN_EXPIRED, channel, {"last_error": TOKEN_REFUSED})
        channel.consecutive_errors += 1
        channel.last_error = TOKEN_REFUSED
