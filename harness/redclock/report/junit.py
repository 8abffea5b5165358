"""A suite's outcomes as JUnit XML: a case for each scenario and seed, and one for what only all seeds tell.

Cases have the names that pytest gives them, so that a build server sees one history through both doors.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from redclock.report.story import failure_lines
from redclock.run import Outcome
from redclock.suite import Verdict

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(verdicts: Sequence[Verdict]) -> bytes:
    """The document, in UTF-8."""
    suite = ET.Element("testsuite", name="redclock")
    for verdict in verdicts:
        for trial in verdict.trials:
            _trial_case(suite, trial)
        if verdict.over_seeds:
            broken = [each.problem() for each in verdict.over_seeds if not each.holds]
            _case(suite, verdict.trials[0], "all-seeds", 0.0, broken, ())
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", "0")
    suite.set("time", f"{sum(trial.seconds for verdict in verdicts for trial in verdict.trials):.3f}")
    root = ET.Element("testsuites")
    root.append(suite)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _trial_case(suite: ET.Element, trial: Outcome) -> None:
    told = () if trial.passed else tuple(failure_lines(trial))
    case = _case(suite, trial, f"seed-{trial.seed}", trial.seconds, trial.problems(), told)
    properties = ET.Element("properties")
    for name, value in (("seed", str(trial.seed)), ("subject", trial.subject), ("digest", trial.digest)):
        ET.SubElement(properties, "property", name=name, value=value)
    case.insert(0, properties)


def _case(
    suite: ET.Element, trial: Outcome, which: str, seconds: float, problems: Sequence[str], told: Sequence[str]
) -> ET.Element:
    scenario = trial.scenario.name
    name, took = f"{scenario}[{which}]", f"{seconds:.3f}"
    case = ET.SubElement(suite, "testcase", classname=f"redclock.{scenario}", name=name, time=took)
    if problems:
        failure = ET.SubElement(case, "failure", message=_clean(problems[0]))
        failure.text = _clean("\n".join([*problems, *told]))
    return case


def _clean(text: str) -> str:
    """Without what XML can't hold, which a subject may well say."""
    return _NOT_XML.sub("?", text)
