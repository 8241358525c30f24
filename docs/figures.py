"""Writes the figures of a run into the tables of both READMEs: `python docs/figures.py RUN`.

The text between the marks `<!-- goals -->` and `<!-- /goals -->`, and `<!-- observed -->`, is made anew.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ROWS = {
    ("nev_new_sales_share", 2025): ("NEV share of new cars 2025", "2025 年新能源汽车新车销售占比"),
    ("nev_new_sales_share", 2030): ("NEV share of new cars 2030", "2030 年新能源汽车新车销售占比"),
    ("rural_nev_new_sales_share", 2025): ("rural NEV share 2025", "2025 年农村新能源汽车销售占比"),
    ("chargers_per_100_nev", 2030): (
        "public chargers per 100 NEVs 2030",
        "2030 年每百辆新能源汽车公共充电桩",
    ),
    ("green_awareness", 2030): ("green-consumption awareness 2030", "2030 年绿色消费知晓度"),
    ("green_travel_share", 2030): ("green-travel share of town trips 2030", "2030 年城镇绿色出行比例"),
    ("bus_taxi_clean_addition_rate", 2025): (
        "electric share of new buses and taxis 2025",
        "2025 年新增公交车和出租车中电动占比",
    ),
    ("service_fleet_nev_addition_rate", 2030): (
        "NEV share of new sanitation and courier vehicles 2030",
        "2030 年新增环卫和快递车辆中新能源占比",
    ),
    ("green_appliance_share", 2030): (
        "grades 1 and 2 of appliances sold 2030",
        "2030 年一、二级能效家电销售占比",
    ),
    ("low_efficiency_sales_share", 2030): (
        "grades 4 and 5 of appliances sold 2030 (at most)",
        "2030 年四、五级能效家电销售占比（不高于）",
    ),
    ("trade_in_return_rate", 2030): ("old appliances handed in 2030", "2030 年旧家电回收率"),
}
"""Goals shown and what the READMEs call them, in English and Chinese."""

HEADS = (
    "| goal | target | without the plan | measures in force | the plan in full | effect of the plan |",
    "| 目标 | 目标值 | 无方案 | 现行政策 | 方案全面落实 | 方案的作用 |",
)
BASIS = {"national plan": "国家规划", "proposed": "建议", "document": "文件"}
OBSERVED = (
    "Observed in Shanxi and not used in any fit: NEV share {0} % in 2019 and {1} % in 2020 (derived),\n"
    "model {2} % {3} and {4} % {5}.",
    "未用于任何拟合的山西观测值：新能源汽车新车占比 2019 年 {0}%、2020 年 {1}%（推算），\n"
    "模型为 {2}% {3} 和 {4}% {5}。",
)


def scaled(value: float, share: bool) -> str:
    """Return a figure as the READMEs show it: one digit, shares in per cent."""
    shown = f"{value * 100 if share else value:.1f}"
    return "0.0" if shown == "-0.0" else shown


def cell(what: dict[str, Any], share: bool, zh: bool, signed: bool = False) -> str:
    """Return a median and its interval."""
    interval = f"[{scaled(what['low'], share)}, {scaled(what['high'], share)}]"
    value = ("+" if signed and what["value"] >= 0 else "") + scaled(what["value"], share)
    unit = "" if not share else (" 个百分点" if zh else " points") if signed else ("%" if zh else " %")
    return f"{value}{unit} {interval}"


def goals(summary: dict[str, Any], zh: bool) -> str:
    """Return the table of goals in one language."""
    lines = [HEADS[zh], "|---" * 6 + "|"]
    found = {(goal["indicator"], goal["year"]): goal for goal in summary["goals"]}
    for key, labels in ROWS.items():
        goal = found[key]
        share = str(goal["unit"]).startswith("share")
        target = f"{goal['target'] * 100:.0f}{'%' if zh else ' %'}" if share else f"{goal['target']:.0f}"
        basis = f"（{BASIS[goal['basis']]}）" if zh else f" ({goal['basis']})"
        cells = [cell(goal["scenarios"][name], share, zh) for name in ("no_plan", "current", "plan")]
        effect = cell(goal["effects"]["effect_of_plan"], share, zh, signed=True)
        lines.append("| " + " | ".join([labels[zh], target + basis, *cells, effect]) + " |")
    return "\n".join(lines)


def observed(summary: dict[str, Any], zh: bool) -> str:
    """Return the sentence on observed shares in one language."""
    words = []
    rows = {(row["indicator"], row["place"], row["year"]): row for row in summary["evidence"]}
    pair = [rows["nev_new_sales_share", "all", year] for year in (2019, 2020)]
    words += [scaled(row["observed"], True) for row in pair]
    for row in pair:
        interval = f"[{scaled(row['model_low'], True)}, {scaled(row['model_high'], True)}]"
        words += [scaled(row["model_median"], True), interval]
    return OBSERVED[zh].format(*words)


def main(run: str) -> None:
    """Rewrite both READMEs from the summary of the run folder `run`."""
    summary = json.loads((Path(run) / "summary.json").read_text(encoding="utf-8"))
    for zh, name in enumerate(("README.md", "README.zh.md")):
        path = ROOT / name
        text = path.read_text(encoding="utf-8")
        for mark, made in (("goals", goals(summary, bool(zh))), ("observed", observed(summary, bool(zh)))):
            pattern = re.compile(f"(<!-- {mark} -->\n).*?(\n<!-- /{mark} -->)", re.DOTALL)
            found = pattern.search(text)
            if found is None:
                raise SystemExit(f"{name}: no place marked {mark}")
            text = text[: found.start()] + found[1] + made + found[2] + text[found.end() :]
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("python docs/figures.py RUN")
    main(sys.argv[1])
