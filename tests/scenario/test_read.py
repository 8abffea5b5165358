"""Scenario files: everything wrong is said at once, with file, key, what was allowed and the nearest name."""

import re
from pathlib import Path

import pytest

from fakemarket.faults import KINDS, After, Aim, Down, During, TokenDies, WalletEmpty, Window
from fakemarket.rules.status import Status
from redclock.checks.measures import MEASURES
from redclock.scenario.library import NoSuchScenario, bundled, find
from redclock.scenario.read import BadScenarios, read

GOOD = """
title = "A quiet week"
proves = "Nothing is missed."
start = 2026-03-02
days = 2

[[expect]]
measure = "missed"
at_most = 3.0
"""


def complaints(tmp_path: Path, text: str, name: str = "mine.toml") -> list[str]:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(BadScenarios) as bad:
        read([path], measures=MEASURES)
    return [re.sub(rf"^{re.escape(str(path))}(:\d+)?: ", "", str(complaint)) for complaint in bad.value.complaints]


def test_a_good_file_becomes_a_value(tmp_path: Path) -> None:
    path = tmp_path / "quiet-week.toml"
    path.write_text(GOOD)
    (scenario,) = read([path], measures=MEASURES)
    assert scenario.name == "quiet-week"
    assert scenario.start_at == 1772406000  # Monday 2 March 2026, midnight in Madrid
    assert scenario.orders_until_at == scenario.start_at + 2 * 86_400


def test_every_mistake_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("days = 2", 'days = "two"\ntagz = []').replace('"missed"', '"missd"')
    told = complaints(tmp_path, f"{text}\n[market.demand]\norders_per_dai = 4.0\n")
    assert sorted(line.split(":")[0] for line in told) == [
        "days",
        "expect[0].measure",
        "market.demand.orders_per_dai",
        "tagz",
    ]


@pytest.mark.parametrize(
    ("addition", "expected"),
    [
        ("[market.demand]\norders_per_dai = 4.0", "did you mean orders_per_day?"),
        ("[market.demand]\norders_per_day = -1.0", "market.demand.orders_per_day: is -1.0, but should be greater"),
        ("[market.demand]\nweekday_shares = [1, 2, 3]", "market.demand.weekday_shares: "),
        ("[market.demand]\nhour_shares = [1]", "market.demand.hour_shares: "),
        ("[market.countdown]\npreparation_days = 801", "a template promises 801 working days, but 800 are the most"),
        ("[[expect]]\nmeasure = 2026-03-02\nat_most = 1", "measure: there is no '2026-03-02' here"),
        (
            '[[people]]\ndoes = "renew_token"\ntakes = "801 d"',
            "takes: is '801 d', but should be at most 800 d",
        ),
        ("[market.warehouse]\npackers = 0", "market.warehouse.packers: is 0, but should be greater than or equal to 1"),
        ("[market.warehouse]\npackers = 2.5", "market.warehouse.packers: is 2.5, but should be a valid integer"),
        ('[market.warehouse]\npackers = "5"', "market.warehouse.packers: is '5', but should be a valid integer"),
        ('[market.demand]\norders_per_day = "9"', "market.demand.orders_per_day: is '9', but should be a valid number"),
        ("[market.warehouse]\nopens_minute = 1100", "must be before closes_minute"),
        ('[market.countdown]\nzone = "Europe/Madird"', "the nearest are Europe/Madrid"),
        ('[market.countdown.calendar]\ncountry = "XQ"', "there is no calendar for the country 'XQ'"),
        ('[market.countdown]\nanchor = "shipped"', "'review_passed', 'paid' or 'order_created'"),
        ("[market.review]\nhours = 3.0", "must be a table such as"),
        ('[market.review]\nhours = { kind = "lognormal", median = 3.0, sigm = 1.0 }', "did you mean sigma?"),
        ('[[faults]]\nkind = "token_dead"\nat = 2026-03-03T10:00:00', "did you mean token_dies?"),
        ("[[faults]]\nshare = 0.5", "faults[0].kind: is missing"),
        ('[[faults]]\nkind = "carrier_refused"\nshare = 1.5', "faults[0].share: is 1.5, but should be less than"),
        ('[[faults]]\nkind = "token_dies"\nat = 2026-03-03T10:00:00\nseller = "x"', "allowed: shop-1"),
        (
            '[[faults]]\nkind = "wallet_empty"\nfrom = 2026-03-04T00:00:00\nuntil = 2026-03-03T00:00:00',
            "`until` must be later than `from`",
        ),
        (
            '[[faults]]\nkind = "down"\noperation = "POST /v1/chanels"',
            "faults[0].operation: there is no 'POST /v1/chanels'",
        ),
        (
            '[[faults]]\nkind = "latency"\nsecondz = 5',
            "faults[0].secondz: there is no 'secondz' here; did you mean seconds? allowed: ",
        ),
        ('[[faults]]\nkind = "latency"\nsecondz = 5', "did you mean seconds?"),
        ('[[faults]]\nkind = "latency"\nseconds = 0', "faults[0].seconds: is 0, but should be greater than or equal"),
        ('[[faults]]\nkind = "down"\nnth = 0', "faults[0].nth: is 0, but should be greater than or equal to 1"),
        ('[[faults]]\nkind = "down"\nstatus = 404', "faults[0].status: is 404, but should be greater than or equal to"),
        (
            '[[faults]]\nkind = "carrier_refused"\noperation = "POST"',
            "faults[0].operation: there is no 'operation'",
        ),
        ('[[faults]]\nkind = "late_visibility"\nleast_minutes = 9\nmost_minutes = 8', "over most_minutes"),
        ('[[faults]]\nkind = "down"\nafter = { what = "token_dies" }', "faults[0].after"),
        ('[[faults]]\nkind = "down"\nafter = { what = "token_revokd" }', "did you mean token_revoked?"),
        (
            '[[faults]]\nkind = "down"\nafter = { what = "place", for = 5 }',
            "there is no 'for' here; did you mean",
        ),
        (
            '[[faults]]\nkind = "down"\nafter = { what = "place", seller = "x" }',
            "[0].after.seller: there is no 'x'",
        ),
        ('[[faults]]\nkind = "down"\nduring = { status = "SENT", at_least = 5 }', "faults[0].during.status: is 'SENT'"),
        ('[[faults]]\nkind = "down"\nduring = { status = "IN_CANCEL" }', "either `order` or `at_least`"),
        ('[[faults]]\nkind = "token_dies"', "takes either `at` or `after`"),
        ('[[faults]]\nkind = "token_dies"\nafter = { what = "place", for_seconds = 5 }', "no `for_seconds`"),
        ('[[expect]]\nmeasure = "missed"', "needs `at_most`, `at_least`, or both"),
    ],
)
def test_a_complaint_says_what_was_allowed(tmp_path: Path, addition: str, expected: str) -> None:
    told = complaints(tmp_path, f"{GOOD}\n{addition}\n")
    assert [line for line in told if expected in line], told


