"""The pytest plugin: what every pytest session of everybody who has redclock installed loads at its start.

It imports nothing of ours that isn't light, and nothing here is autouse.
"""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("fakemarket", "redclock")

pytest_plugins = ["redclock.fixtures", "redclock.scenario_files"]
