"""The market: world, timeline, faults and faces in one object, and the only thing a user holds.

Everything that happens goes through here: every call first lets the world catch up with market time, then a face reads
it, then the faults have their say. One lock, so that doors may call from any thread.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from threading import RLock
from typing import TYPE_CHECKING, Any, NamedTuple

from fakemarket.call import Face, Request, Response, request_id
from fakemarket.faces.mip.webhooks import Posting, posting
from fakemarket.journal import Entry, Journal
from fakemarket.rules.status import Status
from fakemarket.settings import Settings
from fakemarket.timeline import END_AT, Timeline, check_time
from fakemarket.world.beginning import Beginning, Source, anew
from fakemarket.world.fate import Fate
from fakemarket.world.ledger import Ledger
from fakemarket.world.mip_webhooks import Delivery
from fakemarket.world.order import Order
from fakemarket.world.tokens import OWN_APP
from fakemarket.world.world import World

if TYPE_CHECKING:
    from fakemarket.faults import Fault, Faults

MONDAY = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp())
"""Where markets start unless told otherwise: Monday 2 March 2026, 00:00 UTC."""

_DAY = 86_400
_HOLDERS = ("control", "panel")
"""The faces that hold the clock."""


class Credentials(NamedTuple):
    """What a client of the AliExpress face needs."""

    app_key: str
    app_secret: str
    access_token: str
    refresh_token: str


def _as_it_is(_: World) -> None:
    """An opening that adds nothing."""


class Market:
    """A marketplace in a box whose clock you hold.

    Args:
        seed: one seed, one history.
        settings: what the market is like.
        start_at: market time at the beginning of its history, seconds since the epoch.
        history_days: days that have already passed when the market opens, whole ones or not.
        rate: market seconds in a real second; 0 stands still until `advance`.
        faults: what goes wrong.
        orders_until_at: no order arrives by itself from here on.
        opening: what else happens before the market opens, each time it begins; a function of a module, if the market
            is to be kept or forked.
        source: where a world comes from that nothing went wrong in, each time the market begins; a market that was
            pickled makes its own.

    Raises:
        NoSuchTime: it would begin before 1970, or open after the beginning of 2100.

    >>> market = Market(seed=7)
    >>> market.advance(days=3)
    >>> len(market.orders()) > 50
    True
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        settings: Settings | None = None,
        start_at: int = MONDAY,
        history_days: float = 0,
        rate: float = 0,
        faults: Sequence[Fault] = (),
        orders_until_at: int | None = None,
        opening: Callable[[World], object] = _as_it_is,
        source: Source = anew,
    ) -> None:
        self.seed = seed
        self.settings = settings or Settings()
        self._start_at = start_at
        self._opens_at = start_at + round(history_days * _DAY)
        for at in (start_at, self._opens_at):
            check_time(at)
        self._orders_until_at = orders_until_at
        self._rate = rate
        self._first_faults = tuple(faults)
        self._opening = opening
        self._source = source
        self.worlds: Mapping[str, Market] = {}
        """Those of its server by name, itself among them; none where it stands alone."""
        self._lock = RLock()
        self._begin()

    def _begin(self) -> None:
        beginning = Beginning(self.seed, self.settings, self._start_at, self._orders_until_at)
        # What goes wrong may do so from the first second on.
        self.world = beginning.world() if self._first_faults else self._source(beginning, self._opens_at)
        self._faults = self._put_to_work() if self._first_faults else None
        self.journal = Journal(self.seed, self._secrets)
        self.world.advance_to(self._opens_at)
        self.timeline = Timeline(self._opens_at, rate=self._rate)
        self._opening(self.world)
        self._answered = {"api": 0, "control": 0}
        self._faces: dict[str, Face] = {}

    def _put_to_work(self) -> Faults:
        """The faults, imported here: a market in which nothing goes wrong need not know what could."""
        from fakemarket.faults import Faults

        return Faults(self._first_faults, self.world, self._wait)

    @property
    def faults(self) -> Faults:
        """What goes wrong in this market, and where more can be put to work."""
        with self._lock:
            if self._faults is None:
                self._faults = self._put_to_work()
            return self._faults

    def _new_faces(self) -> dict[str, Face]:
        """Imported here, with the first call: to open a market takes none of them."""
        from fakemarket.faces.aliexpress.face import AliExpress
        from fakemarket.faces.control.face import Control
        from fakemarket.faces.mip.face import MipApi
        from fakemarket.faces.panel.face import Panel

        return {
            "aliexpress": AliExpress(self.world),
            "mip": MipApi(self.world),
            "control": Control(self),
            "panel": Panel(self),
        }

    def __repr__(self) -> str:
        return f"<Market seed {self.seed} at {self.moment():%Y-%m-%d %H:%M:%S}Z: {len(self.world.orders)} orders>"

    def __getstate__(self) -> dict[str, Any]:
        """Everything that a market is but the lock, the faces, which hold no state, and whom it stands among."""
        with self._lock:
            left_out = ("_lock", "_faces", "_source", "worlds")
            return {name: value for name, value in vars(self).items() if name not in left_out}

    def __setstate__(self, kept: dict[str, Any]) -> None:
        vars(self).update(kept)
        self.worlds = {}
        self._source = anew
        self._lock = RLock()
        self._faces = {}

    def snapshot(self) -> bytes:
        """All that the market is at this moment. Open only what you took yourself: it is a pickle."""
        with self._lock:
            return pickle.dumps(self, pickle.HIGHEST_PROTOCOL)

    @staticmethod
    def from_snapshot(snapshot: bytes) -> Market:
        """A market that goes on from a snapshot, with the same luck, as often as one likes."""
        market = pickle.loads(snapshot)
        assert isinstance(market, Market)
        return market

    def fork(self) -> Market:
        """Another market with the same past and the same luck: the same morning under another policy.

        It has the same webhooks too, whose events `deliver` hands to you.
        """
        return self.from_snapshot(self.snapshot())

    def reset(self) -> None:
        """Begins again with the same seed and the faults it was made with.

        What one has of the market from before, such as an order or its ledger, is not this market's any more.
        """
        with self._lock:
            self._begin()

    # Time

    def now(self) -> int:
        """Market time, seconds since the epoch."""
        return self.timeline.now()

    def moment(self) -> datetime:
        """Market time in UTC."""
        return datetime.fromtimestamp(self.now(), UTC)

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Lets market time pass.

        Raises:
            TimeRunsForward: the sum is negative.
            NoSuchTime: it would lead beyond the beginning of 2100.
        """
        by = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        with self._lock:
            self.timeline.jump_by(round(by.total_seconds()))
            self.world.advance_to(self.timeline.now())

    def advance_to(self, at: int) -> None:
        """Makes it `at`, after everything up to and including that second has happened.

        Raises:
            TimeRunsForward: `at` is past.
            NoSuchTime: `at` is after the beginning of 2100.
        """
        with self._lock:
            self.timeline.jump_to(at)
            self.world.advance_to(at)

    def run_until(self, holds: Callable[[], bool], limit_seconds: int) -> bool:
        """Lets time pass, one eventful second after another, until something holds.

        Returns:
            Whether it did before `limit_seconds` were over; if not, that is where the market stands.
        """
        with self._lock:
            now = max(self.timeline.now(), self.world.now)
            until_at = min(now + limit_seconds, END_AT)
            self._reach(now)
            while not holds():
                next_at = self.world.next_event_at()
                if next_at is None or next_at > until_at:
                    self._reach(until_at)
                    return holds()
                self._reach(next_at)
            return True

    # Calls

    def answer(self, face: str, request: Request, *, real_at: int, at: int | None = None) -> Response:
        """Answers one call to one of the faces: `aliexpress`, `mip`, `control` or `panel`.

        Args:
            real_at: real time, seconds since the epoch: a client in another process signs with it.
            at: market time at which it comes; the present unless a recorded call is repeated.
        """
        with self._lock, self.timeline.held(at):
            self.world.advance_to(max(self.timeline.now(), self.world.now))
            side = "control" if face in _HOLDERS else "api"
            number = self._answered[side] = self._answered[side] + 1
            name = request_id(self.seed, side, number)
            self._faces = self._faces or self._new_faces()
            call = self._faces[face].read(request, real_at, name)
            at = self.world.now
            # Whoever holds the clock is no client: no fault strikes them, they move no fault's luck and leave nothing
            # in the journal.
            is_client = face not in _HOLDERS
            if is_client and self._faults is not None:
                response, causes, clock_off_seconds = self._faults.carry_out(call)
            else:
                response, causes, clock_off_seconds = call.act(), (), 0
            if is_client:
                self.journal.add(
                    Entry(number, name, at, face, call.operation, call.order, call.seller, request, response, causes)
                )
            status, content, headers, delivery = response
            date = _http_date(self.world.now + clock_off_seconds)
            return Response(status, content, {**headers, "date": date}, delivery)

    def _secrets(self) -> set[str]:
        """The words that the journal shows nobody."""
        tokens = self.world.tokens
        return {self.world.mip.api_key, *(app.secret for app in tokens.apps), *tokens.words()}

    def _wait(self, seconds: int) -> None:
        """A call waits: for the rest of the world that is time like any other."""
        self._reach(max(self.timeline.now(), self.world.now) + seconds)

    def _reach(self, at: int) -> None:
        """Makes it `at`, or the end of time, unless a fast clock has passed that by itself."""
        at = max(min(at, END_AT), self.timeline.now())
        self.world.advance_to(at)
        self.timeline.jump_to(max(at, self.timeline.now()))

    def deliver(self, post: Callable[[Posting], int]) -> int:
        """Sends what is due to the integration platform's webhooks through `post`; how many were received.

        `post` sends one and returns the HTTP status of the answer, 0 if there was none. What isn't received is due
        again later, in market time. Calls of the market are answered meanwhile.
        """
        receipts = 0
        for delivery in self.due_deliveries():
            received = 200 <= post(posting(delivery, self.world.now)) < 300
            receipts += received
            self.settle(delivery, received=received)
        return receipts

    def due_deliveries(self, *, at: int | None = None) -> list[Delivery]:
        """What is due to webhooks now, for whoever sends it; each is to be settled."""
        with self._lock, self.timeline.held(at):
            self.world.advance_to(max(self.timeline.now(), self.world.now))
            return self.world.mip.webhooks.take()

    def settle(self, delivery: Delivery, *, received: bool) -> None:
        """What became of a delivery."""
        with self._lock:
            self.world.mip.webhooks.settle(delivery, received=received)

    # Views and hands

    def credentials(self, *, app: str = OWN_APP, seller: str | None = None) -> Credentials:
        """Key, secret and current tokens of an app for a seller; the first seller unless named.

        Raises:
            ValueError: there is no such seller.
        """
        grant = self.world.tokens.current(app, self._seller(seller))
        registered = next(it for it in self.world.tokens.apps if it.name == app)
        return Credentials(registered.key, registered.secret, grant.access_token, grant.refresh_token)

    @property
    def ledger(self) -> Ledger:
        """Everything that has happened."""
        return self.world.ledger

    def orders(self, *statuses: Status | str, seller: str | None = None) -> list[Order]:
        """The orders there are, of some statuses or one seller if asked, oldest first.

        Raises:
            ValueError: there is no such status or seller.
        """
        sellers = self.settings.sellers if seller is None else (self._seller(seller),)
        for unknown in set(statuses).difference(Status):
            raise ValueError(f"there is no status {unknown!r}; there are {', '.join(Status)}")
        wanted = [Status(status) for status in statuses] or None
        found = [order for each in sellers for order in self.world.orders_of(each, wanted)]
        return sorted(found, key=lambda order: (order.placed_at, order.id))

    def order(self, number: int) -> Order:
        """One order by id.

        Raises:
            UnknownOrder: there is none.
        """
        return self.world.order(number)

    def place(self, *, seller: str | None = None, **fate: Any) -> Order:
        """A buyer orders now. Keywords decide parts of its fate, e.g. `pays=True, review_seconds=60`.

        An order that is to pay and whose fate was never to try does so a minute later.

        Raises:
            ValueError: there is no such seller, or a fate has no such part.
        """
        for unknown in fate.keys() - set(Fate._fields):
            raise ValueError(f"an order's fate has no {unknown!r}; it has {', '.join(Fate._fields)}")

        def change(drawn: Fate) -> Fate:
            decided = drawn._replace(**fate) if fate else drawn
            tries = decided.attempts_seconds or not fate.get("pays")
            return decided if tries else decided._replace(attempts_seconds=(60,))

        with self._lock:
            self.world.advance_to(max(self.timeline.now(), self.world.now))
            return self.world.place_by_hand(self._seller(seller), change, "call")

    def _seller(self, name: str | None) -> str:
        """The seller of that name, or the first."""
        sellers = self.settings.sellers
        if name is not None and name not in sellers:
            raise ValueError(f"there is no seller {name!r} in this market; there is {', '.join(sellers)}")
        return name or sellers[0]


@lru_cache(maxsize=1)
def _http_date(at: int) -> str:
    """Market time as the `Date` header has it."""
    day, second = divmod(at, _DAY)
    return f"{_http_day(day)} {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02} GMT"


@lru_cache(maxsize=64)
def _http_day(day: int) -> str:
    """The beginning of the `Date` header, by days since the epoch: for a market whose time passes in great steps."""
    from email.utils import formatdate

    return formatdate(day * _DAY, usegmt=True).removesuffix(" 00:00:00 GMT")
