"""Every command speaks the language asked for: no English words in Chinese output, no Chinese in English."""

import re

import pytest
import typer

from app.cli import session
from app.cli.listing import FIELDS, NAMES, as_record
from app.cli.main import app, call
from app.wording.faults import FAULTS, fault_text
from app.wording.tables import table_text, texts
from calibration import effects
from model.data.indicators import indicators
from model.data.levers import levers
from model.data.parameters import catalogue
from scenarios import names, registry
from scenarios.settings import world

CHINESE = re.compile(r"[\u4e00-\u9fff]+")
WORD = re.compile(r"[A-Za-z][A-Za-z]+")
LISTS = {
    "levers": dict(levers()),
    "indicators": dict(indicators()),
    "parameters": {row["key"]: row for row in catalogue()},
}
RECORDS = [as_record(row) for rows in LISTS.values() for row in rows.values()]
SYMBOLS = re.compile(r"[\d\W]*((k?W|k?m|kWh?|kg|kgCO2e?|tCO2|g|L|m[23]?|km|tce|GJ|pkm|t|CO2e?)[\d\W]*)*")
"""Units of physics: written alike in both languages."""

TITLES = ("Peer effects in (hybrid) EV adoption", "IEA policy 11661")
SMALL = {"et", "al", "and", "of", "the", "for", "by", "in", "via"}
"""Words inside references to publications."""

UNITS = {
    "km", "kWh", "kW", "MWh", "Mt", "kg", "kgce", "kgCO", "kgCO2e", "tCO", "tce", "GJ", "CO", "CO2e", "POB",
    "beta", "Cohen", "kUSD", "pp", "mc", "Wilson", "ln", "arXiv", "logit", "particle", "news", "vlex", "TOML",
    "SO", "PM", "exp", "reportify", "newgeography", "LNG", "BIM", "SUV", "Sobol", "Morris",
}  # fmt: skip
TYPED = {
    "LEVER", "VALUE", "KEY", "FROM", "TO", "PLACES", "GROUPS", "YYYY", "MM", "JSON", "jinlv", "zh", "en",
    "shanxi", "china", "all", "runs", "NAME", "toml", "INDICATOR", "YEAR", "PLACE", "GROUP", "ADDRESS",
    "Dask", "tcp", "host", "port", "grid",
}  # fmt: skip
"""What is typed: names of options, files and placeholders."""


def identifiers():
    found = {name for rows in LISTS.values() for name in rows} | set(names()) | TYPED
    return sorted(found, key=len, reverse=True)


def references():
    """Return the words that references to publications are made of: names and small words between them."""
    shown = [table_text(str(row["source"]), "zh") for row in [*RECORDS, *effects.table()]]
    shown += [table_text(str(row["note"]), "zh") for row in RECORDS if "note" in row]
    for text in shown:
        for title in TITLES:
            text = text.replace(title, " ")
        for word in WORD.findall(text):
            if word[0].isupper() or word in SMALL:
                yield word


IDENTIFIERS = identifiers()
KNOWN = set(references()) | UNITS


def english_words(text):
    """Return the English words of Chinese output, without names that are typed, units and references."""
    for title in TITLES:
        text = text.replace(title, " ")
    text = re.sub(r"`[^`]*`|--[a-z-]+|/\S+|\bA\d\d-\d\d\b|[a-z_]+=\S+|\b[a-z]+(_[a-z0-9*]+)+", " ", text)
    there = "|".join(re.escape(name) for name in IDENTIFIERS if name in text)  # all of them would be slow
    if there:
        text = re.sub(rf"(?<![A-Za-z])(?:{there})(?![A-Za-z])", " ", text)
    return sorted(set(WORD.findall(text)) - KNOWN)


@pytest.fixture(autouse=True)
def wide(monkeypatch):
    """Let no word be broken over lines."""
    monkeypatch.setattr(session, "WIDTH_WITHOUT_TERMINAL", 2000)
    monkeypatch.setenv("COLUMNS", "2000")


