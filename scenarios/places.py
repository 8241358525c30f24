"""Where and for whom: the names of places and income groups, and what they select."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from model.errors import InputError
from scenarios.faults import Spot

if TYPE_CHECKING:
    from model.data.region import Region

GROUP_NAMES = ("q1", "q2", "q3", "q4", "q5")
CHINESE_PARTS = {"城镇": "urban", "农村": "rural"}
EVERYWHERE = ("all", "*.urban", "*.rural")
DRIVING_LIMIT = "driving_limit"
PLACES_ALLOWED = "all, *.urban, *.rural, 140100, taiyuan, 太原, taiyuan.urban, 太原.rural"
GROUPS_ALLOWED = "all, q1, q2, q3, q4, q5"


@cache
def cities() -> Mapping[str, tuple[str, ...]]:
    """Return city code -> the parts it has, for all regions."""
    return {row["code"]: tuple(row["parts"].split(";")) for row in _rows()}


@cache
def city_names() -> Mapping[str, str]:
    """Return every spelling of a city (code, pinyin, 中文 with and without 市) -> its code."""
    names: dict[str, str] = {}
    for row in _rows():
        names |= dict.fromkeys((row["code"], row["pinyin"], row["zh"], row["zh"] + "市"), row["code"])
    return names


def place_label(selector: str) -> Mapping[str, str]:
    """Return a selector of places in words: rural, Taiyuan, Taiyuan urban."""
    head, _, part = selector.partition(".")
    zh_part = next((zh for zh, en in CHINESE_PARTS.items() if en == part), part)
    row = next((row for row in _rows() if row["code"] == head), {"zh": "", "pinyin": ""})
    return {"zh": row["zh"] + zh_part, "en": f"{row['pinyin'].capitalize()} {part}".strip()}


def _rows() -> list[dict[str, str]]:
    with Path(__file__).with_name("cities.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_places(names: Iterable[str], spot: Spot) -> tuple[str, ...]:
    """Return selectors with cities as codes, sorted; raise InputError for a name that is no place."""
    return tuple(sorted({_read_place(name, spot) for name in names}))


def _read_place(name: str, spot: Spot) -> str:
    word = name.strip().lower()
    head, dot, part = word.partition(".")
    part = CHINESE_PARTS.get(part, part)
    if not dot and CHINESE_PARTS.get(head, head) in ("urban", "rural"):
        return f"*.{CHINESE_PARTS.get(head, head)}"
    if head in ("all", "*") and part in ("urban", "rural"):
        return f"*.{part}"
    if word == "all":
        return word
    code = city_names().get(head)
    if code is None or (dot and part not in cities()[code]):
        known = city_names().items()
        spelt = [*EVERYWHERE, *(one + f".{side}" for one, its in known for side in cities()[its])]
        spelt += city_names()
        raise spot.fault("bad_place", "places", name, allowed=PLACES_ALLOWED, among=spelt)
    return code + dot + part


def read_groups(names: Iterable[str], spot: Spot) -> tuple[str, ...]:
    """Return income groups in order; `all` stands for the five; raise InputError for another name."""
    found: set[str] = set()
    for name in names:
        word = name.strip().lower()
        if word == "all":
            found.update(GROUP_NAMES)
        elif word in GROUP_NAMES:
            found.add(word)
        else:
            among = [*GROUP_NAMES, "all"]
            raise spot.fault("bad_group", "groups", name, allowed=GROUPS_ALLOWED, among=among)
    return tuple(group for group in GROUP_NAMES if group in found)


@cache
def selected(selectors: tuple[str, ...]) -> frozenset[str]:
    """Return the places, of all regions, that selectors cover."""
    every = [f"{code}.{part}" for code, parts in cities().items() for part in parts]
    return frozenset(place for place in every if any(_covers(selector, place) for selector in selectors))


def _covers(selector: str, place: str) -> bool:
    if selector == "all":
        return True
    if selector.startswith("*."):  # the quota cities are towns
        part = place.partition(".")[2]
        return part == selector[2:] or (part == "quota" and selector == "*.urban")
    return selector in (place, place.partition(".")[0])


def place_mask(selectors: tuple[str, ...], region: Region) -> list[bool]:
    """Return for each place of a region whether selectors cover it; raise InputError for a foreign city."""
    codes = {place.code for place in region.places} | {place.city for place in region.places}
    for selector in selectors:
        if selector not in (*EVERYWHERE, DRIVING_LIMIT, *codes):
            raise InputError(
                "place_not_in_region", field="places", allowed=PLACES_ALLOWED, values=(selector, region.name)
            )
    return [
        any(_selects(selector, index, region) for selector in selectors)
        for index in range(len(region.places))
    ]


def _selects(selector: str, index: int, region: Region) -> bool:
    place = region.places[index]
    if selector == DRIVING_LIMIT:
        return bool(region.road_rights[index])
    if selector.startswith("*."):
        return place.urban == (selector == "*.urban")
    return selector in ("all", place.code, place.city)
