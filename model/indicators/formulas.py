"""All indicators that a run reads off its ledger, in the order of results."""

from model.indicators import home, mobility, travel

FORMULAS = {**mobility.FORMULAS, **travel.FORMULAS, **home.FORMULAS}
