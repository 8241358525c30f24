"""`jinlv`: puts the commands together and turns every ending into its exit code and one line."""

from __future__ import annotations

import os
import shlex
import signal
import sys
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import Annotated, Any

import typer

from app.cli import (
    compare_scenarios,
    list_indicators,
    list_levers,
    list_parameters,
    list_scenarios,
    open_app,
    plan_registry,
    published_effects,
    reproduce_run,
    run_scenarios,
    scenario_files,
    sensitivity_of_study,
    solve_target,
    sweep_studies,
    verify_run,
)
from app.cli.help_texts import translated
from app.cli.session import LangOption, Session, deferred, language_asked
from app.cli.usage import as_input_error
from app.wording import default_language, mark, translator, word_error
from app.wording.errors import printable
from app.wording.faults import fault_text
from model.errors import InputError

DONE, FAILED, BAD_INPUT, INTERRUPTED, TERMINATED = 0, 1, 2, 130, 143
PLAIN = ("StoreError", "WorkersError", "RunsFailed")
"""Errors told without their names: what stopped them says enough."""
TRACEBACK_WANTED = "JINLV_TRACEBACK"

app = typer.Typer(
    name="jinlv",
    help=mark("Shanxi's green-consumption transition to 2030, household by household (晋绿)."),
    add_completion=False,
    rich_markup_mode=None,
)
app.command("run", help=mark(run_scenarios.HELP))(deferred(run_scenarios.run))
app.command("compare", help=mark(compare_scenarios.HELP))(deferred(compare_scenarios.compare))
app.command("plan", help=mark(plan_registry.HELP))(deferred(plan_registry.plan))
app.command("scenarios", help=mark(list_scenarios.HELP))(deferred(list_scenarios.scenarios))
app.command("levers", help=mark(list_levers.HELP))(deferred(list_levers.levers))
app.command("indicators", help=mark(list_indicators.HELP))(deferred(list_indicators.indicators))
app.command("parameters", help=mark(list_parameters.HELP))(deferred(list_parameters.parameters))
app.command("sensitivity", help=mark(sensitivity_of_study.HELP))(deferred(sensitivity_of_study.sensitivity))
app.command("effects", help=mark(published_effects.HELP))(deferred(published_effects.effects))
app.command("app", help=mark(open_app.HELP))(deferred(open_app.app))
app.command("verify", help=mark(verify_run.HELP))(deferred(verify_run.verify))
app.command("reproduce", help=mark(reproduce_run.HELP))(deferred(reproduce_run.reproduce))
app.command("solve", help=mark(solve_target.HELP))(deferred(solve_target.solve))
app.add_typer(sweep_studies.app, name="sweep", help=mark(sweep_studies.HELP))
app.add_typer(scenario_files.app, name="scenario", help=mark(scenario_files.HELP))


class Terminated(BaseException):
    """SIGTERM came."""


@app.callback(invoke_without_command=True)
def root(
    ctx: typer.Context,
    lang: LangOption = None,
    show_version: Annotated[bool, typer.Option("--version", help=mark("Print the version."))] = False,
) -> None:
    if show_version:
        typer.echo(f"jinlv {version('jinlv')}")
    elif ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with 0 done, 1 failed, 2 bad input, 130 after Ctrl-C, 143 after SIGTERM."""
    signal.signal(signal.SIGTERM, _terminate)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    sys.exit(call(sys.argv[1:] if arguments is None else list(arguments)))


@cache
def command_in(lang: str) -> Any:
    """Return the whole command with its help pages in a language; it keeps nothing of a call."""
    return translated(typer.main.get_command(app), translator(lang))


def call(arguments: list[str]) -> int:
    """Run one command and return its exit code; all that goes wrong becomes one line on standard error."""
    session = Session(default_language(), tuple(arguments))
    try:
        session = Session(language_asked(arguments), tuple(arguments))
        work = command_in(session.lang).main(
            args=arguments, prog_name="jinlv", standalone_mode=False, obj=session
        )
        code = work() if callable(work) else work
        sys.stdout.flush()
        return code if isinstance(code, int) else DONE
    except InputError as error:
        return _leave(word_error(error, session.lang), BAD_INPUT)
    except typer.TyperException as error:
        return _leave(word_error(as_input_error(error), session.lang), BAD_INPUT)
    except (typer.Abort, KeyboardInterrupt) as error:
        return _leave(_stopped(error, session), INTERRUPTED)
    except Terminated as error:
        return _leave(_stopped(error, session), TERMINATED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        if os.environ.get(TRACEBACK_WANTED):
            raise
        return _leave(_failure(error, session), FAILED)


def _kept(error: BaseException) -> str:
    """Return what the command says is kept in spite of its end, or an empty text."""
    return printable("; ".join(getattr(error, "__notes__", ())))


def _stopped(error: BaseException, session: Session) -> str:
    """Return the line that says how to go on, or to begin again, after Ctrl-C or SIGTERM."""
    again = printable(shlex.join(["jinlv", *session.arguments]))
    if kept := _kept(error):
        parts = (session.say("interrupted"), kept, session.say("go on with:"))
        return f"jinlv: {session.joint.join(parts)} {again}"
    return f"jinlv: {session.say('interrupted; nothing half-written was kept; start again with:')} {again}"


def _terminate(*_: object) -> None:
    """Stop the work on SIGTERM as on Ctrl-C."""
    raise Terminated


def _failure(error: Exception, session: Session) -> str:
    """Return the line that names a failure, says what was saved and, if anything was, how to go on."""
    again = printable(shlex.join(["jinlv", *session.arguments]))
    saved = f"{kept}{session.joint}{session.say('go on with:')} {again}" if (kept := _kept(error)) else ""
    saved = saved or session.say("nothing was saved")
    what = fault_text(str(error), session.lang)
    if type(error).__name__ not in PLAIN:
        what = f"{type(error).__name__}: {what}"
    return f"jinlv: {session.told(session.say('failed'), printable(what))}{session.joint}{saved}"


def _leave(line: str, code: int) -> int:
    """Write one line to standard error and return the exit code."""
    sys.stderr.write(line + "\n")
    return code


if __name__ == "__main__":
    main()
