"""Take the pictures of the front end that the READMEs show, or look through all its pages in a browser.

    uv run python docs/screens.py [OUT]       writes docs/img/app-*.png; OUT: folder of run folders (runs)

Needs chromium and a font with Chinese signs (Debian: chromium, fonts-noto-cjk).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).parent / "img"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
HERE = "127.0.0.1"
PAGES = ("standing", "desk", "matters", "plan")
LANGUAGES = ("zh", "en")
WIDTH, HEIGHT, TALLEST = 1280, 900, 3400
READY = {
    "standing": ".js-plotly-plot .main-svg",
    "desk": ".st-key-add",
    "matters": "h1 ~ .lead",
    "plan": ".answer",
}
"""What is there as soon as a page is."""
WAIT = 300_000
"""Milliseconds until a page must be there: kernels are compiled once."""
SETTLE = 1_500
STEPS = 16
"""Steps of the subsidy's slider: 8,000 yuan."""
BUSY = "[data-testid=stProgress], [data-testid=stSpinner], [data-stale=true]"


def browser() -> str | None:
    """Return the path of a browser, None if there is none."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


@contextlib.contextmanager
def served(out: Path, **variables: str) -> Iterator[str]:
    """Serve the front end at a free port; yield its address."""
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        port = probe.getsockname()[1]
    typed = [sys.executable, "-c", "from app.cli.main import main; main()", "app"]
    typed += ["--port", str(port), "--out", str(out)]
    process = subprocess.Popen(typed, env={**os.environ, **variables}, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + WAIT / 1000
        while time.monotonic() < end:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://{HERE}:{port}/_stcore/health"):
                break
            time.sleep(0.2)
        yield f"http://{HERE}:{port}"
    finally:
        process.terminate()
        process.wait(30)


@dataclass
class Visit:
    """A page in a browser, and what went wrong: console errors, requests to other machines."""

    page: Page
    address: str
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(WAIT)
        self.page.on("console", lambda one: self._note(one.type == "error", f"console: {one.text}"))
        self.page.on("pageerror", lambda error: self.faults.append(f"page: {error}"))
        self.page.on("request", lambda one: self._note(not self._ours(one.url), f"request: {one.url}"))

    def _note(self, wrong: bool, text: str) -> None:
        if wrong:
            self.faults.append(text)

    def _ours(self, url: str) -> bool:
        host = self.address.removeprefix("http://")
        return url.startswith((f"http://{host}", f"ws://{host}", "data:", "blob:"))

    def open(self, name: str, lang: str) -> None:
        """Open a page by its address and wait until it is still."""
        self.page.goto(f"{self.address}/?page={name}&lang={lang}")
        self.page.locator(READY[name]).first.wait_for()
        self.still()

    def still(self) -> None:
        """Wait until nothing is on its way any more."""
        self.page.wait_for_timeout(SETTLE)
        self.page.wait_for_function(f"!document.querySelector('{BUSY}')")
        self.page.wait_for_timeout(SETTLE)

    def raise_rural_subsidy(self, villages: str) -> None:
        """On the desk raise the purchase subsidy in the villages, from 2026 to 2028."""
        self.page.locator(".st-key-add button").click()
        self.page.locator("[data-testid=stSlider] input").first.wait_for()
        self.still()
        self.page.locator("[class*=st-key-places] input").first.click()
        self.page.get_by_role("option", name=villages, exact=True).click()
        self.page.keyboard.press("Escape")
        self.still()
        self.page.locator("[data-testid=stSlider] input").first.focus()
        for _ in range(STEPS):
            self.page.keyboard.press("ArrowRight")
        self.still()
        self.page.locator(".js-plotly-plot .main-svg").first.wait_for()
        self.still()

    def picture(self, path: Path, width: int = WIDTH, tallest: int = TALLEST) -> None:
        """Save the whole page as a picture."""
        high = int(self.page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight"))
        self.page.set_viewport_size({"width": width, "height": min(max(high, HEIGHT), tallest)})
        self.page.wait_for_timeout(SETTLE)
        self.page.screenshot(path=path)
        self.page.set_viewport_size({"width": width, "height": HEIGHT})


@contextlib.contextmanager
def visit(address: str, width: int = WIDTH, **more: Any) -> Iterator[Visit]:
    """Yield a new visitor's page."""
    found = browser()
    if found is None:
        raise SystemExit("no browser here: install chromium")
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        page = opened.new_page(viewport={"width": width, "height": HEIGHT}, **more)
        yield Visit(page, address)
        opened.close()


VILLAGES = {"zh": "全部农村", "en": "all villages"}


def main(out: Path) -> None:
    """Take all pictures."""
    with served(out) as address, visit(address) as visitor:
        for lang in LANGUAGES:
            for name in PAGES:
                visitor.open(name, lang)
                if name == "desk":
                    visitor.raise_rural_subsidy(VILLAGES[lang])
                visitor.picture(IMAGES / f"app-{name}-{lang}.png", tallest=1500)
    for fault in visitor.faults:
        print(fault, file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("runs"))
