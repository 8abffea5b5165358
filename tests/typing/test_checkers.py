"""The public API as pyright and ty understand it; mypy checks it with everything else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.missing import missing

ROOT = Path(__file__).parents[2]


def checked(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_pyright_understands_the_public_api() -> None:
    if not shutil.which("node"):
        missing("pyright needs node; install Debian's nodejs")
    checked(sys.executable, "-m", "pyright", "--pythonpath", sys.executable)


def test_ty_understands_the_public_api() -> None:
    if not shutil.which("ty", path=str(Path(sys.executable).parent)):
        missing("ty is not installed; it comes with the extra `dev`")
    checked(str(Path(sys.executable).parent / "ty"), "check", "--python", sys.prefix)
