"""Published effects are computed by paired runs and shown beside their range, met or not."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from app.cli.main import call
from calibration.asking import ask, new_energy, watch
from calibration.effects import ROLES, Effect, effect, published_effects, table
from calibration.measured_demand import subsidy
from calibration.measured_timing import show_cars
from calibration.measured_travel import as_it_is, effects_on_trips, townspeople
from calibration.paired import Setting, chargers_as_in, lived, nation, shanxi, trade_in_until
from model.data.months import month_index
from model.data.parameters import Parameters, catalogue
from model.data.tables import Row
from model.indicators.ledger import L

YEAR = 12
VEHICLE_CHECKS_LEFT_OUT = {"veh_peer_work", "veh_peer_family", "veh_regret_lowtier"}
"""The model has one kind of contact and no regret: these published effects cannot be shown."""


TRAVEL_CHECKS_LEFT_OUT = {"trv_promo_offpeak_free", "trv_bikelane_city"}
"""Trips have no hours of the day, and kilometres of lanes have no counterpart in an index."""


@pytest.fixture(scope="module")
def setting() -> Setting:
    return nation(4_000)


@pytest.fixture(scope="module")
def found() -> dict[str, Effect]:
    return {one.key: one for one in published_effects(4_000, seeds=2)}


def test_every_published_effect_on_cars_is_in_the_table_or_named_as_left_out() -> None:
    named = {row["parameter"] for row in table()}
    checks = {e["key"] for e in catalogue() if e["role"] == "check" and e["domain"] == "vehicles"}
    assert checks - VEHICLE_CHECKS_LEFT_OUT == {key for key in named if key in checks}


def test_every_published_effect_on_trips_is_in_the_table_or_named_as_left_out() -> None:
    named = {row["parameter"] for row in table()}
    checks = {e["key"] for e in catalogue() if e["role"] == "check" and e["domain"] == "travel"}
    assert checks - TRAVEL_CHECKS_LEFT_OUT == {key for key in named if key in checks}


def test_no_gate_rests_on_a_parameter_that_is_an_input() -> None:
    inputs = set(Parameters.central())
    for row in table():
        assert row["role"] in ROLES
        if row["parameter"] in inputs:
            assert row["role"] == "input", row["key"]


def test_every_row_has_a_range_of_its_own_or_a_published_one_or_is_only_shown() -> None:
    for row in table():
        one = effect(row, [0.0])
        assert one.label["zh"] and one.label["en"] and one.definition["zh"] and one.definition["en"]
        if one.role in ("gate", "fitted"):
            assert one.low is not None and one.central is not None and one.high is not None
            assert one.low <= one.central <= one.high


def row_of(key: str) -> Row:
    return next(row for row in table() if row["key"] == key)


@pytest.mark.parametrize(
    ("value", "met"), [(0.44, False), (0.45, True), (0.7, True), (0.71, False), (math.nan, False)]
)
def test_met_means_inside_the_published_range(value: float, met: bool) -> None:
    assert effect(row_of("subsidy_share"), [value]).met is met


def test_the_mean_over_seeds_comes_with_its_standard_error() -> None:
    one = effect(row_of("subsidy_share"), [0.5, 0.6])
    assert one.value == pytest.approx(0.55)
    assert one.error == pytest.approx(0.05)
    assert math.isnan(effect(row_of("subsidy_share"), [0.5]).error)


def test_every_effect_is_measured_and_finite(found: dict[str, Effect]) -> None:
    assert set(found) == {row["key"] for row in table()}
    assert all(math.isfinite(one.value) for one in found.values())


def test_signs_are_those_of_theory_even_in_a_small_nation(found: dict[str, Effect]) -> None:
    for year in (2018, 2021, 2025):
        # one alternative has substitutes that all BEVs together have not
        assert found[f"own_price_{year}"].value < found[f"all_bev_price_{year}"].value < 0.0
        assert found[f"charger_{year}"].value > 0.0
    for key in ("rebate_2025", "subsidy_share", "feedback_share", "plate_quota", "driving_limit"):
        assert found[key].value > 0.0, key
    assert 0.0 < found["tradein_nev_share"].value < 1.0
    assert found["fare_elasticity_short"].value < 0.0 < found["transfer_free"].value
    assert found["fare_long_over_short"].value > 1.0
    assert found["parking_elasticity_long"].value < found["parking_elasticity_short"].value < 0.0
    assert found["parking_commute_points"].value < 0.0 < found["cycling_network"].value
    assert 0.0 < found["drawn_by_fare"].value < 1.0 and 0.0 < found["drawn_by_service"].value < 1.0


def test_asking_people_again_about_trips_moves_nothing_in_the_run_they_live_in() -> None:
    province = lived(shanxi(2_000).province(), 2 * YEAR)
    q, modes = province.journeys.q.copy(), province.society.c.modes.copy()
    weight = province.journeys.table.weight.copy()
    asked = townspeople(province)
    same = asked.compare(as_it_is, as_it_is)
    assert (same[0] == same[1]).all()
    assert effects_on_trips(asked)["fare_elasticity_short"] < 0.0
    assert (province.journeys.q == q).all() and (province.society.c.modes == modes).all()
    assert (province.journeys.table.weight == weight).all()


def test_a_fee_nobody_pays_and_transfers_nobody_makes_move_no_trip() -> None:
    province = lived(shanxi(2_000).province(), YEAR)
    here = province.journeys
    here.terms = here.terms._replace(parked=0.0)
    here.ground = here.ground._replace(transfers=np.zeros_like(here.ground.transfers))
    found = effects_on_trips(townspeople(province))
    assert (
        found["parking_elasticity_long"] == found["parking_commute_points"] == found["transfer_free"] == 0.0
    )
    assert found["fare_elasticity_short"] < 0.0


def test_same_seeds_give_the_same_figures(setting: Setting) -> None:
    assert subsidy(setting) == subsidy(setting)


def test_asking_leaves_the_province_as_it_is(setting: Setting) -> None:
    until = 2 * YEAR
    quiet = lived(setting.province(), until)
    asked = []

    def look(month, offers, again):  # type: ignore[no-untyped-def]
        asked.append(new_energy(ask(province, month, again())))

    province = watch(setting.province(), look)
    lived(province, until)
    assert (province.ledger.grouped == quiet.ledger.grouped).all()
    assert asked == pytest.approx(quiet.ledger.expected_options[:until, :, 4:].sum(axis=(1, 2)).tolist())


def test_frozen_chargers_follow_the_other_run(setting: Setting) -> None:
    plain = lived(setting.province(), YEAR)
    path = plain.ledger.placed[:, :, L["points"]] * 3.0
    frozen = lived(chargers_as_in(setting.province(), path), YEAR)
    assert frozen.traffic.points == pytest.approx(path[YEAR - 1])
    # and buyers meet them: three times the chargers sell more new-energy cars
    sold = [province.ledger.expected_options[:YEAR, :, 4:].sum() for province in (plain, frozen)]
    assert sold[1] > 1.05 * sold[0]


def test_a_run_without_trade_in_money_claims_none_and_others_are_as_before_it_began(setting: Setting) -> None:
    until = month_index("2025-01")
    plain, bare = lived(setting.province(), until), lived(trade_in_until(setting.province(), 0), until)
    before = month_index("2024-01")
    assert (plain.ledger.grouped[:before] == bare.ledger.grouped[:before]).all()
    assert ("car_replacement_bonus", "centre") in plain.treasury.books
    assert ("car_replacement_bonus", "centre") not in bare.treasury.books
    assert ("car_scrappage_bonus", "centre") not in bare.treasury.books


def test_shown_cars_change_what_contacts_see_and_nobody_owns_more(setting: Setting) -> None:
    province = lived(setting.province(), YEAR)
    c = province.society.c
    owned, seen = c.car.copy(), int(c.nev_contacts.sum())
    assert show_cars(province) > 0
    assert (c.car == owned).all()
    assert int(c.nev_contacts.sum()) > seen


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_command_prints_every_effect(lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["effects", "--households", "1000", "--seeds", "1", "--lang", lang]) == 0
    shown = capsys.readouterr().out.replace("\n", "").replace(" ", "")
    for row in table():
        assert row[f"definition_{lang}"].replace(" ", "")[:20] in shown, row["key"]


def test_the_command_counts_only_what_no_fit_and_no_equation_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["effects", "--households", "1000", "--seeds", "1", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    gates = [one for one in made["effects"] if one["role"] == "gate"]
    assert made["met"] == {"met": sum(one["met"] for one in gates), "of": len(gates)}


def test_a_number_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["effects", "--households", "ten", "--lang", "en"]) == 2
    assert capsys.readouterr().err.startswith("jinlv: --households:")
