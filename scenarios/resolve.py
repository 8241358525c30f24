"""Resolve a scenario for a region: levels as ordered and as delivered, grants, and the assumed world."""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from model.data.months import MONTHS
from model.institutions import fold
from model.institutions.fold import Mask, Offer, Replacement, Terms, TermsChange
from model.institutions.policy import GROUPS, Grant, Levels, Policy
from scenarios.grant_rules import GrantRules, grant_rules, options_for, usual_options
from scenarios.levels import base_budget, base_levels
from scenarios.paths import LeverPath, paths
from scenarios.places import place_mask
from scenarios.registry import instruments
from scenarios.scenario import Assumption, Change, Scenario
from scenarios.settings import INCOME, world

if TYPE_CHECKING:
    from model.data.region import Region

EXEMPT_DOMAINS = ("pricing",)
"""Tariffs and fees: what the price order says holds everywhere at once."""

_KNOWN: deque[tuple[Scenario, Region, Policy]] = deque(maxlen=8)


def delivered_as_ordered(path: LeverPath) -> bool:
    """Return whether neither capacity nor lag stands between order and delivery of a lever."""
    set_centrally = path.whole or path.kind == "market" or path.domain in EXEMPT_DOMAINS
    return set_centrally or path.lever == fold.CAPACITY


def resolve(scenario: Scenario, region: Region) -> Policy:
    """Return the policy of a scenario in a region; raise InputError for a place the region does not have.

    Both are immutable: one asked for again and again, as by a study, is worked out once.
    """
    for known, where, policy in tuple(_KNOWN):
        if where is region and known == scenario:
            return policy
    made = _work_out(scenario, region)
    _KNOWN.append((scenario, region, made))
    return made


def _work_out(scenario: Scenario, region: Region) -> Policy:
    covered = _covered(scenario, region)
    ordered: dict[str, Levels] = {}
    delivered: dict[str, Levels] = {}
    grants: list[Grant] = []
    for lever in fold.ACTING:
        if lever in fold.GRANTED:
            grants.extend(_grants(paths()[lever], scenario, region, covered))
        else:
            ordered[lever], delivered[lever] = _levels(paths()[lever], scenario, region, covered)
    keys = dict.fromkeys(a.key for a in scenario.assumptions if a.key in world())
    series = {key: _assumed_path(key, scenario, region) for key in keys}
    parameters = {a.key: a.amount for a in scenario.assumptions if a.key not in world()}
    policy = Policy(
        name=scenario.name,
        label=scenario.label,
        region=region.name,
        ordered=ordered,
        delivered=delivered,
        grants=tuple(grants),
        world=series,
        parameters=parameters,
        calendar=scenario.calendar,
    )
    return _with_fingerprint(policy)


def _base_spread(path: LeverPath, scenario: Scenario, region: Region) -> tuple[Levels, Levels]:
    """Return the base's no-plan and ordered levels over places and groups."""
    base = base_levels(path.lever, scenario.base, scenario.without_articles)
    where = np.array(place_mask((path.places,), region), dtype=bool)
    return (
        fold.spread(base.no_plan, where, path.elsewhere),
        fold.spread(base.ordered, where, path.elsewhere),
    )


def _layers(scenario: Scenario, lever: str, region: Region) -> list[list[tuple[Change, Replacement]]]:
    """Return the changes of a lever, layer by layer from the oldest parent to the child."""
    mine = [change for change in scenario.changes if change.lever == lever]
    order = sorted({change.layer for change in mine})
    return [[(c, _replacement(c, region)) for c in mine if c.layer == layer] for layer in order]


def _replacement(change: Change, region: Region) -> Replacement:
    months = np.arange(MONTHS)
    holds = (months >= change.first) & (months <= change.until)
    places = np.array(place_mask(change.places, region), dtype=bool)
    groups = np.array([group in change.groups for group in GROUPS], dtype=bool)
    mask: Mask = holds[:, None, None] & places[None, :, None] & groups[None, None, :]
    return Replacement(np.broadcast_to(fold.levels_along(change.path)[:, None, None], mask.shape), mask)


def _covered(scenario: Scenario, region: Region) -> Levels:
    """Return the share of orders each place can carry out, (months, places)."""
    path = paths()[fold.CAPACITY]
    _, ordered = _base_spread(path, scenario, region)
    for layer in _layers(scenario, fold.CAPACITY, region):
        ordered = fold.replaced(ordered, [replacement for _, replacement in layer])
    return fold.covered_share(ordered[:, :, 0], region.city_capacity)


def _levels(path: LeverPath, scenario: Scenario, region: Region, covered: Levels) -> tuple[Levels, Levels]:
    """Return a lever as ordered and as delivered.

    The base's increment over no_plan is discounted by capacity unless the base is `current` (believed
    delivered). What a change adds to its parent's level comes after the lag of its kind, discounted.
    """
    no_plan, ordered = _base_spread(path, scenario, region)
    exempt = delivered_as_ordered(path)
    believed = exempt or scenario.base.levels == "current"
    delivered = ordered if believed else fold.carried_out(no_plan, ordered, covered)
    lag = 0 if exempt else int(fold.delivery_constants()[f"lag_{path.kind}"])
    for layer in _layers(scenario, path.lever, region):
        changed = fold.replaced(ordered, [replacement for _, replacement in layer])
        added = fold.later(changed - ordered, lag)
        delivered = delivered + (added if exempt else added * covered[:, :, None])
        ordered = changed
    return ordered, np.clip(delivered, path.low, path.high)


