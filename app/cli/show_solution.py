"""The answer of `jinlv solve` on a terminal: one sentence, how the target stands, what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from shlex import quote
from typing import TYPE_CHECKING, Any

from rich.text import Text

from app.cli import figures
from app.cli.asking import USUAL_HOUSEHOLDS, USUAL_REPLICATES
from app.cli.labels import Labels
from app.cli.session import Session
from app.cli.show_summary import HOME, show_header
from app.wording import mark
from model.data.levers import levers
from model.data.months import MONTHS, month_text

if TYPE_CHECKING:
    from scenarios.scenario import Change

Row = Mapping[str, Any]
DECEMBER = "-12"
USUAL = {
    "region": HOME,
    "households": USUAL_HOUSEHOLDS,
    "replicates": USUAL_REPLICATES,
    "seed": 1,
    "until": month_text(MONTHS - 1),
}
"""Options of `jinlv run` that go without saying."""
SIGNS = {">=": "≥", "<=": "≤"}
FOUND = {
    True: mark("Smallest level that reaches the target {how}"),
    False: mark("Largest level that still reaches the target {how}"),
}


def show_solution(session: Session, answer: Row, labels: Labels, change: Change) -> None:
    """Print the answer, a document of `Solution` with the size of its runs.

    `change`: where and when the lever is moved.
    """
    say = session.say
    show_header(session, answer, labels)
    bounds = answer["bounds"]
    moved = change.told(levers()[change.lever].label)[session.lang]
    unit = session.text(answer["by"]["unit"])
    span = f"{figures.number(bounds['low'])}–{figures.number(bounds['high'])} {unit}"
    session.line(session.told(say("Target"), _target(session, answer["target"], labels)))
    session.line(session.told(say("Lever"), session.listed(moved, span)))
    session.line(session.told(say("Scenario"), labels.scenario(answer["scenario"])))
    for text in _sentences(session, answer, unit):
        session.line(text, "bold")
    _table(session, answer, labels, unit)
    _notes(session, answer, unit)
    if answer["level"] is not None and not (answer["by_every_level"] or answer["already_met"]):
        _, at, where = answer["by"]["text"].partition("@")
        setting = f"{change.lever}={answer['level']['value']:.15g}{at}{where}"
        command = f"jinlv run {answer['scenario']} --set '{setting}'{_options(answer)}"
        session.line(session.told(say("Next: everything it changes"), command))


def _options(answer: Row) -> str:
    """Return the options of the question that are not the usual ones, as they are typed."""
    assumed = [
        f"--assume {quote(one['key'] + '=' + one['text'])}"
        for one in answer["assumed_in"][answer["scenario"]]
    ]
    sizes = [f"--{name} {answer[name]}" for name, usual in USUAL.items() if answer[name] != usual]
    return "".join(f" {one}" for one in (*assumed, *sizes))


def _target(session: Session, target: Row, labels: Labels) -> str:
    """Return the target in words."""
    when = target["month"].removesuffix(DECEMBER)
    where = [labels[target[part]] for part in ("place", "group") if target[part] != "all"]
    value = figures.level(target["value"], target["unit"])
    unit = "" if figures.is_share(target["unit"]) else f" {session.text(target['unit'])}"
    return (
        f"{session.listed(labels[target['indicator']], when, *where)} {SIGNS[target['sign']]} {value}{unit}"
    )


def _sentences(session: Session, answer: Row, unit: str) -> list[str]:
    """Return what was found."""
    say, status, level = session.say, answer["status"], answer["level"]
    told = [say("The scenario as it is reaches the target already.")] if answer["already_met"] else []
    how = say("in the median")
    if answer["probability"] is not None:
        how = say("in {share} of replicates").format(share=figures.level(answer["probability"], "share"))
    if status == "not_reachable":
        there, target = answer["there"], answer["target"]
        text = say("Not reachable {how}: at {level}, where the lever comes nearest, {missed} are missing.")
        missed = _gap(session, answer["missed_by"], target).lstrip("+")
        nearest = f"{figures.number(there['level'])} {unit}"
        told.append(text.format(how=how, level=nearest, missed=missed))
        moved = _gap(session, answer["difference"]["value"], target)
        because = say("Because the lever, over all of its range, moves the outcome by {moved} at most.")
        return [*told, because.format(moved=moved)]
    value = f"{figures.number(level['value'])} {unit}"
    if answer["by_every_level"]:
        text = say("Every level of the lever reaches the target {how}, {level} too.")
        return [*told, text.format(how=how, level=value)]
    head = say(FOUND[answer["smallest"]]).format(how=how)
    told.append(session.told(head, f"{value} {_ends(level, answer['replicates'])}".rstrip()))
    if status == "over_budget":
        text = say("Beyond the budget: in the dearest year the province pays {paid}, the budget is {budget}.")
        paid, budget = (
            f"{figures.money(part)} {say('CNY hundred millions')}"
            for part in (answer["there"]["dearest_year"]["value"], answer["budget"])
        )
        told.append(text.format(paid=paid, budget=budget))
    return told


def _unit(session: Session, target: Row) -> str:
    """Return the unit of a difference that does not carry its own."""
    return "" if figures.is_share(target["unit"]) else f" {session.text(target['unit'])}"


def _gap(session: Session, value: float, target: Row) -> str:
    """Return a difference of the target's indicator with its unit."""
    return figures.difference(value, target["unit"], session.say) + _unit(session, target)


