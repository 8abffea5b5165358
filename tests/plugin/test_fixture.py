"""The fixture in a repository that knows nothing of ours: no conftest, another folder, plain pytest."""

import subprocess
import sys
from pathlib import Path

import pytest

USES_IT = """
import requests


def test_time_is_held(market):
    market.advance(days=3)
    assert len(market.orders()) > 50
    assert market.moment().isoformat() == "2026-03-05T00:00:00+00:00"


def test_platform_hosts_lead_to_the_market(market):
    answer = requests.get("https://api-sg.aliexpress.com/sync", timeout=5).json()
    assert "error_response" in answer


def test_each_test_has_its_own_market(market):
    assert market.orders() == []


def test_that_fails(market):
    market.advance(days=2)
    assert market.orders() == []
"""


def run_pytest(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    (tmp_path / "test_shop.py").write_text(USES_IT)
    return tmp_path


def test_the_market_fixture_works_without_a_conftest(foreign: Path) -> None:
    ended = run_pytest(foreign, "-k", "not fails")
    assert ended.returncode == 0, ended.stdout
    assert "3 passed" in ended.stdout


def test_a_failure_tells_seed_and_market_time(foreign: Path) -> None:
    ended = run_pytest(foreign, "-k", "fails")
    assert ended.returncode == 1
    assert "seed " in ended.stdout
    assert "market time Wed 2026-03-04 00:00:00 UTC" in ended.stdout


def test_a_session_that_uses_nothing_of_ours_imports_nothing_heavy(tmp_path: Path) -> None:
    (tmp_path / "test_plain.py").write_text(
        "import sys\n"
        "def test_plain():\n"
        "    heavy = {'simpy', 'faker', 'freezegun', 'pydantic', 'numpy', 'responses', 'httpx', 'fakemarket'}\n"
        "    assert not heavy & set(sys.modules)\n"
    )
    ended = run_pytest(tmp_path, "-p", "no:faker", "-p", "no:hypothesispytest", "-p", "no:anyio", "-p", "no:randomly")
    assert ended.returncode == 0, ended.stdout


def test_a_fault_that_never_struck_is_a_warning(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        from fakemarket.faults import Aim, Reset, Timeout

        def test_it(market):
            market.faults.add(Reset(Aim(share=0)))
            market.faults.remove(market.faults.add(Timeout(Aim(share=0))))
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(["*fault 0 (reset) of this test's market never struck*"])
