"""Whom the scenarios of groups A to D catch: payments, tokens, supplier, tracking.

By scenario: the broken subjects that it was written against (a name in `redclock.subject.broken`, or of a subject that
has a name of one word), and the expectation or check that must notice each of them.
"""

KILLS: dict[str, dict[str, str]] = {
    "a1-pending-payment-is-not-work": {"sends_whatever_it_sees": "unpaid_sent"},
    "a2-review-ends-on-a-saturday": {"counts_days_in_madrid": "alerts[running_out]"},
    "a3-review-ends-in-hold": {"sends_whatever_it_sees": "wasted"},
    "a4-unpaid-orders-pile-up": {"sends_whatever_it_sees": "wasted"},
    "a5-paid-minutes-before-the-close": {"sends_whatever_it_sees": "unpaid_sent"},
    "b1-silent-expiry": {
        "never_renews": "minutes_to_alert[token_dead]",
        "believes_the_date": "minutes_to_alert[token_dead]",
        "WatchesOnlyTheTotal": "minutes_to_alert[token_dead]",
        "never_tells": "minutes_to_alert[token_dead]",
        "daily_manual_check": "import_minutes_max",
    },
    "b2-tracking-stops-while-packing-goes-on": {"keeps_no_list": "missed", "never_corrects": "unfound_slips"},
    "b3-holidays-before-the-end": {"warns_in_calendar_days": "token_deaths"},
    "b4-refresh-race": {"keeps_its_own_pair": "missed"},
    "b5-the-expiry-date-lies": {"believes_the_date": "minutes_to_alert[token_dead]"},
    "b6-only-a-person-can-authorise": {"never_tells": "missed"},
    "b7-one-of-five-shops": {"WatchesOnlyTheTotal": "minutes_to_alert[token_dead]"},
    "c3-wallet-empty": {"alerts_order_by_order": "alerts[pending_review]"},
    "d2-wrong-carrier": {"repeats_refused_carriers": "repeated_declarations"},
    "d4-answer-lost": {"never_reads_back": "repeated_declarations"},
}
