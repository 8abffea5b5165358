"""Delivery templates: the default one, and the cap that is only warned about."""

import pytest

from fakemarket.rules.templates import DeliveryTemplate, TemplateId, default_of, warning_over_cap


def template(name: str, preparation_days: int = 5, *, is_default: bool = False) -> DeliveryTemplate:
    return DeliveryTemplate(TemplateId(len(name)), name, preparation_days, is_default)


def test_the_default_template_is_found_wherever_it_stands() -> None:
    usual = template("usual", is_default=True)
    assert default_of([template("a"), usual, template("b")]) is usual


def test_no_default_template_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"no template is the default \('a', 'b'\); mark exactly one"):
        default_of([template("a"), template("b")])


def test_two_default_templates_are_refused_and_the_third_is_not_named() -> None:
    several = [template("a", is_default=True), template("b"), template("c", is_default=True)]
    with pytest.raises(ValueError, match=r"more than one template is the default \('a', 'c'\)"):
        default_of(several)


def test_no_template_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="there are none at all"):
        default_of([])


@pytest.mark.parametrize(("preparation_days", "warned"), [(4, False), (5, False), (6, True)])
def test_a_template_is_warned_about_above_the_cap_and_not_at_it(preparation_days: int, warned: bool) -> None:
    assert (warning_over_cap(template("usual", preparation_days), 5) is not None) is warned


def test_the_warning_names_the_template_its_days_and_the_cap() -> None:
    warning = warning_over_cap(template("slow goods", 7), 5)
    assert warning is not None
    assert "'slow goods' promises 7 working days" in warning
    assert "at most 5" in warning


@pytest.mark.parametrize("preparation_days", [0, -1])
def test_a_template_must_promise_at_least_a_day(preparation_days: int) -> None:
    with pytest.raises(ValueError, match=f"'usual' promises {preparation_days} working days"):
        template("usual", preparation_days)
