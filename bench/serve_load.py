"""A signed page of 50 orders over loopback: `redclock serve` beside pytest-httpserver and WireMock, in one run.

All serve the same page. redclock makes it from its orders and pytest-httpserver from a value; both check each call's
signature. WireMock has the bytes in a file and checks nothing but that the parameters are there. Each request has a
timestamp and so a signature of its own, as a real client's: wrk walks through some thousands of signed addresses.

Servers take turns over the rounds; a figure is the median of them. Quote the ratios: the machine's speed drifts.
Needs wrk (Debian's `wrk`) and the extra `bench`; WireMock needs java and npm. A rival that can't be had is left out.

    python bench/serve_load.py [--rounds 5] [--seconds 2]
"""

from __future__ import annotations

import argparse
import hmac
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode
from urllib.request import urlopen

CONNECTIONS = 16
ADDRESSES = 4000
WARM_UP_SECONDS = 10
"""A Java server is three times as fast once its compiler has seen some ten thousand calls."""
WIREMOCK = "wiremock@3.13.2"
GOAL_RATIOS = {"pytest-httpserver": 8.0, "WireMock": 3.0}
GOAL_P50_US = 300.0
GOAL_MB = 80.0
_HERE = Path(__file__).parent
_LUA = """
local addresses, at = {}, 0
init = function()
  for line in io.lines("%s") do addresses[#addresses + 1] = wrk.format("GET", line) end
end
request = function()
  at = at %% #addresses + 1
  return addresses[at]
end
"""


class Missing(Exception):
    """Something that the bench needs isn't there; says what to do."""


@dataclass
class Served:
    """A server under load, and what was measured of it."""

    url: str
    pid: int
    rates: list[float] = field(default_factory=list)
    p50_us: list[float] = field(default_factory=list)
    alone_p50_us: list[float] = field(default_factory=list)


@contextmanager
def process(*words: str, **more: object) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **more) as started:  # type: ignore[call-overload]
        try:
            yield started
        finally:
            started.terminate()


@contextmanager
def redclock() -> Iterator[tuple[dict[str, str], Served]]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    words = (sys.executable, "-m", "redclock", "serve", "--port", "0", "--ready-json")
    with process(*words, env=environment) as started:
        ready = json.loads(started.stdout.readline())
        yield ready, Served(ready["aliexpress"], started.pid)


@contextmanager
def pytest_httpserver(secret: str, page: Path) -> Iterator[Served]:
    if find_spec("pytest_httpserver") is None:
        raise Missing("pytest-httpserver isn't installed; pip install 'redclock[bench]'")
    with process(sys.executable, str(_HERE / "rivals" / "httpserver_page.py"), secret, str(page)) as started:
        yield Served(started.stdout.readline().strip().rstrip("/"), started.pid)


@contextmanager
def wiremock(page: Path) -> Iterator[Served]:
    for tool in ("java", "npm"):
        if shutil.which(tool) is None:
            raise Missing(f"WireMock needs {tool}, which isn't on the PATH")
    home = page.parent / "wiremock"
    install = ("npm", "install", "--silent", "--no-save", "--prefix", str(home), WIREMOCK)
    if subprocess.run(install, capture_output=True, check=False).returncode:
        raise Missing(f"npm couldn't install {WIREMOCK}; `{' '.join(install[:2])} {WIREMOCK}` says why")
    jar = next(home.glob("node_modules/wiremock/build/*.jar"))
    stub = {
        "request": {
            "method": "GET",
            "urlPath": "/router/rest",
            "queryParameters": {name: {"matches": ".+"} for name in parameters("key", "session", 0)},
        },
        "response": {"status": 200, "bodyFileName": page.name, "headers": {"Content-Type": "application/json"}},
    }
    for folder in ("mappings", "__files"):
        (home / folder).mkdir()
    (home / "mappings" / "page.json").write_text(json.dumps(stub))
    shutil.copy(page, home / "__files")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = ("-jar", str(jar), "--port", str(port), "--root-dir", str(home), "--no-request-journal", "--disable-banner")
    with process("java", *words, stderr=subprocess.DEVNULL) as started:
        url = f"http://127.0.0.1:{port}"
        for _ in range(200):
            try:
                with urlopen(f"{url}/__admin/mappings"):
                    break
            except OSError:
                time.sleep(0.1)
        yield Served(url, started.pid)


def parameters(app_key: str, session: str, at_ms: int) -> dict[str, str]:
    return {
        "method": "aliexpress.solution.order.get",
        "app_key": app_key,
        "session": session,
        "timestamp": str(at_ms),
        "format": "json",
        "v": "2.0",
        "sign_method": "hmac-sha256",
        "param0": '{"current_page":1,"page_size":50}',
    }


def signed_path(ready: dict[str, str], at_ms: int) -> str:
    asked = parameters(ready["app_key"], ready["access_token"], at_ms)
    text = "".join(f"{name}{value}" for name, value in sorted(asked.items()))
    sign = hmac.digest(ready["app_secret"].encode(), text.encode(), "sha256").hex().upper()
    return f"/router/rest?{urlencode(asked | {'sign': sign})}"


