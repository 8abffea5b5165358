"""The pytest plugin: what every pytest session of everybody who has redclock installed loads at its start.

It imports nothing of ours that isn't light, and nothing here is autouse.
"""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("fakemarket", "redclock")


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """Adds the parts. Named in `pytest_plugins`, each would make pytest read the metadata of all that is installed."""
    from redclock.pytest_plugin import fixtures, scenario_files

    for part in (fixtures, scenario_files):
        pluginmanager.register(part, part.__name__)
