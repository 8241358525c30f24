"""The scoreboard of a run on a terminal: header, goals, effects, observed series, money, marks, what next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from rich.text import Text

from app.cli import figures
from app.cli.labels import Labels
from app.cli.session import Session
from app.cli.show_assumed import show_assumed
from app.cli.show_differences import show_differences
from app.cli.show_money import show_effects
from app.cli.show_vary import show_curve
from app.wording import mark
from experiments.results import own_names
from experiments.summary import PERCENTILES_FROM

Row = Mapping[str, Any]
Span = tuple[float | None, float | None, float | None]
Part = Callable[[Row], Span]

EFFECT_HEADS = {
    "effect_of_change": mark("Effect of the change"),
    "effect_of_plan": mark("Effect of the plan"),
    "achieved_so_far": mark("Achieved so far"),
    "still_to_gain": mark("Still to gain"),
}
BASIS_WORDS = {
    "document": mark("document"),
    "national plan": mark("national plan"),
    "proposed": mark("proposed"),
}
QUALITY_WORDS = {
    "retrieved": mark("retrieved"),
    "recalled": mark("recalled"),
    "derived": mark("derived"),
    "assumed": mark("assumed"),
}
COUNTED = {
    "registered vehicles": mark(
        "Observed are all registered motor vehicles, trucks and vehicles of organisations too, over"
        " households: an upper bound. The model counts cars of households, at most one each, as household"
        " surveys do more nearly; the two figures have different bases and are not to be matched."
    ),
}
"""Observed figures that count something else than the model does: word in `counted` -> footnote."""

HOME = "shanxi"
LEVERS_ELSEWHERE = mark(
    "the provincial levers are Shanxi's; here they apply to the nation only to compare with national series"
)


def show_summary(session: Session, summary: Row, folder: Path | None, labels: Labels) -> None:
    """Print a summary; `labels` gives the words for indicators, instruments, payers and scenarios."""
    if summary["replicates"] == 1:
        summary = figures.of_one(summary)
    summary = _without_copies(summary)
    _header(session, summary, labels)
    _goals(session, summary, labels)
    _effects(session, summary, labels)
    show_curve(session, summary, labels)
    show_differences(session, summary, labels)
    _money(session, summary, labels)
    show_effects(session, summary, labels)
    _evidence(session, summary, labels)
    _marks(session, summary, labels)
    _next(session, folder)


def _without_copies(summary: Row) -> Row:
    """Return a summary without columns for each level of a varied lever, which have a table of their own."""
    names = own_names(summary["scenarios"], summary.get("vary"))
    money = [row for row in summary["money"] if row["scenario"] in names]
    return {**summary, "scenarios": list(names), "money": money}


def _line(session: Session, text: str, style: str = "") -> None:
    """Print one line literally."""
    session.out.print(Text(text, style=style))


def _marked(session: Session, sign: str, text: str) -> str:
    """Return a mark and what it means; Chinese has no space there, at which the line would break."""
    return f"{sign}{text}" if session.lang == "zh" else f"{sign} {text}"


def _header(session: Session, summary: Row, labels: Labels) -> None:
    """Print what was run and how far it may be trusted."""
    say = session.say
    _line(session, say("Simulation results, not a forecast"), "bold")
    parts = [
        f"{say('region')} {labels[summary['region']]}",
        f"{say('households simulated')} {summary['households']}",
        f"{say('replicates')} {summary['replicates']}",
        f"{say('seed')} {summary['seed']}",
        f"{say('until')} {summary['until']}",
    ]
    _line(session, " · ".join(parts))
    show_assumed(session, summary, labels)
    if summary["region"] != HOME:
        _line(session, say(LEVERS_ELSEWHERE), "yellow")
    if summary["replicates"] == 1:
        _line(session, say("one replicate: no interval and no probability can be read from it"), "yellow")
    elif summary["replicates"] < PERCENTILES_FROM:
        text = say(
            "in brackets: the whole range of {replicates} replicates; from {many} on, 90 % of them lie inside"
        ).format(replicates=summary["replicates"], many=PERCENTILES_FROM)
        _line(session, text, "yellow")
    if not summary.get("calibrated", False):
        _line(
            session,
            say(
                "before calibration: the car market's constants were fitted to national figures of 2015-2021;"
                " all else is as its tables and their ranges say; nothing was fitted to Shanxi or later years"
            ),
            "yellow",
        )
    luck = summary.get("luck") or {}
    if luck.get("share") is not None:
        share = figures.level(luck["share"], "share")
        name = labels[luck["indicator"]]
        of = say("of the variance between replicates is luck, the rest is parameters")
        _line(session, session.told(f"{name} {luck['year']}", f"{share} {of}"))


def _goal_name(session: Session, goal: Row, labels: Labels) -> str:
    """Return the label of a goal's indicator with its year and marks (* assumed rows, † passed before)."""
    star = (" *" if goal["marks"] else "") + (" †" if goal["passed_in_2022"] else "")
    return f"{labels[goal['indicator']]} {goal['year']}{star}"


