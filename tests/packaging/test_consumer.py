"""A repository that installs redclock and has `fakes` and `harness` packages of its own.

It must notice nothing: its own packages win under both import modes of pytest, and redclock's are there too.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CONSUMER = {
    "fakes/__init__.py": "OWNER = 'consumer'\n",
    "fakes/shop.py": "def orders():\n    return ['order 1']\n",
    "harness/__init__.py": "OWNER = 'consumer'\n",
    "harness/clock.py": "from fakes.shop import orders\n",
    "tests/test_own.py": """
import fakes
import harness
from harness.clock import orders


def test_own_packages_win():
    assert (fakes.OWNER, harness.OWNER) == ("consumer", "consumer")
    assert orders() == ["order 1"]
""",
    "tests/test_redclock.py": """
import fakemarket
import redclock


def test_redclock_is_there():
    assert redclock.__version__ == fakemarket.__version__


def test_the_fixture_works_without_a_conftest(market):
    market.advance(days=3)
    assert len(market.orders()) > 50
""",
}


@pytest.fixture
def consumer(tmp_path: Path) -> Path:
    lay_out(tmp_path / "consumer", CONSUMER)
    return tmp_path / "consumer"


def lay_out(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def run_tests_of(consumer: Path, import_mode: str, also_installed: Path | None = None) -> tuple[int, str]:
    """Exit code and output of the consumer's own test run, with nothing of this test run's settings in it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHON"))}
    if also_installed:
        environment["PYTHONPATH"] = str(also_installed)
    command = [
        sys.executable,
        "-m",
        "pytest",
        f"--import-mode={import_mode}",
        "-W",
        "error",
        "-p",
        "no:cacheprovider",
    ]
    run = subprocess.run(command, cwd=consumer, env=environment, capture_output=True, text=True, check=False)
    return run.returncode, run.stdout + run.stderr


@pytest.mark.parametrize("import_mode", ["prepend", "importlib"])
def test_a_consumer_with_folders_of_the_same_names_notices_nothing(consumer: Path, import_mode: str) -> None:
    code, output = run_tests_of(consumer, import_mode)
    assert code == 0, output
    assert "3 passed" in output


def test_a_plugin_inside_a_package_called_harness_would_have_broken_the_consumer(
    consumer: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    lay_out(
        site,
        {
            "harness/__init__.py": "",
            "harness/rival_plugin.py": "",
            "rival-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: rival\nVersion: 1\n",
            "rival-1.dist-info/entry_points.txt": "[pytest11]\nrival = harness.rival_plugin\n",
        },
    )
    code, output = run_tests_of(consumer, "prepend", also_installed=site)
    assert code != 0
    assert "No module named 'harness.rival_plugin'" in output
