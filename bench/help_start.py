"""How long `redclock --help` takes, as a multiple of a Python that does nothing: the goal is at most four times.

Run it as `python bench/help_start.py [ROUNDS]`. Both are started by turns in one run, with bytecode on disk, and their
CPU seconds are compared, for the clock on the wall is shared.
"""

import os
import resource
import statistics
import subprocess
import sys

BARE = [sys.executable, "-c", "pass"]
HELP = [sys.executable, "-c", "import sys; from redclock.cli import main; sys.exit(main(['--help']))"]
"""What the console script does, without the search for it."""
GOAL = 4.0


def cpu_seconds(command: list[str], environment: dict[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    cpu_seconds(HELP, environment)  # writes bytecode where there is none yet
    pairs = [(cpu_seconds(BARE, environment), cpu_seconds(HELP, environment)) for _ in range(rounds)]
    bare, helped = (statistics.median(each) for each in zip(*pairs, strict=True))
    times = helped / bare
    print(f"python -c pass   {bare * 1000:6.1f} ms  (median of {rounds}, CPU)")
    print(f"redclock --help  {helped * 1000:6.1f} ms  {times:.1f} times")
    print(f"goal: at most {GOAL:g} times: {'kept' if times <= GOAL else 'missed'}")
    raise SystemExit(times > GOAL)


if __name__ == "__main__":
    main()
