"""The reference subject: looks every quarter of an hour, compares both sides every hour, and acts.

Looking (`eyes`), deciding (`decide`) and acting (`hands`) are kept apart; here they take turns. All that must not be
forgotten is in the store, so a caretaker may be replaced by another one on the same store at any moment.
"""

from __future__ import annotations

from collections.abc import Sequence

from redclock.subject.actions import Decision
from redclock.subject.decide import DECISIONS
from redclock.subject.eyes import Eyes
from redclock.subject.hands import Hands
from redclock.subject.picture import Picture
from redclock.subject.policy import MINUTE, Policy
from redclock.subject.ports import Ports
from redclock.subject.store import Store

_MOST_DOUBLED = 10
"""2 to the power of this is more seconds than there are in the usual interval."""


class Caretaker:
    """Looks after a seller's orders, in all of the seller's shops.

    Args:
        ports: the two APIs and the people.
        policy: how careful to be; the usual care in the surroundings that the ports tell of unless given.
        decisions: what to look for; a broken subject has others.
        store: what is remembered; where the ports say unless given.
        hands: what acts; a broken subject has others.
    """

    def __init__(
        self,
        ports: Ports,
        policy: Policy | None = None,
        decisions: Sequence[Decision] = DECISIONS,
        store: Store | None = None,
        hands: type[Hands] = Hands,
    ) -> None:
        self.policy = policy or Policy.knowing(ports.facts)
        self.store = store or Store(ports.memory)
        self.pictures = tuple(Picture(channel, store=self.store) for channel in ports.shops)
        self._decisions = decisions
        self._eyes = Eyes(ports, self.policy, self.store)
        self._hands = hands(ports, self.policy)
        self._banned: tuple[str, ...] = ()
        self._in_vain = 0
        """Rounds in a row that ended with the same calls banned as the round before."""

    def wake(self, now: int) -> int:
        """One round; the next is on the next multiple of the interval, or as soon as calls are taken again.

        While each round brings it a call further it comes back the moment it may. Where the same calls are banned again
        nothing has got through: then it waits twice as long each time.
        """
        self._eyes.look(self.pictures, now)
        for picture in self.pictures:
            for decision in self._decisions:
                for action in decision(picture, self.policy):
                    self._hands.do(action, picture)
        self._eyes.calls_today(now)
        self.store.save()
        every = self.policy.every_minutes * MINUTE
        back_at = [it.marketplace_back_at for it in self.pictures if it.marketplace_back_at is not None]
        again_at = now + self._patience_seconds()
        return min([now - now % every + every, *(max(at, again_at) for at in back_at if at > now)])

    def _patience_seconds(self) -> int:
        """How long to wait at least before calls that were banned are tried again."""
        banned = tuple(it.banned_call for it in self.pictures if it.marketplace_back_at is not None)
        self._in_vain = self._in_vain + 1 if banned and banned == self._banned else 0
        self._banned = banned
        return 1 << min(self._in_vain, _MOST_DOUBLED)


def leaves_renewals_to_people(ports: Ports) -> Caretaker:
    """The reference where only people may log in: it asks them in time, and lists what to enter meanwhile."""
    return Caretaker(ports, Policy.knowing(ports.facts, renews_itself=False))
