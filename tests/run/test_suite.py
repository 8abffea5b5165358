"""Many trials: the same outcomes however many run at a time, and what only all seeds tell."""

from redclock.checks.measures import MEASURES
from redclock.determinism import compare
from redclock.run import Outcome
from redclock.scenario.library import find
from redclock.scenario.model import Scenario
from redclock.scenario.read import read
from redclock.suite import each_seed, trials, verdict


def scenarios() -> list[Scenario]:
    return read(find(["a1-pending-payment-is-not-work", "e1-missing-import"]), measures=MEASURES)


def told(outcomes: list[Outcome]) -> list[tuple[object, ...]]:
    return [(it.scenario.name, it.seed, it.digest, it.orders, [each.value for each in it.measured]) for it in outcomes]


def test_side_by_side_they_come_out_as_one_after_the_other() -> None:
    asked = each_seed(scenarios(), range(2))
    one_by_one = told(list(trials(asked, jobs=1)))
    assert sorted(told(list(trials(asked, jobs=2)))) == sorted(one_by_one)
    assert told(list(trials(asked[::-1], jobs=1))) == one_by_one[::-1]


def test_only_a_trial_that_failed_keeps_its_ledger() -> None:
    (good,) = trials([(scenarios()[0], 0)])
    (bad,) = trials([(scenarios()[0], 0)], subject="redclock.subject.broken:sends_whatever_it_sees", jobs=2)
    assert (len(good.ledger), bad.passed) == (0, False)
    assert len(bad.ledger) > 1000


def test_what_all_seeds_tell_is_asked_only_when_all_have_run() -> None:
    scenario = scenarios()[0]
    hopeless = scenario.expect[0].model_copy(update={"at_most": -1.0, "sometimes": True})
    scenario = scenario.model_copy(update={"expect": (hopeless,), "seeds": 2})
    one, both = list(trials([(scenario, 0)])), list(trials(each_seed([scenario]), jobs=1))
    assert [outcome.passed for outcome in both] == [True, True], "no single trial fails for it"
    assert verdict(one).passed
    assert not verdict(both).passed
    assert verdict(both).over_seeds[0].problem().startswith("unpaid_sent holds in 0% of the seeds")


DEPENDS = """
import time
from redclock.subject.caretaker import Caretaker

class HashOrder(Caretaker):
    def wake(self, now):
        next_at = super().wake(now)
        return next_at + 60 * (hash("a word") % 7)

class LocalTime(Caretaker):
    def wake(self, now):
        next_at = super().wake(now)
        return next_at + 60 * time.localtime(now).tm_hour
"""


def test_two_processes_with_other_hash_seeds_and_zones_agree_on_the_reference_only(tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "depends.py").write_text(DEPENDS)
    monkeypatch.chdir(tmp_path)
    name = "a1-pending-payment-is-not-work"
    same = compare(name, 0, subject="reference", transport="direct")
    assert same.first is None
    assert same.events > 1000
    for subject in ("HashOrder", "LocalTime"):
        other = compare(name, 0, subject=f"depends:{subject}", transport="direct")
        assert other.first is not None
        assert other.first[0] != other.first[1]
