"""What hunts found in the reference: each world as small as it got, in which it has to keep every promise now."""

from typing import Any

import pytest

from redclock.hunt.hunt import verdict
from redclock.hunt.promises import looked_at
from redclock.run import REFERENCE
from redclock.scenario.model import Scenario

FOUND: dict[str, tuple[int, dict[str, Any]]] = {
    "the platform's copies are told two hours late, so that no look at what changed ever shows one": (
        0,
        {
            "start": "2026-10-23",
            "market": {
                "demand": {"orders_per_day": 5.0},
                "warehouse": {"preparation_working_days": {"kind": "constant", "value": 8.0}},
            },
            "faults": [{"kind": "stale_read", "seconds": 7200}],
        },
    ),
    "a part was entered with another order's number, and its own was declared beside it": (
        0,
        {
            "start": "2026-12-04",
            "days": 2,
            "market": {
                "demand": {"orders_per_day": 10.0},
                "warehouse": {"preparation_working_days": {"kind": "uniform", "low": 0.2, "high": 1.2}},
                "carriers": {"edit_window_hours": 480.0},
            },
            "faults": [
                {"kind": "token_dies", "at": "2026-12-07T20:00:00+01:00", "app": "own"},
                {"kind": "carrier_refused"},
            ],
            "people": [
                {"does": "renew_token", "reads": "token_dead", "takes": 14400},
                {"does": "enter_numbers", "reads": "manual_entry", "takes": 1800, "slips": 0.5},
            ],
        },
    ),
    "an order of the second shop was looked for with the first one's access, which has no such order": (
        80,
        {
            "start": "2026-03-06",
            "market": {
                "sellers": ["shop-1", "shop-2"],
                "carriers": {"edit_window_hours": 480.0},
                "tokens": {"access_hours": 3.0, "refresh_hours": 48.0},
            },
            "faults": [{"kind": "carrier_refused"}],
            "people": [{"does": "enter_numbers", "reads": "manual_entry", "takes": 1800, "slips": 0.5}],
        },
    ),
    "an order that the lists hid was closed, and the process that knew of it died before it was read back": (
        21,
        {
            "start": "2026-03-06",
            "market": {
                "demand": {"orders_per_day": 5.0},
                "warehouse": {"preparation_working_days": {"kind": "constant", "value": 8.0}},
                "carriers": {"edit_window_hours": 480.0},
            },
            "faults": [{"kind": "missing_from_list"}],
            "subjects": [{"killed_every": 25200}],
        },
    ),
    "the marketplace denied an order that it listed a day later, and the denial was believed for good": (
        23,
        {
            "start": "2026-04-01",
            "market": {"demand": {"orders_per_day": 5.0}, "countdown": {"preparation_days": 3}},
            "faults": [{"kind": "stale_read", "seller": "shop-1", "seconds": 86400}],
        },
    ),
    "a person entered by an old message what a call had been refused in the meantime": (
        0,
        {
            "start": "2026-03-28",
            "days": 2,
            "market": {
                "demand": {"orders_per_day": 5.0},
                "buyers": {"frozen_share": 0.2},
                "carriers": {"edit_window_hours": 480.0},
                "tokens": {"access_hours": 3.0, "refresh_hours": 48.0},
            },
            "faults": [{"kind": "carrier_refused"}],
            "people": [
                {"does": "enter_numbers", "reads": "manual_entry", "takes": 1800, "slips": 0.5},
                {"does": "renew_token", "reads": "token_dead", "takes": 14400},
            ],
        },
    ),
    "a part was taken unheard, and reading its order back showed it as it was before": (
        37,
        {
            "start": "2026-12-04",
            "market": {"sellers": ["shop-1", "shop-2"], "demand": {"orders_per_day": 5.0}},
            "faults": [
                {"kind": "carrier_refused"},
                {"kind": "answer_lost", "share": 0.5},
                {"kind": "stale_read", "operation": "aliexpress.", "seller": "shop-2"},
            ],
        },
    ),
    "a refusal whose answer was lost was held against the one who then heard it": (
        88,
        {
            "start": "2026-03-06",
            "market": {
                "demand": {"orders_per_day": 20.0},
                "warehouse": {"packers": 1, "packing_minutes": {"kind": "constant", "value": 60.0}},
            },
            "faults": [{"kind": "carrier_refused"}, {"kind": "answer_lost", "share": 0.5}],
        },
    ),
    "an order that was read back as under review was closed before any list had shown it": (
        23,
        {
            "start": "2026-04-01",
            "market": {
                "demand": {"orders_per_day": 5.0},
                "review": {"hours": {"kind": "constant", "value": 24.0}},
                "countdown": {"preparation_days": 3},
                "buyers": {
                    "cancel_share": 0.5,
                    "cancel_hours": {"kind": "constant", "value": 1.0},
                    "cancel_answer_hours": 2.0,
                },
            },
            "faults": [{"kind": "stale_read", "seller": "shop-1", "seconds": 86400}],
        },
    ),
    "numbers were swapped by hand before the marketplace could be read for the first time": (
        58,
        {
            "start": "2026-03-02",
            "market": {"demand": {"orders_per_day": 5.0}, "carriers": {"edit_window_hours": 480.0}},
            "faults": [{"kind": "carrier_refused"}, {"kind": "reset", "operation": "aliexpress."}],
            "people": [{"does": "enter_numbers", "reads": "manual_entry", "takes": 1800, "slips": 0.5}],
        },
    ),
}


@pytest.mark.parametrize("what", FOUND)
def test_the_reference_keeps_every_promise_where_it_once_did_not(what: str) -> None:
    seed, said = FOUND[what]
    expect = [each.model_dump() for each in looked_at()]
    document = {"name": "found", "title": what, "proves": "It is mended.", "days": 1, **said, "expect": expect}
    assert list(verdict(Scenario.model_validate(document, strict=False), seed, REFERENCE)) == []
