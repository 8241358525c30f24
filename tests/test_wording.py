"""Whatever a person reads exists in Chinese and in English, and an error is always one line."""

import ast
import re
from pathlib import Path

import pytest

import scenarios
from app.cli.labels import labels_for
from app.cli.session import Session
from app.wording import default_language, translator, word_error
from app.wording.catalogue import read_catalogues, sentences
from app.wording.errors import messages
from experiments.books import PAYERS
from experiments.windows import NATIONAL, PAID_LEVERS
from model.data.load import load_region
from model.errors import InputError
from model.indicators.formulas import FORMULAS
from model.indicators.reading import outward_places
from model.institutions.fold import GRANTED
from model.institutions.policy import GROUPS

ROOT = Path(__file__).resolve().parent.parent
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def said(tree):
    """Return the sentences handed to a translator; one that is no literal must have been marked elsewhere."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            first = node.args[0] if node.args else None
            if name in ("say", "mark") and isinstance(first, ast.Constant):
                yield first.value


def all_said():
    files = (ROOT / "app").rglob("*.py")
    return {text for path in files for text in said(ast.parse(path.read_text(encoding="utf-8"))) if text}


def test_every_sentence_of_the_app_has_a_chinese_one():
    assert sorted(all_said() - set(sentences("zh"))) == []


def test_the_catalogue_holds_no_sentence_that_nobody_says():
    assert sorted(set(sentences("zh")) - all_said()) == []


def po(*pairs):
    """Return the text of a catalogue of (English, Chinese) sentences."""
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
    return head + "".join(f'\nmsgid "{english}"\nmsgstr "{chinese}"\n' for english, chinese in pairs)


def test_the_catalogue_is_all_files_of_its_folder_together(tmp_path):
    (tmp_path / "b.po").write_text(po(("two", "二"), ("unsaid", "")), encoding="utf-8")
    (tmp_path / "a.po").write_text(po(("one", "一")), encoding="utf-8")
    assert list(read_catalogues(tmp_path, "zh").items()) == [("one", "一"), ("two", "二")]


@pytest.mark.parametrize("again", ["a.po", "b.po"])
@pytest.mark.parametrize("chinese", ["一", "壹", ""])
def test_a_sentence_written_twice_is_refused_in_one_file_or_two(again, chinese, tmp_path):
    (tmp_path / "a.po").write_text(po(("one", "一")), encoding="utf-8")
    before = po(("one", "一")) if again == "a.po" else po()
    (tmp_path / again).write_text(before + f'\nmsgid "one"\nmsgstr "{chinese}"\n', encoding="utf-8")
    with pytest.raises(ValueError, match=f"{again}: 'one' is written twice"):
        read_catalogues(tmp_path, "zh")


def test_chinese_sentences_are_chinese_and_keep_the_codes_of_the_english_ones():
    codes = re.compile(r"`[^`]*`|[A-Z_]+=[A-Z_]+|\{\w*\}")
    for english, chinese in sentences("zh").items():
        assert CHINESE.search(chinese), english
        assert sorted(codes.findall(english)) == sorted(codes.findall(chinese)), english


def test_an_unknown_sentence_is_seen():
    assert list(said(ast.parse("say('no one has written this')"))) == ["no one has written this"]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("region", ["shanxi", "china"])
def test_every_place_group_payer_instrument_and_indicator_of_results_has_words(lang, region):
    chosen = [scenarios.load(name) for name in scenarios.names()]
    labels = labels_for(Session(lang), chosen, region)
    paid = {*NATIONAL, *GRANTED, *PAID_LEVERS, "nev_central_subsidy", "nev_local_match"}
    names = [*outward_places(load_region(region))[0], *GROUPS, *PAYERS, *paid, *FORMULAS]
    raw = [name for name in names if labels[name] in ("", name)]
    assert [name for name in raw if (lang, name) != ("en", "all") and name not in PAYERS] == []
    if lang == "zh":
        assert [name for name in names if not CHINESE.search(labels[name])] == []
    assert list(labels.scenarios) == list(scenarios.names())
    assert [name for name, words in labels.scenarios.items() if words in ("", name)] == []
    assert [
        words for words in labels.scenarios.values() if bool(CHINESE.search(words)) != (lang == "zh")
    ] == []
    assert labels["households"] != labels["population"] and labels["households"] != "households"


def test_a_grant_with_terms_of_its_own_bears_the_name_of_its_lever():
    labels = labels_for(Session("en"), [], "shanxi")
    assert labels["nev_purchase_subsidy.ab12cd"] == labels["nev_purchase_subsidy"]
    assert labels["unheard_of.ab"] == "unheard_of.ab"


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "zh_TW"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),
    ],
)
def test_the_language_comes_from_the_locale(environment, language):
    assert default_language(environment) == language


def test_another_language_is_refused():
    with pytest.raises(ValueError, match="fr"):
        translator("fr")


def raised_codes():
    """Return the codes of all `InputError("code", ...)` and `Spot.fault("code", ...)` of the packages."""
    for folder in ("model", "scenarios", "experiments", "calibration", "app"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                spot = (
                    isinstance(node.func, ast.Attribute)
                    and node.func.attr == "fault"
                    and folder in ("scenarios", "experiments")
                )
                if spot or (isinstance(node.func, ast.Name) and node.func.id == "InputError"):
                    code = next((word.value for word in node.keywords if word.arg == "code"), None)
                    code = node.args[0] if code is None and node.args else code
                    if isinstance(code, ast.Constant):
                        yield code.value


def test_every_error_that_is_raised_is_worded():
    assert sorted(set(raised_codes()) - set(messages())) == []


def test_every_error_is_worded_in_two_languages_with_the_same_blanks():
    for code, words in messages().items():
        blanks = [sorted(re.findall(r"\{\w+\}", words[lang])) for lang in ("en", "zh")]
        assert words["en"] and words["zh"] and blanks[0] == blanks[1], code


def test_an_error_says_where_what_is_allowed_and_what_may_have_been_meant():
    error = InputError("region", "a.toml", 7, "region", "shanxi, china", "shanxi", ("shangxi",))
    assert word_error(error, "en") == (
        "jinlv: a.toml:7: region: there is no region “shangxi”; allowed: shanxi, china (did you mean shanxi?)"
    )
    assert word_error(error, "zh").startswith("jinlv: a.toml:7：region：没有区域 “shangxi”；可用")


@pytest.mark.parametrize(
    ("allowed", "chinese"),
    [
        ("0..30000 CNY per vehicle", "0..30000 元/辆"),
        (">= 0 CNY per vehicle", ">= 0 元/辆"),
        ("-3.2..-1.6 elasticity, low, central, high", "-3.2..-1.6 弹性, low, central, high"),
        ("shanxi, china", "shanxi, china"),
        ("1..27", "1..27"),
    ],
)
def test_bounds_are_told_with_their_unit_in_the_readers_language(allowed, chinese):
    assert word_error(InputError("region", allowed=allowed), "zh").endswith(f"；可用：{chinese}")
    assert word_error(InputError("region", allowed=allowed), "en").endswith(f"; allowed: {allowed}")


@pytest.mark.parametrize(
    "text", ["a\nb", "a\x1b[31mb", "a\u2028b", "a\x00b", "a\u202eb", "x" * 5000, "{0}{near}"]
)
@pytest.mark.parametrize("code", ["region", "never heard of\nthis"])
def test_an_error_is_one_short_line_whatever_the_input(text, code):
    line = word_error(InputError(code, text, 1, text, text, text, (text,)), "en")
    assert len(line.splitlines()) == 1
    assert line.isprintable()
    assert len(line) < 1500
