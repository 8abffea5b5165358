"""Writes a scenario as the file that says it: only what differs from the defaults. Knows no reason for writing one.

What is written and read again is an equal value. Needs tomli-w, which the extra `hunt` brings.
"""

from __future__ import annotations

from redclock.scenario.model import Scenario


def written(scenario: Scenario, comment: str = "") -> str:
    """The text of the scenario's file, whose stem is to be its name.

    Args:
        comment: goes on top, line by line.
    """
    import tomli_w

    said = scenario.model_dump(by_alias=True, exclude_defaults=True, exclude_none=True, exclude={"name"})
    head = "".join(f"# {line}".rstrip() + "\n" for line in comment.splitlines())
    return head + tomli_w.dumps(said)
