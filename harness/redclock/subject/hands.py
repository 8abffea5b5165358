"""Acting: carries actions out, reads back what got no answer, and remembers what must not be done twice.

Decides nothing. What fails leaves no trace but in the store, so that the next round sees it as undone and asks again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from redclock.subject.actions import Action, Answer, Check, Correct, Declare, Import, Renew, Resend, Stop, Tell
from redclock.subject.picture import ASKED, SENT_TO_SUPPLIER, Picture
from redclock.subject.policy import MINUTE, Policy
from redclock.subject.ports import (
    Alert,
    AlertKind,
    CallFailed,
    CallsBanned,
    Correction,
    Declaration,
    OutcomeUnknown,
    Ports,
    Refusal,
    TokenDead,
    Why,
)
from redclock.subject.supplier import WALLET
from redclock.subject.tracking import THE_NUMBER

ATTEMPTS = 3
_OUTAGES = {AlertKind.API_DOWN, AlertKind.IMPORT_STALLED}
_ON_THE_MARKETPLACE = (Declare, Check, Correct, Answer)


class Hands:
    """What a subject can do to the world."""

    def __init__(self, ports: Ports, policy: Policy) -> None:
        self.ports = ports
        self.policy = policy

    def do(self, action: Action, picture: Picture) -> None:
        """Carries an action out for a picture's shop, and puts into the picture what it changed."""
        if isinstance(action, _ON_THE_MARKETPLACE) and not picture.can_declare:
            return  # what an action before this one met
        word = type(action).__name__.lower()
        failing = f"failing:{word}:{picture.channel}"
        try:
            self._carry_out(action, picture)
        except TokenDead:
            picture.own_access_dead = True
        except CallsBanned as ban:
            picture.ban(ban)
        except CallFailed as failure:
            self._note_failure(failing, word, failure, picture)
        else:
            picture.store.tried.drop(failing)

    def _carry_out(self, action: Action, picture: Picture) -> None:
        match action:
            case Tell(alert, key, by_order):
                self.tell(alert, key, picture, by_order=by_order)
            case Renew() | Import() | Stop() | Resend():
                self._move_the_platform(action, picture)
            case Declare(declaration, read_back_first):
                self.declare(declaration, picture, read_back_first=read_back_first)
            case Check(order_id):
                self._check(order_id, picture)
            case Correct(correction):
                self._correct(correction, picture)
            case Answer(order_id, accept):
                self._answer(order_id, picture, accept=accept)
            case _:
                assert_never(action)

    def _move_the_platform(self, action: Renew | Import | Stop | Resend, picture: Picture) -> None:
        mip, now, store = self.ports.mip, picture.now, picture.store
        match action:
            case Renew(channel, from_at):
                mip.reset_credentials(channel)
                store.tried.put(f"renew:{channel}", now)
                mip.import_window(channel, from_at, now)
            case Import(channel, from_at, to_at, orders):
                mip.import_window(channel, from_at, to_at)
                for order_id in orders:
                    store.tried.put(f"import:{order_id}", now)
            case Stop(order_id, mip_order):
                store.stops.put(order_id, mip.cancel(mip_order))
            case Resend():
                self._resend(action, picture)
            case _:
                assert_never(action)

    def tell(self, alert: Alert, key: str, picture: Picture, *, by_order: bool = False) -> None:
        """Sends a message unless its cause was told of and has been seen ever since."""
        told, now = picture.store.told, picture.now
        policy = self.policy
        minutes = policy.forget_outage_minutes if alert.kind in _OUTAGES else policy.forget_hours * 60
        forget_seconds = minutes * MINUTE
        fresh = []
        for order_id in alert.orders if by_order else (0,):
            name = f"{key}:{order_id}" if by_order else key
            seen_at = told.get(name)
            if seen_at is None or now - seen_at > forget_seconds:
                fresh.append(order_id)
            if seen_at is None or now - seen_at > forget_seconds // 2:
                told.put(name, now)
        if fresh:
            self.ports.alerts.send(replace(alert, orders=tuple(fresh)) if by_order else alert)
            for entry in alert.facts.get("entries", ()):
                picture.store.handed.put(entry["number"], now)

    def declare(self, declaration: Declaration, picture: Picture, *, read_back_first: bool) -> None:
        """Declares once. When no answer comes, reads the order back before trying again."""
        number, store = declaration.number, picture.store
        shop = self.ports.shops[picture.channel]
        if read_back_first and (self._has(declaration, picture) or self._has_another(declaration, picture)):
            return
        for _ in range(ATTEMPTS):
            try:
                refusal = shop.declare(declaration)
            except OutcomeUnknown:
                store.tried.put(f"unsure:{number}", picture.now)
                if self._has(declaration, picture):
                    return
                continue
            if refusal is None:
                self.note_declared(declaration, picture)
            else:
                self.note_refused(declaration, refusal, picture)
            return

    def note_declared(self, declaration: Declaration, picture: Picture) -> None:
        """The marketplace has it."""
        order_id, number, store = declaration.order_id, declaration.number, picture.store
        store.declared.put(order_id, {**(store.declared.get(order_id) or {}), number: declaration.carrier})
        store.tried.drop(f"unsure:{number}")
        if declaration.whole:
            picture.open.pop(order_id, None)
        message = f"order {order_id}: {number} declared by hand as {declaration.carrier}"
        facts = {"number": number, "carrier": declaration.carrier}
        self.tell(Alert(AlertKind.DECLARED_BY_HAND, message, (order_id,), facts), f"declared:{number}", picture)

    def note_refused(self, declaration: Declaration, refusal: Refusal, picture: Picture) -> None:
        """The marketplace doesn't take it so; what it refused is never sent again."""
        refused, number = picture.store.refused, declaration.number
        match refusal.why:
            case Why.CARRIER | Why.OTHER:
                refused.put(number, [*(refused.get(number) or []), declaration.carrier])
            case Why.NUMBER:
                refused.put(number, [*(refused.get(number) or []), THE_NUMBER])
            case Why.STATUS:
                self._has(declaration, picture)
            case _:
                assert_never(refusal.why)

    def _has(self, declaration: Declaration, picture: Picture) -> bool:
        """Reads the order back; whether the marketplace has the number already, or the order no longer waits for it."""
        order_id = declaration.order_id
        picture.read_back(order_id, self.ports.shops[picture.channel].order(order_id))
        there = declaration.number in (picture.store.declared.get(order_id) or {})
        return there or order_id not in picture.open

    def _has_another(self, declaration: Declaration, picture: Picture) -> bool:
        """Whether the order has a number that isn't its own: that one is corrected first, not added to."""
        known = {it.number for it in picture.mip[declaration.order_id].shipments}
        others = (picture.store.declared.get(declaration.order_id) or {}).keys() - known
        return any(f"correct:{number}" not in picture.store.tried for number in others)

    def _check(self, order_id: int, picture: Picture) -> None:
        detail = self.ports.shops[picture.channel].order(order_id)
        picture.store.tried.put(f"scan:{order_id}", picture.now)
        picture.read_back(order_id, detail)
        if detail is None or (detail.parcels and all(it.scanned for it in detail.parcels)):
            picture.store.unscanned.drop(order_id)

    def _correct(self, correction: Correction, picture: Picture) -> None:
        picture.store.tried.put(f"correct:{correction.old_number}", picture.now)
        refusal = self.ports.shops[picture.channel].correct(correction)
        if refusal is None:
            self._check(correction.order_id, picture)
            return
        message = f"order {correction.order_id}: {correction.old_number} can't be corrected: {refusal.message}"
        alert = Alert(AlertKind.WRONG_NUMBER, message, (correction.order_id,))
        self.tell(alert, f"uncorrected:{correction.old_number}", picture)

    def _answer(self, order_id: int, picture: Picture, *, accept: bool) -> None:
        shop = self.ports.shops[picture.channel]
        try:
            refusal = shop.answer_cancellation(order_id, accept=accept)
        except OutcomeUnknown:
            picture.read_back(order_id, shop.order(order_id))
            return
        asked = picture.open.get(order_id)
        if refusal is None and asked is not None and asked.status == ASKED:
            del picture.open[order_id]
        elif refusal is not None:
            picture.read_back(order_id, shop.order(order_id))

    def _resend(self, action: Resend, picture: Picture) -> None:
        copies = {mirror.id: mirror for mirror in picture.mip.values()}
        for mip_order in action.mip_orders:
            picture.store.tried.put(f"resend:{mip_order}:{action.reason}", picture.now)
            refused_for = self.ports.mip.resend(mip_order, action.carrier)
            if refused_for is None:
                mirror = copies[mip_order]
                picture.store.stops.drop(mirror.order_id)
                picture.mip[mirror.order_id] = replace(mirror, review_reason=None, status=SENT_TO_SUPPLIER)
            elif refused_for == WALLET:
                return  # no cheaper order with more time left goes before it

    def _note_failure(self, name: str, word: str, failure: CallFailed, picture: Picture) -> None:
        """One failure is a hiccup; a person hears of what goes on failing."""
        since_at = picture.store.tried.get(name)
        if since_at is None:
            picture.store.tried.put(name, picture.now)
        elif picture.now - since_at >= self.policy.down_minutes * MINUTE:
            minutes = (picture.now - since_at) // MINUTE
            message = (
                f"{picture.channel}: each try to {word} has failed for {minutes} min, the last one because {failure}"
            )
            orders = tuple(order.order_id for order in picture.waiting)
            self.tell(Alert(AlertKind.API_DOWN, message, orders), name, picture)
