"""What the TOML parser says of a file is told in the reader's language, with line and column."""

import re
import tomllib
from pathlib import Path

import pytest

import scenarios
from app.cli.main import call
from app.wording import translator, word_error
from app.wording.toml import toml_text

CHINESE = re.compile(r"[\u4e00-\u9fff]")
ELSE = "此处不是有效的 TOML"
BROKEN = {
    "after a key": 'name "x"\n',
    "end of line": "a = 1 b = 2\n",
    "statement": "= 1\n",
    "table head": "[change\n",
    "array head": "[[change]\n",
    "table twice": "[a.b]\n[a.b]\n",
    "key twice": "a = 1\na = 2\n",
    "inline twice": "a = { b = 1, b = 2 }\n",
    "closed": "a = { b = 1 }\n[a.c]\n",
    "open array": "a = [1,\n",
    "open inline": "a = { b = 1\n",
    "escape": 'a = "\\q"\n',
    "hex": 'a = "\\u12"\n',
    "scalar": 'a = "\\ud800"\n',
    "open string": 'a = """x\n',
    "line in string": 'a = "x\n',
    "carriage return": "# \x01\n",
    "date": "a = 2026-02-30\n",
    "value": "a = x\n",
    "key": "a.! = 1\n",
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_fault_of_toml_has_a_sentence_in_both_languages(kind: str, tmp_path: Path) -> None:
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(BROKEN[kind])
    path = tmp_path / "mine.toml"
    path.write_text(BROKEN[kind], encoding="utf-8")
    (fault,) = scenarios.check(path)
    column, what = fault.values
    chinese, english = word_error(fault, "zh"), word_error(fault, "en")
    assert f"第 {fault.line} 行第 {column} 列不是有效的 TOML：" in chinese
    assert f"line {fault.line}, column {column} is not TOML: " in english
    said = toml_text(what, "zh")
    assert CHINESE.search(said) and said != ELSE and said in chinese
    assert not CHINESE.search(toml_text(what, "en")) and not CHINESE.search(english.replace(str(path), ""))


def test_line_and_column_are_those_of_the_fault(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('schema = 1\nname "x"\n', encoding="utf-8")
    (fault,) = scenarios.check(path)
    assert (fault.line, fault.values[0]) == (2, "6")
    assert word_error(fault, "zh").endswith("第 2 行第 6 列不是有效的 TOML：键之后缺少“=”")
    path.write_text("schema = 1\na = [1,", encoding="utf-8")
    (fault,) = scenarios.check(path)
    assert (fault.line, fault.values[0]) == (2, "8")


def test_what_the_parser_has_never_said_is_still_chinese() -> None:
    assert toml_text("Quite another fault", "zh") == ELSE
    assert toml_text("Quite another fault", "en") == "Quite another fault"


def test_a_scenario_is_shown_with_comments_in_the_readers_language(
    capsys: pytest.CaptureFixture[str],
) -> None:
    shown = {}
    for lang in ("zh", "en"):
        assert call(["scenario", "show", "plan", "--lang", lang]) == 0
        shown[lang] = [line for line in capsys.readouterr().out.splitlines() if line.startswith("#")]
    assert len(shown["zh"]) == len(shown["en"]) > 10
    assert all(CHINESE.search(line) for line in shown["zh"])
    assert not any(CHINESE.search(line) or "（" in line for line in shown["en"])


def test_a_file_kept_with_a_run_does_not_depend_on_the_language() -> None:
    chosen = scenarios.load("plan")
    assert chosen.to_toml() != chosen.to_toml(translator("zh"))
    assert not CHINESE.search("".join(line for line in chosen.to_toml().splitlines() if line.startswith("#")))


def test_an_article_is_headed_as_chinese_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["plan", "22", "--lang", "zh"]) == 0
    assert capsys.readouterr().out.startswith("第 22 条  ")


def test_an_unknown_name_is_told_without_english_words(capsys: pytest.CaptureFixture[str]) -> None:
    for kind, word in (("parameters", "参数"), ("levers", "政策杠杆"), ("indicators", "指标")):
        assert call([kind, "qqqq", "--lang", "zh"]) == 2
        assert capsys.readouterr().err == f"jinlv: 没有{word} “qqqq”：`jinlv {kind}` 列出全部\n"