def load(served: Served, script: Path, connections: int, seconds: int) -> tuple[float, float]:
    """Requests per second and the median latency in microseconds."""
    words = ("wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(script), served.url)
    told = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in told or "Socket errors" in told:
        raise SystemExit(f"{served.url} did not answer every call:\n{told}")
    p50, unit = re.search(r"50%\s+([\d.]+)(us|ms|s)", told).groups()  # type: ignore[union-attr]
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told)[1]  # type: ignore[index]
    return float(rate), float(p50) * {"us": 1, "ms": 1e3, "s": 1e6}[unit]


def write_addresses(ready: dict[str, str], folder: Path) -> Path:
    """A script for wrk with addresses signed just now: fresh within the gateway's ten minutes."""
    now_ms = int(time.time() * 1000)
    paths = [signed_path(ready, now_ms - number) for number in range(ADDRESSES)]
    (folder / "addresses.txt").write_text("\n".join(paths))
    (folder / "walk.lua").write_text(_LUA % (folder / "addresses.txt"))
    return folder / "walk.lua"


def resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return float("nan")
    return next(int(row.split()[1]) for row in status.read_text().splitlines() if row.startswith("VmRSS")) / 1024


def measure(rounds: int, seconds: int) -> bool:
    """Prints the figures; whether all goals that could be looked at are kept."""
    if shutil.which("wrk") is None:
        raise Missing("the load comes from wrk, which isn't on the PATH; apt-get install wrk")
    with TemporaryDirectory() as name, ExitStack() as open_servers:
        folder = Path(name)
        ready, own = open_servers.enter_context(redclock())
        fresh_mb = resident_mb(own.pid)
        with urlopen(own.url + signed_path(ready, int(time.time() * 1000))) as answer:
            page = folder / "page.json"
            page.write_bytes(answer.read())
        rows = json.loads(page.read_bytes())["aliexpress_solution_order_get_response"]["result"]["target_list"]
        print(f"a page of {len(rows['order_dto'])} orders, {page.stat().st_size} bytes")
        servers = {"redclock serve": own}
        rivals: dict[str, Callable[[], object]] = {
            "pytest-httpserver": lambda: pytest_httpserver(ready["app_secret"], page),
            "WireMock": lambda: wiremock(page),
        }
        for rival, start in rivals.items():
            try:
                servers[rival] = open_servers.enter_context(start())  # type: ignore[arg-type]
            except Missing as missing:
                print(f"{rival} is left out: {missing}")
        for served in servers.values():
            load(served, write_addresses(ready, folder), CONNECTIONS, WARM_UP_SECONDS)
        for _ in range(rounds):
            script = write_addresses(ready, folder)
            for served in servers.values():
                rate, p50 = load(served, script, CONNECTIONS, seconds)
                _, alone = load(served, script, 1, 1)
                served.rates.append(rate)
                served.p50_us.append(p50)
                served.alone_p50_us.append(alone)
        print(f"\nwrk, keep-alive, {CONNECTIONS} connections for {seconds} s and 1 for 1 s, medians of {rounds} rounds")
        print(f"{'':20}{'requests/s':>12}{'(min..max)':>20}{'p50 us':>9}{'p50 us, 1 conn.':>17}{'RSS MB':>8}")
        for who, it in servers.items():
            spread = f"({min(it.rates):.0f}..{max(it.rates):.0f})"
            medians = [statistics.median(values) for values in (it.rates, it.p50_us, it.alone_p50_us)]
            print(
                f"{who:20}{medians[0]:12.0f}{spread:>20}{medians[1]:9.0f}{medians[2]:17.0f}{resident_mb(it.pid):8.0f}"
            )
    return all(list(judged(servers, fresh_mb)))


def judged(servers: dict[str, Served], fresh_mb: float) -> Iterator[bool]:
    own = servers["redclock serve"]
    print()
    for rival, goal in GOAL_RATIOS.items():
        if rival in servers:
            ratio = statistics.median(ours / its for ours, its in zip(own.rates, servers[rival].rates, strict=True))
            yield said(f"{ratio:.1f} times {rival}", f"at least {goal:g}", kept=ratio >= goal)
    alone = statistics.median(own.alone_p50_us)
    yield said(f"p50 at one connection {alone:.0f} us", f"under {GOAL_P50_US:g}", kept=alone < GOAL_P50_US)
    yield said(f"{fresh_mb:.0f} MB once ready", f"under {GOAL_MB:g}", kept=fresh_mb < GOAL_MB)


def said(found: str, goal: str, *, kept: bool) -> bool:
    print(f"{found:40} goal: {goal}: {'kept' if kept else 'missed'}")
    return kept


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    arguments = parser.parse_args()
    try:
        kept = measure(arguments.rounds, arguments.seconds)
    except Missing as missing:
        print(f"nothing was measured: {missing}")
        return
    raise SystemExit(not kept)


if __name__ == "__main__":
    main()
