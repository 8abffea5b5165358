"""House rules that no linter knows.

Each rule is a function from a file (its path below the root, its text) to what is wrong with it, so the same
function that judges the project is shown a planted violation too: a rule that can't fail is no rule.
"""

import ast
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[1]
MAX_LINES = 400
VAGUE_NAMES = {"base", "common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
SOURCE_ROOTS = {"fakes", "harness"}

# Where the fake may look at a real clock, and where the harness may write to a terminal.
CLOCK_READERS = {"fakes/fakemarket/timeline.py"}
PRINTERS = re.compile(r"harness/redclock/(cli|report)(/|\.py$)|/diagram\.py$")
CLOCKS = {
    *(f"datetime.datetime.{name}" for name in ("now", "today", "utcnow")),
    "datetime.date.today",
    *(f"time.{name}" for name in ("ctime", "gmtime", "localtime", "time", "time_ns")),
}
CHANCE = {"numpy.random", "random", "secrets", "os.urandom", "uuid.uuid1", "uuid.uuid4"}

# One letter of each word is in brackets, or this file would be its own first finding.
PLACES = re.compile(
    r"(?<![\w.:/-])/(?:home|opt|root|tmp|Users|work)/\w"  # a path of somebody's machine
    r"|\bfile:/{2}"
    r"|\b(?:[p]ypi|[p]ythonhosted|[n]pmjs)\.(?:org|com)\b"
    r"|--(?:extra-)?[i]ndex-url|[f]ind-links"
)

Rule = Callable[[PurePosixPath, str], Iterator[str]]


def is_source(path: PurePosixPath) -> bool:
    return path.suffix == ".py" and path.parts[0] in SOURCE_ROOTS


def modules_are_short(path: PurePosixPath, text: str) -> Iterator[str]:
    lines = text.count("\n")
    if is_source(path) and lines > MAX_LINES:
        yield f"{path}: {lines} lines, {MAX_LINES} are allowed; give the second noun in it its own file"


def modules_say_what_they_are(path: PurePosixPath, text: str) -> Iterator[str]:
    if is_source(path) and not ast.get_docstring(ast.parse(text)):
        yield f"{path}: no docstring; say what the module is, what it must not know, and why"


def files_are_named_for_a_thing(path: PurePosixPath, _text: str) -> Iterator[str]:
    vague = VAGUE_NAMES.intersection([*path.parts[:-1], path.stem])
    if path.suffix == ".py" and vague:
        yield f"{path}: {', '.join(sorted(vague))} says nothing; name it for the thing it holds"


def nothing_names_a_machine(path: PurePosixPath, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), start=1):
        if found := PLACES.search(line):
            yield f"{path}:{number}: {found[0]!r} belongs to one machine; leave it out or make it relative"


def hash_seeds_nothing(path: PurePosixPath, text: str) -> Iterator[str]:
    if is_source(path):
        for line, name in names_used(text):
            if name == "builtins.hash":
                yield f"{path}:{line}: hash() differs between processes; draw from fakemarket.streams"


def only_the_edge_prints(path: PurePosixPath, text: str) -> Iterator[str]:
    if is_source(path) and not PRINTERS.search(str(path)):
        for line, name in names_used(text):
            if name == "builtins.print":
                yield f"{path}:{line}: print() outside cli, report and diagram; return the text instead"


def the_fake_is_told_time_and_chance(path: PurePosixPath, text: str) -> Iterator[str]:
    if not is_source(path) or path.parts[0] != "fakes" or str(path) in CLOCK_READERS:
        return
    for line, name in names_used(text):
        if name in CLOCKS:
            yield f"{path}:{line}: {name} is real time; the fake is told the time by fakemarket.timeline"
        if any(name == source or name.startswith(f"{source}.") for source in CHANCE):
            yield f"{path}:{line}: {name} is chance without a seed; draw from fakemarket.streams"


