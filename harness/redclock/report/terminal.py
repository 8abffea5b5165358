"""A suite's outcomes for a person at a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from redclock.report.story import failure_lines
from redclock.report.summary import by_tag, closest, slowest
from redclock.run import Outcome
from redclock.suite import Verdict


def render_suite(verdicts: Sequence[Verdict], console: Console) -> None:
    """A line for each scenario, then the first failure in full, then what it all comes to."""
    width = max(len(verdict.scenario.name) for verdict in verdicts)
    for verdict in verdicts:
        render_verdict(verdict, console, width)
    render_summary(verdicts, console)


def render_verdict(verdict: Verdict, console: Console, width: int = 0) -> None:
    """One scenario's line, and what was expected of it and seen.

    Args:
        width: of the longest name, so that lines stand below each other.
    """
    trials = verdict.trials
    passed = sum(trial.passed for trial in trials)
    word = "[green]pass[/]" if verdict.passed else "[bold red]FAIL[/]"
    orders = sum(trial.measures["orders"] or 0 for trial in trials)
    seconds = sum(trial.seconds for trial in trials)
    name = verdict.scenario.name.ljust(width)
    line = f"{word}  {name}  {passed}/{len(trials)} seeds {orders:>6.0f} orders {seconds:>5.1f} s"
    console.print(line, soft_wrap=True)
    console.print(f"[dim]{escape(_seen(verdict))}[/]", highlight=False, soft_wrap=True)


def render_summary(
    verdicts: Sequence[Verdict], console: Console, *, quiet: bool = False, seconds: float | None = None
) -> None:
    """Warnings, the first failure in full, and figures of the whole suite; the figures only if it is one.

    Args:
        quiet: leaves out everything but the failure and the last line.
        seconds: how long it took, if not as long as its trials one after the other.
    """
    outcomes = [trial for verdict in verdicts for trial in verdict.trials]
    if not quiet:
        _render_never_struck(outcomes, console)
    failed = [outcome for outcome in outcomes if not outcome.passed]
    if failed:
        render_failure(failed[0], console)
    if len(verdicts) > 1 and not quiet:
        _render_figures(verdicts, console)
    total = sum(outcome.seconds for outcome in outcomes) if seconds is None else seconds
    colour = "green" if all(verdict.passed for verdict in verdicts) else "red"
    subject = f" (subject {outcomes[0].subject})" if outcomes else ""
    counts = f"{len(outcomes) - len(failed)} passed, {len(failed)} failed"
    together = sum(not each.holds for verdict in verdicts for each in verdict.over_seeds)
    counts += f", {together} not kept over all seeds" if together else ""
    console.print(f"[{colour}]{counts}[/] in {total:.1f} s{subject}", soft_wrap=True)


def render_failure(outcome: Outcome, console: Console) -> None:
    """Why one trial failed, the story of the first order concerned, and how to see it again."""
    console.print(f"\n[bold red]{outcome.scenario.name}, seed {outcome.seed}[/]: {escape(outcome.scenario.title)}")
    for problem in outcome.problems():
        console.print(f"  [red]-[/] {escape(problem)}", soft_wrap=True)
    for line in failure_lines(outcome):
        console.print(f"  {escape(line)}".rstrip(), highlight=False, soft_wrap=True)
    console.print()


def _render_never_struck(outcomes: Sequence[Outcome], console: Console) -> None:
    for trial in outcomes:
        for number in trial.never_struck:
            kind = trial.scenario.faults[number].kind
            console.print(
                f"[yellow]warning[/] {trial.scenario.name} seed {trial.seed}: fault {number} ({kind}) never struck",
                soft_wrap=True,
            )


def _render_figures(verdicts: Sequence[Verdict], console: Console) -> None:
    tags = by_tag(verdicts)
    parts = {
        "by tag": [_coloured(f"{it.tag} {it.passed}/{it.scenarios}", it.passed == it.scenarios) for it in tags],
        "slowest": [f"{it.scenario.name} seed {it.seed} {it.seconds:.1f} s" for it in slowest(verdicts)],
        "closest": [
            f"{it.outcome.scenario.name} seed {it.outcome.seed} order {it.row.order}, {_length(it.lead_seconds)} left"
            for it in closest(verdicts)
        ],
    }
    for title, said in parts.items():
        if said:
            console.print(f"[bold]{title}[/]  {'; '.join(said)}", highlight=False, soft_wrap=True)


def _coloured(text: str, good: bool) -> str:
    return escape(text) if good else f"[red]{escape(text)}[/]"


def _length(seconds: int) -> str:
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes // 60}h{minutes % 60:02d}" if minutes >= 60 else f"{minutes} min {seconds} s"


def _seen(verdict: Verdict) -> str:
    """Each expectation with the worst value over the seeds, then what is broken."""
    trials, parts = verdict.trials, []
    for index, expectation in enumerate(verdict.scenario.expect):
        values = [trial.measured[index].value for trial in trials]
        known = [value for value in values if value is not None]
        farthest = max if expectation.at_most is not None else min
        parts.append(f"{expectation.name} {f'{farthest(known):g}' if known else 'none'} ({expectation.bounds()})")
    unsafe = sorted({violation.check for trial in trials for violation in trial.violations})
    unsettled = sorted({violation.check for trial in trials for violation in trial.unsettled})
    errors = [trial.error or trial.limit for trial in trials if trial.error or trial.limit][:1]
    lines = [
        "; ".join(parts),
        *(each.problem() for each in verdict.over_seeds if not each.holds),
        *(f"BROKEN {name}" for name in unsafe),
        *(f"UNSETTLED {name}" for name in unsettled),
        *errors,
    ]
    return "\n".join(f"      {line}" for line in lines)
