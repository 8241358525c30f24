"""The four pages in both languages: what is shown, a lever that is raised, a run that is cancelled."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import app.front.pool as pools
import scenarios
from app.front import frame
from app.front.sizes import sizes
from app.wording import translator

MAIN = str(Path(__file__).resolve().parent.parent / "app" / "main.py")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SMALL = {"preview_households": 1500, "preview_replicates": 2, "full_households": 200, "full_replicates": 2}
WAIT = 180
LANGUAGES = ("en", "zh")


@pytest.fixture(autouse=True)
def small(monkeypatch, tmp_path):
    """Simulate few households in this process; run folders go to a folder of the test."""
    for key, value in {**SMALL, "warm_households": 1}.items():
        monkeypatch.setitem(sizes(), key, value)
    monkeypatch.setattr(pools, "processes", ThreadPoolExecutor)
    monkeypatch.setenv(frame.OUT, str(tmp_path))
    monkeypatch.setenv(pools.WORKERS, "1")
    pools._pool.cache_clear()
    yield
    pools.pool().close()
    pools._pool.cache_clear()


def opened(page, lang, **more):
    """Return a page as a browser in that language gets it."""
    test = AppTest.from_file(MAIN, default_timeout=WAIT)
    test.query_params.update({"page": page, "lang": lang, **more})
    test.run()
    assert not test.exception, test.exception
    return test


def told(test):
    """Return all markup of a page but that of the side bar and the style sheet."""
    found = [one.proto.body for one in test.main.get("html") if "<style>" not in one.proto.body]
    return "\n".join(found)


def raised(test, level=20_000, places=("*.rural",)):
    """Put the subsidy of the test's desk to a level."""
    test.button(key="add").click().run()
    test.slider[0].set_value(level)
    next(one for one in test.multiselect if one.key.startswith("places")).set_value(list(places))
    return test.run()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_where_we_stand_is_simulated_once_and_shows_every_goal(lang):
    test = opened("standing", lang)
    job = next(job for key, job in pools.pool()._jobs.items() if key.startswith("run"))
    assert job.finished.wait(WAIT) and job.error is None
    test.run()
    assert not test.exception
    found, say = told(test), translator(lang)
    goals = [one for one in job.answer[0].summary["goals"] if one["year"] == 2030]
    assert found.count('class="card"') == len(goals) > 5
    assert say("Simulation results, not a forecast") in found and job.answer[0].summary["id"] in found
    assert len(test.get("plotly_chart")) == 4
    year = next(one for one in test.get("button_group") if one.key.startswith("year"))
    year.set_value("2025")
    test.run()
    wanted = [one for one in job.answer[0].summary["goals"] if one["year"] == 2025]
    assert told(test).count('class="card"') == len(wanted)
    assert any("2025" in one.value for one in test.subheader)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_lever_that_is_raised_shows_effect_cost_and_what_to_take_along(lang):
    test = opened("desk", lang)
    assert translator(lang)("Cost, all payers") not in told(test)
    raised(test)
    assert not test.exception
    found, say = told(test), translator(lang)
    for sentence in ("Cost, all payers", "Additional new-energy cars", "Simulation results, not a forecast"):
        assert say(sentence) in found
    assert "nev_purchase_subsidy=20000@2026-01..2028-12@*.rural" in test.code[0].value
    assert len(test.get("plotly_chart")) == 1
    goals = [one for one in found.split("<table>") if say("Target") in one]
    assert len(goals) == 1 and goals[0].count("<tr>") > 10
    cost = re.search(r'class="value">(?:CNY )?([\d.]+)', found.split(say("Cost, all payers"))[1])
    assert float(cost[1]) > 0.0


def test_the_language_is_switched_and_the_draft_stays():
    test = raised(opened("desk", "zh"))
    switch = next(one for one in test.sidebar.get("button_group"))
    switch.set_value("en")
    test.run()
    assert not test.exception
    assert test.query_params["lang"] in ("en", ["en"])
    assert test.slider[0].value == 20_000
    assert "@*.rural" in test.code[0].value
    assert not CHINESE.search(re.sub("<[^>]*>|晋绿|晋发改就业发〔2022〕197号", "", told(test)))


