"""Access and refresh tokens: how they are granted, how they expire without a word, how they die early.

One pair for each (app, seller). Nothing announces a death on the wire; only the ledger knows.
"""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from fakemarket.distributions import table

if TYPE_CHECKING:
    from fakemarket.streams import Streams
    from fakemarket.world.world import World

DAY = 86_400
MIP_APP = "mip"
OWN_APP = "own"
APPS = (OWN_APP, MIP_APP)


class Refused(StrEnum):
    """Why a token does not open the door."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    REVOKED = "revoked"


class App(NamedTuple):
    """A registered application: the seller's own (`own`) or the integration platform's (`mip`)."""

    name: str
    key: str
    secret: str
    callback: str = "https://app.example/callback"


class Grant(NamedTuple):
    """One token pair and its life. Lives end at `..._expires_at`, the first instant too late."""

    app: str
    seller: str
    number: int
    access_token: str
    refresh_token: str
    issued_at: int
    expires_at: int
    refresh_expires_at: int


class Code(NamedTuple):
    """A seller's consent, to be exchanged once for a token pair before `expires_at`."""

    app: str
    seller: str
    expires_at: int


class Tokens:
    """Every token pair of the market."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._settings = world.settings.tokens
        secret = world.streams.child("apps").token
        keys = [f"5{int(secret('key', n), 16) % 10**4:04d}{n}" for n in range(len(APPS))]
        self.apps = tuple(App(name, keys[n], secret("secret", n)) for n, name in enumerate(APPS))
        self._issued: Counter[tuple[str, str]] = Counter()
        self._current: dict[tuple[str, str], Grant] = {}
        self._by_access: dict[str, Grant] = {}
        self._by_refresh: dict[str, Grant] = {}
        self._dead: dict[str, Refused] = {}
        self._codes_issued = 0
        self._codes: dict[str, Code] = {}

    def issue_code(self, app: str, seller: str) -> str:
        """An authorization code: the seller agreed that the app may act for the account."""
        number, self._codes_issued = self._codes_issued, self._codes_issued + 1
        code = f"0_{self._world.streams.child('tokens').token('code', number)}"
        self._codes[code] = Code(app, seller, self._world.now + int(self._settings.code_minutes * 60))
        self._world.note(None, "code_issued", {"app": app, "seller": seller}, "seller")
        return code

    def redeem(self, code: str, *, app: str, cause: str) -> Grant | Refused:
        """The pair for a code, once, or why not."""
        consent = self._codes.get(code)
        if consent is None or consent.app != app:
            return Refused.UNKNOWN
        if self._world.now >= consent.expires_at:
            return Refused.EXPIRED
        del self._codes[code]
        return self.authorise(app, consent.seller, cause=cause)

    def authorise(self, app: str, seller: str, *, age_days: float = 0, cause: str) -> Grant:
        """A new pair, as after a person logged in; the old pair of this app and seller dies."""
        issued_at = self._world.now - int(age_days * DAY)
        access_at = issued_at + int(self._settings.access_hours * 3600)
        refresh_at = issued_at + int(self._settings.refresh_hours * 3600)
        return self._grant(app, seller, issued_at, access_at, refresh_at, cause, "token_authorised")

    def refresh(self, refresh_token: str, *, app: str, cause: str) -> Grant | Refused:
        """The next pair for a refresh token, or why not."""
        old = self._by_refresh.get(refresh_token)
        if old is None or old.app != app:
            return Refused.UNKNOWN
        if refresh_token in self._dead:
            return self._dead[refresh_token]
        now = self._world.now
        if now >= old.refresh_expires_at:
            return Refused.EXPIRED
        refresh_at = (
            now + int(self._settings.refresh_hours * 3600) if self._settings.refresh_extends else old.refresh_expires_at
        )
        access_at = now + int(self._settings.access_hours * 3600)
        grant = self._grant(app, old.seller, now, access_at, refresh_at, cause, "token_refreshed")
        if self._settings.refresh_rotates:
            return grant
        kept = grant._replace(refresh_token=old.refresh_token)
        self._remember(kept)
        self._dead.pop(old.refresh_token, None)
        return kept

    def revoke(self, app: str, seller: str, *, cause: str) -> None:
        """Both tokens of the pair die now, whatever their dates say."""
        grant = self._current[app, seller]
        if grant.access_token in self._dead and grant.refresh_token in self._dead:
            return
        self._kill(grant, Refused.REVOKED)
        self._world.note(None, "token_revoked", {"app": app, "seller": seller}, cause)

    def check(self, access_token: str, *, app: str) -> Grant | Refused:
        """Whose token this is, or why it is refused. Reads only."""
        grant = self._by_access.get(access_token)
        if grant is None or grant.app != app:
            return Refused.UNKNOWN
        if access_token in self._dead:
            return self._dead[access_token]
        return Refused.EXPIRED if self._world.now >= grant.expires_at else grant

    def current(self, app: str, seller: str) -> Grant:
        """The last pair granted, dead or alive."""
        return self._current[app, seller]

    def owner(self, word: str) -> str | None:
        """Whose a refresh token or a code is, dead or alive; None if it is none, or a code that has been used."""
        grant = self._by_refresh.get(word) or self._codes.get(word)
        return None if grant is None else grant.seller

    def stands(self, grant: Grant) -> bool:
        """Whether a pair is the last one of its app and seller and nothing but its dates can end it."""
        return self._current[grant.app, grant.seller] is grant and grant.access_token not in self._dead

    def newest(self) -> Grant | None:
        """The pair granted last, of any app and seller."""
        return next(reversed(self._by_access.values()), None)

    def words(self) -> set[str]:
        """Every token and code there is or was."""
        return {*self._by_access, *self._by_refresh, *self._codes}

    def alive(self, app: str, seller: str) -> bool:
        return isinstance(self.check(self._current[app, seller].access_token, app=app), Grant)

    def _grant(
        self, app: str, seller: str, issued_at: int, access_at: int, refresh_at: int, cause: str, what: str
    ) -> Grant:
        old = self._current.get((app, seller))
        if old is not None:
            self._kill(old, Refused.REVOKED)
        number = self._issued[app, seller]
        self._issued[app, seller] += 1
        secret = self._luck(app, seller).token
        grant = Grant(
            app,
            seller,
            number,
            f"5000{secret('access', number)}",
            f"5001{secret('refresh', number)}",
            issued_at,
            access_at,
            refresh_at,
        )
        self._remember(grant)
        self._world.note(None, what, {"app": app, "seller": seller, "expires_at": access_at}, cause)
        self._end_later(grant)
        return grant

    def _remember(self, grant: Grant) -> None:
        self._current[grant.app, grant.seller] = grant
        self._by_access[grant.access_token] = grant
        self._by_refresh[grant.refresh_token] = grant

    def _kill(self, grant: Grant, why: Refused) -> None:
        self._dead.setdefault(grant.access_token, why)
        self._dead.setdefault(grant.refresh_token, why)

    def _end_later(self, grant: Grant) -> None:
        """Has the ledger, and nobody else, hear of the pair's natural or early death."""
        world = self._world
        if self._settings.dies_early:
            u = self._luck(grant.app, grant.seller).stream("early-death").uniform(grant.number)
            dies_at = world.now + int(table(self._settings.revoked_every_days).at(u) * DAY)
            if dies_at < grant.expires_at:
                world.at(dies_at, self._die_early, grant)
                return
        world.at(max(grant.expires_at, world.now), self._expire, grant)

    def _die_early(self, grant: Grant) -> None:
        if self._is_current(grant):
            self.revoke(grant.app, grant.seller, cause="chance")

    def _expire(self, grant: Grant) -> None:
        if self._is_current(grant) and grant.access_token not in self._dead:
            self._world.note(None, "token_expired", {"app": grant.app, "seller": grant.seller}, "platform")

    def _luck(self, app: str, seller: str) -> Streams:
        """The streams of one app and seller, so that a renewal moves nobody else's luck."""
        return self._world.streams.child("tokens").child(app).child(seller)

    def _is_current(self, grant: Grant) -> bool:
        return self._current[grant.app, grant.seller].number == grant.number
