"""Subjects that are wrong on purpose, each in one way. A scenario that none of them fails proves nothing.

Each is the reference with one decision, one number or one movement of the hands replaced.
"""

from redclock.subject.broken.access import (
    WatchesOnlyTheTotal,
    believes_the_date,
    keeps_no_reserve,
    never_renews,
    warns_in_calendar_days,
)
from redclock.subject.broken.change import Idle
from redclock.subject.broken.comparing import (
    deletes_missing_ones,
    ignores_ended_orders,
    imports_again_and_again,
    looks_back_too_little,
    trusts_the_platform,
)
from redclock.subject.broken.deadlines import (
    acts_at_the_last_second,
    counts_calendar_days,
    counts_days_in_madrid,
    fixed_offset,
)
from redclock.subject.broken.messages import never_tells, repeats_alerts
from redclock.subject.broken.numbers import (
    first_in_first_out,
    forgets_parts,
    keeps_no_list,
    knows_no_carriers,
    never_corrects,
    never_declares,
    never_looks_for_scans,
    never_reads_back,
    repeats_refused_carriers,
    trusts_http_200,
)
from redclock.subject.broken.supplying import (
    alerts_order_by_order,
    grants_every_cancellation,
    ignores_cancellations,
    never_forecasts,
    never_resends,
    refuses_every_cancellation,
    resends_the_newest_first,
    sends_whatever_it_sees,
)

MUTANTS = {
    mutant.__name__: mutant
    for mutant in (
        Idle,
        never_renews,
        warns_in_calendar_days,
        believes_the_date,
        WatchesOnlyTheTotal,
        keeps_no_reserve,
        trusts_the_platform,
        looks_back_too_little,
        deletes_missing_ones,
        ignores_ended_orders,
        imports_again_and_again,
        never_declares,
        keeps_no_list,
        first_in_first_out,
        repeats_refused_carriers,
        knows_no_carriers,
        never_reads_back,
        trusts_http_200,
        forgets_parts,
        never_looks_for_scans,
        never_corrects,
        sends_whatever_it_sees,
        never_resends,
        resends_the_newest_first,
        alerts_order_by_order,
        ignores_cancellations,
        grants_every_cancellation,
        refuses_every_cancellation,
        never_forecasts,
        counts_days_in_madrid,
        fixed_offset,
        counts_calendar_days,
        acts_at_the_last_second,
        repeats_alerts,
        never_tells,
    )
}
"""Every one by its name: `redclock.subject.broken:<name>`."""

__all__ = [
    "MUTANTS",
    "Idle",
    "WatchesOnlyTheTotal",
    "acts_at_the_last_second",
    "alerts_order_by_order",
    "believes_the_date",
    "counts_calendar_days",
    "counts_days_in_madrid",
    "deletes_missing_ones",
    "first_in_first_out",
    "fixed_offset",
    "forgets_parts",
    "grants_every_cancellation",
    "ignores_cancellations",
    "ignores_ended_orders",
    "imports_again_and_again",
    "keeps_no_list",
    "keeps_no_reserve",
    "knows_no_carriers",
    "looks_back_too_little",
    "never_corrects",
    "never_declares",
    "never_forecasts",
    "never_looks_for_scans",
    "never_reads_back",
    "never_renews",
    "never_resends",
    "never_tells",
    "refuses_every_cancellation",
    "repeats_alerts",
    "repeats_refused_carriers",
    "resends_the_newest_first",
    "sends_whatever_it_sees",
    "trusts_http_200",
    "trusts_the_platform",
    "warns_in_calendar_days",
]
