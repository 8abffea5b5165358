"""What a subject decides in a round, in order: pure functions from what is known to what should be done.

Each looks for one kind of trouble. They are handed to the caretaker as a list, so a subject with one of them missing or
mistaken is easily made, and a suite can show that it notices. What saves most comes first: calls may run out.
"""

from __future__ import annotations

from redclock.subject.actions import Decision
from redclock.subject.cancellations import answer_cancellations, stop_closed
from redclock.subject.forecast import forecast_misses, warn_of_time
from redclock.subject.holding import hold_what_is_too_much
from redclock.subject.reconcile import import_missing, refresh_stale, tell_of_differences
from redclock.subject.supplier import resend_refused
from redclock.subject.tokens import notice_silence, renew_before_the_end, renew_dead_tokens, tell_of_outages
from redclock.subject.tracking import (
    correct_wrong_numbers,
    declare_numbers,
    hand_over_to_people,
    look_for_scans,
    tell_of_refused_numbers,
    warn_of_false_shipments,
)

DECISIONS: tuple[Decision, ...] = (
    tell_of_outages,
    renew_dead_tokens,
    renew_before_the_end,
    notice_silence,
    declare_numbers,
    hand_over_to_people,
    tell_of_refused_numbers,
    answer_cancellations,
    stop_closed,
    hold_what_is_too_much,
    import_missing,
    refresh_stale,
    resend_refused,
    warn_of_time,
    forecast_misses,
    correct_wrong_numbers,
    look_for_scans,
    warn_of_false_shipments,
    tell_of_differences,
)
