"""A suite's outcomes for a person at a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from redclock.report.story import failure_lines
from redclock.run import Outcome
from redclock.suite import Verdict


def render_suite(verdicts: Sequence[Verdict], console: Console) -> None:
    """A line for each scenario, then the first failure in full."""
    width = max(len(verdict.scenario.name) for verdict in verdicts)
    outcomes = [trial for verdict in verdicts for trial in verdict.trials]
    for verdict in verdicts:
        trials = verdict.trials
        passed = sum(trial.passed for trial in trials)
        word = "[green]pass[/]" if verdict.passed else "[bold red]FAIL[/]"
        orders = sum(trial.measures["orders"] or 0 for trial in trials)
        seconds = sum(trial.seconds for trial in trials)
        name = verdict.scenario.name.ljust(width)
        console.print(f"{word}  {name}  {passed}/{len(trials)} seeds {orders:>6.0f} orders {seconds:>5.1f} s")
        console.print(f"[dim]{escape(_seen(verdict))}[/]", highlight=False, soft_wrap=True)
    for trial in outcomes:
        for number in trial.never_struck:
            kind = trial.scenario.faults[number].kind
            console.print(
                f"[yellow]warning[/] {trial.scenario.name} seed {trial.seed}: fault {number} ({kind}) never struck"
            )
    failed = [outcome for outcome in outcomes if not outcome.passed]
    if failed:
        render_failure(failed[0], console)
    total = sum(outcome.seconds for outcome in outcomes)
    good = sum(verdict.passed for verdict in verdicts)
    colour = "green" if good == len(verdicts) else "red"
    console.print(
        f"[{colour}]{len(outcomes) - len(failed)} passed, {len(failed)} failed[/] in {total:.1f} s "
        f"(subject {outcomes[0].subject})"
    )


def render_failure(outcome: Outcome, console: Console) -> None:
    """Why one trial failed, the story of the first order concerned, and how to see it again."""
    console.print(f"\n[bold red]{outcome.scenario.name}, seed {outcome.seed}[/]: {escape(outcome.scenario.title)}")
    for problem in outcome.problems():
        console.print(f"  [red]-[/] {escape(problem)}", soft_wrap=True)
    for line in failure_lines(outcome):
        console.print(f"  {escape(line)}", highlight=False, soft_wrap=True)
    console.print()


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
