"""The reference subject: looks every quarter of an hour, compares everything each morning, and acts.

Looking, deciding and acting are kept apart: this module looks and acts, `decide` decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from redclock.subject.decide import DECISIONS, Action, Decision, Declare, Import, Policy, Renew, Resend, Tell
from redclock.subject.picture import ASKED, LEFT, WAITING, Picture
from redclock.subject.ports import Alert, AlertKind, CallFailed, Declaration, OutcomeUnknown, Ports, TokenDead

DAY = 86_400
LOOK_BACK_DAYS = 14
ATTEMPTS = 3


class Caretaker:
    """Looks after a seller's orders.

    Args:
        ports: the two APIs and the people.
        policy: how careful to be.
        decisions: what to look for; a broken subject has others.
    """

    def __init__(self, ports: Ports, policy: Policy | None = None, decisions: Sequence[Decision] = DECISIONS) -> None:
        self.ports = ports
        self.policy = policy or Policy()
        self._decisions = decisions
        self._picture = Picture()
        self._zone = ZoneInfo(self.policy.zone)
        self._looked_at: int | None = None
        self._compared_on = ""
        self._told: set[str] = set()
        self._down = False

    def wake(self, now: int) -> int:
        """One round; the next is on the next multiple of the interval."""
        try:
            self._look(now)
            self._down = False
        except TokenDead as dead:
            self._do(Tell(Alert(AlertKind.TOKEN_DEAD, f"own access: {dead}", (), {"channel": "own"}), "token:own"))
        except CallFailed as failure:
            if not self._down:
                self.ports.alerts.send(Alert(AlertKind.API_DOWN, str(failure)))
            self._down = True
        else:
            for decision in self._decisions:
                for action in decision(self._picture, self.policy):
                    self._do(action)
        every = self.policy.every_minutes * 60
        return now - now % every + every

    def _look(self, now: int) -> None:
        """Brings the picture up to date: what changed, or everything when it is morning or the first time."""
        picture, ports = self._picture, self.ports
        picture.now = now
        local = datetime.fromtimestamp(now, self._zone)
        morning = local.hour >= self.policy.morning_hour and self._compared_on != local.date().isoformat()
        if morning or self._looked_at is None:
            picture.open.clear()
            picture.see(ports.aliexpress.orders((*WAITING, ASKED)))
            since_at = now - LOOK_BACK_DAYS * DAY
            self._compared_on = local.date().isoformat() if morning else ""
        else:
            since_at = self._looked_at - self.policy.overlap_minutes * 60
            picture.see(ports.aliexpress.orders((*WAITING, ASKED, *LEFT), modified_since_at=since_at))
        picture.mip.update((order.order_id, order) for order in ports.mip.orders(updated_since_at=since_at))
        picture.channels = ports.mip.channels()
        picture.compare()
        self._looked_at = now

    def _do(self, action: Action) -> None:
        mip = self.ports.mip
        try:
            match action:
                case Tell(alert, key):
                    if key not in self._told:
                        self._told.add(key)
                        self.ports.alerts.send(alert)
                case Renew(channel, from_at):
                    mip.reset_credentials(channel)
                    mip.import_window(channel, from_at, self._picture.now)
                case Import(channel, from_at, to_at):
                    mip.import_window(channel, from_at, to_at)
                case Declare(declaration):
                    self._declare(declaration)
                case Resend(mip_orders):
                    for mip_order in mip_orders:
                        if not mip.resend(mip_order):
                            break
                case _:
                    assert_never(action)
        except CallFailed as failure:
            self.ports.alerts.send(Alert(AlertKind.API_DOWN, f"{type(action).__name__}: {failure}"))

    def _declare(self, declaration: Declaration) -> None:
        """Declares once. When no answer comes, reads the order back before trying again."""
        for _ in range(ATTEMPTS):
            try:
                refusal = self.ports.aliexpress.declare(declaration)
            except OutcomeUnknown:
                if declaration.number in self.ports.aliexpress.order(declaration.order_id).declared_numbers:
                    refusal = None
                else:
                    continue
            if refusal is None:
                self._picture.declared.setdefault(declaration.order_id, set()).add(declaration.number)
            return
