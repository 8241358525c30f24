"""Words for the names that stand in results: scenarios, indicators, instruments, payers."""

from __future__ import annotations

from collections.abc import Sequence
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
    "households": mark("households"),
    "firms": mark("firms"),
}
NATIONAL = {
    "nev_central_subsidy": mark("National NEV purchase subsidy"),
    "nev_local_match": mark("Local match of the national NEV subsidy"),
    "purchase_tax_nev": mark("NEV purchase tax forgone (national)"),
    "car_scrappage_bonus": mark("Car scrappage bonus (national)"),
    "car_replacement_bonus": mark("Car replacement bonus (national)"),
    "consumer_loan_subsidy": mark("Consumer loan subsidy (national)"),
}
PLACES = {"all.urban": mark("urban"), "all.rural": mark("rural")}


def labels_for(session: Session, chosen: Sequence[Scenario]) -> dict[str, str]:
    """Return name -> label in the session's language; names without a label are shown as they are."""
    from model.data.indicators import indicators
    from model.data.levers import levers

    known = {**levers(), **indicators()}
    labels = {name: label_of(session, as_record(row)) or name for name, row in known.items()}
    labels |= {name: session.say(words) for name, words in (PAYERS | NATIONAL | PLACES).items()}
    return labels | {one.name: one.label[session.lang] or one.name for one in chosen}
