"""Numbers and months that a running command was asked for: read, or refused with what is allowed."""

from __future__ import annotations

import os
import re
from dataclasses import replace

from app.cli.session import LARGEST, spelt_plainly, whole_number
from model.data.months import month_index
from model.errors import InputError

ALL_HOUSEHOLDS = "all"
MOST_HOUSEHOLDS = 20_000_000


def threads_asked(text: str | None) -> int:
    """Return the number of threads, as typed or all cores."""
    return (os.cpu_count() or 1) if text is None else whole_number(text, "--threads", 1)


def replicates_asked(text: str) -> int:
    """Return the number of replicates; raise InputError if there are fewer fitted draws than that."""
    from model.data.parameters import fitted_draw_count

    return whole_number(text, "--replicates", 1, fitted_draw_count() or LARGEST)


def households_asked(text: str, region: str) -> int:
    """Return the number of simulated households; `all` is one for each of the region's at its largest.

    Raise InputError for anything else and for more than a machine of 24 GB holds.
    """
    from model.data.load import load_region

    try:
        known = load_region(region)
    except InputError as fault:
        raise replace(fault, field="--region") from None
    most = int(known.households.max(axis=0).sum())
    allowed = f"1..{min(most, MOST_HOUSEHOLDS)}" + (f", {ALL_HOUSEHOLDS}" if most <= MOST_HOUSEHOLDS else "")
    if text == ALL_HOUSEHOLDS and most <= MOST_HOUSEHOLDS:
        return most
    try:
        number = whole_number(text, "--households", 1)
    except InputError:
        number = 0
    if 1 <= number <= min(most, MOST_HOUSEHOLDS):
        return number
    near = spelt_plainly(text, 1, min(most, MOST_HOUSEHOLDS))
    raise InputError("households", field="--households", allowed=allowed, near=near, values=(text,))


def month_asked(text: str) -> str:
    """Return a month of the run; raise InputError if it is none."""
    try:
        month_index(text)
    except ValueError:
        raise InputError(
            "month", field="--until", allowed="2015-01..2030-12", near=_month_meant(text), values=(text,)
        ) from None
    return text


def _month_meant(text: str) -> str:
    """Return the month that a year (its December) or a month of one digit stands for, else empty."""
    found = re.fullmatch(r"([0-9]{4})(?:[-/.]?([0-9]{1,2}))?", text)
    if not found:
        return ""
    guess = f"{found[1]}-{found[2] or '12':0>2}"
    try:
        month_index(guess)
    except ValueError:
        return ""
    return guess
