"""Student's t, by scipy: heavy, brought by an extra, and so imported when it is needed."""

from __future__ import annotations


class MissingExtra(ImportError):
    """Something heavy that only some need is not installed; says which extra brings it."""


def student_t(degrees: int, confidence: float) -> float:
    """How many standard errors lie between the mean and a bound, `confidence` being two-sided.

    Raises:
        MissingExtra: scipy is not installed.
    """
    try:
        from scipy.special import stdtrit
    except ModuleNotFoundError as missing:
        raise MissingExtra(
            f"an interval needs {missing.name}, which the extra `plan` brings: pip install 'redclock[plan]'"
        ) from missing
    return float(stdtrit(degrees, (1 + confidence) / 2))
