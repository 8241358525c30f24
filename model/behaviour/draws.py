"""Keyed random numbers: every draw is a pure function of (seed, stream, household, month).

Counter-based in the sense of Salmon et al. (2011): no state, so results depend neither on the order of
agents nor on threads, and a policy that changes one choice leaves every other draw as it was. The mixer
is SplitMix64's finaliser (Steele, Lea and Flood 2014), applied once a key part.
"""

from __future__ import annotations

import math

import numpy as np

from model.kernels import inlined, spliced

# Named streams: a new use of chance takes a new number, so that it cannot shift another one.
SYNTHESIS = np.uint64(1)
CONSIDER = np.uint64(2)
FIRST_CAR = np.uint64(3)
CAR_LIFE = np.uint64(4)
POWERTRAIN = np.uint64(5)
COVERED = np.uint64(7)
INCOME = np.uint64(8)
DISSOLVE = np.uint64(9)
LEAVE_HOME = np.uint64(10)
CONTACTS = np.uint64(11)
NEW_HOUSEHOLD = np.uint64(12)
INITIAL = np.uint64(13)
TIMING = np.uint64(14)
USED_CAR = np.uint64(15)
LOAN = np.uint64(16)
TRAVEL = np.uint64(17)
HOME_LEVEL = np.uint64(20)
METER = np.uint64(21)
PEAK_VALLEY = np.uint64(22)
THING_FIRST = np.uint64(23)
THING_BUY = np.uint64(24)
THING_COVERED = np.uint64(25)
THING_RETURN = np.uint64(26)
THING_START = np.uint64(27)

NEWCOMER = 20_000
"""Added to the month in which a household forms, for the first threshold of the stream FIRST_CAR: it may use
that up and draw the next one in the same month."""

_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_TO_UNIT = 1.0 / 9007199254740992.0


@spliced
def _mix(value: np.uint64) -> np.uint64:
    value = (value ^ (value >> _S30)) * _MIX1
    value = (value ^ (value >> _S27)) * _MIX2
    return value ^ (value >> _S31)


@spliced
def bits(seed: np.uint64, stream: np.uint64, who: int, when: int) -> np.uint64:
    """Return 64 random bits keyed by (seed, stream, who, when)."""
    key = _mix(np.uint64(seed) * _STEP + np.uint64(stream))
    key = _mix(key + np.uint64(who) * _STEP)
    return _mix(key + np.uint64(when) * _MIX1 + _STEP)


@spliced
def unit(drawn: np.uint64) -> float:
    """Return the number in (0, 1) that the upper 53 bits of a draw stand for."""
    return (float(drawn >> _S11) + 0.5) * _TO_UNIT


@spliced
def uniform(seed: np.uint64, stream: np.uint64, who: int, when: int) -> float:
    """Return a number in (0, 1), never an end point."""
    return unit(bits(seed, stream, who, when))


@spliced
def exponential(seed: np.uint64, stream: np.uint64, who: int, when: int) -> float:
    """Return a unit exponential: the threshold that an accumulated hazard has to reach."""
    return -math.log(uniform(seed, stream, who, when))


@inlined
def standard_normal(u: float) -> float:
    """Return the standard normal quantile of `u` in (0, 1).

    Rational approximation of Acklam (2003): one for the middle 95 %, one in sqrt(-2 log) for the tails;
    absolute error below 1e-8.
    """
    q = u - 0.5
    if abs(q) <= 0.47575:
        r = q * q
        top = (-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687
        top = ((top * r + 138.3577518672690) * r - 30.66479806614716) * r + 2.506628277459239
        low = (-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866
        low = ((low * r + 66.80131188771972) * r - 13.28068155288572) * r + 1.0
        return q * top / low
    r = math.sqrt(-2.0 * math.log(u if q < 0.0 else 1.0 - u))
    top = (-0.007784894002430293 * r - 0.3223964580411365) * r - 2.400758277161838
    top = ((top * r - 2.549732539343734) * r + 4.374664141464968) * r + 2.938163982698783
    low = (0.007784695709041462 * r + 0.3224671290700398) * r + 2.445134137142996
    low = (low * r + 3.754408661907416) * r + 1.0
    return top / low if q < 0.0 else -top / low
