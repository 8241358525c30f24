"""The things of a run's homes (articles 8, 16, 17, 22): the shelf of the month, purchases, the stock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.data.appliance_market import sold_shares
from model.data.months import MONTHS_A_YEAR
from model.data.parameters import Parameters
from model.domains.appliances import (
    GRADES,
    SLOT_COUNT,
    Meters,
    Shelf,
    ThingsSold,
    empty_things,
)
from model.domains.goods import count_things, due_rows, first_things, replace_homes
from model.domains.renewal import renew_things
from model.domains.rounds import ATTENTION, HOUSEHOLDS
from model.domains.thing_plans import move_dues
from model.markets.appliances import fifth_incomes, open_shop, shares_of, utilities
from model.markets.home_money import (
    HomeMoney,
    eagerness,
    expected_money,
    handed_in,
    months_sooner,
    same_money,
)
from model.markets.lives import lives_under_way
from model.society import Changed, Society

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
STEADY = 1e-6
"""Change of what is on sale that is no longer followed."""


class Furnishing:
    """`things` of all homes, `stock` (P, 5, 7, 6) real homes by slot and grade (0: none owned), `shelf` of
    the month, `shop` of the run."""

    def __init__(
        self,
        society: Society,
        parameters: Parameters,
        series: Mapping[str, Floats],
        cooling: Floats,
        owned: Floats,
        power_price: float,
        cutoff: Floats,
        grants: int = 0,
        renewed: bool = False,
    ) -> None:
        """Open the shop and give the first homes their things.

        `cooling` (P,) of a year relative to Taiyuan, `owned` (P, 7) share of homes in 2015, `power_price` CNY
        of 2022 a kWh at which the shares of 2022 were chosen, `cutoff` (P,) worst grade admitted in January
        2015, `grants` how many there are in the run.
        """
        region, places = society.region, len(society.region.places)
        self.society, self.parameters = society, parameters
        self.shop = open_shop(region, parameters, series, cooling, power_price, renewed)
        self.things = empty_things(society.people.rows)
        self.stock = np.zeros((places, 5, SLOT_COUNT, GRADES + 1), np.int64)
        self.on_sale = self._admitted(cutoff)
        self._found = np.zeros(society.people.rows + 1, np.uint32)
        self._scratch = np.zeros((2, max(GRADES, grants)))
        self._power = np.full((places, 5), power_price)
        self._attention = np.full((places, 5), parameters["aw_reference_level"])
        self._incomes = fifth_incomes(society.incomes)
        self.value = np.zeros((SLOT_COUNT, places, 5, GRADES))
        self._weigh(0)
        self._shift = np.zeros((SLOT_COUNT, places, 5), np.int64)
        self._eager = np.ones((SLOT_COUNT, places, 5))
        self._settled = np.array(owned)
        self.shelf = self._empty_shelf(grants)
        self._money: HomeMoney | None = None
        self._growing = False
        self._given_back: Ints | None = None
        early, _ = sold_shares(parameters)
        first_things(
            self.things, society.c, society.people.starts, owned,
            lives_under_way(parameters), np.cumsum(early, axis=1), self.shelf, society.seed, self.stock,
        )  # fmt: skip

    def _empty_shelf(self, grants: int) -> Shelf:
        """Return a shelf without money for a region in which new homes begin as the homes of 2015 stood."""
        shop, q, places = self.shop, self.parameters, self.stock.shape[0]
        return Shelf(
            shares=np.cumsum(shares_of(self.value), axis=3),
            price=shop.price[0],
            money_scale=shop.scale,
            rebate=np.zeros_like(shop.price[0]),
            passthrough=q["ap_rebate_passthrough"],
            take_up=q["ap_rebate_take_up"],
            grants=np.zeros((grants, places, 5, *shop.price[0].shape)),
            offered=np.zeros((grants, places, 5, shop.price.shape[1]), np.bool_),
            worth=np.zeros(grants),
            covered=np.zeros((grants, places)),
            needs_old=np.zeros(grants, np.bool_),
            keys=np.zeros(grants, np.int64),
            life=shop.life,
            again=shop.again,
            returned=np.zeros((places, 5)),
            shift=self._shift,
            first=shop.first,
            first_rate=shop.first_rate,
            eager=self._eager,
            income=q["ap_first_income"],
            log_floor=np.log(q["car_relative_income_floor"]),
            settled=self._settled,
        )

    def _admitted(self, cutoff: Floats) -> Floats:
        """Return the share of sellers (P, 5) who keep a grade in the end; `cutoff` (P,) worst admitted."""
        closed = np.clip(np.arange(1, GRADES + 1) - cutoff[:, None], 0.0, 1.0)
        return np.asarray(1.0 - closed * (1.0 - self.parameters["ap_below_standard"]))

    def _clear(self, cutoff: Floats) -> bool:
        """Let stock below the admitted grade be cleared by a month; tells whether anything changed."""
        aim = self._admitted(cutoff)
        fall = np.exp(-1.0 / self.parameters["ap_clearing_months"])
        after = np.where(aim < self.on_sale, aim + (self.on_sale - aim) * fall, aim)
        moved = bool(np.abs(after - self.on_sale).max() > STEADY)
        if moved:
            self.on_sale[:] = after
        return moved

    def _weigh(self, month: int) -> None:
        """Write what grades are worth to buyers of this month."""
        self.value[:] = utilities(
            self.shop, self.parameters, month // MONTHS_A_YEAR, self._power, self._attention, self._incomes,
            self.on_sale,
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
            "value": self.value,
            "shift": self._shift,
            "eager": self._eager,
            "settled": self._settled,
        }

    def people_changed(self, month: int, changed: Changed, sold: ThingsSold) -> None:
        """Let things leave with dissolved homes and new homes plan theirs."""
        replace_homes(
            self.society.c, self.things, changed.gone, changed.fifths, changed.n_gone, changed.came,
            changed.n_came, month, self.shelf, self.society.seed, sold.left, self.stock,
        )  # fmt: skip

    def before_new_year(self, month: int) -> None:
        """Give back what money has moved where it differs between fifths, for these are about to change.

        The next `buy` moves it again.
        """
        shelf = self.shelf
        if (shelf.shift == shelf.shift[:, :, :1]).all() and (shelf.eager == shelf.eager[:, :, :1]).all():
            return
        self._money, self._given_back = None, self._shift.copy()
        self._move(month, shelf._replace(shift=np.zeros_like(shelf.shift), eager=np.ones_like(shelf.eager)))

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

    def buy(self, month: int, meters: Meters, kwh: Floats, cutoff: Floats, money: HomeMoney,
            sold: ThingsSold) -> None:  # fmt: skip
        """Renew what is due: plans follow the money of the month, then who is due chooses.

        `kwh` (7, 6) a year by slot and grade, `cutoff` (P,) worst grade admitted.
        """
        anew = self._clear(cutoff) or month % MONTHS_A_YEAR == 0
        if anew:
            self._weigh(month)
        if anew or self._growing or self._money is None or not same_money(money, self._money):
            self._stock_shelf(month, money)
        n = due_rows(self.things.due, month, self._found)
        renew_things(
            self.society.c, self.things, meters, self._found, n, self.shelf, kwh, month, self.society.seed,
            self._scratch, self.stock, sold,
        )  # fmt: skip

    def _stock_shelf(self, month: int, money: HomeMoney) -> None:
        """Put this month's prices and money on the shelf, and move plans with the money."""
        q, price = self.parameters, self.shop.price[month // MONTHS_A_YEAR]
        returned, usual = handed_in(money.bonus, q), shares_of(self.value)
        first, again = expected_money(money, usual, returned, q)
        before = self._shift if self._given_back is None else self._given_back
        shift = months_sooner(again, price[:, 0], before, q)
        self._money, self._growing, self._given_back = money, not np.array_equal(shift, before), None
        now = self.shelf._replace(
            shares=np.cumsum(usual, axis=3),
            price=price,
            rebate=money.rebate,
            grants=money.grants,
            offered=(money.grants > 0.0).any(axis=4),
            worth=money.worth,
            covered=money.covered,
            needs_old=money.needs_old,
            keys=money.keys,
            returned=returned,
            shift=shift,
            eager=eagerness(first, price[:, 0], q),
        )
        self._move(month, now)

    def _move(self, month: int, now: Shelf) -> None:
        """Take the shelf `now`, moving due months where it brings or takes money."""
        was, society = self.shelf, self.society
        if not (np.array_equal(was.shift, now.shift) and np.array_equal(was.eager, now.eager)):
            society.team.each(
                move_dues, self.things, society.c, society.people.starts, was, now, month, society.seed
            )
        self._shift[:], self._eager[:] = now.shift, now.eager
        self.shelf = now._replace(shift=self._shift, eager=self._eager)
