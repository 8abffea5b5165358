"""For the whole suite: pytest's own tool for testing plugins, and a home that is nobody's."""

import signal
from collections.abc import Iterator
from tempfile import TemporaryDirectory

import numpy as np  # noqa: F401  (pytester forgets what its runs import, and this can't be imported twice)
import pytest

pytest_plugins = ["pytester"]


@pytest.fixture(scope="session", autouse=True)
def _nothing_of_ours_in_a_real_home() -> Iterator[None]:
    """What is started here remembers its runs, and the worlds it made, in a folder that goes."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", folder)
        patch.setenv("XDG_CACHE_HOME", folder)
        patch.setenv("LOCALAPPDATA", folder)
        patch.delenv("CI", raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def _ctrl_c_reaches_what_is_started_here() -> Iterator[None]:
    """A shell starts what it has in the background deaf to Ctrl-C, and the deaf start deaf processes."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
