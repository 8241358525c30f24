"""Runs that differ in one thing only, with the same luck: what effects of measures are measured on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

import scenarios
from calibration.fit import publicity
from calibration.national import national_policy
from model.data.months import MONTHS
from model.data.parameters import Parameters
from model.institutions.policy import Grant, Policy
from model.markets.vehicles import CarMarket
from model.population.synthesis import Population, synthesise
from model.province import Province

Floats = NDArray[np.float64]
OWNER = 1
"""Row of what is known ahead that holds for buyers with an old car."""


@dataclass(frozen=True)
class Setting:
    """What paired runs share: `people`, `policy`, `parameters` and the `seed` of all draws."""

    people: Population
    policy: Policy
    parameters: Parameters
    seed: int

    def province(self, policy: Policy | None = None, changes: Mapping[str, float] | None = None) -> Province:
        """Return a province in January 2015 under this setting but for `policy` and parameter `changes`."""
        return Province(self.people, policy or self.policy, self.parameters.replace(changes), self.seed)


def nation(households: int, parameters: Parameters | None = None, seed: int = 1) -> Setting:
    """Return the nation as its constants were fitted: no provincial money, publicity of the baseline."""
    people = synthesise("china", households)
    policy = national_policy(people, publicity())
    return Setting(people, policy, parameters or Parameters.central(), seed)


def shanxi(
    households: int, scenario: str = "no_plan", parameters: Parameters | None = None, seed: int = 1
) -> Setting:
    """Return the province under a shipped scenario."""
    people = synthesise("shanxi", households)
    policy = scenarios.load(scenario).resolve(people.region)
    return Setting(people, policy, parameters or Parameters.central(), seed)


def relevelled(policy: Policy, lever: str, levels: Floats) -> Policy:
    """Return a policy under which a lever is delivered at `levels` (M, P, 5), whoever ordered what."""
    return replace(policy, delivered={**policy.delivered, lever: levels})


def lived(province: Province, until: int) -> Province:
    """Return the province after it lived to the end of month `until` - 1."""
    province.live(until)
    return province


def without_subsidy(province: Province) -> Province:
    """Take the national purchase subsidy and its local match out of the market."""
    market, q = province.traffic.market, province.parameters
    terms = market.terms
    money = q["veh_subsidy_passthrough"] * (terms.central_subsidy + terms.local_match)
    nothing = np.zeros_like(terms.central_subsidy)
    province.traffic.market = replace(
        market,
        cost=market.cost + money.reshape(MONTHS, -1) / market.cpi[:, None],
        terms=replace(terms, central_subsidy=nothing, local_match=nothing),
    )
    return province


def trade_in_until(province: Province, end: int) -> Province:
    """End the national scrappage and replacement bonuses with month `end` - 1, as everyone knows ahead."""
    traffic = province.traffic
    traffic.market = _bonuses_until(traffic.market, end)
    known = traffic.incentives.known.copy()
    ahead = np.arange(MONTHS)[:, None] + np.arange(known.shape[1])[None, :] >= end
    known[:, :, OWNER] = np.where(ahead[:, :, None], known[:, :, 1 - OWNER], known[:, :, OWNER])
    traffic.incentives.expect(known, traffic.market.terms)
    return province


def _bonuses_until(market: CarMarket, end: int) -> CarMarket:
    def cut(path: Floats) -> Floats:
        made = path.copy()
        made[end:] = 0.0
        return made

    terms = market.terms
    return replace(
        market,
        scrap=cut(market.scrap),
        swap=cut(market.swap),
        terms=replace(
            terms,
            scrappage_bonus=cut(terms.scrappage_bonus),
            scrappage_paid=cut(terms.scrappage_paid),
            replacement_bonus=cut(terms.replacement_bonus),
        ),
    )


def chargers_as_in(province: Province, points: Floats) -> Province:
    """Give the places the public points (M, P) of another run, whatever cars are in use here."""
    traffic = province.traffic
    usual = traffic.build_chargers

    def build_chargers(month: int, *arguments: object) -> Floats:
        built = usual(month, *arguments)  # type: ignore[arg-type]
        for p, investor in enumerate(traffic.investors):
            investor.private, investor.public = float(points[month, p]), 0.0
        traffic.count_points()
        return np.zeros_like(built)

    traffic.build_chargers = build_chargers  # type: ignore[method-assign, assignment]
    return province


def grant(
    setting: Setting,
    yuan: float,
    first: int,
    last: int,
    places: Sequence[bool] | None = None,
    groups: Sequence[bool] | None = None,
    **terms: object,
) -> Policy:
    """Return the setting's policy plus `yuan` a new-energy car in months `first`..`last`."""
    count = len(setting.people.region.places)
    amount = np.zeros((MONTHS, count, 5))
    amount[first : last + 1] = yuan
    amount *= np.asarray(places if places is not None else [True] * count, float)[None, :, None]
    amount *= np.asarray(groups if groups is not None else [True] * 5, float)[None, None, :]
    made = Grant("nev_purchase_subsidy", "nev_purchase_subsidy", 7, amount, np.ones((MONTHS, count)))
    return replace(setting.policy, grants=(*setting.policy.grants, replace(made, **terms)))  # type: ignore[arg-type]
