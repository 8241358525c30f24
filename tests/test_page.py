"""The page of a run: whole, in both languages, the same bytes for the same results, nothing fetched."""

import base64
import gzip
import json
import re
from html.parser import HTMLParser

import pytest
from plotly.offline import get_plotlyjs_version

from app.cli.main import call
from app.page import assets, drawings, page
from app.page.results import Results
from app.wording.sources import sources
from experiments import shelf, store
from experiments.bands import observed_points
from experiments.results import without_spread
from model.data.load import load_region

CHINESE = re.compile(r"[\u4e00-\u9fff]")
WORD = re.compile(r"[A-Za-z]{3,}")
WRITTEN_ALIKE = {"jinlv", "kWh", "Wilson", "TOML"}
SMALL = ("--households", "200", "--replicates", "2", "--until", "2025-12", "--threads", "2")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs")
    typed = ("--set", "nev_purchase_subsidy=8000@2023-01..2024-12", "--assume", "petrol_price=9")
    assert call(["run", "no_plan", "plan", *typed, *SMALL, "--out", str(out), "--html"]) == 0
    (made,) = (path for path in out.iterdir() if path.is_dir())
    return made


@pytest.fixture(scope="module")
def run(folder):
    summary = store.read_summary(folder)
    return summary, shelf.read_tables(folder, ("indicators", "outlays")), shelf.read_scenarios(folder)


@pytest.fixture(scope="module")
def html(folder):
    return (folder / "report.html").read_text(encoding="utf-8")


