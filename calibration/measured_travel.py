"""Effects on everyday trips: what fares, transfers, parking fees, service and cycle ways move.

The expected shares of a run are asked again under other terms, the people, their cars, incomes and energy
prices staying as they are; so there is no luck in the figures but that of who owns a car.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from calibration.paired import Setting, lived
from model.data.months import MONTHS_A_YEAR, december
from model.domains.garage import CLASS_COUNT
from model.domains.mode_choice import (
    CAR,
    CYCLE,
    KINDS,
    MODES,
    STATUSES,
    TRANSIT,
    choose_anew,
    empty_table,
    write_chances,
)
from model.domains.travel_terms import Levels, Terms, weigh
from model.journeys import Journeys
from model.population.columns import NO_CAR
from model.province import Province

Floats = NDArray[np.float64]
Change = Callable[[Terms, Levels], tuple[Terms, Levels]]
ASKED = december(2021)
SHORT, LONG = 1, 10
"""Yearly choices after which a first and a lasting response are read."""
STEP = 1.1
"""Factor on a price whose elasticity is asked."""
HALF, MORE_SERVICE = 0.5, 0.35
DISCOUNT_BEFORE, DISCOUNT_AFTER = 0.2, 1.0
POINTS = 100.0


@dataclass(frozen=True)
class Answers:
    """Who is asked: `persons` (P, 5, 3) in towns by fifth and status, how they stand in `journeys`."""

    journeys: Journeys
    persons: Floats

    def trips(self, change: Change, choices: int) -> Floats:
        """Return persons' trips a year (4, 3, 4) by kind, status and mode, `choices` years after a change."""
        here = self.journeys
        terms, levels = change(here.terms, here.levels(ASKED))
        table = empty_table(len(self.persons))
        weigh(
            terms, here.constants, here.ground, levels, here.worth[ASKED // MONTHS_A_YEAR],
            here.prices(ASKED), table.weight,
        )  # fmt: skip
        write_chances(table, terms.habit)
        made = np.zeros((KINDS, STATUSES, MODES))
        for cohort in here.q:
            q = cohort.copy()
            for _ in range(choices):
                choose_anew(q, table, terms.habit)
            made += np.einsum("pgo,pk,pgokm->kom", self.persons, here.trips, q)
        return made / len(here.q)

    def compare(self, one: Change, other: Change, choices: int = LONG) -> tuple[Floats, Floats]:
        """Return the trips under a change and under another one."""
        return self.trips(one, choices), self.trips(other, choices)


def townspeople(province: Province) -> Answers:
    """Return the people of towns of a province as they live in its present month."""
    c, region = province.society.c, province.region
    urban = np.array([place.urban for place in region.places])
    alive = (c.active != 0) & urban[c.place]
    status = np.where(c.car == NO_CAR, 0, np.where(c.car < CLASS_COUNT, 1, 2))
    persons = np.zeros((len(region.places), 5, STATUSES))
    heads = c.weight.astype(np.float64) * c.size
    np.add.at(persons, (c.place[alive], c.quintile[alive], status[alive]), heads[alive])
    return Answers(province.journeys, persons)


def as_it_is(terms: Terms, levels: Levels) -> tuple[Terms, Levels]:
    """Change nothing."""
    return terms, levels


def _fare(factor: float, terms: Terms, levels: Levels) -> tuple[Terms, Levels]:
    return terms._replace(fare=terms.fare * factor), levels


def _parking(factor: float, terms: Terms, levels: Levels) -> tuple[Terms, Levels]:
    return terms, levels._replace(fee=levels.fee * factor)


def _discount(share: float, terms: Terms, levels: Levels) -> tuple[Terms, Levels]:
    return terms, levels._replace(discount=np.full_like(levels.discount, share))


def _slow(index: float, terms: Terms, levels: Levels) -> tuple[Terms, Levels]:
    return terms, levels._replace(slow=np.full_like(levels.slow, index))


def _service(more: float, terms: Terms, levels: Levels) -> tuple[Terms, Levels]:
    return terms, levels._replace(service=np.minimum(levels.service + more, 1.0))


def effects_on_trips(asked: Answers) -> dict[str, float]:
    """Return what the terms of travel move, see calibration/effects.csv row by row.

    Elasticity = ln(trips with / trips without) / ln 1.1; drawn from the car = car trips lost over transit
    trips gained; the others are shares or points of trips.
    """
    fares = [_elasticity(asked, partial(_fare, STEP), _transit, years) for years in (SHORT, LONG)]
    core = [kind for kind in range(KINDS) if asked.journeys.ground.core[:, kind].any()]
    into = partial(_own_to_core, core)
    parking = [_elasticity(asked, partial(_parking, STEP), into, years) for years in (SHORT, LONG)]
    dearer, usual = asked.compare(partial(_parking, STEP), as_it_is)
    free, little = asked.compare(partial(_discount, DISCOUNT_AFTER), partial(_discount, DISCOUNT_BEFORE))
    lanes, none = asked.compare(partial(_slow, 1.0), partial(_slow, 0.0))
    return {
        "fare_elasticity_short": fares[0],
        "fare_elasticity_metro": fares[0],
        "fare_long_over_short": fares[1] / fares[0] if fares[0] else float("nan"),
        "transfer_free": _transit(free) / _transit(little) - 1.0,
        "parking_elasticity_short": parking[0],
        "parking_elasticity_long": parking[1],
        "parking_commute_points": POINTS * (_own_share(core, dearer) - _own_share(core, usual)),
        "cycling_network": float(lanes[:, :, CYCLE].sum() / none[:, :, CYCLE].sum()) - 1.0,
        "drawn_by_fare": _drawn(*asked.compare(partial(_fare, HALF), as_it_is)),
        "drawn_by_service": _drawn(*asked.compare(partial(_service, MORE_SERVICE), as_it_is)),
    }


def _transit(trips: Floats) -> float:
    return float(trips[:, :, TRANSIT].sum())


def _own_to_core(core: list[int], trips: Floats) -> float:
    return float(trips[core][:, 1:, CAR].sum())


def _own_share(core: list[int], trips: Floats) -> float:
    """Return the share of the car in owners' trips to the core."""
    return float(trips[core][:, 1:, CAR].sum() / trips[core][:, 1:].sum())


def _elasticity(asked: Answers, change: Change, count: Callable[[Floats], float], choices: int) -> float:
    moved, usual = asked.compare(change, as_it_is, choices)
    return float(np.log(count(moved) / count(usual)) / np.log(STEP))


def _drawn(moved: Floats, usual: Floats) -> float:
    """Return car trips lost over transit trips gained."""
    return float((usual[:, :, CAR].sum() - moved[:, :, CAR].sum()) / (_transit(moved) - _transit(usual)))


def travel_effects(setting: Setting) -> Mapping[str, float]:
    """Return the effects on everyday trips in the towns of a province that lived to the end of 2021."""
    return effects_on_trips(townspeople(lived(setting.province(), ASKED + 1)))


TRAVEL = (travel_effects,)
