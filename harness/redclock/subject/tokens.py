"""Whether both sides can be reached at all: tokens that are dead or end soon, imports that stall, APIs that are down.

A dead token looks like a quiet day to whoever counts orders, so nothing here counts orders: errors and dates speak, and
where they disagree the errors are right.
"""

from __future__ import annotations

from collections.abc import Iterable

from redclock.subject.actions import Action, Renew, Tell
from redclock.subject.picture import Picture
from redclock.subject.policy import DAY, HOUR, LOOK_BACK_DAYS, MINUTE, Policy
from redclock.subject.ports import Alert, AlertKind

_LONG_BAN_SECONDS = HOUR


def renew_dead_tokens(picture: Picture, policy: Policy) -> Iterable[Action]:
    """A failing channel is not a quiet day: say so, renew, and fetch what it missed."""
    health = picture.health
    if health is None or not picture.failing:
        return
    now, channel = picture.now, health.channel
    since_at = health.last_successful_import_at or now - LOOK_BACK_DAYS * DAY
    expires_at = health.token_expires_at
    why = "revoked" if expires_at is not None and now < expires_at else "expired"
    message = f"{channel}: the token is dead ({why}); last import {(now - since_at) // MINUTE} min ago"
    facts = {"channel": channel, "why": why, "last_safe_at": last_safe_moment(picture, policy)}
    alert = Alert(AlertKind.TOKEN_DEAD, message, tuple(order.order_id for order in picture.waiting), facts)
    yield Tell(alert, f"token:{channel}:{since_at}")
    if policy.renews_itself and _may_renew(picture, policy):
        yield Renew(channel, since_at - policy.overlap_minutes * MINUTE)


def renew_before_the_end(picture: Picture, policy: Policy) -> Iterable[Action]:
    """A token that ends soon, while there are still working days on which somebody would renew it.

    People hear of it where renewing is theirs, or fails: what a subject does by itself each day they would soon mute.
    """
    health = picture.health
    if health is None or health.token_expires_at is None or picture.failing:
        return
    left = policy.days.left(picture.now, health.token_expires_at)
    if picture.now >= health.token_expires_at or left > policy.renew_working_days:
        return
    if policy.renews_itself:
        if _may_renew(picture, policy) and not _is_young(picture, health.token_expires_at):
            yield Renew(health.channel, picture.now - policy.overlap_minutes * MINUTE)
        failing_since = picture.store.tried.get(f"failing:renew:{picture.channel}")
        if failing_since is None or picture.now - failing_since < policy.down_minutes * MINUTE:
            return
    facts = {"channel": health.channel, "token_expires_at": health.token_expires_at, "working_days_left": left}
    message = f"{health.channel}: the token ends in {left} working day{'' if left == 1 else 's'}"
    yield Tell(Alert(AlertKind.TOKEN_EXPIRING, message, (), facts), f"ends:{health.channel}:{health.token_expires_at}")


def notice_silence(picture: Picture, policy: Policy) -> Iterable[Action]:
    """A channel without errors whose last successful import is too long ago."""
    health = picture.health
    if health is None or picture.failing or health.last_successful_import_at is None:
        return
    silent_seconds = picture.now - health.last_successful_import_at
    if silent_seconds >= policy.stalled_minutes * MINUTE:
        message = f"{health.channel}: no error, but no import for {silent_seconds // MINUTE} min"
        facts = {"channel": health.channel, "imported_at": health.last_successful_import_at}
        alert = Alert(AlertKind.IMPORT_STALLED, message, (), facts)
        yield Tell(alert, f"stalled:{health.channel}")


def tell_of_outages(picture: Picture, policy: Policy) -> Iterable[Action]:
    """What can't be reached for so long that it is no hiccup."""
    now, channel = picture.now, picture.channel
    if picture.own_access_dead:
        safe_at = last_safe_moment(picture, policy)
        message = f"{channel}: the seller's own access is dead and can't be refreshed; authorise it anew"
        facts = {"channel": "own", "shop": channel, "last_safe_at": safe_at, "looked_at": picture.looked_at}
        # A death after a look that succeeded is another one, however soon it comes.
        alert = Alert(AlertKind.TOKEN_DEAD, message, _at_risk(picture), facts)
        yield Tell(alert, f"token:own:{channel}:{picture.looked_at}")
    for name, since_at in (("marketplace", picture.marketplace_down_since), ("mip", picture.mip_down_since)):
        if since_at is not None and now - since_at >= policy.down_minutes * MINUTE:
            message = f"{channel}: the {name}'s API has failed for {(now - since_at) // MINUTE} min"
            facts = {"api": name, "since_at": since_at}
            yield Tell(Alert(AlertKind.API_DOWN, message, _at_risk(picture), facts), f"down:{name}")
    back_at = picture.marketplace_back_at
    if back_at is not None and back_at - now >= _LONG_BAN_SECONDS:
        message = f"{channel}: no more calls to the marketplace for {(back_at - now) // MINUTE} min"
        yield Tell(Alert(AlertKind.QUOTA_GONE, message, _at_risk(picture), {"until_at": back_at}), "quota")


def _at_risk(picture: Picture) -> tuple[int, ...]:
    return tuple(order.order_id for order in picture.waiting)


def last_safe_moment(picture: Picture, policy: Policy) -> int | None:
    """The last instant at which a renewed access still misses no countdown; None while none runs.

    One round after it, the most urgent order must be declared.
    """
    if not picture.waiting or picture.waiting[0].ship_by_at is None:
        return None
    return picture.waiting[0].ship_by_at - 1 - policy.every_minutes * MINUTE


def _is_young(picture: Picture, expires_at: int) -> bool:
    """Whether most of what the last renewal brought is still to come: a token of a day always ends soon."""
    renewed_at = picture.store.tried.get(f"renew:{picture.channel}")
    return renewed_at is not None and picture.now - renewed_at < expires_at - picture.now


def _may_renew(picture: Picture, policy: Policy) -> bool:
    """A renewal that did not help isn't repeated at once."""
    renewed_at = picture.store.tried.get(f"renew:{picture.channel}")
    return renewed_at is None or picture.now - renewed_at >= policy.renewal_wait_minutes * MINUTE
