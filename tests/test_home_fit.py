"""The fit of homes keeps its promise: the nation of 2015-2021 is met, by draws too; no other row moves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import calibration.home_fit as module
from calibration.home_fit import ALLOWED, HOME
from calibration.home_solve import BASE, FREE, KINDS, TREND, HomeFit, Seen, base_step, look
from calibration.home_targets import home_targets
from calibration.paired import nation
from model.data.load import load_region
from model.data.parameters import FITTED, Parameters, draws, fitted_draw_count
from model.metering import income_level
from model.start import mean_household, real_income

HOMES = 20_000
OTHER_LUCK = 0.01
"""Share by which a year's electricity of as many other homes may differ (a mean over 20,000, spread .6)."""


@pytest.fixture(scope="module")
def seen() -> Seen:
    return look(replace(nation(HOMES), seed=2), Parameters.central())


def test_the_central_set_meets_the_electricity_of_every_year(seen: Seen) -> None:
    gap = np.abs(np.log(seen.kwh / home_targets(load_region("china")).kwh))
    assert gap.shape == (7,) and gap.max() < 0.02 + OTHER_LUCK
    assert gap.mean() < 0.02


def test_the_central_set_meets_the_surveys(seen: Seen) -> None:
    targets = home_targets(load_region("china"))
    for k, kind in enumerate(KINDS):
        gaps = targets.stock[kind].gaps(seen.owned[k])
        assert abs(gaps.mean()) < 0.02, kind
        assert np.abs(gaps).max() < 0.07, kind


def test_every_draw_holds_the_fitted_keys_and_a_gap_within_what_is_stated() -> None:
    sets = draws(fitted_draw_count())
    assert len(sets) == 200
    assert len({one["el_base_2015"] for one in sets}) > 150, "each draw is solved with its own parameters"
    for one in (Parameters.central(), *sets):
        assert set(FREE) <= set(one)
        assert one["fit_home_gap_electricity"] <= ALLOWED, one.label
        assert one["fit_home_gap_stock"] <= 0.065, one.label
        assert BASE[0] <= one["el_base_2015"] <= BASE[1] and TREND[0] <= one["el_base_trend"] <= TREND[1]


def test_a_draw_lived_again_has_the_gap_that_was_shipped() -> None:
    one = draws(7)[6]
    run = look(nation(HOMES), one)
    gap = np.abs(np.log(run.kwh / home_targets(load_region("china")).kwh)).max()
    assert gap == pytest.approx(one["fit_home_gap_electricity"], abs=2e-3)


def test_what_winter_adds_is_not_asked_of_homes_without_heating() -> None:
    china = load_region("china")
    whole = china.observed[china.observed["indicator"] == "home_electricity"]
    of_2021 = float(whole.loc[whole["year"] == 2021, "value"].iloc[0])
    assert home_targets(china).kwh[-1] == pytest.approx(0.91 * of_2021)


def test_no_later_year_moves_a_target() -> None:
    china = load_region("china")
    early = china.observed[china.observed["year"] <= 2021]
    mine, other = home_targets(china), home_targets(replace(china, observed=early))
    np.testing.assert_array_equal(mine.kwh, other.kwh)
    assert all(np.array_equal(mine.stock[kind].sets, other.stock[kind].sets) for kind in KINDS)


def test_newton_finds_the_level_and_trend_of_other_uses() -> None:
    year, other = np.arange(7), np.full(7, 0.3)
    made = np.linspace(1.0, 1.5, 7)
    wanted = made * (0.7 + 0.3 * np.exp(0.4 - 0.03 * year))
    level, slope = base_step(Seen(np.zeros((5, 7)), np.zeros((5, 7)), made, other), wanted)
    assert (level, slope) == (pytest.approx(0.4, abs=1e-6), pytest.approx(-0.03, abs=1e-6))


def test_writing_leaves_every_other_row_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("central.csv", "draws.csv"):
        (tmp_path / name).write_bytes((FITTED / name).read_bytes())
    monkeypatch.setattr(module, "FITTED", tmp_path)
    fit = HomeFit(dict.fromkeys(FREE, 1.5), 0.01, 0.02, 0.0, 1)
    module.write_central(fit)
    module.write_draws({n + 1: fit.values | module.gaps_of(fit) for n in range(200)})
    for name, column in (("central.csv", 0), ("draws.csv", 1)):
        before, after = ((folder / name).read_text().splitlines() for folder in (FITTED, tmp_path))
        kept = [[x for x in rows if not x.split(",")[column].startswith(HOME)] for rows in (before, after)]
        assert kept[0] == kept[1] and len(kept[0]) > 60
    assert ("7,el_base_2015,1.5" in after) and sum(",el_base_2015," in row for row in after) == 200


def test_use_is_measured_from_the_income_a_person_of_the_nation() -> None:
    q, regions = Parameters.central(), (load_region("china"), load_region("shanxi"))
    eta = q["el_use_income_elasticity"]
    china, shanxi = (income_level(region, q, region.series) for region in regions)
    np.testing.assert_allclose(china[:, 1] - china[:, 2], eta * np.log(2.0), rtol=1e-12)
    real = [real_income(region, region.series, q["home_income_reference"]) for region in regions]
    size = [mean_household(region) for region in regions]
    poorer = eta * np.log(real[1] * size[1] / (real[0] * size[0]))
    np.testing.assert_allclose(shanxi[:, 1] - china[:, 1], poorer, rtol=1e-9)
    assert 0.7 < real[1][0] / real[0][0] < 0.9, "the province is poorer, and its homes use less for it"
