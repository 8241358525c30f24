"""What is kept of a sampled study: its tables, and a summary of what moves each outcome."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments import shelf, store
from experiments.results import DISCLAIMER
from experiments.study import MORRIS, Study

if TYPE_CHECKING:
    import pandas as pd

    from experiments.indices import Indices
    from experiments.outcomes import Outcome
    from experiments.sampled_study import Sensitivity

KIND = "sensitivity"
"""What the options of such a folder say it is."""
SHEET = "indices.csv"
"""The indices as a table that a spreadsheet opens as Unicode."""
MOST_TOLD = 5
"""Failed runs that are told one by one."""


def inputs_of(study: Study) -> store.Inputs:
    """Return all that the results of a study depend on."""
    texts = tuple((one.name, one.to_toml()) for one in study.scenarios)
    said = {"label": dict(study.label), "about": dict(study.about)}
    return store.Inputs(texts, {"kind": KIND, **said, **study.options()})


def save_study(out: Path, inputs: store.Inputs, found: Sensitivity) -> Path:
    """Write the folder of a finished study and return it; raise StoreError if it cannot be."""
    return store.save(out, inputs, tables_of_study(found), summary_of_study(found, inputs.id))


def add_sheet(folder: Path) -> Path:
    """Return the indices of a whole folder as a sheet, written if it is not there yet."""
    path = folder / SHEET
    if not path.is_file():
        table = shelf.read_tables(folder, ("indices",))["indices"]
        sink = io.StringIO()
        table.to_csv(sink, index=False, lineterminator="\r\n")
        shelf.add(folder, SHEET, sink.getvalue().encode("utf-8-sig"))
    return path


def tables_of_study(found: Sensitivity) -> dict[str, pd.DataFrame]:
    """Return indices, convergence, pairs (if asked for) and every point with its outcomes."""
    tables = {"indices": found.indices, "convergence": found.convergence, "points": found.runs}
    return tables if found.pairs.empty else {**tables, "pairs": found.pairs}


def summary_of_study(found: Sensitivity, id_: str) -> dict[str, Any]:
    """Return the summary of a study: what was moved, and for each outcome its indices, largest first."""
    from experiments.summary import cleaned

    study = found.study
    document = {
        **inputs_of(study).options,
        "id": id_,
        "scenario": study.scenarios[0].name,
        "scenario_label": dict(study.scenarios[0].label),
        "runs": study.runs,
        "distinct": found.distinct,
        "failed": len(found.failures),
        "failures": [
            {
                "levels": dict(zip((one.name for one in study.factors), failure.levels, strict=True)),
                "error": failure.error,
            }
            for failure in found.failures[:MOST_TOLD]
        ],
        "interval": "90 %",
        "disclaimer": DISCLAIMER,
        "factors": [{**factor.document(), "label": dict(factor.label)} for factor in study.factors],
        "outcomes": [
            _outcome(study, outcome, one) for outcome, one in zip(study.outcomes, found.found, strict=True)
        ],
    }
    made: dict[str, Any] = cleaned(document)
    return made


def _outcome(study: Study, outcome: Outcome, one: Indices | str) -> dict[str, Any]:
    """Return what is told of one outcome; without indices where nothing moves it or too little is known."""
    from experiments.expected import expected_formulas
    from model.data.indicators import indicators

    head = {
        "outcome": outcome.text,
        "indicator": outcome.indicator,
        "month": outcome.month,
        "place": outcome.place,
        "group": outcome.group,
        "unit": indicators()[outcome.indicator].unit,
        "expected": study.expected and outcome.indicator in expected_formulas(),
    }
    if isinstance(one, str):
        return {**head, "without": one, "indices": [], "convergence": [], "pairs": [], "blocks": 0}
    by = "mu_star" if study.method == MORRIS else "total"
    rows = one.factors.sort_values(by, ascending=False, kind="stable")
    return {
        **head,
        "mean": one.mean,
        "sd": one.sd,
        "blocks": one.blocks,
        "error": one.error,
        **_moved(one, by),
        "indices": rows.to_dict("records"),
        "convergence": one.convergence.to_dict("records"),
        "pairs": one.pairs.to_dict("records"),
    }


def _moved(one: Indices, by: str) -> dict[str, Any]:
    """Return by how much the index of a factor moved at most and from how many blocks to all."""
    table = one.convergence.pivot_table(index="factor", columns="samples", values=by)
    if table.shape[1] == 1:
        return {"moved": None, "moved_from": None}
    moved = float((table.iloc[:, -1] - table.iloc[:, -2]).abs().max())
    return {"moved": moved, "moved_from": int(table.columns[-2])}
