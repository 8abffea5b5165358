"""Named misbehaviours, as small values, and what makes them happen.

A fault says what goes wrong, when and how often. Those of the world are set as timeouts and switches of the world;
those of the wire are wrapped around a call. Each time one strikes, the ledger says so with the fault's number as
cause. Chance is drawn per fault and order (or call), so a fault on one order never moves another one's luck.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal, assert_never

from annotated_types import Ge, Le

from fakemarket.call import Call, Delivery, Response
from fakemarket.streams import Stream
from fakemarket.world.order import Order
from fakemarket.world.world import World

Share = Annotated[float, Ge(0), Le(1)]


@dataclass(frozen=True, slots=True)
class Window:
    """When a fault is on: [from_at, until_at), market time in seconds since the epoch; None is open."""

    from_at: int | None = None
    until_at: int | None = None

    def holds(self, at: int) -> bool:
        return (self.from_at is None or at >= self.from_at) and (self.until_at is None or at < self.until_at)


@dataclass(frozen=True, slots=True)
class TokenDies:
    """Both tokens of an app and seller die early, whatever their dates say."""

    at: int
    app: Literal["mip", "own"] = "mip"
    seller: str | None = None
    """None: every seller."""
    kind: Literal["token_dies"] = "token_dies"


@dataclass(frozen=True, slots=True)
class MissingFromImport:
    """Some orders are never listed to the integration platform's rounds, though the panel shows them."""

    share: Share
    window: Window = Window()
    kind: Literal["missing_from_import"] = "missing_from_import"


@dataclass(frozen=True, slots=True)
class WalletEmpty:
    """The supplier refuses orders for want of money."""

    window: Window
    seller: str | None = None
    kind: Literal["wallet_empty"] = "wallet_empty"


@dataclass(frozen=True, slots=True)
class CarrierRefused:
    """The marketplace doesn't take the carrier of some orders."""

    share: Share
    window: Window = Window()
    kind: Literal["carrier_refused"] = "carrier_refused"


@dataclass(frozen=True, slots=True)
class AnswerLost:
    """A call is carried out, but the caller never gets the answer."""

    operation: str
    share: Share
    window: Window = Window()
    kind: Literal["answer_lost"] = "answer_lost"


@dataclass(frozen=True, slots=True)
class Down:
    """Calls whose operation starts with `operation` are not carried out and answered with a 503."""

    operation: str
    window: Window
    share: Share = 1.0
    kind: Literal["down"] = "down"


Fault = TokenDies | MissingFromImport | WalletEmpty | CarrierRefused | AnswerLost | Down


class Faults:
    """The faults of one market, at work."""

    def __init__(self, faults: Sequence[Fault], world: World) -> None:
        self._world = world
        self._wire: list[tuple[str, AnswerLost | Down, Stream]] = []
        self._drains: Counter[str] = Counter()
        """Windows of empty wallets that are on, by seller."""
        self._calls: Counter[str] = Counter()
        """Calls that each fault of the wire was aimed at, by its cause; other calls don't move its luck."""
        self.struck: dict[str, int] = {}
        """How often each fault has struck, by `fault:<number>`; one that never did is worth a warning."""
        for number, fault in enumerate(faults):
            cause = f"fault:{number}"
            self.struck[cause] = 0
            self._install(cause, fault, world.streams.child("faults").stream(str(number)))

    def carry_out(self, call: Call) -> Response:
        """Carries a call out, or doesn't, as the faults of the wire will have it."""
        for cause, fault, stream in self._wire:
            if not call.operation.startswith(fault.operation):
                continue
            self._calls[cause] += 1
            if not fault.window.holds(self._world.now) or stream.uniform(self._calls[cause]) >= fault.share:
                continue
            self._strike(cause, call.order, fault.kind)
            if isinstance(fault, AnswerLost):
                return replace(call.act(), delivery=Delivery.LOST)
            return Response(503, b"<html><body>503 Service Unavailable</body></html>", {"content-type": "text/html"})
        return call.act()

    def _install(self, cause: str, fault: Fault, stream: Stream) -> None:
        world = self._world
        match fault:
            case TokenDies(at, app, seller):
                sellers = self._whose(cause, seller)

                def die() -> None:
                    for each in sellers:
                        world.tokens.revoke(app, each, cause=cause)
                    self._strike(cause, None, fault.kind)

                self._at(at, die)
            case WalletEmpty(window, seller):
                self._empty_wallets(cause, window, self._whose(cause, seller))
            case MissingFromImport(share, window):
                strikes = self._strikes_order(cause, fault.kind, stream, share, window)
                world.mip.skips = _either(world.mip.skips, strikes)
            case CarrierRefused(share, window):
                strikes = self._strikes_order(cause, fault.kind, stream, share, window)
                world.refuses_carrier = _either(world.refuses_carrier, strikes)
            case AnswerLost() | Down():
                self._wire.append((cause, fault, stream))
            case _:
                assert_never(fault)

    def _at(self, at: int, act: Callable[[], None]) -> None:
        self._world.before_all(max(at, self._world.now), act)

    def _whose(self, cause: str, seller: str | None) -> tuple[str, ...]:
        sellers = self._world.settings.sellers
        if seller is not None and seller not in sellers:
            raise ValueError(f"{cause} is aimed at the seller {seller!r}, but this market has {', '.join(sellers)}")
        return sellers if seller is None else (seller,)

    def _empty_wallets(self, cause: str, window: Window, sellers: tuple[str, ...]) -> None:
        """Wallets are empty as long as one window at least says so."""
        wallets, now = self._world.mip.empty_wallets, self._world.now
        if window.until_at is not None and window.until_at <= now:
            return

        def empty() -> None:
            self._drains.update(sellers)
            wallets.update(sellers)
            self._strike(cause, None, "wallet_empty")

        def fill() -> None:
            self._drains.subtract(sellers)
            wallets.difference_update(each for each in sellers if not self._drains[each])

        self._at(now if window.from_at is None else window.from_at, empty)
        if window.until_at is not None:
            self._at(window.until_at, fill)

    def _strike(self, cause: str, order: int | None, kind: str) -> None:
        self.struck[cause] += 1
        self._world.note(order, "fault", {"kind": kind}, cause)

    def _strikes_order(
        self, cause: str, kind: str, stream: Stream, share: float, window: Window
    ) -> Callable[[Order], bool]:
        """Whether the fault strikes an order, told to the ledger the first time it does."""
        struck: set[int] = set()

        def strikes(order: Order) -> bool:
            if not window.holds(self._world.now) or stream.uniform(order.id) >= share:
                return False
            if order.id not in struck:
                struck.add(order.id)
                self._strike(cause, order.id, kind)
            return True

        return strikes


def _either(one: Callable[[Order], bool], other: Callable[[Order], bool]) -> Callable[[Order], bool]:
    return lambda order: one(order) or other(order)
