"""Read the outcomes of a study off a finished run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from experiments.expected import expected_formulas
from experiments.outcomes import Outcome
from model.indicators.detail import detail_cells, read_detail
from model.indicators.formula import Formula
from model.indicators.formulas import FORMULAS
from model.indicators.reading import cell_index, read
from model.result import RunResult


def values_of(run: RunResult, outcomes: Sequence[Outcome], *, expected: bool = False) -> NDArray[np.float64]:
    """Return the figures of a run, shape (outcomes,), each in the unit of its indicator; nan where too few
    simulated households stand behind one.

    `expected`: sums of choice probabilities instead of drawn counts, where an indicator has them.
    """
    instead = expected_formulas() if expected else {}
    found = np.full(len(outcomes), np.nan)
    for other, formulas in ((False, FORMULAS), (True, instead)):
        for by_both in (False, True):
            mine = [
                k
                for k, one in enumerate(outcomes)
                if (one.indicator in instead) == other and one.by_both == by_both
            ]
            if mine:
                found[mine] = _figures(run, [outcomes[k] for k in mine], formulas, by_both, other)
    return found


def _figures(
    run: RunResult,
    outcomes: Sequence[Outcome],
    formulas: Mapping[str, Formula],
    by_both: bool,
    anew: bool,
) -> list[float]:
    """Return the figures of outcomes of one kind; those that the run has not read yet are read `anew`."""
    names = {name: k for k, name in enumerate(formulas)}
    if by_both:
        where = detail_cells(run.region)
        index = {cell: k for k, cell in enumerate(zip(where.month, where.place, where.group, strict=True))}
        values = (
            read_detail(run.ledger, run.region, formulas, run.households, run.lived)
            if anew
            else run.detail_values
        )
    else:
        index = dict(cell_index(run.region))
        values = read(run.ledger, run.region, formulas, run.lived) if anew else run.values
    return [float(values[names[one.indicator], index[one.month, one.place, one.group]]) for one in outcomes]
