"""Commands that do not simulate: quick, light, in two languages, one line where input is bad."""

import json
import subprocess
import sys

import pytest

from app.cli.main import call

HEAVY = ("numba", "mesa", "plotly", "streamlit", "scipy", "pandas")


@pytest.fixture(autouse=True)
def english(monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")


def words(text):
    return text.split()


BAD = {
    "rn": "jinlv: there is no command “rn”; allowed: run, compare, plan",
    "run --household 3": "(did you mean --households?)",
    "run --households 0": "jinlv: --households: “0”",
    "run --households ten": ", all",
    "run --region china --households all": "allowed: 1..20000000\n",
    "run --region shangxi": "did you mean shanxi?",
    "run --households ٣": "jinlv: --households:",
    "run --replicates x": "jinlv: --replicates: “x” is not a whole number",
    "run --replicates 0": "jinlv: --replicates: “0” is out of range; allowed: 1..200\n",
    "run --replicates 201": "jinlv: --replicates: “201” is out of range; allowed: 1..200\n",
    "run --replicates 1.5": "jinlv: --replicates: “1.5” is not a whole number",
    "run --seed -1": "jinlv: --seed: “-1” is out of range; allowed: 0..",
    "run --households 20,000": "(did you mean 20000?)",
    "run --until 2025": "(did you mean 2025-12?)",
    "run --until 2026-1": "(did you mean 2026-01?)",
    "run plan/": "plan: there is no such file; `jinlv scenario new NAME` writes one (did you mean plan?)",
    "scenario check .": "jinlv: .: this is not a plain file",
    "scenario check plann": "jinlv: plann: there is no such file; `jinlv scenario new NAME` writes",
    "run --region beijing": "jinlv: --region: there is no region “beijing”",
    "levers 新能源汽车购置补帖": "(did you mean nev_purchase_subsidy?)",
    "indicators 新能源汽车新车售占比": "(did you mean nev_new_sales_share?)",
    "run 方案全面落时": "(did you mean plan?)",
    "run --set 新能源汽车购置补帖=8000": "(did you mean nev_purchase_subsidy?)",
    "run --set 新能源汽车购置补贴=x": "jinlv: --set nev_purchase_subsidy: ",
    "run -h": "(did you mean --help?)",
    "run --set nev_purchase_subsidy=8000@2026-13": (
        "jinlv: --set nev_purchase_subsidy: “2026-13” is not a period of months; allowed: FROM..TO"
    ),
    "run --set nev_purchase_subsidy=8000@2026": "“2026” is not a period of months",
    "run --set nev_purchase_subsidy=8,000": "(did you mean 8000?)",
    "run --set nev_purchase_subsidy=8e3": "(did you mean 8000?)",
    "run --set nev_purchase_subsidy=8000元": "(did you mean 8000?)",
    "run --set nev_purchase_subsidy=99999": ": 99999 is out of range; allowed: 0..",
    "run --set =5": "“=5” is not a setting of a lever; allowed: LEVER=VALUE",
    (
        "run --set nev_purchase_subsidy=1@2026-01..2027-06 --set nev_purchase_subsidy=2@2027-01..2028-12"
    ): "meet in some places from 2027-01 to 2027-06",
    "compare current plan --replicates 999999999": "allowed: 1..200\n",
    "run --replicates -1": "jinlv: --replicates: “-1”",
    f"run --seed {'9' * 5000}": "jinlv: --seed:",
    "run --seed": "jinlv: --seed: a value is missing",
    "run --until 2031-01": "jinlv: --until: “2031-01”",
    "run --until 2030-13": "allowed: 2015-01..2030-12",
    "run --threads 0": "jinlv: --threads: “0” is out of range",
    "run plann": "(did you mean plan?)",
    "run --set nev_purchase_subsidi=8000": "(did you mean nev_purchase_subsidy?)",
    "run --assume petrol_prise=9": "petrol_prise",
    "run --set foo=1": (
        "jinlv: --set: there is no lever “foo”; allowed: nev_purchase_subsidy, nev_road_right_advantage, "
        "charging_density, publicity_intensity, green_insurance_discount, green_credit_discount, "
        "green_coupon_value, "
    ),
    "run --set charging_density=x": "jinlv: --set charging_density: ",
    "run --assume petrol_price=9 --assume petrol_price=+3%@2025-01..": (
        "jinlv: --assume: “petrol_price” is assumed twice for the same months"
    ),
    "run --assume soc_publicity_halflife=low --assume soc_publicity_halflife=high": "is assumed twice",
    "run --assume pv_yield=low": "jinlv: --assume: no decision in the model reads “pv_yield” yet",
    "run --assume insurance_bev=5000": "jinlv: --assume: there is no series or parameter “insurance_bev”",
    "run --assume petrol=9": "(did you mean petrol_price?)",
    "run --set green_coupon_value=5%": "(did you mean 0.05?)",
    "run --set nev_purchase_subsidy=1@2028-01..2026-01": "(did you mean 2026-01..2028-01?)",
    "compare plan current --set charging_density=9": "jinlv scenario new NAME --set ...",
    "levers xyz": "`jinlv levers` lists them",
    "verify nowhere": "a run tells the folder it has written",
    "reproduce .": "such as runs/ID",
    "run --lang fr": "jinlv: --lang: “fr” does not fit; allowed: en, zh",
    "--lang": "jinlv: --lang: a value is missing",
    "plan 99": "jinlv: ARTICLE: there is no article “99”; allowed: 1..27",
    "plan 7 9": "jinlv: “9” is one word too many",
    "scenario chek": "(did you mean check?)",
    "scenario show plann": "(did you mean plan?)",
    "scenario check": "jinlv: FILE: it must be given",
    "scenario check no_such_file.toml": "no_such_file.toml",
    "scenario show nope": "no scenario “nope” and no file of that name here; allowed: no_plan, current",
    "levers nope": "jinlv: there is no lever “nope”",
    "levers Charging_Densty": "(did you mean charging_density?)",
    "levers subsidy": "(did you mean nev_purchase_subsidy, green_goods_subsidy_rate?)",
    "levers nev_purchase_subsidi": "(did you mean nev_purchase_subsidy?)",
    "indicators nev_new_sales": "did you mean",
    "parameters veh_prise_elasticity": "did you mean",
    "plan 廿八": "there is no article “廿八”; allowed: 1..27, 一..二十七, A07-10",
    "plan A07-99": "the article has no measure “A07-99”; allowed: A07-01..A07-",
    "scenarios plann": "(did you mean plan?)",
    "scenario diff plan": "jinlv: OTHER: it must be given",
    "scenario diff plan nope": "there is no scenario “nope”",
    "scenario new": "jinlv: NAME: it must be given",
    "verify": "jinlv: RUN: it must be given",
    "verify .": "jinlv: RUN: “.” is not a run folder",
    "verify no_such_folder": "jinlv: RUN: there is no folder “no_such_folder”",
}


@pytest.mark.parametrize("typed", BAD, ids=[typed[:40] for typed in BAD])
def test_bad_input_ends_in_one_line_and_exit_2(typed, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert call(words(typed)) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1 and said.err.startswith("jinlv: ")
    assert BAD[typed] in said.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("typed", ["--lang zh rn", "rn --lang zh", "rn --lang=zh"])
def test_the_language_may_stand_before_or_after_the_command(typed, capsys):
    assert call(words(typed)) == 2
    assert "没有命令 “rn”" in capsys.readouterr().err


def test_what_is_allowed_is_cut_between_names(capsys):
    assert call(["run", "--assume", "nothing_like_it=9"]) == 2
    said = capsys.readouterr().err
    from scenarios.settings import parameter_ranges, world

    names = said.partition("allowed: ")[2].partition(" (did")[0].strip().split(", ")
    assert len(names) > 3 and names[-1] == "…" and set(names[:-1]) <= {*world(), *parameter_ranges()}


def test_a_file_of_that_name_beside_is_meant(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text("")
    for typed in ("scenario show mine", "scenario check mine", "scenario diff plan mine", "run mine"):
        assert call(words(typed)) == 2
        assert capsys.readouterr().err == "jinlv: mine.toml: the file is empty\n", typed
    (tmp_path / "mine.toml").write_text('schema = 1\nname = "mine"\nextends = "plan"\n')
    for typed in ("scenario show mine", "scenario check mine", "scenario diff plan mine"):
        assert call(words(typed)) == 0, typed


def test_verify_says_of_a_file_that_it_is_no_run_folder(capsys, tmp_path):
    (tmp_path / "manifest.json").write_text("{}")
    assert call(["verify", str(tmp_path / "manifest.json")]) == 2
    assert "is not a run folder" in capsys.readouterr().err


GOOD = {
    "": "Commands:",
    "--version": "jinlv ",
    "--help": "Simulate scenarios",
    "run --help": "--replicates",
    "plan": "All",
    "plan 7": "A07-01",
    "plan --coverage": "306",
    "scenarios": "no_plan",
    "scenario show plan": "plan",
    "levers": "nev_purchase_subsidy",
    "levers nev_purchase_subsidy": "CNY",
    "indicators": "nev_new_sales_share",
    "indicators nev_new_sales_share": "share",
    "parameters": "veh_price_elasticity_own",
    "parameters publicity_half": "soc_publicity_halflife",
    "levers 购置补贴": "jinlv run --set 'nev_purchase_subsidy=15000@2026-01..2030-12'",
    "levers 新能源汽车购置补贴": "nev_purchase_subsidy",
    "indicators NEV_new_sales_share": "nev_new_sales_share",
    "plan 第七条": "A07-01",
    "plan A07-10": "a07.nev_purchase_subsidy",
    "scenarios renewed": "renewed to 2030",
    "scenarios 方案全面落实": "The plan in full",
    "scenario diff plan plan": "alike",
    "scenario diff no_plan plan": "NEV purchase subsidy",
    "parameters veh_price_elasticity_own": "-1.6",
}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("typed", GOOD, ids=[typed or "nothing" for typed in GOOD])
def test_commands_that_list_and_explain_answer(typed, lang, capsys):
    assert call([*words(typed), "--lang", lang]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert lang == "zh" or GOOD[typed] in said.out


@pytest.mark.parametrize(
    "typed",
    [
        "plan",
        "plan 7",
        "plan --coverage",
        "scenarios",
        "scenario show plan",
        "levers",
        "indicators",
        "parameters",
    ],
)
def test_json_is_one_document(typed, capsys):
    assert call([*words(typed), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)


def test_help_is_translated(capsys):
    assert call(["--help", "--lang", "zh"]) == 0
    assert "逐户模拟" in capsys.readouterr().out


def test_every_help_text_has_a_chinese_one():
    import typer

    from app.cli.main import app
    from app.wording.catalogue import sentences

    def helps(command):
        yield command.help
        for parameter in command.params:
            yield parameter.help
        for child in getattr(command, "commands", {}).values():
            yield from helps(child)

    found = {text for text in helps(typer.main.get_command(app)) if text}
    assert sorted(found - set(sentences("zh"))) == []
    assert len(found) > 20


QUICK = ["plan", "scenarios", "levers", "indicators nev_stock", "scenario show plan", "parameters"]


@pytest.mark.parametrize("typed", QUICK)
def test_what_does_not_simulate_imports_nothing_heavy_and_answers_at_once(typed):
    code = "import sys; from app.cli.main import call; call(sys.argv[1:]);"
    code += f"print(sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)"
    code += "; import time; print(time.process_time(), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code, *words(typed)], capture_output=True, text=True)
    heavy, taken = done.stderr.split("\n")[:2]
    assert heavy == "[]"
    assert float(taken) < 5, "far more work than it should be, whatever else the machine does"


@pytest.mark.parametrize("locale", ["C", "zh_CN.GBK", "zh_CN.UTF-8"])
def test_every_locale_can_print(locale):
    environment = {"LC_ALL": locale, "PATH": "", "PYTHONIOENCODING": "ascii" if locale == "C" else "gbk"}
    command = [sys.executable, "-m", "app.cli.main", "plan", "7"]
    done = subprocess.run(command, capture_output=True, env=environment)
    assert done.returncode == 0 and done.stderr == b""


def test_a_closed_pipe_is_no_failure():
    done = subprocess.run(
        f"{sys.executable} -m app.cli.main plan 7 | head -1", shell=True, capture_output=True, text=True
    )
    assert done.stderr == ""
