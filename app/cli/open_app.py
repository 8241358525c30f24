"""`jinlv app`: open the front end in a browser, on this machine alone unless another address is given."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.asking import WHOLE, OutOption, ThreadsOption
from app.cli.asking_numbers import threads_asked
from app.cli.session import LangOption, Session, session_of, whole_number
from app.wording import mark
from model.errors import InputError

HELP = mark("Open the front end in a browser: where we stand, scenario desk, what matters, the plan.")
HERE = "127.0.0.1"
USUAL_PORT, LEAST_PORT, MOST_PORT = "8501", 1, 65535
SCREENS = ("DISPLAY", "WAYLAND_DISPLAY")
GREEN, INK, PALE = "#1f6f4a", "#1b1f23", "#f6f8f6"
FONT = "'Source Sans', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"


def app(
    ctx: typer.Context,
    port: Annotated[str, typer.Option("--port", metavar=WHOLE, help=mark("Port."))] = USUAL_PORT,
    host: Annotated[
        str, typer.Option("--host", help=mark("Address to listen at; 127.0.0.1: this machine alone."))
    ] = HERE,
    out: OutOption = "runs",
    threads: ThreadsOption = None,
    lang: LangOption = None,
) -> int:
    session = session_of(ctx)
    number = whole_number(port, "--port", LEAST_PORT, MOST_PORT)
    if threads is not None:
        os.environ["JINLV_APP_WORKERS"] = str(threads_asked(threads))
    os.environ["JINLV_APP_OUT"] = str(Path(out).resolve())
    _check_free(host, number)
    import app.main  # noqa: F401  # who follows the address then finds a page, not an empty window

    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{number}/?lang={session.lang}"
    session.err.print(session.told(session.say("The front end is at"), address), markup=False, soft_wrap=True)
    return serve(host, number, session)


def _check_free(host: str, port: int) -> None:
    """Raise InputError if nothing can listen there."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except socket.gaierror:
        raise InputError("no_such_host", field="--host", near=HERE, values=(host,)) from None
    except OSError:
        raise InputError("port_taken", field="--port", values=(str(port), host)) from None


def settings(host: str, port: int) -> dict[str, Any]:
    """Return how Streamlit is set up: nothing is asked of the network, nothing is watched, no chrome."""
    screen = sys.platform in ("darwin", "win32") or any(os.environ.get(name) for name in SCREENS)
    return {
        "server.address": host,
        "server.port": port,
        "server.headless": not screen,
        "server.fileWatcherType": "none",
        "server.runOnSave": False,
        "server.showEmailPrompt": False,
        "browser.gatherUsageStats": False,
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        "logger.level": "warning",
        "logger.hideWelcomeMessage": True,
        "theme.base": "light",
        "theme.primaryColor": GREEN,
        "theme.textColor": INK,
        "theme.secondaryBackgroundColor": PALE,
        "theme.font": FONT,
    }


def serve(host: str, port: int, session: Session) -> int:
    """Serve the pages until the process is told to end; return the exit code."""
    from streamlit.web import bootstrap

    flags = {name.replace(".", "_"): value for name, value in settings(host, port).items()}
    script = str(Path(__file__).resolve().parent.parent / "main.py")
    bootstrap.load_config_options(flag_options=flags)
    bootstrap.run(script, False, [], flags)
    return 0
