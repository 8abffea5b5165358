"""The moves table as a drawing, so that the documentation can't say anything else than the code.

`python -m fakemarket.rules.diagram > docs/statuses.md` renews the page; a test fails when it is stale.
"""

from fakemarket.rules.status import BACK, MOVES, Move, Status, ways_into


def mermaid() -> str:
    """The table as a mermaid state diagram: one arrow for each pair of statuses, named by its moves."""
    arrows: dict[tuple[str, str], list[Move]] = {}
    for (home, move), target in MOVES.items():
        targets = ways_into(home) if target is BACK else (target,)
        for each in targets:
            arrows.setdefault((home or "[*]", each), []).append(move)
    lines = [f"    {home} --> {target}: {', '.join(moves)}" for (home, target), moves in arrows.items()]
    ends = [f"    {status} --> [*]" for status in Status if not any(home is status for home, _ in MOVES)]
    return "\n".join(["stateDiagram-v2", *lines, *ends])


def page() -> str:
    """The documentation page that holds the drawing."""
    return (
        "# Statuses of an order\n\n"
        "Every status and every legal move, drawn from the table in `fakemarket/rules/status.py` by "
        "`python -m fakemarket.rules.diagram > docs/statuses.md`.\n\n"
        f"```mermaid\n{mermaid()}\n```\n"
    )


if __name__ == "__main__":
    print(page(), end="")
