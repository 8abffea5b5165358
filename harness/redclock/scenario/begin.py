"""The text of a new scenario: commented, small, and valid as it stands, with what the words of a question point to.

No language is understood here: a fault or a measure is taken if its name or its sentence shares words with the
question.
Knows no measure but by what is handed to it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap

from redclock.scenario.model import FAULT_TABLES

FALLBACK_MEASURE = "unannounced_misses"
_MOST = 2
"""Faults, and measures, that a question can bring; more make it hard to see what did what."""
_EMPTY_WORDS = re.compile(
    "a|an|and|any|anybody|are|at|be|by|can|days?|do|does|for|from|had|has|have|if|in|is|it|its|nobody|not|of|on|one|or|"
    "orders?|still|than|that|the|their|then|they|this|times?|to|was|when|where|which|with"
)
_MEANS = {
    "double": "duplicates",
    "know": "minutes alert",
    "late": "missed",
    "notice": "minutes alert",
    "penalised": "missed",
    "penalty": "missed",
    "refunded": "missed",
    "told": "minutes alert",
    "twice": "duplicates",
}
"""What people say, and what it is called here."""
_WIDTH = 118
_STEM = 5
"""Letters by which words are taken for the same: tokens and token, dies and died stay apart."""


def beginning(
    question: str, *, faults: Sequence[str] = (), expect: Sequence[str] = (), measures: Mapping[str, str]
) -> str:
    """The file's text.

    Args:
        question: what somebody wants to know; may be empty.
        faults: kinds that are wanted; those that the question points to, if none.
        expect: measures that are wanted; likewise.
        measures: what there is to expect, and what each is.
    """
    kinds = {kind: _first_sentence(table.__doc__ or kind) for kind, table in FAULT_TABLES.items()}
    chosen_faults = list(faults) or _pointed_to(question, kinds)
    chosen = list(expect) or _pointed_to(question, measures) or [FALLBACK_MEASURE]
    asked = " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", question).split())
    lines = [
        *([f"# The question: {asked}"] if asked else []),
        "# The language is in docs/scenarios.md; `redclock schema` helps your editor; `redclock check` tries the file.",
        f"title = {_quoted(asked or 'What happens, in a few words')}",
        'proves = "One sentence: what the expectations below show, if they hold."',
        'tags = ["P2"] # words to choose scenarios by: redclock run --tag P2',
        "start = 2026-03-02 # a Monday; times without an offset are those of `zone`, Europe/Madrid unless it is said",
        "days = 5 # orders arrive for so long; then it goes on until the last countdown is decided",
        "seeds = 3 # worlds to try it in, 0 to 2; --seeds says otherwise",
        "",
        "[market.demand]",
        "orders_per_day = 15.0 # small worlds are quick ones",
        "",
        *_faults(chosen_faults, kinds),
        *_expectations(chosen, measures),
    ]
    return "\n".join(lines) + "\n"


def _faults(chosen: Sequence[str], kinds: Mapping[str, str]) -> Iterator[str]:
    known = ", ".join(sorted(kinds))
    yield from _comment(f"What goes wrong; docs/faults.md says how it is aimed and timed. Kinds: {known}.")
    if not chosen:
        yield "# Nothing so far."
        yield ""
    for kind in chosen:
        yield from _comment(kinds[kind])
        yield "[[faults]]"
        yield f"kind = {_quoted(kind)}"
        if "at" in FAULT_TABLES[kind].model_fields:
            yield "at = 2026-03-03T18:00:00"
        else:
            yield "from = 2026-03-03T12:00:00"
            yield "until = 2026-03-04T12:00:00"
        yield ""


def _expectations(chosen: Sequence[str], measures: Mapping[str, str]) -> Iterator[str]:
    yield "# What must come of it; at_least is there too. What a run finds is shown beside what is expected."
    for measure in chosen:
        yield from _comment(measures[measure])
        yield "[[expect]]"
        yield f"measure = {_quoted(measure)}"
        yield "at_most = 0"
        yield ""
    near = [name for name in sorted(measures) if name not in chosen]
    yield from _comment(f"Other measures: {', '.join(near)}.")


def _comment(text: str) -> list[str]:
    return wrap(text, _WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)


def _pointed_to(question: str, things: Mapping[str, str]) -> list[str]:
    """Those that share most words with the question; a word of the name counts for three of the sentence."""
    asked = _stems(question)
    meant = _stems(" ".join(_MEANS.get(word, "") for word in question.lower().split()))
    scores = {}
    for name, says in things.items():
        called = _stems(name.replace("_", " "))
        scores[name] = 3 * len(asked & called) + 6 * len(meant & called) + len(asked & _stems(says))
    best = max(scores.values(), default=0)
    liked = [name for name, score in scores.items() if score >= 3 and 2 * score > best]
    return sorted(liked, key=lambda name: -scores[name])[:_MOST]


def _stems(text: str) -> frozenset[str]:
    words = re.findall(r"[a-z]+", text.lower())
    return frozenset(word.removesuffix("s")[:_STEM] for word in words if not _EMPTY_WORDS.fullmatch(word))


def _first_sentence(text: str) -> str:
    return " ".join(text.split("\n\n", maxsplit=1)[0].split())


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
