"""All indicators that a run reads off its ledger, in the order of results."""

from model.indicators import home, mobility

FORMULAS = {**mobility.FORMULAS, **home.FORMULAS}
