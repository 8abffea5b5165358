"""The public API as pyright and ty understand it; mypy checks it with everything else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def checked(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_pyright_understands_the_public_api() -> None:
    pytest.importorskip("pyright")
    if not shutil.which("node"):
        pytest.skip("pyright needs node")
    checked(sys.executable, "-m", "pyright", "--pythonpath", sys.executable)


def test_ty_understands_the_public_api() -> None:
    if not shutil.which("ty", path=str(Path(sys.executable).parent)):
        pytest.skip("ty is not installed")
    checked(str(Path(sys.executable).parent / "ty"), "check", "--python", sys.prefix)
