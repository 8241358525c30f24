"""Draw the pictures of the README from a run folder: `uv run python docs/pictures.py runs/<id>`."""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from experiments.store import verify
from model.data.load import load_region

matplotlib.use("Agg")
HERE = Path(__file__).parent / "img"
INDICATOR = "nev_new_sales_share"
COLOURS = {"no_plan": "#777777", "current": "#0072b2", "plan": "#d55e00"}
DASHES = {"no_plan": ":", "current": "--", "plan": "-"}
WORDS = {
    "en": {
        "title": "New-energy share of new cars in Shanxi: median, 50 % and 90 % of 40 replicates",
        "axis": "share of new car sales of the last twelve months, %",
        "no_plan": "without the plan",
        "current": "measures in force",
        "plan": "the plan in full",
        "observed": "observed in Shanxi (derived), not used in the fit",
        "issued": "plan issued",
        "target": "goal",
        "note": "Simulation results, not a forecast. Constants fitted to national figures of 2015-2021 only.",
    },
    "zh": {
        "title": "山西新能源汽车新车销售占比：40 次重复的中位数、50% 与 90% 区间",
        "axis": "近十二个月新车销售占比，%",
        "no_plan": "无方案",
        "current": "现行政策",
        "plan": "方案全面落实",
        "observed": "山西观测值（推算），未用于拟合",
        "issued": "方案印发",
        "target": "目标",
        "note": "模拟结果，非预测。常数仅用2015-2021年全国数据拟合。",
    },
}


def draw(folder: Path, language: str) -> Path:
    """Draw the fan chart of one run in one language; return the file."""
    words = WORDS[language]
    plt.rcParams["font.sans-serif"] = ["Noto Sans CJK SC", "DejaVu Sans"]
    table = pd.read_parquet(folder / "indicators.parquet")
    table = table[(table["indicator"] == INDICATOR) & (table["place"] == "all") & (table["group"] == "all")]
    figure, axes = plt.subplots(figsize=(9, 4.8), dpi=140)
    for scenario, part in table.groupby("scenario"):
        wide = 100.0 * part.pivot(index="month", columns="replicate", values="value")
        when = np.array([int(m[:4]) + (int(m[5:]) - 0.5) / 12 for m in wide.index])
        if scenario == "plan":
            for low, high, alpha in ((5, 95, 0.15), (25, 75, 0.25)):
                band = np.nanpercentile(wide, [low, high], axis=1)
                axes.fill_between(when, *band, color=COLOURS[scenario], alpha=alpha, linewidth=0)
        axes.plot(
            when,
            wide.median(axis=1),
            color=COLOURS[scenario],
            linestyle=DASHES[scenario],
            label=words[scenario],
        )
    seen = load_region("shanxi").observed
    seen = seen[(seen["indicator"] == INDICATOR) & (seen["place"] == "all")]
    axes.plot(
        seen["year"].astype(int) + 1.0,
        100.0 * seen["value"].astype(float),
        "ko",
        label=words["observed"],
        ms=5,
    )
    for year, goal in ((2025, 20), (2030, 40)):
        axes.plot([year + 0.6, year + 1.0], [goal, goal], color="black", linewidth=2)
        axes.annotate(f"{words['target']} {year}", (year + 0.55, goal), ha="right", va="center", fontsize=8)
    axes.axvline(2022 + 4.5 / 12, color="black", linewidth=0.6)
    axes.annotate(words["issued"], (2022.45, 92), fontsize=8)
    axes.set(xlim=(2015, 2031), ylim=(0, 100), ylabel=words["axis"])
    axes.set_title(words["title"], fontsize=10)
    axes.legend(loc="upper left", frameon=False, fontsize=8)
    figure.text(0.01, 0.01, words["note"], fontsize=7)
    figure.tight_layout(rect=(0, 0.03, 1, 1))
    HERE.mkdir(exist_ok=True)
    target = HERE / f"nev_share.{language}.png"
    figure.savefig(target)
    plt.close(figure)
    return target


if __name__ == "__main__":
    run = Path(sys.argv[1])
    verify(run)
    for spoken in WORDS:
        print(draw(run, spoken))
