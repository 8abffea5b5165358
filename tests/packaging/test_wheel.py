"""The built wheel holds the two import packages, the scenarios and the entry points, and nothing else."""

import os
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
SHIPPED = {
    "redclock": "harness/redclock",
    "fakemarket": "fakes/fakemarket",
    "redclock/scenarios": "scenarios",
}


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built with the installed back end (no network) and unpacked as an installer would."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    [wheel] = folder.glob("*.whl")
    ZipFile(wheel).extractall(folder / "site")
    return folder / "site"


def files_below(folder: Path) -> set[str]:
    return {
        file.relative_to(folder).as_posix()
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and file.suffix != ".pyc"
    }


def test_the_wheel_holds_every_file_of_the_packages_and_the_scenarios_and_no_other(unpacked: Path) -> None:
    expected = {f"{name}/{file}" for name, folder in SHIPPED.items() for file in files_below(ROOT / folder)}
    assert {file for file in files_below(unpacked) if ".dist-info/" not in file} == expected
    assert {"redclock/py.typed", "fakemarket/py.typed"} <= expected


def test_the_wheel_puts_nothing_but_its_two_packages_on_the_path(unpacked: Path) -> None:
    names = {file.name for file in unpacked.iterdir() if not file.name.endswith(".dist-info")}
    assert names == {"redclock", "fakemarket"}


def test_the_wheel_announces_the_command_and_the_pytest_plugin(unpacked: Path) -> None:
    [file] = unpacked.glob("redclock-*.dist-info/entry_points.txt")
    entries = ConfigParser()
    entries.read(file)
    assert dict(entries["console_scripts"]) == {"redclock": "redclock.cli:main"}
    assert dict(entries["pytest11"]) == {"redclock": "redclock.pytest_plugin"}


def test_the_packages_import_from_the_wheel_and_know_their_version(unpacked: Path) -> None:
    look = "import redclock as r, fakemarket as f; print(f.__file__, r.__file__, f.__version__, r.__version__)"
    environment = os.environ | {"PYTHONPATH": str(unpacked)}
    command = [sys.executable, "-P", "-c", look]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    [metadata] = unpacked.glob("redclock-*.dist-info")
    version = metadata.name.removeprefix("redclock-").removesuffix(".dist-info")
    files = [str(unpacked / name / "__init__.py") for name in ("fakemarket", "redclock")]
    assert run.stdout.split() == [*files, version, version]
