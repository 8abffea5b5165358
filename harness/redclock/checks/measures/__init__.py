"""What a run is measured by: numbers taken from its ledger, None where there is nothing to measure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from redclock.checks.measures import access, alerts, orders
from redclock.checks.measures.measure import Measure, counted, figure, gauged

MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        measure.name: measure
        for measure in (
            counted(orders.orders, "seller"),
            counted(orders.accepted, "seller"),
            counted(orders.missed, "seller"),
            figure(orders.missed_share, "seller"),
            figure(orders.saved, "seller", compares=True),
            gauged(orders.lost_cents, "seller"),
            counted(orders.shipped, "seller"),
            gauged(orders.part_shipped, "seller"),
            counted(orders.false_shipments, "seller"),
            counted(orders.seller_cancels, "seller"),
            counted(orders.unpaid_sent),
            counted(orders.duplicates),
            counted(orders.repeated_declarations),
            counted(orders.refused_declarations, "seller"),
            counted(orders.rejected_pushes, "seller"),
            figure(orders.wasted, "seller"),
            counted(orders.wrongly_packed, "seller"),
            counted(orders.wrongly_sent, "seller"),
            counted(orders.sent_after_the_end, "seller"),
            counted(orders.unanswered_cancellations, "seller"),
            counted(orders.wrong_refusals, "seller"),
            gauged(orders.never_imported, "seller"),
            figure(orders.import_minutes_max, "seller"),
            figure(orders.import_minutes_p95, "seller"),
            figure(orders.lead_hours_p05, "seller"),
            figure(orders.lead_hours_p50, "seller"),
            figure(orders.resend_inversions, "seller"),
            figure(orders.declaration_inversions, "seller"),
            gauged(orders.unpaid, "seller"),
            gauged(orders.waiting, "seller"),
            counted(orders.manual, "seller"),
            counted(alerts.alerts, "alert"),
            counted(alerts.repeated_alerts, "alert"),
            counted(alerts.false_alarms, "alert"),
            figure(alerts.minutes_to_alert, "alert", "fault"),
            figure(alerts.minutes_to_find, "alert", "fault"),
            figure(alerts.deadline_error_minutes, "alert"),
            figure(alerts.forecast_precision, "alert", compares=True),
            figure(alerts.forecast_recall, "alert", compares=True),
            figure(alerts.warning_hours_p05, "alert"),
            counted(alerts.unannounced_misses, "alert"),
            counted(alerts.unannounced_false_shipments, "alert"),
            figure(alerts.unfound_slips, "alert"),
            counted(access.token_deaths, "seller"),
            gauged(access.dead_tokens, "seller"),
            figure(access.dead_token_hours, "seller"),
            counted(access.token_refreshes, "seller"),
            figure(access.calls, "operation"),
            figure(access.calls_a_day_max, "operation"),
            figure(access.quota_share_max, "operation"),
            gauged(access.differences),
            gauged(access.oldest_difference_hours),
            figure(access.unknown_differences, "alert"),
        )
    }
)

__all__ = ["MEASURES", "Measure"]
