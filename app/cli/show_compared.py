"""What a planner asks of `jinlv compare` first: goals and what changes, money and who pays, who receives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.text import Text

from app.cli import figures
from app.cli.labels import Labels
from app.cli.session import Session
from app.cli.show_goals import BASIS_WORDS, MET
from app.cli.show_homes import show_homes, show_moved_briefly
from app.cli.show_money import show_bought_briefly, show_receivers
from app.cli.show_places import show_places
from app.effect_rows import for_cars, pairs_told
from app.wording import mark
from experiments.payers import ALL
from experiments.summary import PERCENTILES_FROM

Row = Mapping[str, Any]
MOST_INSTRUMENTS = 8
LEAST_SHOWN = 0.005 * figures.HUNDRED_MILLION
"""CNY: less than this reads as nothing in hundred millions with two decimals."""
TOGETHER = mark("all payers together")
PAIRWISE = mark("Differences: medians over pairs of equal luck, not differences of the medians beside them.")


def show_compared(session: Session, summary: Row, labels: Labels) -> None:
    """Print goals and differences, money by payer and instrument, what it bought, who receives, by place."""
    _goals(session, summary, labels)
    show_payers(session, summary, labels)
    show_pairs(session, summary, labels)
    show_places(session, summary, labels)


def show_pairs(session: Session, summary: Row, labels: Labels) -> None:
    """Print for each pair what is paid for, what it brings, what else moves, who receives and who pays."""
    goals = {goal["indicator"] for goal in summary["goals"]}
    for effect in pairs_told(summary):
        names = f"{labels.scenario(effect['treated'])} − {labels.scenario(effect['base'])}"
        _instruments(session, effect, names, labels)
        if for_cars(effect):
            show_bought_briefly(session, effect, names)
        show_homes(session, effect, names)
        show_moved_briefly(session, effect, names, labels, goals)
        show_receivers(session, effect, names, labels)


def _pair_heads(summary: Row, labels: Labels) -> list[str]:
    base, *others = summary["scenarios"]
    return [f"{labels.scenario(name)} − {labels.scenario(base)}" for name in others]


def _goals(session: Session, summary: Row, labels: Labels) -> None:
    """Print each goal on a line: target, where each scenario stands, and its difference to the first one."""
    if not summary["goals"]:
        return
    say, names = session.say, summary["scenarios"]
    table = session.table(mark("Goals and what changes"), mark("Goal"), mark("Year"), mark("Target"))
    for head in (*map(labels.scenario, names), *_pair_heads(summary, labels)):
        table.add_column(Text(head), overflow="fold")
    basis = before = ""
    for goal in summary["goals"]:
        if goal["basis"] != basis:
            basis, before = goal["basis"], ""
            table.add_row(Text(say(BASIS_WORDS.get(str(basis), str(basis))), style="bold"))
        cells = ["" if goal["indicator"] == before else labels[goal["indicator"]], str(goal["year"])]
        cells.append(figures.target(goal["target"], goal["unit"], goal["direction"]))
        cells += [_standing(goal["scenarios"][name], goal["unit"]) for name in names]
        cells += [_change(session, goal["scenarios"][name], goal["unit"]) for name in names[1:]]
        table.add_row(*(Text(cell) for cell in cells))
        before = goal["indicator"]
    session.out.print(table)
    session.line(say(_cell_words(int(summary["replicates"]))))


def _cell_words(replicates: int) -> str:
    """Return what stands in a cell of the goals."""
    if replicates == 1:
        return mark("✓ met; the figures are of one simulation.")
    if replicates < PERCENTILES_FROM:
        return mark("Median; ✓ it meets the target; p = share of replicates that do; difference [range].")
    return mark("Median; ✓ it meets the target; p = share of replicates that do; difference [interval].")


def _standing(part: Row, unit: str | None) -> str:
    """Return where a scenario stands on a goal, in a few signs."""
    if part["value"] is None:
        return figures.MISSING
    shown = figures.level(part["value"], unit) + (f" {MET}" if part["met"] else "")
    chance = part["probability"]
    return shown if chance is None else f"{shown} p {figures.probability(chance)}"


def _change(session: Session, part: Row, unit: str | None) -> str:
    """Return a paired difference with its interval."""
    words = figures.difference(part["difference"], unit, session.say)
    return f"{words} {figures.interval(part['difference_low'], part['difference_high'], unit)}".rstrip()


def show_bought(session: Session, summary: Row, labels: Labels) -> None:
    """Print for each pair what its money for cars bought."""
    for effect in pairs_told(summary):
        if for_cars(effect):
            names = f"{labels.scenario(effect['treated'])} − {labels.scenario(effect['base'])}"
            show_bought_briefly(session, effect, names)


def show_payers(session: Session, summary: Row, labels: Labels) -> None:
    """Print what each payer pays by scenario, and the difference to the first one."""
    rows = {(row["payer"], row["scenario"]): row for row in summary.get("payers", ())}
    if not rows:
        return
    names = summary["scenarios"]
    title = mark("Who pays, from 2022 on, CNY hundred millions (current prices)")
    table = session.table(title, mark("Payer"))
    for head in (*map(labels.scenario, names), *_pair_heads(summary, labels)):
        table.add_column(Text(head), overflow="fold")
    for payer in dict.fromkeys(payer for payer, _ in rows):
        mine = [rows[payer, name] for name in names]
        cells = [session.say(TOGETHER) if payer == ALL else labels[payer]]
        cells += [figures.money(row["value"]) for row in mine]
        for row in mine[1:]:
            span = figures.money_interval(row["difference_low"], row["difference_high"])
            cells.append(f"{figures.money(row['difference'])} {span}".rstrip())
        table.add_row(*(Text(cell) for cell in cells))
    session.out.print(table)
    if summary["replicates"] > 1:
        session.line(session.say(PAIRWISE))


def _instruments(session: Session, effect: Row, names: str, labels: Labels) -> None:
    """Print the instruments on which one scenario sets more or less money than the other, largest first."""
    rows = [row for row in effect["instruments"] if row["set"] and abs(row["money"]["value"]) >= LEAST_SHOWN]
    rows.sort(key=lambda row: -abs(row["money"]["value"]))
    if not rows:
        return
    say = session.say
    title = session.told(say("For what, CNY hundred millions (current prices)"), names)
    table = session.table(title, mark("Instrument"), mark("Payer"), mark("Difference"))
    for row in rows[:MOST_INSTRUMENTS]:
        span = figures.money_interval(row["money"]["low"], row["money"]["high"])
        words = f"{figures.money(row['money']['value'])} {span}".rstrip()
        cells = (labels[row["instrument"]], labels[row["payer"]], words)
        table.add_row(*(Text(cell) for cell in cells))
    session.out.print(table)
