"""What buyers of a run would do: asked without moving it, watched as they choose, counted afterwards."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

import numpy as np
from numpy.typing import NDArray

from model.data.months import MONTHS_A_YEAR
from model.domains import car_choice, garage, transport
from model.domains.car_choice import Offers
from model.domains.sales import Sales, empty_sales
from model.indicators.ledger import L, by_powertrain
from model.population import columns
from model.province import Province

Floats = NDArray[np.float64]
Look = Callable[[int, Offers, Callable[[], Offers]], None]


def ask(province: Province, month: int, offers: Offers) -> Sales:
    """Return what the deciders of `month` would do under `offers`, leaving the province as it is."""
    society, traffic = province.society, province.traffic
    made = empty_sales(len(province.region.places), offers.grants.shape[0])
    stock, used = deepcopy(traffic.stock), deepcopy(traffic.used)
    garage.clear_out(used, month, round(province.parameters["car_used_wait"]))
    transport.choose(
        columns.copy(society.c), society.people.starts, society.parts.rows, society.deciders,
        society.n_deciders, offers, traffic.tastes, traffic.life, traffic.wishes, month, society.seed,
        made, stock, used, *society.network, traffic.scratch, np.zeros_like(society.deciders),
    )  # fmt: skip
    return made


def chances(province: Province, month: int, offers: Offers) -> tuple[NDArray[np.int64], Floats]:
    """Return the rows of the deciders of `month` and the chance that each takes each new car (n, 12)."""
    society, traffic = province.society, province.traffic
    first = society.parts.rows
    rows = np.concatenate(
        [society.deciders[first[s] : first[s] + n] for s, n in enumerate(society.n_deciders)]
    )
    made = np.zeros((rows.size, garage.OPTIONS))
    car_choice.chances(
        society.c, rows, offers, traffic.tastes, traffic.life, month, society.seed,
        np.zeros(offers.grants.shape[0]), np.zeros(garage.OPTIONS), made,
    )  # fmt: skip
    return rows, made


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


def purchases(province: Province, first: int, last: int) -> Floats:
    """Return expected purchases of persons (P, 3) and drawn ones of fleets by powertrain, years
    `first`..`last` of the run counted from 0."""
    months = slice(first * MONTHS_A_YEAR, (last + 1) * MONTHS_A_YEAR)
    column = L["fleet_sales_ice"]
    fleets = province.ledger.placed[months, :, column : column + 3].sum(axis=0)
    persons = by_powertrain(province.ledger.expected_options[months].sum(axis=0))
    return np.stack([persons, fleets])
