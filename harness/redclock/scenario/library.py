"""Where scenarios are found: bundled ones by name, a user's own by path."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path


class NoSuchScenario(LookupError):
    """A name or path that leads to no scenario."""


def bundled() -> dict[str, Path]:
    """The scenarios shipped with redclock, by name."""
    here = Path(__file__).resolve()
    shipped, checkout = here.parents[1] / "scenarios", here.parents[3] / "scenarios"
    folder = shipped if shipped.is_dir() else checkout
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def find(wanted: list[str]) -> list[Path]:
    """The files that some words mean: a bundled name, a file, or a folder of files; all bundled ones for no word.

    Raises:
        NoSuchScenario: says the nearest name, or where all of them stand.
    """
    known = bundled()
    if not wanted:
        return list(known.values())
    found: list[Path] = []
    for word in wanted:
        path = Path(word)
        if word in known:
            found.append(known[word])
        elif path.is_dir() and sorted(path.glob("*.toml")):
            found.extend(sorted(path.glob("*.toml")))
        elif path.is_file():
            found.append(path)
        else:
            near = get_close_matches(word, known, n=1)
            hint = f"did you mean {near[0]}?" if near else "`redclock list` says which scenarios are bundled"
            raise NoSuchScenario(f"{word}: neither a bundled scenario nor a file or folder of TOML files; {hint}")
    return list(dict.fromkeys(found))
