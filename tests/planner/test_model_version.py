"""The version of the market that stored runs are of: it changes with whatever decides them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from redclock.planner import model_version as versions
from redclock.planner.model_version import model_files, model_version

IMPORTS = """
import sys
import redclock.planner.engine.engine, redclock.planner.replication

for name, module in sys.modules.items():
    if name.startswith(("fakemarket.", "redclock.planner.")):
        print(module.__file__)
"""


def test_all_code_that_a_replication_imports_has_a_say() -> None:
    found = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, check=True, text=True)
    files = {Path(line) for line in found.stdout.splitlines() if not line.endswith("planner/__init__.py")}
    assert len(files) > 30
    assert files <= {file for _, file in model_files()}


def test_it_is_the_same_in_another_process_and_changes_with_the_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "from redclock.planner.model_version import model_version; print(model_version())"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert other.stdout.strip() == model_version()
    changed = list(model_files())
    copy = tmp_path / "passes.py"
    copy.write_bytes(changed[-2][1].read_bytes() + b"\n")
    changed[-2] = (changed[-2][0], copy)
    monkeypatch.setattr(versions, "model_files", lambda: changed)
    assert model_version.__wrapped__() != model_version()
