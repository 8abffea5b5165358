"""The line of a key, as an editor would jump to it."""

import pytest

from redclock.scenario.library import bundled
from redclock.scenario.place import line_of

TEXT = """title = "x" # [[expect]] is no header here
proves = '''
[[expect]]
measure = "in a text"
'''

[market.demand]
orders_per_day = 3.0
"quoted key".inner = 1

[[faults]]
kind = "down"
[faults.after]
what = "pay"

[[ faults ]]
kind = "reset"
after = { what = "pay" }

[[expect]]
measure = "missed"
at_most = 0

[[expect]] # the second
measure = "missed"
"""


@pytest.mark.parametrize(
    ("key", "starts"),
    [
        ("title", "title ="),
        ("market.demand.orders_per_day", "orders_per_day"),
        ("market.demand.quoted key.inner", '"quoted'),
        ("faults[0].after.what", 'what = "pay"'),
        ("faults[1].after.what", "after = {"),
        ("faults[1].kind", 'kind = "reset"'),
        ("expect[0].at_most", "at_most"),
        ("expect[1].at_most", "[[expect]] # the second"),
        ("market.demand.absent", "[market.demand]"),
        ("absent", "title ="),
        ("", "title ="),
    ],
)
def test_a_key_is_found_or_else_what_holds_it(key: str, starts: str) -> None:
    assert TEXT.splitlines()[line_of(TEXT, key) - 1].startswith(starts)


def test_expectations_of_all_bundled_files_are_found() -> None:
    for path in bundled().values():
        text = path.read_text()
        lines = text.splitlines()
        for number in range(text.count("\n[[expect]]")):
            assert lines[line_of(text, f"expect[{number}].measure") - 1].startswith("measure ="), path
