"""A hunt for a person at a terminal: how far it is, what it found, and the file and the line that show it again."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from shlex import join
from time import monotonic

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from redclock.hunt.hunt import Find, Hunt, Progress
from redclock.run import REFERENCE, Transport
from redclock.scenario.write import written


def show_hunt(hunt: Hunt, folder: Path, console: Console) -> int:
    """Hunts, tells of it, and writes each find into a folder as soon as it is there; how many there are.

    Ctrl-C ends the hunt and keeps what was found.
    """
    began, found = monotonic(), 0
    with console.status("drawing the first world") as status, suppress(KeyboardInterrupt):
        hunt.tell = lambda progress: _tell(status, progress, hunt, monotonic() - began)
        for find in hunt.finds():
            found += 1
            _show(find, hunt, _kept(find, hunt, folder), console)
    colour = "red" if found else "green"
    worlds = "1 world" if hunt.done == 1 else f"{hunt.done} worlds"
    console.print(
        f"[{colour}]{found} found[/] in {worlds} and {monotonic() - began:.0f} s "
        f"(subject {hunt.subject}, seed {hunt.seed})",
        soft_wrap=True,
    )
    return found


def again(find: Find, subject: str, path: Path) -> str:
    """The command that fails in the same way."""
    words = ["redclock", "run", str(path), "--seeds", str(find.seed)]
    words += [] if subject == REFERENCE else ["--subject", subject]
    words += [] if find.transport is Transport.HTTP else ["--transport", find.transport]
    return join(words)


def _kept(find: Find, hunt: Hunt, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{find.scenario.name}.toml"
    comment = f"{find.broken.problem}\nagain: {again(find, hunt.subject, path)}"
    path.write_text(written(find.scenario, comment), encoding="utf-8")
    return path


def _show(find: Find, hunt: Hunt, path: Path, console: Console) -> None:
    console.print(f"[bold red]{find.broken.way}[/]: {escape(find.broken.problem)}", soft_wrap=True)
    kinds = ", ".join(fault.kind for fault in find.scenario.faults) or "none"
    runs = "1 run" if find.shrink_runs == 1 else f"{find.shrink_runs} runs"
    console.print(
        f"  [dim]faults: {kinds}; world {find.after_runs}, made small in {runs}, {find.seconds:.0f} s in all[/]",
        soft_wrap=True,
    )
    console.print(f"  again: [bold]{escape(again(find, hunt.subject, path))}[/]", soft_wrap=True)


def _tell(status: Status, progress: Progress, hunt: Hunt, seconds: float) -> None:
    each = seconds / max(progress.runs, 1)
    left = each * (hunt.runs - progress.runs)
    if hunt.seconds is not None:
        left = min(left, hunt.seconds - seconds)
    doing = f"making {progress.shrinking} small" if progress.shrinking else "drawing worlds"
    status.update(f"{doing}; {progress.runs} of at most {hunt.runs} worlds, {max(left, 0):.0f} s left")