def said(capsys, *typed):
    assert call(list(typed)) == 0, typed
    return capsys.readouterr().out


def commands(group, typed=()):
    """Return every command of the command line as it is typed, groups among them -> its parser."""
    found = {(): group} if not typed else {}
    for name, one in group.commands.items():
        found[*typed, name] = one
        found |= commands(one, (*typed, name)) if hasattr(one, "commands") else {}
    return found


def lists(command):
    """Return whether a command prints a list or a page when nothing follows it: it wants no word, no size and
    opens no port."""
    offered = {name for one in command.params for name in one.opts}
    return not any(one.required for one in command.params) and not {"--households", "--port"} & offered


COMMANDS = commands(typer.main.get_command(app))
NAMES_OF_COMMANDS = sorted({name for typed in COMMANDS for name in typed}, key=len, reverse=True)
PAGES = [
    *((*typed, "--help") for typed in COMMANDS),
    *(typed for typed, command in COMMANDS.items() if lists(command)),
    ("plan", "--coverage"),
    *(("plan", str(article.number)) for article in registry.articles()),
]


def test_all_commands_are_among_the_pages():
    assert {("run",), ("scenario", "show"), ("verify",), ()} <= set(COMMANDS)
    assert {("levers",), ("plan",), ("scenario",), ("run", "--help"), ("--help",)} <= set(PAGES)
    assert not {("run",), ("effects",), ("verify",), ("scenario", "show")} & set(PAGES)


@pytest.mark.parametrize("typed", PAGES, ids=lambda typed: " ".join(typed) or "jinlv")
def test_pages_and_lists_are_in_one_language(typed, capsys):
    chinese = said(capsys, *typed, "--lang", "zh")
    assert CHINESE.search(chinese)
    if typed[-1:] == ("--help",) or hasattr(COMMANDS.get(typed), "commands"):
        chinese = re.sub(r"(?m)^  [a-z]+\.{0,3}(?= )|\{\w+\}\.*|\[\w+\](\.\.\.)?", " ", chinese)
        chinese = re.sub(rf"\b({'|'.join(NAMES_OF_COMMANDS)})\b", " ", chinese)
    assert english_words(chinese) == []
    assert set(CHINESE.findall(said(capsys, *typed, "--lang", "en"))) <= {"晋绿"}


@pytest.mark.parametrize("kind", LISTS)
def test_each_row_in_full_is_in_one_language(kind, capsys):
    english, chinese = [], []
    for name in LISTS[kind]:
        told = said(capsys, kind, name, "--lang", "zh").replace("jinlv run", " ")
        chinese += [f"{name}: {word}" for word in english_words(told)]
        english += [f"{name}: {word}" for word in CHINESE.findall(said(capsys, kind, name, "--lang", "en"))]
    assert chinese == []
    assert {word.partition(": ")[2] for word in english} <= {"晋发改就业发", "号"}


def test_published_effects_are_in_one_language(capsys, monkeypatch):
    rows = [
        effects.Effect(
            row["key"], 1.0, 0.1, 0.5, 1.0, 1.5, True, row["role"], row["unit"],
            {"zh": row["zh"], "en": row["en"]}, {"zh": row["definition_zh"], "en": row["definition_en"]},
            row["source"], row["quality"] or "assumed", row["note"],
        )
        for row in effects.table()
    ]  # fmt: skip
    monkeypatch.setattr(effects, "published_effects", lambda *_, **__: rows)
    assert english_words(said(capsys, "effects", "--lang", "zh")) == []
    assert CHINESE.findall(said(capsys, "effects", "--lang", "en")) == []


SMALL_RUN = ("--households", "200", "--replicates", "2", "--until", "2025-12", "--threads", "2")


