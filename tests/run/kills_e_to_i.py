"""Whom the scenarios of groups E to I catch: reconciliation, calendar, marketplace, everything at once, the simulator.

By scenario: the broken subjects that it was written against (a name in `redclock.subject.broken`, or of a subject that
has a name of one word), and the expectation or check that must notice each of them.
"""

KILLS: dict[str, dict[str, str]] = {
    "e1-missing-import": {"trusts_the_platform": "never_imported"},
    "f2-pacific-midnight": {"counts_days_in_madrid": "deadline_error_minutes"},
    "h1-eleven-eleven": {"never_renews": "minutes_to_alert[token_dead]"},
}
