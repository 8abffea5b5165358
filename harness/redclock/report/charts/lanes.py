"""Lanes of time: what went on beside each other, row under row on one axis, and notes whose words keep clear."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from redclock.report.charts.marks import TEXT
from redclock.report.charts.scale import Scale
from redclock.report.charts.svg import fitted, hit, label, tag, text_width

ROW = 26
_NOTE_ROW = 15
_BAND = 16
_LEAST = 2


@dataclass(frozen=True, slots=True)
class Span:
    """Something that lasted, over [from_at, until_at).

    Attributes:
        words: stand in it, if they fit.
        tip: what it says when it is pointed at.
        fill: a class, as `fill-red` or `tint-blue`.
    """

    from_at: float
    until_at: float
    fill: str
    tip: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Pip:
    """Something of a moment. `tall` ones are as high as a band."""

    at: float
    hue: str
    tip: str
    tall: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """A row with its name to the left; spans lie under pips."""

    name: str
    spans: tuple[Span, ...] = ()
    pips: tuple[Pip, ...] = ()
    remark: str = field(default="")
    """In place of what isn't there."""


@dataclass(frozen=True, slots=True)
class Note:
    """Words at a moment.

    Attributes:
        style: of the words, a class.
        hue: of the line that leads to them.
    """

    at: float
    words: str
    tip: str
    style: str = ""
    hue: str = "soft"


def draw_lanes(lanes: Sequence[Lane], x: Scale, top: float) -> str:
    """The rows, `ROW` high each."""
    return "".join(_lane(lane, x, top + number * ROW) for number, lane in enumerate(lanes))


def _lane(lane: Lane, x: Scale, top: float) -> str:
    middle = top + ROW / 2
    found = [
        label(fitted(lane.name, x.start - 12, TEXT), x.start - 12, middle + 4, text_anchor="end"),
        tag("line", x1=x.start, x2=x.end, y1=middle, y2=middle, class_="grid"),
    ]
    found += [_span(span, x, middle) for span in lane.spans]
    found += [_pip(pip, x, middle) for pip in lane.pips]
    if lane.remark:
        found.append(label(lane.remark, x.start + 6, middle + 4, "quiet halo"))
    return "".join(found)


def _span(span: Span, x: Scale, middle: float) -> str:
    left, right = x.held(span.from_at), x.held(span.until_at)
    width = max(right - left, _LEAST)
    ground, shape = (
        tag("rect", x=left, y=middle - _BAND / 2, width=width, height=_BAND, class_=fill)
        for fill in ("fill-sheet", f"{span.fill} parted" if width > _BAND / 2 else span.fill)
    )
    fits = span.words and text_width(span.words, TEXT) + 10 <= width
    return hit(span.tip, ground, shape, label(span.words, left + 5, middle + 4) if fits else "")


def _pip(pip: Pip, x: Scale, middle: float) -> str:
    half = _BAND / 2 if pip.tall else _BAND / 4
    at = x.held(pip.at)
    return hit(
        pip.tip,
        tag("line", x1=at, x2=at, y1=middle - half, y2=middle + half, class_=f"{pip.hue} thick"),
        tag("rect", x=at - 3, y=middle - _BAND / 2, width=6, height=_BAND, class_="nothing"),
    )


def rows_of(notes: Sequence[Note], x: Scale) -> tuple[int, ...]:
    """In which row, from 0 on, each note's words stand so that no words meet, nor any line that leads to others.

    Words begin at their moment and run to the right; a line comes down from above. So, from the last note to the first,
    each goes below all notes that begin within its words: their lines end above it.

    Args:
        notes: by time.
    """
    rows: list[int] = [0] * len(notes)
    for number in range(len(notes) - 1, -1, -1):
        until = _right_of(notes[number], x)
        within = [rows[later] for later in range(number + 1, len(notes)) if x.held(notes[later].at) < until]
        rows[number] = max(within, default=-1) + 1
    return tuple(rows)


def draw_notes(notes: Sequence[Note], x: Scale, top: float) -> tuple[str, float]:
    """The notes under a line at `top`, and how high they are in all."""
    rows = rows_of(notes, x)
    return "".join(_note(note, row, x, top) for note, row in zip(notes, rows, strict=True)), notes_height(rows)


def notes_height(rows: Iterable[int]) -> float:
    return (max(rows, default=-1) + 1) * _NOTE_ROW + 10


def _note(note: Note, row: int, x: Scale, top: float) -> str:
    at, bottom = x.held(note.at), top + 8 + row * _NOTE_ROW
    return hit(
        note.tip,
        tag("line", x1=at, x2=at, y1=top, y2=bottom + 8, class_=note.hue),
        tag("circle", cx=at, cy=top, r=3, class_=f"fill-{note.hue}"),
        label(note.words, at + 4, bottom + 8, note.style),
    )


def _right_of(note: Note, x: Scale) -> float:
    return x.held(note.at) + text_width(note.words, TEXT) + 10