@pytest.mark.parametrize("start", ["0001-01-01", "1969-12-31", "2099-12-30", "2150-01-01", "9999-12-31"])
def test_a_scenario_outside_of_market_time_is_refused(tmp_path: Path, start: str) -> None:
    (line,) = complaints(tmp_path, GOOD.replace("start = 2026-03-02", f"start = {start}"))
    assert f"start: is {start}; a scenario, settling included, must lie between 1970 and the end of 2099" in line


def test_a_file_says_after_what_and_during_what_a_fault_is_on(tmp_path: Path) -> None:
    path = tmp_path / "faulty.toml"
    path.write_text(
        f"""{GOOD}
[[faults]]
kind = "down"
after = {{ what = "token_revoked", nth = 2, wait_seconds = 600, for_seconds = 3600 }}
during = {{ status = "WAIT_SELLER_SEND_GOODS", at_least = 20, seller = "shop-1" }}

[[faults]]
kind = "token_dies"
after = {{ what = "declare_all", order = 9109557000000010 }}
"""
    )
    (scenario,) = read([path], measures=MEASURES)
    down, dies = scenario.planned_faults()
    after = After("token_revoked", nth=2, wait_seconds=600, for_seconds=3600)
    assert down == Down(Aim(after=after, during=During(Status.WAIT_SELLER_SEND_GOODS, at_least=20, seller="shop-1")))
    assert dies == TokenDies(after=After("declare_all", order=9109557000000010))


