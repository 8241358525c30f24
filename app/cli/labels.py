"""Words for the names that stand in results: scenarios, indicators, instruments, payers, places, groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os.path import commonprefix
from typing import TYPE_CHECKING

from app.cli.listing import as_record, label_of
from app.cli.session import Session
from app.wording import mark

if TYPE_CHECKING:
    from scenarios import Scenario

PAYERS = {
    "centre": mark("centre"),
    "province": mark("province"),
    "city": mark("city"),
    "firms": mark("firms"),
}
NATIONAL = {
    "nev_central_subsidy": mark("National NEV purchase subsidy"),
    "nev_local_match": mark("Local match of the national NEV subsidy"),
    "purchase_tax_relief": mark("Purchase tax forgone (national)"),
    "car_scrappage_bonus": mark("Car scrappage bonus (national)"),
    "car_replacement_bonus": mark("Car replacement bonus (national)"),
    "consumer_loan_subsidy": mark("Consumer loan subsidy (national)"),
    "appliance_rebate": mark("Rebate on appliances (national)"),
    "green_coupon_value_appliances": mark("Green coupons for appliances"),
}
PLACES = {"all": mark("all"), "all.urban": mark("urban"), "all.rural": mark("rural")}
GROUPS = {
    "q1": mark("poorest fifth"),
    "q2": mark("second fifth"),
    "q3": mark("middle fifth"),
    "q4": mark("fourth fifth"),
    "q5": mark("richest fifth"),
}


class Labels(dict[str, str]):
    """Name -> label; a name without a label is shown as it is, a grant with its own terms by its lever.

    `scenarios`: the same for scenarios, whose names a user chooses and which may be those of a payer.
    """

    def __init__(self, words: Mapping[str, str], scenarios: Mapping[str, str]) -> None:
        super().__init__(words)
        self.scenarios = scenarios

    def scenario(self, name: str) -> str:
        """Return the label of a scenario."""
        return self.scenarios.get(name, name)

    def __missing__(self, name: str) -> str:
        lever = name.partition(".")[0]
        return self[lever] if lever != name and lever in self else name


def labels_for(session: Session, chosen: Sequence[Scenario], region: str) -> Labels:
    """Return name -> label in the session's language."""
    from model.data.indicators import indicators
    from model.data.levers import levers

    named = {one.name: one.label[session.lang] or one.name for one in chosen}
    labels = Labels(_places(session, region), named)
    for name, row in {**levers(), **indicators()}.items():
        labels[name] = label_of(session, as_record(row)) or name
    for name, words in (PAYERS | NATIONAL | PLACES | GROUPS).items():
        labels[name] = session.say(words)
    labels[region] = _region(session, region)
    return labels


def _region(session: Session, region: str) -> str:
    """Return the label of a region."""
    from model.data.load import load_region

    return load_region(region).label[session.lang]


def _places(session: Session, region: str) -> dict[str, str]:
    """Return the labels of a region's places, and of its cities: what the labels of their parts share."""
    from model.data.load import load_region

    known = load_region(region)
    found: dict[str, str] = {}
    parts: dict[str, list[str]] = {}
    for place in known.places:
        found[place.code] = place.zh if session.lang == "zh" else place.en
        parts.setdefault(place.city, []).append(found[place.code])
    for city, words in parts.items():
        found[city] = commonprefix(words).strip() or known.label[session.lang]  # noqa: RUF071 (letters are meant)
    return found
