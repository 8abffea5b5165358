"""`redclock kills`: broken subjects that are noticed, that are not, and a sound one that isn't sound."""

import json

import pytest

from redclock.cli import main

QUICK = "b1-silent-expiry"
NOTICED = "redclock.subject.broken:never_renews"
UNNOTICED = "redclock.subject.broken:forgets_parts"


def test_every_broken_subject_that_is_noticed_is_good_news(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kills", QUICK, "--broken", NOTICED, "-j", "1"]) == 0
    sound, broken = capsys.readouterr().out.splitlines()
    assert sound.startswith("good")
    assert sound.endswith("passes them all")
    assert broken.startswith("good")
    assert "never_imported" in broken


def test_a_broken_subject_that_nothing_notices_fails_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kills", QUICK, "--broken", UNNOTICED, "-j", "1"]) == 1
    out = capsys.readouterr().out
    assert "nothing notices it" in out
    assert f"no subject fails {QUICK}" in out


def test_a_sound_subject_that_fails_fails_the_command_and_the_matrix_is_there_for_machines(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["kills", QUICK, "--subject", NOTICED, "--broken", NOTICED, "-j", "1", "--json"]) == 1
    matrix = json.loads(capsys.readouterr().out)
    assert matrix["scenarios"] == [QUICK]
    assert "never_imported" in matrix["reference"]["noticed"][QUICK]
    assert matrix["subjects"] == [matrix["reference"]]


def test_a_broken_subject_that_there_is_not_is_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kills", QUICK, "--broken", "redclock.subject.broken:nobody"]) == 2
    assert "nobody" in capsys.readouterr().err
