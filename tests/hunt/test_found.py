"""What hunts found in the reference: each world as small as it got, in which it has to keep every promise now."""

import pytest

from redclock.hunt.hunt import verdict
from redclock.hunt.promises import looked_at
from redclock.run import REFERENCE
from redclock.scenario.model import Scenario

FOUND = {
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
}


@pytest.mark.parametrize("what", FOUND)
def test_the_reference_keeps_every_promise_where_it_once_did_not(what: str) -> None:
    seed, said = FOUND[what]
    expect = [each.model_dump() for each in looked_at()]
    document = {"name": "found", "title": what, "proves": "It is mended.", "days": 1, **said, "expect": expect}
    assert list(verdict(Scenario.model_validate(document, strict=False), seed, REFERENCE)) == []