def test_a_page_is_left_and_the_draft_is_there_on_return():
    test = raised(opened("desk", "en"), 12_000)
    test.button(key="go-plan").click().run()
    assert "306" in told(test)
    test.button(key="go-desk").click().run()
    assert test.slider[0].value == 12_000


def test_a_full_run_is_cancelled_and_goes_on_where_it_stopped(monkeypatch, tmp_path):
    monkeypatch.setitem(sizes(), "full_replicates", 40)
    test = raised(opened("desk", "en"))
    test.button(key="full").click().run()
    job = next(job for key, job in pools.pool()._jobs.items() if key.startswith("run"))
    while job.done[0] < 2:
        assert not job.finished.wait(0.05)
    test.button(key="cancel-full").click().run()
    assert job.finished.is_set() and not test.exception
    kept = len(list(tmp_path.glob(".unfinished-*/*.part")))
    assert 2 <= kept < 90 and not list(tmp_path.glob("????????????"))
    assert translator("en")(
        "Cancelled. What was simulated is kept: started again, it goes on from there."
    ) in told(test)


def test_a_full_run_replaces_the_preview_and_is_the_folder_of_the_command_line(tmp_path):
    test = raised(opened("desk", "en"))
    test.button(key="full").click().run()
    job = next(job for key, job in pools.pool()._jobs.items() if key.startswith("run"))
    assert job.finished.wait(WAIT) and job.error is None
    test.run()
    assert not test.exception and job.answer[0].summary["id"] in told(test)
    from app.cli.main import call

    typed = [*test.code[0].value.replace("'", "").split()[1:], "--households", "200", "--replicates", "2"]
    assert call([*typed, "--out", str(tmp_path), "--json"]) == 0
    assert [path.name for path in tmp_path.glob("????????????")] == [job.answer[0].summary["id"]]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_plan_is_searched_and_what_was_typed_stays_text(lang):
    test = opened("plan", lang)
    assert "306" in told(test) and len(test.expander) == 27
    test.text_input(key="search").set_value("nev_purchase_subsidy").run()
    some = told(test)
    assert 0 < some.count("A07-") < 306 and len(test.expander) < 5
    test.text_input(key="search").set_value("<img src=x onerror=alert(1)>").run()
    assert not test.exception and "<img" not in told(test)
    assert translator(lang)("Nothing in the plan matches.") in told(test)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_matters_runs_a_small_study(lang, monkeypatch):
    monkeypatch.setitem(sizes(), "study_samples", 4)
    monkeypatch.setitem(sizes(), "study_households", 1000)
    monkeypatch.setattr("app.front.studies.stored", lambda name, out: None)
    test = opened("matters", lang)
    test.button(key="study").click().run()
    job = next(job for key, job in pools.pool()._jobs.items() if key.startswith("study"))
    assert job.finished.wait(WAIT) and job.error is None
    test.run()
    assert not test.exception and len(test.get("plotly_chart")) == 1
    assert translator(lang)("Simulation results, not a forecast") in told(test)


def test_a_study_can_be_asked_of_another_scenario_outcome_and_year(monkeypatch):
    monkeypatch.setitem(sizes(), "study_samples", 4)
    monkeypatch.setitem(sizes(), "study_households", 1000)
    test = opened("matters", "en")
    assert "study" not in {one.key for one in test.button} and len(test.get("plotly_chart")) == 1
    asked = {one.key.split("-")[1]: one for one in test.selectbox if one.key.startswith("asked")}
    asked["scenario"].select("no_plan").run()
    next(one for one in test.selectbox if one.key.startswith("asked-outcome")).select("nev_stock").run()
    next(one for one in test.selectbox if one.key.startswith("asked-year")).select(2028).run()
    assert "This has not been asked on this machine yet." in told(test) and not test.get("plotly_chart")
    test.button(key="study").click().run()
    job = next(
        job
        for key, job in pools.pool()._jobs.items()
        if key.startswith("study") and not job.finished.is_set()
    )
    assert job.finished.wait(WAIT) and job.error is None
    test.run()
    assert not test.exception and len(test.get("plotly_chart")) == 1
    assert scenarios.load("no_plan").label["en"] in told(test) and "A small sample (4)" in told(test)


def test_two_visitors_never_see_each_others_draft():
    one, other = raised(opened("desk", "en"), 9_000), opened("desk", "en")
    assert one.slider[0].value == 9_000
    assert len(other.slider) == 0
