"""How long `redclock serve` takes from the start of its process to the ready line, and from SIGTERM to its end.

Run it as `python bench/serve_start.py [ROUNDS]`. The goal is meant with bytecode and history on disk, as after any
first start; what a start takes that has to live through its history is said beside it, in turns with the others.
"""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

COMMAND = [sys.executable, "-m", "redclock", "serve", "--port", "0", "--ready-json"]
GOAL_SECONDS = 0.3


def round_trip(cache: Path) -> tuple[float, float, float]:
    """Seconds to the ready line, seconds from SIGTERM to the end, and resident MB in between."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"XDG_CACHE_HOME": str(cache), "LOCALAPPDATA": str(cache)}
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
    firsts, trips = [], []
    with TemporaryDirectory() as folder:
        known = Path(folder, "known")
        round_trip(known)  # writes bytecode and history where there is none yet
        for number in range(rounds):
            firsts.append(round_trip(Path(folder, str(number)))[0])
            trips.append(round_trip(known))
    starts, ends, sizes = zip(*trips, strict=True)
    rows = (
        ("start to ready", starts, "s"),
        ("its first start", firsts, "s"),
        ("SIGTERM to end", ends, "s"),
        ("memory", sizes, "MB"),
    )
    for what, values, unit in rows:
        spread = f"{min(values):.3f}..{max(values):.3f}, {rounds} rounds"
        print(f"{what:15} {statistics.median(values):7.3f} {unit}  ({spread})")
    kept = statistics.median(starts) < GOAL_SECONDS
    print(f"goal: ready within {GOAL_SECONDS:g} s: {'kept' if kept else 'missed'}")
    raise SystemExit(not kept)


if __name__ == "__main__":
    main()