def _goals(session: Session, summary: Row, labels: Labels) -> None:
    """Print value, interval, target, met and probability of every goal by scenario, sorted by basis."""
    if not summary["goals"]:
        return
    say = session.say
    table = session.table(mark("Goals"), mark("Goal"), mark("Basis"), mark("Target"))
    for name in summary["scenarios"]:
        table.add_column(Text(labels.scenario(name)), overflow="fold")
    for goal in summary["goals"]:
        sign = "≤ " if goal["direction"] == "lower" else "≥ "
        basis = say(BASIS_WORDS.get(str(goal["basis"]), str(goal["basis"])))
        target = sign + figures.level(goal["target"], goal["unit"])
        if goal.get("stretch") is not None:
            target += f"\n{say('stretch')} {sign}{figures.level(goal['stretch'], goal['unit'])}"
        cells = [_goal_name(session, goal, labels), basis, target]
        cells += [_standing(session, goal["scenarios"][name], goal["unit"]) for name in summary["scenarios"]]
        table.add_row(*(Text(cell) for cell in cells))
    session.out.print(table)
    _line(session, say(cell_words(summary["replicates"])))
    if any(goal.get("stretch") is not None for goal in summary["goals"]):
        _line(
            session,
            say("Stretch: where a target is met before or without the plan, what the plan reaches (median)."),
        )


def cell_words(replicates: int) -> str:
    """Return what stands in a cell of the goals."""
    if replicates == 1:
        return mark("Each cell: the figure of one simulation; met or not.")
    if replicates < PERCENTILES_FROM:
        return mark(
            "Each cell: median [range]; met or not; p = share of replicates that meet it [Wilson 95 %]."
        )
    return mark(
        "Each cell: median [interval]; met or not; p = share of replicates that meet it [Wilson 95 %]."
    )


def _standing(session: Session, part: Row, unit: str | None) -> str:
    """Return the cell of one goal in one scenario."""
    say = session.say
    if part["value"] is None:
        return figures.MISSING
    met = "" if part["met"] is None else say("met") if part["met"] else say("not met")
    lines = (
        figures.level(part["value"], unit),
        figures.interval(part["low"], part["high"], unit),
        met if part["probability"] is None else f"{met} · p {figures.probability(part['probability'])}",
        figures.chances(part["probability_low"], part["probability_high"]),
    )
    return "\n".join(line for line in lines if line)


def _effects(session: Session, summary: Row, labels: Labels) -> None:
    """Print the paired effects that can be read from the scenarios that were run."""
    goals = summary["goals"]
    columns = _effect_columns(session, summary, labels)
    if not columns:
        return
    table = session.table(mark("What policy changes"), mark("Goal"))
    for head, _ in columns:
        table.add_column(Text(head), overflow="fold")
    for goal in goals:
        cells = [_goal_name(session, goal, labels)]
        for _, part_of in columns:
            value, low, high = part_of(goal)
            words = figures.difference(value, goal["unit"], session.say)
            cells.append(f"{words} {figures.interval(low, high, goal['unit'])}".rstrip())
        table.add_row(*(Text(cell) for cell in cells))
    session.out.print(table)


