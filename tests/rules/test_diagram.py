"""The page that is drawn from the moves table."""

from pathlib import Path

from fakemarket.rules.diagram import mermaid, page
from fakemarket.rules.status import MOVES, Status

PAGE = Path(__file__).parents[2] / "docs" / "statuses.md"


def test_the_page_of_statuses_is_not_stale() -> None:
    renew = "renew it: python -m fakemarket.rules.diagram > docs/statuses.md"
    assert PAGE.read_text(encoding="utf-8") == page(), renew


def test_every_status_and_every_move_is_in_the_drawing() -> None:
    arrows = [line.split(": ") for line in mermaid().splitlines() if ": " in line]
    drawn_moves = {move for _, moves in arrows for move in moves.split(", ")}
    drawn_statuses = {end.strip() for ends, _ in arrows for end in ends.split("-->")}
    assert drawn_moves == {move for _, move in MOVES}
    assert drawn_statuses == {"[*]", *Status}


def test_a_move_that_goes_back_is_drawn_to_every_status_it_can_go_back_to() -> None:
    drawing = mermaid().splitlines()
    for status in (
        "RISK_CONTROL",
        "WAIT_SELLER_SEND_GOODS",
        "SELLER_PART_SEND_GOODS",
        "WAIT_BUYER_ACCEPT_GOODS",
    ):
        assert f"    IN_FROZEN --> {status}: unfreeze" in drawing


def test_the_archive_is_drawn_as_the_end() -> None:
    assert mermaid().splitlines()[-1] == "    ARCHIVE --> [*]"
    assert mermaid().count("--> [*]") == 1