class Reader(HTMLParser):
    """Collects texts by language, attributes and scripts of a page."""

    def __init__(self, html):
        super().__init__()
        self.said, self.attributes, self.scripts, self.open = {"en": [], "zh-CN": []}, [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.attributes += [(tag, *one) for one in attrs]
        if tag not in ("meta", "br", "input"):
            self.open.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        tag, attrs = self.open[-1] if self.open else ("", {})
        if tag == "script":
            self.scripts.append(data)
        elif tag == "span" and "lang" in attrs:
            self.said[attrs["lang"]].append(data)


def figures(html):
    packed = re.search(r'id="figures">([^<]+)<', html)[1]
    return json.loads(gzip.decompress(base64.b64decode(packed)))


def texts(value):
    """Return every text of a figure that a person may read."""
    if isinstance(value, dict):
        shown = ("text", "name", "ticktext", "customdata")
        for key, part in value.items():
            yield from part if key in shown and isinstance(part, list) else ()
            yield from (
                [part] if key in shown and isinstance(part, str) and part not in ("unit", "end") else ()
            )
            yield from texts(part) if not isinstance(part, str) else ()
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


def english(said):
    return sorted(
        {word for word in WORD.findall(re.sub(r"`[^`]*`|\b[a-z]+_[a-z_]+=\S+|\b[0-9a-f]{12}\b", "", said))}
        - WRITTEN_ALIKE
    )


def test_the_run_folder_with_its_page_is_whole(folder):
    assert store.verify(folder) == () and store.unlisted(folder) == ()


def test_each_language_is_complete_and_unmixed(html):
    reader = Reader(html)
    assert len(reader.said["en"]) == len(reader.said["zh-CN"]) > 300
    assert [text for text in reader.said["en"] if CHINESE.search(text)] == []
    assert [text for text in reader.said["zh-CN"] if english(text)] == []
    for figure in figures(html):
        assert [text for text in texts(figure["en"]) if CHINESE.search(text)] == []
        assert [text for text in texts(figure["zh"]) if english(text)] == []


def test_nothing_is_fetched(html):
    reader = Reader(html)
    policy = next(
        value for _, name, value in reader.attributes if name == "content" and "default-src" in value
    )
    assert "default-src 'none'" in policy and "http" not in policy
    assert [
        value for _, name, value in reader.attributes if name == "href" and not value.startswith("#")
    ] == []
    assert [value for _, name, value in reader.attributes if name in ("src", "srcset", "action")] == []
    assert not re.search(r"https?:|fetch\(|import\(|@import|url\(", html)


def test_the_same_results_give_the_same_bytes(run, html, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert page(*run) == html.encode()


def test_a_page_is_small(html):
    assert len(html.encode()) <= 1_250_000


def test_every_observed_figure_is_a_dot_in_one_chart(run):
    results = Results(run[0], run[1])
    drawn = []
    for indicator, place in results.shown:
        for trace in drawings.fan(results, indicator, place)["en"]["data"]:
            if trace["mode"] == "markers" and "nation" not in trace["name"]:
                drawn += [(indicator, place, int(day[:4])) for day in trace["x"]]
    seen = observed_points(load_region("shanxi"))
    assert sorted(drawn) == sorted(seen[["indicator", "place", "year"]].itertuples(index=False, name=None))


def test_shares_of_the_nation_are_shown_from_the_first_year_on(run):
    results = Results(run[0], run[1])
    share = drawings.fan(results, "nev_new_sales_share", "all")
    dots = {lang: [one for one in share[lang]["data"] if one["mode"] == "markers"] for lang in ("en", "zh")}
    assert min(day for one in dots["en"] for day in one["x"]) == "2011-12-31"
    assert [(one["x"], one["y"]) for one in dots["en"]] == [(one["x"], one["y"]) for one in dots["zh"]]


def test_a_label_is_shown_as_it_is_written(run):
    summary, tables, scenarios = run
    sly = {**summary["labels"], "plan": {"en": "<b>x</b><script>y()</script>", "zh": "<b>甲</b>"}}
    html = page({**summary, "labels": sly}, tables, scenarios).decode()
    assert "<b>" not in html and "y()</script>" not in html
    assert not any("<b>" in text or "<script" in text for figure in figures(html) for text in texts(figure))


def test_no_chart_is_empty_or_holds_what_is_no_number(html):
    for figure in figures(html):
        for one in figure.values():
            assert one["data"] and all(any(y is not None for y in trace["y"]) for trace in one["data"])
    assert not re.search(r"\bnan\b|\bNone\b", html.split("<main")[1].split("<pre>")[0])


@pytest.mark.parametrize(
    "changes",
    [{"replicates": 1}, {"goals": []}, {"money": [], "effects": []}, {"until": "2025-06"}],
    ids=lambda changes: " ".join(changes),
)
def test_a_poorer_run_has_a_page_too(run, changes):
    summary, tables, scenarios = run
    if changes.get("replicates") == 1:
        tables = {name: table[table["replicate"] == 1] for name, table in tables.items()}
        summary = without_spread(summary)
    if "until" in changes:
        kept = tables["indicators"]
        tables = {**tables, "indicators": kept[kept["month"] <= changes["until"]]}
    html = page({**summary, **changes}, tables, scenarios).decode()
    assert all(one["data"] for figure in figures(html) for one in figure.values())
    if changes.get("replicates") == 1:
        assert " · p " not in html and "no 90 % interval" not in html


def test_one_lever_at_several_levels_has_a_curve(run):
    summary, tables, scenarios = run
    names = [name for name in summary["scenarios"] if name != "no_plan"]
    vary = {"lever": "nev_purchase_subsidy", "values": [0.0, 8000.0], "names": names}
    effect = summary["effects"][0]
    vary["curve"] = [{"cost_per_additional": None}, {"cost_per_additional": effect["cost_per_additional"]}]
    results = Results({**summary, "vary": vary}, tables)
    assert results.lines == ("no_plan",)
    assert '<section id="levels"' in page({**summary, "vary": vary}, tables, scenarios).decode()


def test_the_drawing_library_is_whole_and_of_the_version_of_plotly():
    assert get_plotlyjs_version() == assets.VERSION and assets.fitting()
    assert assets.VERSION in gzip.decompress((assets.VENDOR / assets.BUNDLE).read_bytes()).decode()[:200]


def test_without_the_small_library_the_installed_one_is_taken(monkeypatch):
    monkeypatch.setattr(assets, "SHA256", "0" * 64)
    assets.library.cache_clear()
    try:
        assert len(assets.library()) > 1_000_000
    finally:
        assets.library.cache_clear()


def test_every_source_of_an_observed_figure_has_a_chinese_name():
    shown = {str(one) for name in ("shanxi", "china") for one in observed_points(load_region(name))["source"]}
    assert sorted(shown - set(sources())) == []


def test_a_page_is_made_once_and_only_when_it_is_wanted(run, folder, capsys):
    before = (folder / "report.html").stat().st_mtime_ns
    assert call(["verify", str(folder)]) == 0
    shelf.add(folder, "report.html", (folder / "report.html").read_bytes())
    assert store.verify(folder) == () and (folder / "report.html").stat().st_mtime_ns >= before


def test_a_damaged_folder_gets_no_page(folder, tmp_path):
    (tmp_path / "manifest.json").write_bytes((folder / "manifest.json").read_bytes())
    with pytest.raises(store.StoreError, match="missing"):
        shelf.add(tmp_path, "report.html", b"x")
    assert not (tmp_path / "report.html").exists()


def test_tables_are_not_read_from_a_damaged_folder(tmp_path):
    with pytest.raises(store.StoreError):
        shelf.read_tables(tmp_path, ("indicators",))