def _effect_columns(session: Session, summary: Row, labels: Labels) -> list[tuple[str, Part]]:
    """Return head and reader of each paired effect: of the pairs that are known, or of all over the first."""
    if summary.get("compared"):
        base, *others = summary["scenarios"]
        return [
            (f"{labels.scenario(name)} − {labels.scenario(base)}", partial(_over_first, name))
            for name in others
        ]
    known = [
        name
        for name in EFFECT_HEADS
        if any(goal["effects"][name]["value"] is not None for goal in summary["goals"])
    ]
    return [(session.say(EFFECT_HEADS[name]), partial(_effect, name)) for name in known]


def _over_first(name: str, goal: Row) -> Span:
    """Return the paired difference of a goal in a scenario against the first one."""
    part = goal["scenarios"][name]
    return part["difference"], part["difference_low"], part["difference_high"]


def _effect(name: str, goal: Row) -> Span:
    """Return one of the effects that are known by name."""
    part = goal["effects"][name]
    return part["value"], part["low"], part["high"]


def _evidence(session: Session, summary: Row, labels: Labels) -> None:
    """Print the model beside what was observed; years that served the fit are named."""
    if not summary["evidence"]:
        return
    say = session.say
    heads = (
        mark("Indicator"),
        mark("Year"),
        mark("Observed"),
        mark("Model"),
        mark("Data"),
        mark("Used in the fit"),
    )
    table = session.table(mark("Model beside observed series"), *heads)
    for row in summary["evidence"]:
        unit = row["unit"]
        model = f"{figures.level(row['model_median'], unit)} "
        model += figures.interval(row["model_low"], row["model_high"], unit)
        place = "" if row.get("place", "all") == "all" else f" ({labels[row['place']]})"
        cells = (
            labels[row["indicator"]] + place,
            str(row["year"]),
            figures.level(row["observed"], unit) + (" §" if row.get("counted") in COUNTED else ""),
            model.rstrip(),
            say(QUALITY_WORDS.get(str(row["quality"]), str(row["quality"]))),
            say("yes") if row["fitted"] else say("no"),
        )
        table.add_row(*(Text(cell) for cell in cells))
    session.out.print(table)
    for counted in sorted({str(row.get("counted")) for row in summary["evidence"]} & set(COUNTED)):
        _line(session, _marked(session, "§", say(COUNTED[counted])))


def _money(session: Session, summary: Row, labels: Labels) -> None:
    """Print what the public hand pays from 2022 on, by scenario, instrument and payer."""
    if not summary["money"]:
        return
    alone, few = summary["replicates"] == 1, summary["replicates"] < PERCENTILES_FROM
    heads = [mark("Scenario"), mark("Instrument"), mark("Payer"), mark("CNY, hundred millions")]
    heads += [] if alone else [mark("Range") if few else mark("Interval")]
    table = session.table(mark("Public money from 2022 on (current prices)"), *heads)
    for row in summary["money"]:
        names = (labels.scenario(row["scenario"]), labels[row["instrument"]], labels[row["payer"]])
        spans = () if alone else (figures.money_interval(row["low"], row["high"]),)
        table.add_row(*(Text(cell) for cell in (*names, figures.money(row["value"]), *spans)))
    session.out.print(table)


def _marks(session: Session, summary: Row, labels: Labels) -> None:
    """Print what the marks mean, and how much of the model is assumed."""
    say = session.say
    if any(goal["passed_in_2022"] for goal in summary["goals"]):
        _line(session, say("† the target was passed before the plan was issued."))
    assumed, total = summary["assumed"]["parameters"]
    levers = ("；" if session.lang == "zh" else "; ").join(
        labels[name] for name in summary["assumed"]["levers"]
    )
    rests = say("rests on assumed rows: paths in the plan of {levers};").format(levers=levers)
    _line(session, _marked(session, "*", rests))
    counted = say("parameters assumed: {assumed} of {total} (`jinlv parameters`).")
    _line(session, "  " + counted.format(assumed=assumed, total=total))


def _next(session: Session, folder: Path | None) -> None:
    """Print where the results are and what can be done next."""
    if folder is None:
        return
    say = session.say
    _line(session, f"{say('Results in')} {folder}", "bold")
    _line(
        session,
        session.told(
            say("Next: ask another question"), "jinlv run --set nev_purchase_subsidy=8000@2026-01..2028-12"
        ),
    )
    _line(session, session.told(say("or check the files"), f"jinlv verify {folder}"))