@pytest.mark.parametrize(
    "typed",
    [
        ("run", "--set", "nev_purchase_subsidy=8000@2023-01..2024-12"),
        ("compare", "current", "renewed", "--assume", "petrol_price=9"),
        ("run", "plan", "--region", "china", "--replicates", "1"),
    ],
    ids=" ".join,
)
def test_results_are_in_one_language(typed, capsys, tmp_path):
    out = ("--out", str(tmp_path / "runs"))
    limits = SMALL_RUN if "--replicates" not in typed else (*SMALL_RUN[:2], *SMALL_RUN[4:])
    chinese = said(capsys, *typed, *limits, *out, "--lang", "zh")
    assert english_words(chinese.replace("jinlv run", " ").replace("jinlv verify", " ")) == []
    shown = "\n".join(line for line in chinese.splitlines() if "jinlv" not in line)
    shown = re.sub(r"\w+=\S+", "", shown)
    assert [name for name in (*levers(), *indicators(), *names()) if re.search(rf"\b{name}\b", shown)] == []
    assert CHINESE.findall(said(capsys, *typed, *limits, *out, "--lang", "en")) == []


def test_every_text_of_the_tables_is_written_in_both_languages():
    """What is no symbol and no plain reference stands in the table of texts with words of both languages."""
    shown = {
        value for record in RECORDS for field, value in record.items()
        if isinstance(value, str) and field not in (*NAMES, "source")
    }  # fmt: skip
    assert sorted(text for text in shown - set(texts()) if not SYMBOLS.fullmatch(text)) == []
    for text, words in texts().items():
        assert CHINESE.search(words["zh"]) or WORD.search(words["zh"]), text
        assert not CHINESE.search(words["en"].replace("晋发改就业发〔2022〕197号", "")), text


def test_the_table_of_texts_holds_nothing_that_is_not_shown():
    shown = {str(value) for record in RECORDS for value in record.values()}
    shown |= {row["source"] for row in effects.table()}
    shown |= {row["unit"] for row in world().values()}
    shown |= {name for measure in registry.measures() for name in measure.departments}
    shown |= {article.text for article in registry.articles()}
    assert sorted(set(texts()) - shown) == []


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_faults_of_files_are_told_in_the_readers_language(fault):
    assert fault_text(f"runs/x: {fault}", "en") == f"runs/x: {fault}"
    chinese = fault_text(f"runs/x: {fault}", "zh")
    assert CHINESE.search(chinese) and ":" not in chinese


def test_a_run_folder_that_is_damaged_is_told_in_the_readers_language(capsys, tmp_path):
    (tmp_path / "manifest.json").write_text("{}")
    assert call(["verify", str(tmp_path), "--lang", "zh"]) == 1
    assert capsys.readouterr().err == f"jinlv: {tmp_path}：已损坏：manifest.json：无法读取\n"


@pytest.mark.parametrize("wrong", ["nev_purchase_subsidy=8000@taiyun", "nev_purchase_subsidy=8000@q1@q2"])
def test_what_is_allowed_holds_no_english_sentence(wrong, capsys):
    assert call(["run", "--set", wrong, "--lang", "zh"]) == 2
    said = re.sub(r"\[@[A-Z.]+\]|taiy[a-z]+|urban|rural|places", " ", capsys.readouterr().err)
    assert english_words(said) == []


def test_what_the_system_says_of_a_file_is_told_in_the_readers_language(capsys, tmp_path):
    assert call(["scenario", "check", "x" * 5000 + ".toml", "--lang", "zh"]) == 2
    assert "无法读取文件：文件名过长" in capsys.readouterr().err
    (tmp_path / "taken").write_text("")
    assert call(["run", "plan", "--out", str(tmp_path / "taken" / "x"), "--lang", "zh"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("jinlv: 失败：") and said.endswith("不是文件夹；没有保存任何结果\n"), said


def test_every_field_has_a_head():
    assert sorted({field for record in RECORDS for field in record} - set(FIELDS)) == []


@pytest.mark.parametrize("words", ["Source: judgement", "unit share", "达到 not met", "Usage: jinlv run"])
def test_english_words_are_seen(words):
    assert english_words(words) != []
