"""Words for many places and groups at once: all, rural, Taiyuan urban, poorest fifth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from app.cli.labels import GROUPS, PLACES
from app.cli.session import Session
from app.wording import mark

if TYPE_CHECKING:
    from model.data.region import Region

MOST_PLACES = 4
OPTIONS = {
    "ice": mark("petrol cars"),
    "phev": mark("plug-in hybrids"),
    "bev": mark("battery-electric cars"),
    "ac": mark("air conditioners"),
    "fridge": mark("refrigerators"),
    "washer": mark("washing machines"),
    "heater": mark("water heaters"),
    "tv": mark("televisions"),
}
ELSEWHERE = mark("{number} places")


def cells_text(session: Session, cells: Sequence[tuple[str, str]], region: Region) -> str:
    """Return the cells (place, group) of a region in words, places with the same groups together."""
    groups: dict[str, list[str]] = {}
    for place, group in cells:
        groups.setdefault(place, []).append(group)
    alike: dict[tuple[str, ...], list[str]] = {}
    for place, mine in groups.items():
        alike.setdefault(tuple(mine), []).append(place)
    joint = "；" if session.lang == "zh" else "; "
    return joint.join(
        session.listed(_places(session, places, region), *_groups(session, mine))
        for mine, places in alike.items()
    )


def options_text(session: Session, options: Sequence[str]) -> str:
    """Return what money is paid for, in words."""
    return session.listed(*(session.say(OPTIONS[one]) if one in OPTIONS else one for one in options))


def _places(session: Session, codes: Iterable[str], region: Region) -> str:
    """Return places in words: all, the towns, the country, by name if they are few, else their number."""
    codes = set(codes)
    sets = {
        "all": {place.code for place in region.places},
        "all.urban": {place.code for place in region.places if place.urban},
        "all.rural": {place.code for place in region.places if not place.urban},
    }
    for name, members in sets.items():
        if codes == members:
            return session.say(PLACES[name])
    if len(codes) > MOST_PLACES:
        return session.say(ELSEWHERE).format(number=len(codes))
    named = [place.zh if session.lang == "zh" else place.en for place in region.places if place.code in codes]
    return ("、" if session.lang == "zh" else ", ").join(named)


def _groups(session: Session, groups: Sequence[str]) -> list[str]:
    """Return groups in words, nothing for all five."""
    return [] if len(groups) == len(GROUPS) else [session.say(GROUPS[group]) for group in groups]
