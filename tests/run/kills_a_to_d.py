"""Whom the scenarios of groups A to D catch: payments, tokens, supplier, tracking.

By scenario: the broken subjects that it was written against (a name in `redclock.subject.broken`, or of a subject that
has a name of one word), and the expectation or check that must notice each of them. Where a scenario says something of
the market or of people, no subject can break it: `path = value` is the scenario with one thing otherwise.
"""

KILLS: dict[str, dict[str, str]] = {
    "a1-pending-payment-is-not-work": {
        "sends_whatever_it_sees": "unpaid_sent",
    },
    "a2-review-ends-on-a-saturday": {
        "counts_days_in_madrid": "alerts[running_out]",
        "counts_calendar_days": "deadline_error_minutes[running_out]",
        "never_forecasts": "alerts[running_out]",
    },
    "a3-review-ends-in-hold": {"sends_whatever_it_sees": "wasted"},
    "a4-unpaid-orders-pile-up": {"sends_whatever_it_sees": "wasted"},
    "a5-paid-minutes-before-the-close": {"sends_whatever_it_sees": "unpaid_sent"},
    "b1-silent-expiry": {
        "Idle": "never_imported",
        "never_renews": "minutes_to_alert[token_dead]",
        "warns_in_calendar_days": "never_imported",
        "believes_the_date": "minutes_to_alert[token_dead]",
        "WatchesOnlyTheTotal": "minutes_to_alert[token_dead]",
        "never_tells": "minutes_to_alert[token_dead]",
        "daily_manual_check": "import_minutes_max",
    },
    "b2-tracking-stops-while-packing-goes-on": {
        "keeps_no_list": "missed",
        "never_corrects": "unfound_slips",
        "keeps_its_own_pair": "unfound_slips",
        "cuts_it_fine": "missed",
    },
    "b3-holidays-before-the-end": {"warns_in_calendar_days": "token_deaths"},
    "b4-refresh-race": {"keeps_its_own_pair": "missed"},
    "b5-the-expiry-date-lies": {"believes_the_date": "minutes_to_alert[token_dead]"},
    "b6-only-a-person-can-authorise": {
        "never_tells": "missed",
        "fixed_offset": "missed",
        "acts_at_the_last_second": "missed",
        'people.0.hours = "08:46-17:00"': "missed",
        "people.0.at_the_last_moment = false": "dead_token_hours",
    },
    "b7-one-of-five-shops": {"WatchesOnlyTheTotal": "minutes_to_alert[token_dead]"},
    "c1-the-extra-day": {"market.countdown.count_anchor_day = false": "missed_share"},
    "c2-cut-off-at-eleven": {"market.warehouse.periods = []": "missed_share"},
    "c3-wallet-empty": {
        "alerts_order_by_order": "alerts[pending_review]",
        "resends_the_newest_first": "resend_inversions",
        "never_resends": "missed",
        "trusts_the_supplier": "alerts[pending_review]",
        "rounds_deadlines": "alerts[difference]",
    },
    "c4-stock-gone-while-in-review": {
        "alerts_order_by_order": "missed",
        "never_tells": "missed",
        "ignores_cancellations": "unanswered_cancellations",
        "refuses_every_cancellation": "missed",
        "people.0.agrees = 0.5": "missed",
    },
    "c5-bad-address": {"trusts_the_supplier": "unannounced_misses[pending_review]"},
    "c6-slow-warehouse": {"never_forecasts": "forecast_recall[will_miss]"},
    "c7-cancelled-after-packed": {
        "ignores_cancellations": "unanswered_cancellations",
        "grants_every_cancellation": "sent_after_the_end",
        "refuses_every_cancellation": "wrong_refusals",
    },
    "d1-number-accepted-scan-never-comes": {
        "never_looks_for_scans": "unannounced_false_shipments[false_shipment_risk]",
        "suspects_slow_parcels": "false_alarms[false_shipment_risk]",
        "repeats_alerts": "repeated_alerts",
    },
    "d2-wrong-carrier": {
        "repeats_refused_carriers": "repeated_declarations",
        "knows_no_carriers": "missed",
        "never_declares": "missed",
    },
    "d3-number-refused": {"trusts_http_200": "unannounced_misses[tracking_rejected]"},
    "d4-answer-lost": {"never_reads_back": "repeated_declarations"},
    "d5-queue-before-the-deadline": {"first_in_first_out": "missed"},
    "d6-two-warehouses": {"forgets_parts": "both_sides_agree_again", "acts_at_the_last_second": "missed"},
    "d7-all-instead-of-part": {"never_corrects": "unfound_slips"},
    "d8-typing-slip": {"never_corrects": "unfound_slips"},
}
