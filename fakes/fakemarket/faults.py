"""Named misbehaviours, as small values, and what makes them happen.

A fault says what goes wrong, when and how often. Those of the world are set as timeouts and switches of the world;
those of the wire are wrapped around a call. Each time one strikes, the ledger says so with the fault's number as
cause. Chance is drawn per fault and order (or call), so a fault on one order never moves another one's luck.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal, assert_never

from annotated_types import Ge, Le
from simpy.events import Event as SimEvent

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
        self._calls = 0
        self.struck: dict[str, int] = {}
        """How often each fault has struck, by `fault:<number>`; one that never did is worth a warning."""
        for number, fault in enumerate(faults):
            cause = f"fault:{number}"
            self.struck[cause] = 0
            self._install(cause, fault, world.streams.child("faults").stream(str(number)))

    def carry_out(self, call: Call) -> Response:
        """Carries a call out, or doesn't, as the faults of the wire will have it."""
        self._calls += 1
        for cause, fault, stream in self._wire:
            aimed = call.operation.startswith(fault.operation) and fault.window.holds(self._world.now)
            if not aimed or stream.uniform(self._calls) >= fault.share:
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

                def die() -> None:
                    for each in self._whose(seller):
                        world.tokens.revoke(app, each, cause=cause)
                    self._strike(cause, None, fault.kind)

                self._at(at, die)
            case WalletEmpty(window, seller):

                def empty() -> None:
                    world.mip.empty_wallets.update(self._whose(seller))
                    self._strike(cause, None, fault.kind)

                self._at(window.from_at or world.start_at, empty)
                if window.until_at is not None:
                    self._at(
                        window.until_at,
                        lambda: world.mip.empty_wallets.difference_update(self._whose(seller)),
                    )
            case MissingFromImport(share, window):
                world.mip.skips = self._strikes_order(cause, fault.kind, stream, share, window)
            case CarrierRefused(share, window):
                world.refuses_carrier = self._strikes_order(cause, fault.kind, stream, share, window)
            case AnswerLost() | Down():
                self._wire.append((cause, fault, stream))
            case _:
                assert_never(fault)

    def _at(self, at: int, act: Callable[[], None]) -> None:
        def wait() -> Generator[SimEvent, None, None]:
            yield self._world.sleep_until(max(at, self._world.now))
            act()

        self._world.process(wait())

    def _whose(self, seller: str | None) -> tuple[str, ...]:
        return (seller,) if seller else self._world.settings.sellers

    def _strike(self, cause: str, order: int | None, kind: str) -> None:
        self.struck[cause] += 1
        self._world.note(order, "fault", {"kind": kind}, cause)

    def _strikes_order(
        self, cause: str, kind: str, stream: Stream, share: float, window: Window
    ) -> Callable[[Order], bool]:
        """Whether the fault strikes an order, told to the ledger the first time it does."""
        struck: set[int] = set()

        def strikes(order: Order) -> bool:
            if not window.holds(self._world.now) or stream.uniform(order.fate.key) >= share:
                return False
            if order.id not in struck:
                struck.add(order.id)
                self._strike(cause, order.id, kind)
            return True

        return strikes
