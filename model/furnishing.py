"""The things of a run's homes (articles 8, 16, 17, 22): the shelf of the month, purchases, the stock."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.data.appliance_market import sold_shares
from model.data.months import MONTHS_A_YEAR
from model.data.parameters import Parameters
from model.domains.appliances import (
    GRADES,
    KINDS,
    SLOT_COUNT,
    Meters,
    Plans,
    Shelf,
    ThingsSold,
    empty_things,
)
from model.domains.goods import count_things, first_things, replace_homes
from model.domains.renewal import AHEAD, renew_things
from model.domains.rounds import ATTENTION, HOUSEHOLDS
from model.domains.thing_plans import months_near, move_dues, planners_of, share_clocks
from model.held import hold
from model.markets.appliances import Shop, fifth_incomes, shares_of, utilities
from model.markets.home_foresight import Ahead, weigh_waits
from model.markets.home_money import HomeMoney, answer_of, clear_stock, stock_shelf
from model.markets.lives import lives_under_way
from model.society import Changed, Society

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
STEADY = 1e-6
"""Change of what is on sale that is no longer followed."""


class Furnishing:
    """`things` of all homes, `stock` (P, 5, 7, 6) real homes by slot and grade (0: none owned), `shelf` of
    the month, `shop` of the run, `money` on offer in the month."""

    def __init__(
        self,
        society: Society,
        parameters: Parameters,
        shop: Shop,
        money: HomeMoney,
        owned: Floats,
        power_price: float,
        cutoff: Floats,
    ) -> None:
        """Give the first homes their things.

        `money` on offer, written anew each month; `owned` (P, 7) share of homes in 2015, `power_price` CNY of
        2022 a kWh at which the shares of 2022 were chosen, `cutoff` (P,) worst grade admitted in January
        2015.
        """
        places = len(society.region.places)
        self.society, self.parameters, self.shop, self.money = society, parameters, shop, money
        self.things = hold(empty_things(society.people.rows))
        self.stock = np.zeros((places, 5, SLOT_COUNT, GRADES + 1), np.int64)
        self.on_sale = self._admitted(cutoff)
        self._rows = np.zeros(society.people.rows, np.uint32)
        self._found = np.zeros((places, SLOT_COUNT * AHEAD + 1), np.uint32)
        self._draws = np.zeros((places, 2, SLOT_COUNT * AHEAD), np.uint64)
        self._rooms = np.zeros((places, 2, max(GRADES, money.keys.size)))
        self._power = np.full((places, 5), power_price)
        self._attention = np.full((places, 5), parameters["aw_reference_level"])
        self._incomes = fifth_incomes(society.incomes)
        self.usual = np.zeros((len(KINDS), places, 5, GRADES))
        self._weigh(0)
        self._plans, self._next = (self._no_money() for _ in range(2))
        self._planners = hold(planners_of(society.c.planner, society.people.starts))
        self._moving = np.zeros((places, 5, SLOT_COUNT + 1), np.int16)
        self._answer = hold(answer_of(parameters))
        self._clearing = (
            parameters["ap_below_standard"], math.exp(-1.0 / parameters["ap_clearing_months"]), STEADY
        )  # fmt: skip
        self._settled = np.array(owned)
        self.shelf = hold(self._empty_shelf())
        self._stocked = self._growing = self._paying = self._some_wait = False
        self._given_back: Ints | None = None
        early, _ = sold_shares(parameters)
        society.team.each(
            first_things, self.things, society.c, society.people.starts, owned,
            lives_under_way(parameters), np.cumsum(early, axis=1), self.shelf, society.seed, self.stock,
        )  # fmt: skip

    def _empty_shelf(self) -> Shelf:
        """Return a shelf without money for a region in which new homes begin as the homes of 2015 stood."""
        shop, q, money, places = self.shop, self.parameters, self.money, self.stock.shape[0]
        return Shelf(
            shares=np.zeros((SLOT_COUNT, places, 5, GRADES)),
            price=shop.price[0].copy(),
            money_scale=shop.scale,
            rebate=money.rebate,
            passthrough=q["ap_rebate_passthrough"],
            take_up=q["ap_rebate_take_up"],
            grants=money.grants,
            offered=money.offered,
            worth=money.worth,
            covered=money.covered,
            needs_old=money.needs_old,
            keys=money.keys,
            waits=np.zeros(self._plans.eager.shape, np.bool_),
            life=shop.life,
            again=shop.again,
            returned=np.zeros((places, 5)),
            shift=self._plans.shift,
            path=shop.path,
            near=months_near(shop.path),
            first_rate=shop.first_rate,
            eager=self._plans.eager,
            excess=np.zeros(self._plans.eager.shape),
            record=np.ones(self._plans.eager.shape[:2]),
            income=q["ap_first_income"],
            log_floor=np.log(q["car_relative_income_floor"]),
            settled=self._settled,
        )

    def _admitted(self, cutoff: Floats) -> Floats:
        """Return the share of sellers (P, 5) who keep a grade in the end; `cutoff` (P,) worst admitted."""
        closed = np.clip(np.arange(1, GRADES + 1) - cutoff[:, None], 0.0, 1.0)
        return np.asarray(1.0 - closed * (1.0 - self.parameters["ap_below_standard"]))

    def _no_money(self) -> Plans:
        """Return plans that no money moves."""
        by_slot = (SLOT_COUNT, self.stock.shape[0], 5)
        return Plans(np.zeros(by_slot, np.int64), np.ones(by_slot))

    def _weigh(self, month: int) -> None:
        """Write which grades buyers of this year would take if all were on sale."""
        self.usual[:] = shares_of(
            utilities(
                self.shop, self.parameters, month // MONTHS_A_YEAR, self._power, self._attention,
                self._incomes,
            )
        )  # fmt: skip

    @property
    def memory(self) -> dict[str, NDArray[Any]]:
        """What is remembered from month to month, besides things."""
        return {
            "stock": self.stock,
            "on_sale": self.on_sale,
            "power": self._power,
            "attention": self._attention,
            "incomes": self._incomes,
            "usual": self.usual,
            "shift": self._plans.shift,
            "eager": self._plans.eager,
            "excess": self.shelf.excess,
            "record": self.shelf.record,
            "settled": self._settled,
        }

    def people_changed(self, month: int, changed: Changed, sold: ThingsSold) -> None:
        """Let things leave with dissolved homes and new homes plan theirs."""
        replace_homes(
            self.society.c, self.things, changed.gone, changed.fifths, changed.n_gone, changed.came,
            changed.n_came, month, self.shelf, self.society.seed, sold.left, self.stock,
        )  # fmt: skip

    def before_new_year(self, month: int) -> None:
        """Give back what money has moved, and set clocks alike, where they differ between fifths, for these
        are about to change.

        The next `buy` moves things again.
        """
        society, shift, excess = self.society, self._plans.shift, self.shelf.excess
        if (excess != excess[:, :, :1]).any():
            society.team.each(share_clocks, self.things, society.c, society.people.starts, self.shelf)
        if (shift != shift[:, :, :1]).any():
            self._given_back = shift.copy()
            self._move(month, self._plans._replace(shift=np.zeros_like(shift)))

    def new_year(self, month: int, power: Floats) -> None:
        """Each January but the first: things are counted by the new fifths, and buyers learn the
        price of use, `power` (P, 5) CNY of 2022 a kWh as perceived."""
        society = self.society
        society.team.each(count_things, society.c, society.people.starts, self.things, self.stock)
        homes = self.stock[:, :, 0].sum(axis=(1, 2))
        owning = homes[:, None] - self.stock[:, :, :, 0].sum(axis=1)
        self._settled[:] = owning / np.maximum(homes, 1)[:, None]
        heads = np.maximum(society.counts[:, :, HOUSEHOLDS], 1.0)
        self._power[:], self._attention[:] = power, society.counts[:, :, ATTENTION] / heads
        self._incomes[:] = fifth_incomes(society.incomes)

    def buy(self, month: int, meters: Meters, kwh: Floats, cutoff: Floats, changed: bool,
            ahead: Ahead | None, sold: ThingsSold) -> None:  # fmt: skip
        """Renew what is due: plans follow the money of the month, then who is due chooses.

        `kwh` (7, 6) a year by slot and grade, `cutoff` (P,) worst grade admitted; `changed`: the money is not
        that of last month; `ahead` what is known of money to come.
        """
        society, january = self.society, month % MONTHS_A_YEAR == 0
        if january:
            self._weigh(month)
        cleared = clear_stock(self.on_sale, cutoff, *self._clearing)
        if cleared or january or changed or self._growing or not self._stocked:
            self._stock_shelf(month)
        self._wait(ahead)
        society.team.each(
            renew_things, society.c, society.people.starts, self.things, meters, self._rows, self.shelf, kwh,
            month, society.seed, self._rooms, self._found, self._draws, self._paying, self.stock, sold,
        )  # fmt: skip

    def _stock_shelf(self, month: int) -> None:
        """Put this month's prices and money on the shelf, and move plans with the money."""
        self.shelf.price[:] = self.shop.price[month // MONTHS_A_YEAR]
        before = self._plans.shift if self._given_back is None else self._given_back
        self._growing = stock_shelf(
            self.shelf, self.usual, self.on_sale, self.money.bonus, self._answer, before, self._next,
            self._rooms[0, 0],
        )  # fmt: skip
        self._stocked, self._given_back = True, None
        self._paying = bool(self.money.rebate.any() or self.money.offered.any())
        self._move(month, self._next)

    def _wait(self, ahead: Ahead | None) -> None:
        """Put on the shelf who waits for money that is known to come."""
        if ahead is not None:
            weigh_waits(self.shelf, *ahead, self._rooms[0, 0])
        elif self._some_wait:
            self.shelf.waits[:] = False
        self._some_wait = ahead is not None

    def _move(self, month: int, now: Plans) -> None:
        """Take the plans `now`, moving due months where money comes or goes."""
        was, society = self._plans, self.society
        if all(np.array_equal(a, b) for a, b in zip(was, now, strict=True)):
            return
        society.team.each(
            move_dues, self.things, society.c, society.people.starts, self._planners, was.shift, now, month,
            self.shelf, self._moving,
        )  # fmt: skip
        was.shift[:], was.eager[:] = now