SAYING = {
    "token_dies": "at = 2026-03-03T10:00:00",
    "wallet_empty": 'seller = "shop-1"\nfrom = 2026-03-03T10:00:00',
}
OF_ORDERS = "order = 9109557000000010\nshare = 0.5\nnth = 2\nuntil = 2026-03-03T10:00:00Z"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_fault_can_be_said_in_a_file(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "faulty.toml"
    path.write_text(f'{GOOD}\n[[faults]]\nkind = "{kind}"\n{SAYING.get(kind, OF_ORDERS)}\n')
    (scenario,) = read([path], measures=MEASURES)
    (fault,) = scenario.planned_faults()
    assert isinstance(fault, KINDS[kind])
    tenth = 1772532000  # 3 March 2026, 10:00 UTC, an hour later than 10:00 in Madrid
    if isinstance(fault, TokenDies):
        assert fault == TokenDies(tenth - 3600)
    elif isinstance(fault, WalletEmpty):
        assert fault.aim == Aim(seller="shop-1", window=Window(from_at=tenth - 3600))
    else:
        assert fault.aim == Aim(order=9109557000000010, share=0.5, nth=2, window=Window(until_at=tenth))


def test_broken_toml_and_missing_files_are_complaints_too(tmp_path: Path) -> None:
    assert "not TOML" in complaints(tmp_path, "title = ")[0]
    with pytest.raises(BadScenarios, match="can't be read"):
        read([tmp_path / "absent.toml"], measures=MEASURES)


def test_two_files_must_not_share_a_name(tmp_path: Path) -> None:
    paths = [tmp_path / "a.toml", tmp_path / "b.toml"]
    for path in paths:
        path.write_text(f'name = "same"\n{GOOD}')
    with pytest.raises(BadScenarios, match=r"a\.toml: name: the name same is used by .*b\.toml too"):
        read(paths, measures=MEASURES)


def test_a_complaint_says_the_line_or_that_of_what_should_hold_the_key(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD.replace("missed", "missd").replace("at_most = 3.0", "at_leest = 1") + "[market]\nseed = 1\n")
    with pytest.raises(BadScenarios) as bad:
        read([path], measures=MEASURES)
    lines = path.read_text().splitlines()
    told = {complaint.key: lines[complaint.line - 1] for complaint in bad.value.complaints}
    assert told == {
        "expect[0].measure": 'measure = "missd"',
        "expect[0].at_leest": "at_leest = 1",
        "market.seed": "seed = 1",
    }


@pytest.mark.parametrize("expect", ["3", '["missed"]', '"missed"'])
def test_expectations_that_are_no_tables_are_a_complaint(tmp_path: Path, expect: str) -> None:
    text = GOOD.partition("[[expect]]")[0] + f"expect = {expect}\n"
    assert any(line.startswith("expect") for line in complaints(tmp_path, text))


def test_the_mistakes_of_all_files_are_told_together(tmp_path: Path) -> None:
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(GOOD.replace("days = 2", "days = 0"))
    with pytest.raises(BadScenarios) as bad:
        read(sorted(tmp_path.glob("*.toml")), measures=MEASURES)
    assert [Path(complaint.file).name for complaint in bad.value.complaints] == ["a.toml", "b.toml"]


def test_the_bundled_scenarios_are_valid_and_found_by_name() -> None:
    scenarios = read(find([]), measures=MEASURES)
    assert len(scenarios) >= 8
    assert {scenario.name for scenario in scenarios} == set(bundled())


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    with pytest.raises(NoSuchScenario, match="did you mean b1-silent-expiry"):
        find(["b1-silent-expirry"])


def test_a_folder_means_the_files_in_it(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text(GOOD)
    (tmp_path / "notes.txt").write_text("not a scenario")
    assert find([str(tmp_path)]) == [tmp_path / "one.toml"]
    assert find([str(tmp_path), str(tmp_path / "one.toml")]) == [tmp_path / "one.toml"], "once is enough"


@pytest.mark.parametrize(
    ("addition", "expected"),
    [
        (
            '[[expect]]\nmeasure = "missed"\nat_most = 1\nalways = true\nfault = 0',
            "missed can't be asked so; it takes seller",
        ),
        ('[[expect]]\nmeasure = "missed_share"\nat_most = 1\nalways = true', "has a value only at the end"),
        ('[[expect]]\nmeasure = "minutes_to_alert"\nat_most = 1\nfault = 3', "the file has 0 faults"),
        ('[[expect]]\nmeasure = "alerts"\nat_most = 1\nalert = "token_died"', "expect[1].alert: is 'token_died'"),
        ('[[expect]]\nmeasure = "calls"\nat_most = 1\noperation = "GET /v2"', "there is no 'GET /v2'"),
        (
            '[[expect]]\nmeasure = "missed"\nat_most = 1\neventually = { after = "token_revokd", within = "1 h" }',
            "did you mean token_revoked?",
        ),
        (
            '[[expect]]\nmeasure = "missed"\nat_most = 1\neventually = { after = "pay", within = "an hour" }',
            "must be written like",
        ),
        ('[[expect]]\nmeasure = "missed"\nat_most = 1\nseller = "shop-2"', "expect[1].seller: there is no 'shop-2'"),
        ("[[phases]]\nfrom = 2026-03-02T00:00:00\npreparation_days = 6", "the templates promise 5, 3, 7"),
        ("[[phases]]\nfrom = 2026-02-01T00:00:00\npreparation_days = 7", "phases[0].from: is 2026-02-01"),
        (
            "[[phases]]\nfrom = 2026-03-03T00:00:00\nuntil = 2026-03-02T00:00:00\npreparation_days = 7",
            "must be later than `from`",
        ),
        ('[[subjects]]\nevery = "15 min"\nat = "09:00"', "takes either `every` or `at`"),
        ("[[subjects]]\nworking_days = true", "`working_days` needs a schedule"),
        ('[[subjects]]\nevery = "15"', "subjects[0].every"),
        ('[[people]]\ndoes = "renew_tokens"', "people[0].does: is 'renew_tokens'"),
        ('[[people]]\ndoes = "renew_token"\nhours = "9-17"', 'must be written like "09:00-17:00"'),
        ('[[people]]\ndoes = "renew_token"\ncalendar = { country = "XQ" }', "people[0].calendar: there is no calendar"),
        ('[[people]]\ndoes = "renew_token"\nslip = 0.1', "did you mean slips?"),
        ('[settle]\nwithn = "24 h"', "did you mean within?"),
        ('[settle]\nleaves = ["missing"]', "settle.leaves[0]"),
    ],
)
def test_the_rest_of_the_language_says_what_was_allowed_too(tmp_path: Path, addition: str, expected: str) -> None:
    told = complaints(tmp_path, f"{GOOD}\n{addition}\n")
    assert [line for line in told if expected in line], told
