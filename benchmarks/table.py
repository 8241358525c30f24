"""The measured figures beside their goals, as a table in Chinese or English."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

FIGURES = Path(__file__).with_name("figures.csv")
PEOPLE_AND_CARS = ("people", "cars", "rest")
"""Parts of a run that would be there without trips, fleets and homes."""
WIDTH = 140
"""Columns of text where there is no terminal."""
WORDS = {
    "en": {
        "sizes": "The plan, 2015-2030, by size",
        "parts": "What the parts of one run take, one thread, {households:,} households",
        "people": "people and influence",
        "cars": "cars, chargers, money",
        "travel": "trips and fleets",
        "homes": "appliances and electricity",
        "rest": "policy, population laid out, ledger, indicators",
        "figures": "Figures and goals",
        "households": "households",
        "threads": "threads",
        "ns": "ns a household-month",
        "run": "run s (median)",
        "processor": "processor s",
        "population": "population s",
        "memory": "peak MB",
        "repeats": "runs",
        "same": "same bytes in all runs and threads",
        "what": "what",
        "value": "measured",
        "goal": "goal",
        "met": "met",
        "yes": "yes",
        "no": "no",
        "at most": "<=",
        "at least": ">=",
        "busy": "The machine was busy (load {load:.2f} on {cores} cores): figures are too high.",
    },
    "zh": {
        "sizes": "2015—2030年“全面落实”情景，按规模",
        "parts": "一次运行中各部分的用时（单线程，{households:,} 户）",
        "people": "居民与社会影响",
        "cars": "汽车、充电桩、资金",
        "travel": "出行与车队",
        "homes": "家电与用电",
        "rest": "政策展开、人口布置、台账、指标",
        "figures": "实测与目标",
        "households": "户数",
        "threads": "线程",
        "ns": "每户每月（纳秒）",
        "run": "运行秒数（中位数）",
        "processor": "处理器秒数",
        "population": "人口合成秒数",
        "memory": "内存峰值（MB）",
        "repeats": "次数",
        "same": "各次运行、各线程数的结果逐字节相同",
        "what": "项目",
        "value": "实测",
        "goal": "目标",
        "met": "达到",
        "yes": "是",
        "no": "否",
        "at most": "≤",
        "at least": "≥",
        "busy": "机器负载偏高（{cores}核，负载{load:.2f}）：测得的用时偏大。",
    },
}


def figures(report: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the figures of a report that were measured, each with its goal and whether it was met."""
    return goals(_values(report))


def goals(values: Mapping[str, float | None]) -> list[dict[str, Any]]:
    """Return measured values by key, each with its words, its goal and whether it was met."""
    rows = []
    with FIGURES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            value = values.get(row["key"])
            if value is None:
                continue
            goal = float(row["goal"]) if row["goal"] else None
            met = None if goal is None else (value <= goal if row["sense"] == "at most" else value >= goal)
            rows.append({**row, "goal": goal, "value": value, "met": met})
    return rows


def _values(report: dict[str, Any]) -> dict[str, float | None]:
    """Return the value of each figure, None where it was not measured."""
    single = {row["households"]: row for row in report["sizes"] if row["threads"] == 1}
    largest = max(report["sizes"], key=lambda row: (row["households"], -row["threads"]))
    small, middle = single.get(10_000), single.get(100_000)
    ns = (middle or single[max(single)])["ns_per_household_month"]
    one = report["one_to_one"]
    made: dict[str, float | None] = {
        "ns_one_thread": middle["ns_per_household_month"] if middle else None,
        "ns_people_and_cars": sum(report["parts"]["ns"][part] for part in PEOPLE_AND_CARS),
        "growth": largest["processor_ns"] / small["processor_ns"] if small else None,
        "run_20k": single[20_000]["run_seconds"] if 20_000 in single else None,
        "one_to_one_seconds": one["wall_seconds"] if one else None,
        "one_to_one_memory": one["peak_megabytes"] / 1000.0 if one else None,
        "imports": report["second_start"]["import_seconds"],
        "second_start": report["second_start"]["first_result_seconds"],
        "python_per_run": report["python_cost"]["seconds"],
        "ensemble_speed_up": report["ensemble"]["speed_up"],
        "ensemble_threads": report["ensemble"]["speed_up_threads"],
        "mesa_events": report["mesa"]["ns_events"] / ns,
        "mesa_looks": report["mesa"]["ns_looks"] / ns,
    }
    if report["first_run"] is not None:
        made["compile"] = report["first_run"]["compile_seconds"]
        made["recompiled"] = report["second_start"]["kernels_compiled"]
    return made


def same_bytes(sizes: list[dict[str, Any]]) -> bool:
    """Tell whether runs of equal size gave equal bytes, repeated and at different numbers of threads."""
    seen: dict[int, set[str]] = {}
    for row in sizes:
        seen.setdefault(row["households"], set()).update(row["digests"])
    return all(len(digests) == 1 for digests in seen.values())


def _parts(measured: dict[str, Any], say: dict[str, str]) -> Table:
    """Return the table of what the parts of a run take."""
    table = Table(title=say["parts"].format(households=measured["households"]))
    table.add_column(say["what"])
    table.add_column(say["ns"], justify="right")
    for part, ns in measured["ns"].items():
        table.add_row(say[part], f"{ns:.1f}")
    return table


def show(report: dict[str, Any], lang: str) -> None:
    """Print the report."""
    say, console = WORDS[lang], Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    sizes = Table(title=say["sizes"])
    for word in ("households", "threads", "ns", "run", "processor", "population", "memory", "repeats"):
        sizes.add_column(say[word], justify="right")
    for row in report["sizes"]:
        sizes.add_row(
            f"{row['households']:,}", str(row["threads"]), f"{row['ns_per_household_month']:.1f}",
            f"{row['run_seconds']:.3f}", f"{row['processor_seconds']:.3f}", f"{row['people_seconds']:.3f}",
            f"{row['peak_megabytes']:,.0f}", str(row["repeats"]),
        )  # fmt: skip
    console.print(sizes)
    console.print(f"{say['same']}: {say['yes' if report['same_bytes'] else 'no']}")
    console.print(_parts(report["parts"], say))
    table = Table(title=say["figures"])
    table.add_column(say["what"])
    table.add_column(say["value"], justify="right")
    table.add_column(say["goal"], justify="right")
    table.add_column(say["met"])
    for row in report["figures"]:
        goal = "" if row["goal"] is None else f"{say[row['sense']]} {row['goal']:g}"
        met = "" if row["met"] is None else say["yes" if row["met"] else "no"]
        unit = "" if row["unit"] == "ratio" else f" {row['unit']}"
        table.add_row(row[lang], f"{row['value']:.3g}{unit}", goal, met)
    console.print(table)
    machine = report["machine"]
    if machine["load_before"] is not None and machine["load_before"] > machine["cores"] / 2:
        console.print(say["busy"].format(load=machine["load_before"], cores=machine["cores"]))