def _grants(path: LeverPath, scenario: Scenario, region: Region, covered: Levels) -> list[Grant]:
    """Return the grants of a money lever on all goods it pays on."""
    each = (_on_goods(path, rules, scenario, region, covered) for rules in grant_rules()[path.lever])
    return [grant for grants in each for grant in grants]


def _on_goods(
    path: LeverPath, rules: GrantRules, scenario: Scenario, region: Region, covered: Levels
) -> list[Grant]:
    """Return the grants of a money lever on some goods: its base's and those of its changes, with terms."""
    no_plan, amount = (rules.on_goods(levels) for levels in _base_spread(path, scenario, region))
    budget = rules.part_of(base_budget(path, scenario.base))
    cap = path.cap if rules.cap is None else rules.cap
    usual = Terms(usual_options(path.lever, rules.goods), cap, budget=budget, pot=path.lever)
    offers: tuple[Offer, ...] = (Offer(usual, amount),)
    paying = fold.paying_years(amount)  # the base's years: how changes are layered opens no pot
    for layer in _layers(scenario, path.lever, region):
        changes = [_terms_change(c, r, rules) for c, r in layer]
        offers = fold.replace_offers(offers, usual, [c for c in changes if c.options != ()], paying)
    believed = amount if scenario.base.levels == "current" else no_plan
    article = next(i.article for i in instruments() if i.lever == path.lever)
    return [
        Grant(
            lever=path.lever,
            instrument=offer.terms.pot.replace(path.lever, rules.instrument, 1),
            article=article,
            amount=offer.amount,
            coverage=fold.served_share(believed, offer.amount, covered),
            options=offer.terms.options,
            cap=offer.terms.cap,
            price_ceiling=offer.terms.price_ceiling,
            requires=offer.terms.requires,
            budget=offer.terms.budget,
            of_price=rules.of_price,
            take_up=rules.take_up,
            goods=rules.goods,
            pot=offer.terms.pot,
        )
        for offer in offers
        if offer.amount.any()
    ]


def _terms_change(change: Change, replacement: Replacement, rules: GrantRules) -> TermsChange:
    """Return a change as it meets some goods; without options where it names those of other goods only."""
    cells = [change.path, change.until, change.places, change.groups, change.options]
    text = json.dumps([*cells, change.cap, change.price_ceiling, change.requires, change.budget])
    return TermsChange(
        replacement=replacement,
        pot=f"{change.lever}.{hashlib.sha256(text.encode()).hexdigest()[:6]}",
        options=options_for(change.lever, rules.goods, change.options),
        cap=change.cap,
        price_ceiling=change.price_ceiling,
        requires=change.requires,
        budget=change.budget,
        budget_given=change.budget is not None,
    )


def _assumed_path(key: str, scenario: Scenario, region: Region) -> Levels:
    """Return a series of the world as assumed, (months,); income is a factor on its own path."""
    own = np.ones(MONTHS) if key == INCOME else region.series[key]
    made = own
    for assumption in scenario.assumptions:
        if assumption.key == key:
            months = np.arange(MONTHS)
            inside = (months >= assumption.first) & (months <= assumption.last)
            made = np.where(inside, _assumed_level(assumption, own, region), made)
    return made


def _assumed_level(assumption: Assumption, own: Levels, region: Region) -> Levels:
    """Return the level an assumption gives a series whose own path is `own`, (months,)."""
    choices = {
        "value": np.full(MONTHS, assumption.amount),
        "percent": own * (1 + assumption.amount / 100),
        "central": own,
    }
    if assumption.form in ("low", "high"):
        ends = region.series_low if assumption.form == "low" else region.series_high
        choices[assumption.form] = np.asarray(ends[assumption.key], dtype=float)
    return choices[assumption.form]


def _with_fingerprint(policy: Policy) -> Policy:
    """Return the policy with a SHA-256 of everything it says but its names."""
    digest = hashlib.sha256(policy.region.encode())
    parts: list[Mapping[str, Levels]] = [policy.ordered, policy.delivered, policy.world]
    for part in parts:
        for key in sorted(part):
            digest.update(key.encode() + np.ascontiguousarray(part[key]).tobytes())
    for grant in policy.grants:
        terms = (
            grant.instrument,
            grant.options,
            grant.cap,
            grant.price_ceiling,
            grant.requires,
            grant.budget,
            grant.of_price,
            grant.take_up,
            grant.goods,
        )
        digest.update(repr(terms).encode() + grant.amount.tobytes() + grant.coverage.tobytes())
    digest.update(repr((sorted(policy.parameters.items()), policy.calendar)).encode())
    return replace(policy, fingerprint=digest.hexdigest())
