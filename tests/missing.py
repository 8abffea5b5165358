"""What a test needs and this machine hasn't: a reason to skip it, but a failure where tests are to be complete."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

_MUST_BE_COMPLETE = bool(os.environ.get("CI"))
"""Asked when this is imported: tests run without that variable, because it changes what commands print."""


def missing(why: str) -> NoReturn:
    """Skips the test that calls it; fails it if `CI` was set."""
    if _MUST_BE_COMPLETE:
        pytest.fail(why)
    pytest.skip(why)
