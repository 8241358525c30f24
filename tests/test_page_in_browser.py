"""The page opens from the disk in a browser: every chart is drawn, the console stays silent."""

import asyncio
import json
import shutil
import subprocess
import time
import urllib.request

import pytest
from tornado.websocket import websocket_connect

from app.cli.main import call

BROWSER = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
SMALL = ("--households", "200", "--replicates", "2", "--until", "2025-12", "--threads", "2")
WAIT = 60.0
STATE = """({charts: document.querySelectorAll('.chart').length,
  drawn: [...document.querySelectorAll('.chart')].filter(one => one.querySelector('.main-svg')).length,
  lang: document.documentElement.lang, over: document.documentElement.scrollWidth - innerWidth,
  en: [...document.querySelectorAll('[lang=en]:not(html, label)')].filter(e => e.offsetParent).length,
  zh: [...document.querySelectorAll('[lang=zh-CN]:not(html, label)')].filter(e => e.offsetParent).length})"""
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not BROWSER, reason="no browser on this machine")]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs")
    assert call(["run", "no_plan", "plan", *SMALL, "--out", str(out), "--html"]) == 0
    return next(out.glob("*/report.html"))


@pytest.fixture
def browser(tmp_path):
    """Return the address at which a browser's only page is told what to do."""
    typed = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"]
    started = subprocess.Popen(
        [*typed, f"--user-data-dir={tmp_path}", "about:blank"], stderr=subprocess.DEVNULL
    )
    written, until = tmp_path / "DevToolsActivePort", time.monotonic() + WAIT
    while not (written.is_file() and written.read_text()) and time.monotonic() < until:
        time.sleep(0.1)
    with urllib.request.urlopen(f"http://127.0.0.1:{written.read_text().split()[0]}/json/list") as answer:
        yield next(one["webSocketDebuggerUrl"] for one in json.load(answer) if one["type"] == "page")
    started.terminate()
    started.wait(WAIT)


async def visit(address, url, width, lang):
    """Open a page in a window taller than it and choose a language; return state, console, requests."""
    socket, heard, asked, sent = await websocket_connect(address), [], [], 0

    async def tell(method, **parameters):
        nonlocal sent
        sent += 1
        await socket.write_message(json.dumps({"id": sent, "method": method, "params": parameters}))
        while (answer := json.loads(await socket.read_message())).get("id") != sent:
            name, what = answer.get("method", ""), answer.get("params", {})
            heard.extend([what] if name in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown") else [])
            heard.extend([what] if name == "Log.entryAdded" else [])
            asked.extend([what["request"]["url"]] if name == "Network.requestWillBeSent" else [])
        return answer.get("result", {})

    async def ask(script):
        return (await tell("Runtime.evaluate", expression=script, returnByValue=True))["result"].get("value")

    for part in ("Runtime", "Log", "Network", "Page"):
        await tell(f"{part}.enable")
    size = {"width": width, "height": 100_000, "deviceScaleFactor": 1, "mobile": False}
    await tell("Emulation.setDeviceMetricsOverride", **size)
    await tell("Page.navigate", url=url)
    until, state = time.monotonic() + WAIT, None
    while time.monotonic() < until:
        await asyncio.sleep(0.3)
        await ask(f"document.getElementById('lang-{lang}')?.click()")
        state = await ask(STATE)
        if state and state["charts"] and state["drawn"] == state["charts"]:
            break
    return state, heard, asked


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("width", [1280, 400])
def test_all_charts_are_drawn_and_nothing_is_asked_for(page, browser, width, lang):
    state, heard, asked = asyncio.run(visit(browser, page.as_uri(), width, lang))
    assert state["drawn"] == state["charts"] > 10
    assert heard == []
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert state["lang"][:2] == lang and state["over"] <= 0
    assert state[lang] > 100 and state["zh" if lang == "en" else "en"] == 0