def _ends(span: Row, replicates: int) -> str:
    """Return an interval of levels; an end that no level bounds is a sign."""
    if replicates == 1:
        return ""
    low, high = (
        figures.MISSING if span[end] is None else figures.number(span[end]) for end in ("low", "high")
    )
    return f"[{low}, {high}]"


def _table(session: Session, answer: Row, labels: Labels, unit: str) -> None:
    """Print how the target stands as it is, with the lever and within the budget, and what that costs."""
    say, target = session.say, answer["target"]
    what = f"{labels[target['indicator']]} {target['month'].removesuffix(DECEMBER)}"
    what += f" ({session.text(target['unit'])})" if _unit(session, target) else ""
    heads = ["", f"{say('Level')} ({unit})", what, mark("Probability")]
    payers = (mark("all payers"), mark("province"), mark("province, dearest year"))
    title = say("How the target stands, and what it costs beyond the scenario (CNY, hundred millions)")
    table = session.table(title, *heads, *payers)
    rows = {mark("as it is"): answer["without"], mark("with the lever"): answer["there"]}
    if answer["within_budget"]:
        rows[mark("within the budget")] = answer["within_budget"]
    for name, row in rows.items():
        cells = [say(name), _level(row), _span(row, lambda value: figures.level(value, target["unit"]))]
        low, high = row["probability_low"], row["probability_high"]
        cells.append(f"{figures.probability(row['probability'])} {figures.chances(low, high)}".strip())
        if "cost" in row:
            paid = [row["cost"][who]["real"] for who in ("all", "province")]
            cells += [_span(part, figures.money) for part in (*paid, row["dearest_year"])]
        table.add_row(*(Text(cell) for cell in cells))
    session.out.print(table)


def _level(row: Row) -> str:
    return figures.MISSING if row["level"] is None else figures.number(row["level"])


def _span(part: Row, shown: Any) -> str:
    """Return median and interval of a figure."""
    span = "" if part["low"] is None else f"\n[{shown(part['low'])}, {shown(part['high'])}]"
    return f"{shown(part['value'])}{span}"


def _notes(session: Session, answer: Row, unit: str) -> None:
    """Print what the figures mean."""
    say, change = session.say, answer["difference"]
    moved = figures.difference(change["value"], answer["target"]["unit"], say)
    span = figures.interval(change["low"], change["high"], answer["target"]["unit"])
    session.line(
        session.told(
            say("Effect of the lever, replicate by replicate"),
            f"{moved} {span}".rstrip() + _unit(session, answer["target"]),
        )
    )
    if answer["needs"] is not None and answer["replicates"] > 1:
        text = say(
            "Single replicates need {span} {unit}; in {none} of {replicates} no level is enough."
            " The interval of the level is that of 90 %; – at an end: not bounded by the replicates."
        )
        needs = answer["needs"]
        session.line(
            text.format(
                span=_ends(needs, answer["replicates"]),
                unit=unit,
                none=needs["none"],
                replicates=answer["replicates"],
            )
        )
    session.line(
        say(
            "Cost: outlays and taxes forgone beyond the scenario from 2022 on, CNY of 2022;"
            " dearest year: CNY of that year. Each column has its own median: they need not add up."
        )
    )
