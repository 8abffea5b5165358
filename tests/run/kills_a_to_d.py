"""Whom the scenarios of groups A to D catch: payments, tokens, supplier, tracking.

By scenario: the broken subjects that it was written against (a name in `redclock.subject.broken`, or of a subject that
has a name of one word), and the expectation or check that must notice each of them.
"""

KILLS: dict[str, dict[str, str]] = {
    "a1-pending-payment-is-not-work": {"sends_whatever_it_sees": "unpaid_sent"},
    "b1-silent-expiry": {"never_renews": "minutes_to_alert[token_dead]"},
    "b2-tracking-stops-while-packing-goes-on": {"never_declares": "missed"},
    "c3-wallet-empty": {"alerts_order_by_order": "alerts[pending_review]"},
    "d2-wrong-carrier": {"repeats_refused_carriers": "repeated_declarations"},
    "d4-answer-lost": {"never_reads_back": "repeated_declarations"},
}
