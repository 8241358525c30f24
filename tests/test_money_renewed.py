"""`renewed`: national money and tax relief go on to 2030 where a scenario says so; history is untouched."""

from pathlib import Path

import numpy as np
import pytest

import scenarios
from model.data.load import load_region
from model.data.months import MONTHS, month_index
from model.data.parameters import Parameters
from model.errors import InputError
from model.institutions.policy import CALENDARS
from model.markets.foresight import foresight
from model.markets.vehicles import open_market
from scenarios.comparing import diff

REGION = load_region("shanxi")
HEAD = 'schema = 1\nname = "mine"\nextends = "{parent}"\n'


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_renewed_is_current_under_the_renewed_calendar() -> None:
    current, renewed = (scenarios.load(name).resolve(REGION) for name in ("current", "renewed"))
    assert (current.calendar, renewed.calendar) == CALENDARS
    assert not current.renewed and renewed.renewed
    assert current.fingerprint != renewed.fingerprint
    for lever, levels in current.delivered.items():
        assert np.array_equal(levels, renewed.delivered[lever])


def test_all_other_shipped_scenarios_keep_the_announced_calendar() -> None:
    others = [name for name in scenarios.names() if name != "renewed"]
    assert {scenarios.load(name).calendar for name in others} == {"announced"}


def test_a_file_may_ask_for_it_and_children_inherit(tmp_path: Path) -> None:
    asked = scenarios.load(written(tmp_path, HEAD.format(parent="plan") + 'calendar = "renewed"\n'))
    assert asked.resolve(REGION).renewed
    child = scenarios.load(written(tmp_path, HEAD.format(parent="renewed")))
    assert child.calendar == "renewed" and child.with_settings(["charging_density=20"]).calendar == "renewed"
    back = scenarios.load(written(tmp_path, HEAD.format(parent="renewed") + 'calendar = "announced"\n'))
    assert not back.resolve(REGION).renewed


@pytest.mark.parametrize("parent", ["plan", "renewed"])
@pytest.mark.parametrize("calendar", CALENDARS)
def test_a_scenario_written_out_keeps_its_calendar(tmp_path: Path, parent: str, calendar: str) -> None:
    first = scenarios.load(written(tmp_path, HEAD.format(parent=parent) + f'calendar = "{calendar}"\n'))
    again = scenarios.load(written(tmp_path, first.to_toml()))
    assert again.calendar == calendar
    assert again.resolve(REGION).fingerprint == first.resolve(REGION).fingerprint


@pytest.mark.parametrize(
    ("text", "code"), [('calendar = "renewd"\n', "bad_calendar"), ("calendar = 7\n", "wrong_type")]
)
def test_a_calendar_that_does_not_exist_is_named_with_its_line(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        scenarios.load(written(tmp_path, HEAD.format(parent="plan") + text))
    assert (caught.value.code, caught.value.line, caught.value.field) == (code, 4, "calendar")
    if code == "bad_calendar":
        assert caught.value.near == "renewed"


def test_two_scenarios_that_differ_in_the_calendar_are_told_apart() -> None:
    (difference,) = diff(scenarios.load("current"), scenarios.load("renewed"))
    assert (difference.what, difference.first, difference.second) == ("calendar", "announced", "renewed")


def test_the_market_pays_in_2030_only_where_money_is_renewed() -> None:
    central = Parameters.central()
    announced, renewed = (open_market(REGION, central, REGION.series, flag) for flag in (False, True))
    end = MONTHS - 1
    assert announced.swap[end].max() == 0.0 and renewed.swap[end].max() > 0.0
    assert (renewed.cost[end, 4:].sum() < announced.cost[end, 4:].sum()) and np.array_equal(
        renewed.cost[end, :4], announced.cost[end, :4]
    )
    known = month_index("2026-12")
    assert np.array_equal(announced.swap[:known], renewed.swap[:known])
    assert np.array_equal(announced.cost[: known + 1], renewed.cost[: known + 1])


def test_buyers_of_earlier_years_expect_the_ends_that_were_announced() -> None:
    announced, renewed = foresight("shanxi", False), foresight("shanxi", True)
    until = month_index("2026-06")
    assert np.array_equal(announced[:until], renewed[:until])
    december = month_index("2026-12")
    assert announced[december, 1].sum() < announced[december, 0].sum()  # the bonus ends with the year
    assert renewed[december, 1] == pytest.approx(renewed[december, 0], rel=0.05)  # prices move with the year
