"""How long `redclock serve` takes from the start of its process to the ready line, and from SIGTERM to its end.

Run it as `python bench/serve_start.py [ROUNDS]`. The goal is meant with bytecode on disk, as
after any first start, so each round may use and write it.
"""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from time import perf_counter

COMMAND = [sys.executable, "-m", "redclock", "serve", "--port", "0", "--ready-json"]
GOAL_SECONDS = 0.3


def round_trip(environment: dict[str, str]) -> tuple[float, float, float]:
    """Seconds to the ready line, seconds from SIGTERM to the end, and resident MB in between."""
    started = perf_counter()
    with subprocess.Popen(COMMAND, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        ready = perf_counter()
        if not line:
            raise SystemExit(f"serve ended with exit code {process.wait()} before it was ready")
        json.loads(line)
        megabytes = resident_megabytes(process.pid)
        told = perf_counter()
        process.terminate()
        code = process.wait()
        ended = perf_counter()
    if code:
        raise SystemExit(f"serve ended with exit code {code}")
    return ready - started, ended - told, megabytes


def resident_megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return float("nan")
    return next(int(row.split()[1]) for row in status.read_text().splitlines() if row.startswith("VmRSS")) / 1024


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    round_trip(environment)  # writes bytecode where there is none yet
    starts, ends, sizes = zip(*(round_trip(environment) for _ in range(rounds)), strict=True)
    rows = (("start to ready", starts, "s"), ("SIGTERM to end", ends, "s"), ("memory", sizes, "MB"))
    for what, values, unit in rows:
        spread = f"{min(values):.3f}..{max(values):.3f}, {rounds} rounds"
        print(f"{what:15} {statistics.median(values):7.3f} {unit}  ({spread})")
    kept = statistics.median(starts) < GOAL_SECONDS
    print(f"goal: ready within {GOAL_SECONDS:g} s: {'kept' if kept else 'missed'}")
    raise SystemExit(not kept)


if __name__ == "__main__":
    main()
