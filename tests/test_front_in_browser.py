"""The front end in a real browser: no error, nothing asked of other machines, Chinese drawn with glyphs."""

import os
import sys
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "docs"))
screens = pytest.importorskip("screens")
SCREENS = os.environ.get("JINLV_SCREENS")
"""Folder that keeps the pictures of the walk, to be looked at."""
SMALL = {"preview_households": 1000, "preview_replicates": 2, "full_households": 1000, "full_replicates": 2}
NO_GLYPHS = """(text) => {
  const canvas = document.createElement('canvas'); canvas.width = canvas.height = 40;
  const font = getComputedStyle(document.querySelector('h1')).fontFamily, pen = canvas.getContext('2d');
  const drawn = sign => { pen.clearRect(0, 0, 40, 40); pen.font = `28px ${font}`; pen.fillText(sign, 4, 32);
    return pen.getImageData(0, 0, 40, 40).data.join(''); };
  const missing = drawn(String.fromCodePoint(0x10fffd));
  return [...new Set(text)].filter(sign => drawn(sign) === missing || !/[1-9]/.test(drawn(sign)))
    .join(''); }"""
CHINESE = """[...document.querySelectorAll('h1, h3, h4, p, label, td, th, button, .value, .facts, .banner')]
  .filter(one => one.offsetParent && !one.closest('[data-testid=stSidebar]'))
  .map(one => one.innerText).join('\\n').match(/[\\u4e00-\\u9fff]+/g) || []"""
OVER = "document.documentElement.scrollWidth - innerWidth"
RAW = ["Traceback", "KeyError", "undefined", "NaN", "{"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not screens.browser(), reason="no browser on this machine"),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Serve the front end at a small size."""
    with screens.served(tmp_path_factory.mktemp("runs"), **sizes_asked(SMALL)) as found:
        yield found


def sizes_asked(small):
    return {"JINLV_APP_SIZES": ",".join(f"{key}={value}" for key, value in small.items())}


def keep(visitor, name, width):
    if SCREENS:
        Path(SCREENS).mkdir(parents=True, exist_ok=True)
        visitor.picture(Path(SCREENS) / f"{name}-{width}.png", width)


@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_walk_through_all_pages(address, lang, width):
    with screens.visit(address, width, locale="zh-CN" if lang == "zh" else "en-GB") as visitor:
        for name in screens.PAGES:
            visitor.open(name, lang)
            if name == "desk":
                visitor.raise_rural_subsidy(screens.VILLAGES[lang])
                assert visitor.page.locator(".card").count() >= 4
            keep(visitor, f"{name}-{lang}", width)
            text = visitor.page.locator("[data-testid=stMain]").inner_text()
            assert [raw for raw in RAW if raw in text] == []
            assert visitor.page.locator("[data-testid=stException]").count() == 0
            assert visitor.page.evaluate(OVER) <= 0
            drawn = visitor.page.locator(".js-plotly-plot .main-svg").count()
            assert drawn > 0 or name in ("matters", "plan")
            chinese = "".join(visitor.page.evaluate(CHINESE))
            if lang == "zh":
                assert len(set(chinese)) > 30
                assert visitor.page.evaluate(NO_GLYPHS, chinese) == ""
            elif name != "plan":
                assert chinese.replace("晋发改就业发", "").replace("号", "") == ""
        assert visitor.faults == []


def test_a_sign_without_a_glyph_is_seen(address):
    with screens.visit(address) as visitor:
        visitor.open("plan", "zh")
        assert visitor.page.evaluate(NO_GLYPHS, "绿" + chr(0x10FFFE)) == chr(0x10FFFE)


def test_the_language_is_switched_the_draft_stays_and_the_table_is_downloaded(address, tmp_path):
    with screens.visit(address) as visitor:
        visitor.open("desk", "zh")
        visitor.raise_rural_subsidy(screens.VILLAGES["zh"])
        visitor.page.locator("[data-testid=stSidebar]").get_by_text("English", exact=True).click()
        visitor.page.get_by_text("Scenario desk", exact=True).last.wait_for()
        visitor.still()
        assert "lang=en" in visitor.page.url and "page=desk" in visitor.page.url
        assert (
            "nev_purchase_subsidy=8000@2026-01..2028-12@*.rural" in visitor.page.locator("code").inner_text()
        )
        with visitor.page.expect_download() as found:
            visitor.page.locator(".st-key-csv button").click()
        found.value.save_as(tmp_path / "table.csv")
        table = pd.read_csv(tmp_path / "table.csv")
        assert list(table)[:5] == ["Indicator", "Year", "Households", "Scenario", "Value"]
        cost = table[table["Indicator"] == "Cost, all payers"].iloc[0]
        assert 0 < cost["Low"] <= cost["Value"] <= cost["High"]
        assert visitor.faults == []


def test_what_a_visitor_types_is_shown_as_text(address):
    with screens.visit(address) as visitor:
        visitor.open("plan", "en")
        visitor.page.locator("input[type=text]").first.fill("<img src=x onerror=document.title='hit'> **b**")
        visitor.page.keyboard.press("Enter")
        visitor.still()
        assert visitor.page.title() != "hit" and visitor.page.locator("[data-testid=stMain] img").count() == 0
        assert visitor.faults == []
