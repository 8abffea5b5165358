"""Whom the scenarios of groups E to I catch: reconciliation, calendar, marketplace, everything at once, the simulator.

By scenario: the broken subjects that it was written against (a name in `redclock.subject.broken`, or of a subject that
has a name of one word), and the expectation or check that must notice each of them.
"""

KILLS: dict[str, dict[str, str]] = {
    "e1-missing-import": {"Idle": "missed", "trusts_the_platform": "never_imported"},
    "e2-late-visibility": {
        "looks_back_too_little": "import_minutes_max",
        "asks_in_madrid_time": "import_minutes_max",
        "deletes_missing_ones": "missed",
    },
    "e3-page-drift": {"reads_pages_once": "unannounced_misses[running_out]"},
    "e4-two-at-once": {"imports_again_and_again": "duplicates"},
    "e5-closed-orders-disappear": {"ignores_ended_orders": "wasted"},
    "e6-stable-report": {"repeats_alerts": "repeated_alerts[pending_review]"},
    "e7-field-drift": {
        "packs_what_was_ordered": "wrongly_packed",
        "trusts_the_platform": "minutes_to_find[difference, fault 0]",
    },
    "f1-easter": {
        "keeps_one_calendar": "unannounced_misses[running_out]",
        "counts_calendar_days": "deadline_error_minutes[running_out]",
        "never_forecasts": "forecast_recall[will_miss]",
    },
    "f2-pacific-midnight": {"counts_days_in_madrid": "deadline_error_minutes"},
    "f3-summer-time-gap": {"fixed_offset": "deadline_error_minutes[running_out]"},
    "f4-naive-timestamps": {"asks_in_madrid_time": "import_minutes_max"},
    "f5-countdown-in-strings": {"rounds_deadlines": "alerts[difference]"},
    "f6-chinese-new-year": {"keeps_one_calendar": "deadline_error_minutes[running_out]"},
    "g1-quota-gone": {"keeps_no_reserve": "missed"},
    "g2-outage-over-the-deadline": {"cuts_it_fine": "manual", "keeps_no_list": "missed"},
    "g3-failure-inside-success": {"trusts_http_200": "missed", "acts_at_the_last_second": "missed"},
    "h1-eleven-eleven": {"never_renews": "minutes_to_alert[token_dead]"},
    "h4-restart-in-the-middle": {"forgets_at_restart": "repeated_alerts"},
    "h3-everything-at-once": {
        "imports_again_and_again": "duplicates",
        "sends_whatever_it_sees": "unpaid_sent",
        "repeats_refused_carriers": "repeated_declarations",
        "never_tells": "unannounced_misses",
        "forgets_at_restart": "repeated_alerts[running_out]",
        "packs_what_was_ordered": "wrongly_sent",
    },
    "h2-holiday-bridge": {"never_renews": "dead_token_hours", "never_resends": "missed"},
}
