"""Runs that differ in one thing only, with the same luck: what effects of measures are measured on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from calibration.fit import publicity
from calibration.national import national_policy
from model.data.months import MONTHS, MONTHS_A_YEAR
from model.data.parameters import Parameters
from model.domains import garage, transport
from model.domains.transport import Offers, Sales
from model.indicators.ledger import by_powertrain
from model.institutions.policy import Grant, Policy
from model.markets.vehicles import CarMarket
from model.population import columns
from model.population.synthesis import Population, synthesise
from model.province import Province

Floats = NDArray[np.float64]
Look = Callable[[int, Offers, Callable[[], Offers]], None]
OWNER = 1
"""Row of what is known ahead that holds for buyers with an old car."""


@dataclass(frozen=True)
class Setting:
    """What paired runs share: `people`, `policy`, `parameters` and the `seed` of all draws."""

    people: Population
    policy: Policy
    parameters: Parameters
    seed: int

    def province(self, policy: Policy | None = None, **changes: float) -> Province:
        """Return a province in January 2015 under this setting but for `policy` and parameter `changes`."""
        return Province(
            self.people, policy or self.policy, self.parameters.replace(changes or None), self.seed
        )


def nation(households: int, parameters: Parameters | None = None, seed: int = 1) -> Setting:
    """Return the nation as its constants were fitted: no provincial money, publicity of the baseline."""
    people = synthesise("china", households)
    policy = national_policy(people, publicity())
    return Setting(people, policy, parameters or Parameters.central(), seed)


def lived(province: Province, until: int) -> Province:
    """Return the province after it lived to the end of month `until` - 1."""
    province.live(until)
    return province


def ask(province: Province, month: int, offers: Offers) -> Sales:
    """Return what the deciders of `month` would do under `offers`, leaving the province as it is."""
    society, traffic = province.society, province.traffic
    made = transport.empty_sales(len(province.region.places), offers.grants.shape[0])
    stock = garage.Fleet(*(part.copy() for part in traffic.stock))
    used = garage.UsedCars(*(part.copy() for part in traffic.used))
    garage.clear_out(used, month, round(province.parameters["car_used_wait"]))
    transport.choose(
        columns.copy(society.c), society.people.starts, society.deciders, society.n_deciders, offers,
        traffic.tastes, traffic.life, month, society.seed, made, stock, used, *society.network,
    )  # fmt: skip
    return made


def new_energy(sales: Sales) -> float:
    """Return the expected new-energy cars among the purchases of a month."""
    return float(by_powertrain(sales.expected)[:, :, 1:].sum())


def watch(province: Province, look: Look) -> Province:
    """Let `look` (month, offers, quote again) see each month's offers just before people choose."""
    traffic = province.traffic
    usual_quote, usual_decide = traffic.quote, traffic.decide
    asked: list[tuple[object, ...]] = [()]

    def quote(*arguments: object) -> Offers:
        asked[0] = arguments
        return usual_quote(*arguments)  # type: ignore[arg-type]

    def decide(month: int, offers: Offers, sales: Sales) -> None:
        look(month, offers, lambda: usual_quote(*asked[0]))  # type: ignore[arg-type]
        usual_decide(month, offers, sales)

    traffic.quote = quote  # type: ignore[method-assign, assignment]
    traffic.decide = decide  # type: ignore[method-assign]
    return province


def after_sales(province: Province, look: Callable[[int, Sales], None]) -> Province:
    """Let `look` (month, sales) see each month's purchases."""
    usual = province.traffic.decide

    def decide(month: int, offers: Offers, sales: Sales) -> None:
        usual(month, offers, sales)
        look(month, sales)

    province.traffic.decide = decide  # type: ignore[method-assign]
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
    known = traffic.known.copy()
    ahead = np.arange(MONTHS)[:, None] + np.arange(known.shape[1])[None, :] >= end
    known[:, :, OWNER] = np.where(ahead[:, :, None], known[:, :, 1 - OWNER], known[:, :, OWNER])
    traffic.known = known
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


def purchases(province: Province, first: int, last: int) -> Floats:
    """Return expected purchases of persons (P, 3) and drawn ones of fleets by powertrain, years
    `first`..`last` of the run counted from 0."""
    from model.indicators.ledger import L

    months = slice(first * MONTHS_A_YEAR, (last + 1) * MONTHS_A_YEAR)
    column = L["fleet_sales_ice"]
    fleets = province.ledger.placed[months, :, column : column + 3].sum(axis=0)
    persons = by_powertrain(province.ledger.expected_options[months].sum(axis=0))
    return np.stack([persons, fleets])
