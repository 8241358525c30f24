"""How far a result may be trusted: what stands above every result of the front end."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from app.cli.session import Session
from app.wording import mark

NOT_A_FORECAST = mark("Simulation results, not a forecast")
SIZE = mark("{households} households × {replicates} replicates")
NINETY = mark("brackets and bands hold 90 % of the replicates")
NINETY_PER_CENT = "90 %"
"""What a summary calls its interval from 40 replicates on."""
RANGE = mark("brackets and bands are the range of all replicates")
BEFORE = mark("before calibration: fitted to national figures of 2015–2021 only")
QUALITY = mark("{assumed} of {all} parameters and the plan's lever paths rest on assumptions")
FINGERPRINT = mark("fingerprint")


def banner(words: Session, summary: Mapping[str, Any], more: str = "") -> str:
    """Return what kind of results these are, their size, interval, data quality and fingerprint."""
    say = words.say
    parts = [
        say(SIZE).format(households=f"{summary['households']:,}", replicates=summary["replicates"]),
        say(NINETY if summary["interval"] == NINETY_PER_CENT else RANGE),
    ]
    if not summary.get("calibrated", False):
        parts.append(say(BEFORE))
    assumed, everything = summary["assumed"]["parameters"]
    parts.append(say(QUALITY).format(assumed=assumed, all=everything))
    parts.append(words.told(say(FINGERPRINT), str(summary["id"])))
    told = words.joint.join(parts)
    head = say(NOT_A_FORECAST)
    extra = f"<br>{escape(more)}" if more else ""
    return f'<div class="banner"><b>{escape(head)}</b> · {escape(told)}{extra}</div>'
