"""How long visitors of the front end wait: slider to preview alone, and ten visitors at once.

    uv run python -m benchmarks.front [VISITORS]

Each visitor is a raw websocket client that speaks Streamlit's messages: it opens the desk, takes up the
purchase subsidy, moves its slider several times and waits each time until the page is drawn.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from tornado.websocket import WebSocketClientConnection, websocket_connect

from docs.screens import served

VISITORS, MOVES, STEP, FIRST = 10, 5, 400, 400

BEFORE = 29_900
"""Level of the slider while the model is being loaded."""
WAIT, LOADING = 300.0, 0.5
PAGE = "page=desk&lang=en"
COST = "Cost, all payers"
"""Stands on the page as soon as the preview is drawn."""


@dataclass
class Visitor:
    """A client of the front end: the widgets it has seen, the markup of its page, what went wrong."""

    address: str
    widgets: dict[str, str] = field(default_factory=dict)
    markup: str = ""
    faults: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    socket: WebSocketClientConnection | None = None

    async def open(self) -> None:
        """Connect and have the page drawn."""
        url = self.address.replace("http", "ws", 1) + "/_stcore/stream"
        self.socket = await websocket_connect(url, subprotocols=["streamlit"], max_message_size=2**28)
        await self.draw()

    async def draw(self, pressed: str = "") -> float:
        """Send the state of the widgets, with a button `pressed`, and wait for the page; return seconds."""
        message = BackMsg()
        state = message.rerun_script
        state.query_string = PAGE
        for name, value in self.values.items():
            widget = state.widget_states.widgets.add()
            widget.id = name
            widget.double_array_value.data.extend([value])
        if pressed:
            widget = state.widget_states.widgets.add()
            widget.id, widget.trigger_value = pressed, True
        start = time.perf_counter()
        self.markup = ""
        assert self.socket is not None
        await self.socket.write_message(message.SerializeToString(), binary=True)
        await asyncio.wait_for(self._listen(), WAIT)
        return time.perf_counter() - start

    async def _listen(self) -> None:
        """Take in what is drawn until the script has ended well; a script that is started again goes on."""
        assert self.socket is not None
        while (content := await self.socket.read_message()) is not None:
            message = ForwardMsg()
            message.ParseFromString(content)
            if message.WhichOneof("type") == "script_finished":
                if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    return
                if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                    self.faults.append("compile error")
            elif message.WhichOneof("type") == "delta":
                self._take_in(message.delta.new_element)
        self.faults.append("connection closed")

    def _take_in(self, element: Any) -> None:
        kind = element.WhichOneof("type")
        if kind == "html":
            self.markup += element.html.body
        elif kind == "exception":
            self.faults.append(element.exception.message)
        elif kind in ("button", "slider"):
            name = str(getattr(element, kind).id)
            self.widgets[name.rsplit("-", 1)[-1] if kind == "button" else kind] = name


async def moves(address: str, number: int, first: int) -> tuple[list[float], list[str]]:
    """Return the seconds from a move of the slider to its preview, for several moves, and faults.

    The visitors of all rounds have different numbers, so that nobody finds a preview that is there already.
    """
    visitor = Visitor(address)
    await visitor.open()
    await visitor.draw(visitor.widgets["add"])
    visitor.values = {visitor.widgets["slider"]: float(BEFORE)}
    while COST not in visitor.markup and not visitor.faults:  # the model is still being loaded
        await asyncio.sleep(LOADING)
        await visitor.draw()
    taken = []
    for k in range(MOVES):
        visitor.values = {visitor.widgets["slider"]: float(FIRST + STEP * (first + number + k))}
        taken.append(await visitor.draw())
        if COST not in visitor.markup:
            visitor.faults.append("no preview")
    if visitor.socket is not None:
        visitor.socket.close()
    return taken, visitor.faults


async def crowd(address: str, visitors: int, first: int) -> tuple[list[float], list[str]]:
    """Return the same of several visitors at once, each with levels of its own."""
    found = await asyncio.gather(*(moves(address, number * MOVES, first) for number in range(visitors)))
    return [one for taken, _ in found for one in taken], [fault for _, faults in found for fault in faults]


def measured(visitors: int = VISITORS) -> dict[str, Any]:
    """Return median and slowest wait of one visitor and of several at once, seconds, with what failed."""
    made: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as address:
        rounds = (("warm", 1, 0), ("alone", 1, MOVES), ("together", visitors, 2 * MOVES))
        for name, count, first in rounds:
            taken, faults = asyncio.run(crowd(address, count, first))
            made[name] = {
                "visitors": count,
                "previews": len(taken),
                "median_s": round(statistics.median(taken), 2),
                "slowest_s": round(max(taken), 2),
                "faults": faults,
            }
    return made


if __name__ == "__main__":
    print(json.dumps(measured(*(int(word) for word in sys.argv[1:])), indent=1))
