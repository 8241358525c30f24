"""What is to be reached, and by which lever: the texts after --target and --by."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from experiments.outcomes import Outcome, read_outcome
from experiments.study_factors import moved_name
from model.data.levers import levers
from model.errors import InputError
from scenarios.faults import Spot
from scenarios.settings import read_setting

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from model.data.region import Region
    from scenarios.scenario import Change

    Floats = NDArray[np.float64]

AT_LEAST, AT_MOST = ">=", "<="
TARGET = "INDICATOR@YEAR[@PLACE][@GROUP]>=VALUE, ...<=VALUE"
MOVING = "LEVER[@FROM..TO][@PLACES][@GROUPS]"
SIGNS = {">=": AT_LEAST, "≥": AT_LEAST, "=>": AT_LEAST, "<=": AT_MOST, "≤": AT_MOST, "=<": AT_MOST}
PERCENT = 100.0
LARGEST = 1e15
_TARGET = re.compile(r"(?P<outcome>[^<>=≤≥]+?)\s*(?P<sign>>=|<=|=>|=<|≥|≤)\s*(?P<value>.+)", re.DOTALL)
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?")


@dataclass(frozen=True)
class Target:
    """An outcome that is to be at least (`sign` >=) or at most (<=) a `value` in its indicator's `unit`."""

    outcome: Outcome
    sign: str
    value: float
    unit: str = ""

    @property
    def text(self) -> str:
        """Return the target as it is typed."""
        return f"{self.outcome.text}{self.sign}{self.value:.15g}"

    def above(self, values: Floats) -> Floats:
        """Return by how much values are on the right side of the target: negative ones miss it."""
        return values - self.value if self.sign == AT_LEAST else self.value - values

    def reached(self, values: Floats) -> NDArray[np.bool_]:
        """Tell which values reach the target; one that is not known does not."""
        return np.asarray(self.above(values) >= 0.0)


def read_target(text: str, region: Region, until: str) -> Target:
    """Return the target INDICATOR@YEAR-or-YYYY-MM[@PLACE][@GROUP]>=VALUE (or <=); raise InputError for any
    other text. A value may be per cent (60%) where the indicator is a share."""
    spot, field = Spot(), "--target"
    found = _TARGET.fullmatch(text.strip())
    if found is None:
        raise spot.fault("bad_target", field, text, allowed=TARGET)
    outcome = read_outcome(found["outcome"], region, until, spot, field)
    unit = _unit(outcome.indicator)
    return Target(outcome, SIGNS[found["sign"]], _value(found["value"].strip(), unit, text), unit)


def _unit(indicator: str) -> str:
    from model.data.indicators import indicators

    row = indicators().get(indicator)
    return row.unit if row is not None else ""


def _value(typed: str, unit: str, text: str) -> float:
    """Return the value of a target; raise InputError for none and for a share outside 0..1."""
    percent = typed.endswith(("%", "％"))
    number = typed[:-1].strip() if percent else typed
    share = unit.startswith(("share", "fraction", "ratio 0-1"))
    if not _NUMBER.fullmatch(number) or (percent and not share):
        raise Spot().fault("bad_target", "--target", text, allowed=TARGET)
    value = float(number) / PERCENT if percent else float(number)
    if not math.isfinite(value) or abs(value) > LARGEST:
        raise Spot().fault("bad_target", "--target", text, allowed=TARGET)
    if share and not 0.0 <= value <= 1.0:
        near = f"{value / PERCENT:.15g}" if 1.0 < value <= PERCENT and not percent else ""
        raise Spot().fault("target_no_share", "--target", typed, allowed="0..1", near=near)
    return value


@dataclass(frozen=True)
class Moved:
    """A lever with where and when it is moved (`change`, whose level is replaced), and its bounds.

    Levels are `low` + k `step` (k = 0 .. `steps`), the last one `high`.
    """

    change: Change
    unit: str
    low: float
    high: float
    step: float

    @property
    def lever(self) -> str:
        """Return the lever."""
        return self.change.lever

    @property
    def text(self) -> str:
        """Return the lever as it is typed after --by."""
        return moved_name(self.change)

    @property
    def steps(self) -> int:
        """Return how many steps lie between the bounds; the last may be shorter."""
        return math.ceil(round((self.high - self.low) / self.step, 9))

    def level(self, k: int) -> float:
        """Return level number `k`."""
        return self.high if k >= self.steps else float(f"{self.low + k * self.step:.12g}")

    def at(self, k: int, layer: int) -> Change:
        """Return the change that puts the lever to level number `k`."""
        return replace(self.change, path=((self.change.first, self.level(k)),), layer=layer)


def read_moved(text: str, least_steps: float) -> Moved:
    """Return the lever LEVER[@FROM..TO][@PLACES][@GROUPS]; raise InputError for any other text.

    Its levels are round numbers apart, at least `least_steps` of them, or whole ones.
    """
    name, at, rest = text.strip().partition("@")
    if "=" in name or not name.strip():
        raise Spot().fault("bad_moved", "--by", text, allowed=MOVING)
    change = _placed(name.strip(), f"{at}{rest}", text)
    row = levers()[change.lever]
    step = round_step((row.max - row.min) / least_steps)
    step = max(1.0, step) if row.whole else step
    return Moved(change, row.unit, row.min, row.max, step)


def _placed(name: str, rest: str, text: str) -> Change:
    """Return the change of a lever at its lowest level, where and when `rest` says."""
    by_label = {label: key for key, row in levers().items() for label in row.label.values()}
    lowest = levers()[key].min if (key := by_label.get(name, name)) in levers() else 0.0
    try:
        return read_setting(f"{name}={lowest:.15g}{rest}")
    except InputError as fault:
        if fault.code == "bad_setting":
            raise Spot().fault("bad_moved", "--by", text, allowed=MOVING) from None
        raise replace(fault, field=f"--by {fault.field}" if fault.field != "lever" else "--by") from None


def round_step(width: float) -> float:
    """Return the largest of 1, 2, 5, 10, 20 ... times a power of ten that is at most `width`."""
    power = 10.0 ** math.floor(math.log10(width))
    return float(f"{max(m for m in (1.0, 2.0, 5.0) if m * power <= width * (1 + 1e-9)) * power:.12g}")