def names_used(text: str) -> Iterator[tuple[int, str]]:
    """Line and full name of all that `text` imports or reads; what it didn't import counts as built in."""
    tree = ast.parse(text)
    origins: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
                package = alias.name.partition(".")[0]
                origins[alias.asname or package] = alias.name if alias.asname else package
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"
                origins[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and (dotted := dotted_name(node)):
            first, dot, rest = dotted.partition(".")
            yield node.lineno, origins.get(first, f"builtins.{first}") + dot + rest


def dotted_name(node: ast.expr) -> str | None:
    if isinstance(node, ast.Attribute):
        owner = dotted_name(node.value)
        return owner and f"{owner}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else None


DOC = '"""A module."""\n'
WORLD, TIMELINE = "fakes/fakemarket/world/world.py", "fakes/fakemarket/timeline.py"
CLI = "harness/redclock/cli/__init__.py"
NOW = "from datetime import datetime as dt\ndt.now()\n"
TODAY = "import datetime\ndatetime.date.today()\n"

# rule, a file that breaks it, a file as near to that as is allowed
RULES: list[tuple[Rule, tuple[str, str], tuple[str, str]]] = [
    (modules_are_short, (WORLD, DOC + "\n" * MAX_LINES), (WORLD, DOC + "\n" * (MAX_LINES - 1))),
    (modules_say_what_they_are, (WORLD, "# A module.\n"), (WORLD, DOC)),
    (files_are_named_for_a_thing, ("tests/utils.py", DOC), ("tests/utilisation.py", DOC)),
    (files_are_named_for_a_thing, ("harness/common/orders.py", DOC), ("docs/common/orders.md", DOC)),
    (nothing_names_a_machine, ("a.md", f"see {'/home'}/me"), ("a.md", f"GET https://host{'/home'}/me")),
    (nothing_names_a_machine, ("a.md", f"from {'pypi'}.org"), ("a.md", "from the package registry")),
    (hash_seeds_nothing, (WORLD, "seed = hash(name)\n"), (WORLD, "seed = blake2b(name)\n")),
    (hash_seeds_nothing, (WORLD, "keys = map(hash, names)\n"), (WORLD, "order.hash()\n")),
    (only_the_edge_prints, (WORLD, "print(order)\n"), (CLI, "print(order)\n")),
    (the_fake_is_told_time_and_chance, (WORLD, "import time\ntime.time()\n"), (WORLD, "market.time()\n")),
    (the_fake_is_told_time_and_chance, (WORLD, NOW), (TIMELINE, NOW)),
    (the_fake_is_told_time_and_chance, (WORLD, TODAY), (CLI, TODAY)),
    (the_fake_is_told_time_and_chance, (WORLD, "import random\n"), (WORLD, "import randomness\n")),
    (
        the_fake_is_told_time_and_chance,
        (WORLD, "from random import Random\n"),
        (WORLD, "random = draw()\nrandom\n"),
    ),
    (
        the_fake_is_told_time_and_chance,
        (WORLD, "import numpy as np\nnp.random.default_rng()\n"),
        (WORLD, "import numpy as np\nnp.zeros(3)\n"),
    ),
]


def tracked_files() -> Iterator[tuple[PurePosixPath, str]]:
    """The text of every file that is in the repository or would be with the next commit."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    for name in listing.stdout.rstrip("\0").split("\0"):
        if (ROOT / name).is_file():
            yield PurePosixPath(name), (ROOT / name).read_text(encoding="utf-8", errors="replace")


@pytest.mark.parametrize("rule", dict.fromkeys(rule for rule, _, _ in RULES), ids=lambda rule: rule.__name__)
def test_the_project_keeps_the_rule(rule: Rule) -> None:
    findings = [finding for path, text in tracked_files() for finding in rule(path, text)]
    assert not findings, "\n" + "\n".join(findings)


@pytest.mark.parametrize(("rule", "broken", "kept"), RULES)
def test_the_rule_finds_what_was_planted_and_nothing_beside_it(
    rule: Rule, broken: tuple[str, str], kept: tuple[str, str]
) -> None:
    assert list(rule(PurePosixPath(broken[0]), broken[1]))
    assert not list(rule(PurePosixPath(kept[0]), kept[1]))
