"""`jinlv effects`: what the model makes of published effects, beside their range, met or not."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.session import JsonOption, LangOption, Session, session_of, whole_number
from app.wording import mark

if TYPE_CHECKING:
    from calibration.effects import Effect

HELP = mark("Measure published effects on the model and hold them against their range.")
ROLES = {
    "gate": mark("counts"),
    "fitted": mark("used in the fit"),
    "input": mark("an input"),
    "proxy": mark("for comparison"),
}
QUALITIES = {
    "retrieved": mark("retrieved"),
    "derived": mark("derived"),
    "recalled": mark("recalled"),
    "assumed": mark("assumed"),
}
MET = {True: mark("met"), False: mark("not met"), None: "–"}


def effects(
    ctx: typer.Context,
    households: Annotated[
        str, typer.Option(metavar="N", help=mark("Simulated households of the nation."))
    ] = "80000",
    seeds: Annotated[str, typer.Option(metavar="K", help=mark("Seeds to take the mean over."))] = "4",
    seed: Annotated[str, typer.Option(metavar="S", help=mark("The first of the seeds."))] = "1",
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    from app.cli.progress import ProgressBar
    from calibration.effects import published_effects

    session = session_of(ctx)
    asked = (
        whole_number(households, "--households", 1000),
        whole_number(seeds, "--seeds", 1),
        whole_number(seed, "--seed", 0),
    )
    with ProgressBar(session) as progress:
        found = published_effects(*asked, progress=progress)
    if as_json:
        from app.cli.listing import as_record

        session.emit({"met": _met(found), "effects": [as_record(one) for one in found]})
    else:
        _print(session, found, asked)


def _met(found: Sequence[Effect]) -> dict[str, int]:
    """Return how many effects that count are met, and how many count."""
    gates = [one for one in found if one.role == "gate"]
    return {"met": sum(bool(one.met) for one in gates), "of": len(gates)}


def _print(session: Session, found: Sequence[Effect], asked: tuple[int, int, int]) -> None:
    """Print the effects as a table, then how each one is measured."""
    from rich.text import Text

    say = session.say
    table = session.table(
        mark("Published effects"), mark("Effect"), mark("Model"), mark("Published range"), mark("Met"),
        mark("Role"), mark("Quality"),
    )  # fmt: skip
    for number, one in enumerate(found, 1):
        spread = f" ± {one.error:.2g}" if one.error == one.error else ""
        limits = "–" if one.low is None else f"{one.low:g} – {one.high:g}"
        table.add_row(
            Text(f"{number}. {one.label[session.lang]}"), Text(f"{one.value:.3g}{spread}"), Text(limits),
            Text(say(MET[one.met])), Text(say(ROLES[one.role])), Text(say(QUALITIES[one.quality])),
        )  # fmt: skip
    session.out.print(table)
    met = _met(found)
    session.out.print(Text(say("Met, of those that count: {met} of {of}.").format(**met)))
    households, seeds, _ = asked
    about = say("{households} simulated households, mean and standard error over {seeds} seeds.")
    session.out.print(Text(about.format(households=households, seeds=seeds)))
    session.out.print(Text("\n" + say("How each is measured"), style="bold"))
    numbered = enumerate(found, 1)
    for (text, source), group in groupby(
        numbered, key=lambda pair: (pair[1].definition[session.lang], pair[1].source)
    ):
        rows = list(group)
        numbers = ", ".join(str(number) for number, _ in rows)
        ranged = rows[0][1].low is not None
        line = (
            say("{numbers}: {text}. Range: {source}.")
            if ranged
            else say("{numbers}: {text}. No published range.")
        )
        session.out.print(Text(line.format(numbers=numbers, text=text, source=session.text(source))))
