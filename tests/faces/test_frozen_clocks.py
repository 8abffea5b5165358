"""Answers while somebody has frozen all clocks of the process, ours among them."""

from datetime import UTC, datetime

import pytest
from freezegun import freeze_time

from fakemarket.faces.routes import written


@freeze_time("2026-03-02T09:00:00.5")
def test_instants_of_a_frozen_clock_are_written_like_others() -> None:
    frozen = datetime.now(UTC)
    assert type(frozen).__module__.startswith("freezegun")
    assert written({"at": frozen, "whole": frozen.replace(microsecond=0)}) == (
        b'{"at":"2026-03-02T09:00:00.500000Z","whole":"2026-03-02T09:00:00Z"}'
    )


def test_what_is_no_json_is_said_to_be_none() -> None:
    with pytest.raises(TypeError, match="is not JSON serializable"):
        written({"at": object()})
