"""Fit the free constants of the car model to the national shares of 2015-2021, year by year.

The inversion of Berry (1994) with the contraction of Berry, Levinsohn and Pakes (1995), run on the model
itself: a constant moves by the log of observed over modelled odds until expected shares agree. Free are the
quality shocks of
BEV and PHEV a year, class constants a year, the constant of mini BEV, fleet constants, imitation (to the
share that
considered a new-energy car in 2020) and its gradients by income and between town and country, the
first-purchase rate (to national sales) and the roll-out of chargers. Nothing later
than 2021 and nothing of Shanxi enters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import scenarios
from calibration.targets import FIRST, YEARS, NationalTargets, national_targets
from model.data.levers import levers
from model.data.load import load_region
from model.data.months import MONTHS, MONTHS_A_YEAR
from model.data.parameters import Parameters
from model.data.region import CLASSES
from model.domains.garage import CLASS_COUNT
from model.indicators.ledger import G, L
from model.institutions.policy import Policy
from model.markets.vehicles import tastes_of
from model.population.synthesis import Population, synthesise
from model.province import Province

Floats = NDArray[np.float64]
LIVED = YEARS * MONTHS_A_YEAR
KINDS = ("phev", "bev")
ROLLOUT_TIME = (0.5, 10.0)
FREE_ROUNDS, CALM = 8, 0.8
"""After the free rounds the steps of gradients and imitation shrink by CALM a round: shares settle."""
HOME_LEVERS = (
    *("residential_block_step", "residential_block_threshold", "peak_valley_ratio"),
    *("min_efficiency_cutoff", "trade_in_bonus"),
)
"""Levers on electricity and appliances, which stand in the nation as in the province without the plan."""
GRADIENT = (0.2, 5.0)
"""Bounds of the two odds ratios of consideration; at a bound the target is not reached, and the fit says
so."""


@dataclass(frozen=True)
class Fit:
    """`values` constants by key; `error` largest gap of a household share, in points; `rounds` taken."""

    values: dict[str, float]
    error: float
    rounds: int


def national_policy(people: Population, publicity: Floats) -> Policy:
    """Return the provincial levers as the nation stands for them: no floor for chargers, publicity as
    given (M,)."""
    shape = (MONTHS, len(people.region.places), 5)
    levels = {
        "publicity_intensity": np.broadcast_to(publicity[:, None, None], shape).copy(),
        "charging_density": np.zeros(shape),
        "nev_road_right_advantage": np.zeros(shape),
        "green_insurance_discount": np.full(shape, levers()["green_insurance_discount"].default_2022),
        "green_credit_discount": np.zeros(shape),
    }
    known = scenarios.load("no_plan").resolve(load_region("shanxi")).delivered
    for name in HOME_LEVERS:
        levels[name] = np.broadcast_to(known[name][:, :1, :1], shape).copy()
    return Policy("national", {"zh": "全国", "en": "China"}, people.region.name, levels, levels)


class Inversion:
    """One fit: `prior` the sampled inputs, `considering_2020` the share that considered by the survey."""

    def __init__(
        self, prior: Parameters, households: int, publicity: Floats, considering_2020: float, seed: int = 1
    ) -> None:
        """Lay out the nation."""
        self.people = synthesise("china", households)
        self.policy = national_policy(self.people, publicity)
        self.targets: NationalTargets = national_targets(self.people.region)
        self.prior, self.seed, self.considering_2020 = prior, seed, considering_2020
        self.nest = prior["veh_nest_lambda"]
        self.shock = np.zeros((YEARS, 2))
        self.fleet = np.zeros((YEARS, 2))
        self.classes = np.zeros((YEARS, CLASS_COUNT))
        self.mini = 0.0
        self.rate = prior["car_first_purchase_rate"]
        self.imitation = prior["car_contagion_q"]
        self.rollout = prior["car_investor_rollout"]
        self.rollout_time = prior["car_investor_rollout_time"]
        self.rural_or = prior["car_consideration_rural_or"]
        self.income_or = prior["car_consideration_income_or"]

    def parameters(self) -> Parameters:
        """Return the prior with the constants as they stand."""
        return Parameters({**self.prior, **self.constants()}, "fit")

    def constants(self) -> dict[str, float]:
        """Return the constants by key; the mean of the shocks is the constant of the powertrain."""
        b = tastes_of(self.prior).price
        made = {
            "car_asc_bev_mini": self.mini / b,
            "car_first_purchase_rate": self.rate,
            "car_contagion_q": self.imitation,
            "car_investor_rollout": self.rollout,
            "car_investor_rollout_time": self.rollout_time,
            "car_consideration_rural_or": self.rural_or,
            "car_consideration_income_or": self.income_or,
        }
        for k, kind in enumerate(KINDS):
            mean = float(self.shock[:, k].mean())
            made[f"car_asc_{kind}"] = mean / b
            for y in range(YEARS):
                made[f"fit_xi_{kind}_{FIRST + y}"] = float(self.shock[y, k]) - mean
                made[f"fit_fleet_{kind}_{FIRST + y}"] = float(self.fleet[y, k])
        for c, name in enumerate(CLASSES):
            for y in range(YEARS):
                made[f"fit_class_{name}_{FIRST + y}"] = float(self.classes[y, c])
        return made

    def solve(self, rounds: int = 30, tolerance: float = 0.0005) -> Fit:
        """Iterate until every household share is within `tolerance` of the nation's."""
        error = np.inf
        for n in range(rounds):
            province = Province(self.people, self.policy, self.parameters(), self.seed)
            province.live(LIVED)
            error = self._move(province, CALM ** max(n - FREE_ROUNDS, 0))
            if error < tolerance and n >= 6:
                break
        return Fit(self.constants(), error, n + 1)

    def _move(self, province: Province, pace: float = 1.0) -> float:
        """Move every constant by what this run missed, gradients and imitation at `pace`; returns the largest
        miss of a household share."""
        t, lived = self.targets, province.ledger.expected_options[:LIVED].sum(axis=1)
        bought = lived.reshape(YEARS, MONTHS_A_YEAR, 3, CLASS_COUNT).sum(axis=1)
        shares = bought.sum(axis=2) / bought.sum(axis=(1, 2))[:, None]
        self.shock += 0.9 * self.nest * _log_odds_gap(t.household, shares[:, 1:])
        mix = np.maximum(bought[:, 0] / bought[:, 0].sum(axis=1, keepdims=True), 1e-6)
        self.classes += 0.7 * (np.log(t.ice_mix / mix) - np.log(t.ice_mix[:, 1:2] / mix[:, 1:2]))
        minis = bought[:, 2, 0].sum() / bought[:, 2].sum()
        wanted = float((t.mini_of_bev * t.household[:, 1]).sum() / t.household[:, 1].sum())
        self.mini += 0.5 * self.nest * float(np.log(wanted / (1 - wanted)) - np.log(minis / (1 - minis)))
        placed = province.ledger.placed[:LIVED].sum(axis=1)
        fleets = placed[:, L["fleet_sales_ice"] : L["fleet_sales_ice"] + 3]
        fleets = fleets.reshape(YEARS, MONTHS_A_YEAR, 3).sum(axis=1)
        fleets = np.maximum(fleets, 0.5) / fleets.sum(axis=1, keepdims=True)
        self.fleet += 0.9 * self.nest * _log_odds_gap(t.fleet, fleets[:, 1:])
        sold = float(bought[3:].sum()) / (YEARS - 3)
        self.rate *= (t.household_sales / sold) ** 1.2
        row = province.ledger.grouped[LIVED - MONTHS_A_YEAR - 1].sum(axis=(0, 1))
        considering = float(row[G["considering"]] / row[G["households"]])
        self.imitation *= float(np.clip((self.considering_2020 / considering) ** (0.6 * pace), 0.7, 1.4))
        self._tilt(province, pace)
        self._roll_out(placed[:, L["points"]])
        return float(np.abs(shares[:, 1:] - t.household).max())

    def _roll_out(self, points: Floats) -> None:
        """Move size and time constant of the roll-out of chargers by what the run missed in 2018 and 2021."""
        early, late = (
            float(np.log(t / points[m])) for t, m in zip(self.targets.chargers, (47, 83), strict=True)
        )
        self.rollout += 0.7 * late / (1.0 - float(np.exp(-YEARS / self.rollout_time)))
        self.rollout_time = float(np.clip(self.rollout_time * np.exp(0.7 * (late - early)), *ROLLOUT_TIME))

    def _tilt(self, province: Province, pace: float) -> None:
        """Move the gradients of consideration by what the run missed in place and income, 2018-2021."""
        t, columns = self.targets, slice(G["expected_ice"], G["expected_ice"] + 3)
        bought = province.ledger.grouped[36:LIVED, :, :, columns].sum(axis=0)
        urban = np.array([place.urban for place in self.people.region.places])
        share = [bought[side][..., 1:].sum() / bought[side].sum() for side in (~urban, urban)]
        self.rural_or = float(
            np.clip(self.rural_or * (t.rural_ratio / (share[0] / share[1])) ** (0.35 * pace), *GRADIENT)
        )
        fifths = bought.sum(axis=0)
        odds = fifths[:, 1:].sum(axis=1) / fifths[:, 0]
        miss = np.log(t.income_odds / (odds[4] / odds[0]))
        self.income_or = float(np.clip(self.income_or * np.exp(0.12 * pace * miss), *GRADIENT))
        self.tilt = (float(share[0] / share[1]), float(odds[4] / odds[0]))


def _log_odds_gap(wanted: Floats, made: Floats) -> Floats:
    """Return ln of wanted over made odds against petrol cars, (7, 2)."""
    made = np.maximum(made, 1e-7)
    petrol_wanted, petrol_made = (
        1.0 - wanted.sum(axis=1, keepdims=True),
        1.0 - made.sum(axis=1, keepdims=True),
    )
    return np.asarray(np.clip(np.log(wanted / petrol_wanted) - np.log(made / petrol_made), -3.0, 3.0))
