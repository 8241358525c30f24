"""Scenario files with one known fault each, drawn anew from many families; each knows its mended twin."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice
from types import MappingProxyType

from model.institutions.fold import ACTING, BY_GROUP, GRANTED, IN_TOWNS
from scenarios import names, waiting
from scenarios.paths import paths
from scenarios.places import city_names

ASKED = "mine.toml"
Dice = random.Random
Pair = tuple[str | None, str | None]
"""A line with the fault and the line in its place without it; None: no line."""
SUBSIDY = 'lever = "nev_purchase_subsidy"'
POINT = "path = { 2026-01 = 8000 }"
NEIGHBOURS = {
    "charging_density": 9,
    "publicity_intensity": 3,
    "green_credit_discount": 1,
    "nev_road_right_advantage": 0.6,
}
COMMENTS = ("# 2026-01 = 99", "# lever = 'x'", "", "  ", "# path, places = [", "# [[change]]", "# 注：路径")


@dataclass(frozen=True)
class Bad:
    """A file with one fault: what the error must say of it, and the same files without the fault.

    `files`: name -> bytes, or one of DIRECTORY, LINK, PIPE. `line` -1: any. `mended` empty: there is no such
    file to mend. `target`: the file that the error names.
    """

    family: str
    files: Mapping[str, bytes | str]
    code: str
    field: str = ""
    line: int = -1
    near: str = ""
    allowed: bool = True
    target: str = ASKED
    mended: Mapping[str, bytes | str] = MappingProxyType({})


DIRECTORY, LINK, PIPE = "directory", "link", "pipe"


@dataclass(frozen=True)
class Plant:
    """Lines of one block with one fault among them. `where`: head, change or assume; `line`: block (its
    head), none (of no line), or the first line that differs."""

    where: str
    pairs: Sequence[Pair]
    code: str
    field: str
    near: str = ""
    allowed: bool = True
    line: str = "pair"


def same(*lines: str) -> list[Pair]:
    return [(line, line) for line in lines]


def head(extra: Sequence[Pair] = (), **changed: Pair) -> list[Pair]:
    """Return the lines every file begins with, some of them changed, and further ones."""
    usual = {"schema": "schema = 1", "name": 'name = "mine"', "extends": 'extends = "plan"'}
    return [changed.get(key, (line, line)) for key, line in usual.items()] + list(extra)


def planted(dice: Dice, family: str, plant: Plant) -> Bad:
    """Return a file around a fault: other blocks, comments and blank lines, either kind of line end."""
    at_head = plant.where == "head"
    top = list(plant.pairs) if at_head else head()
    blocks = [list(plant.pairs)] if not at_head else []
    told = " ".join(f"{a} {b}" for a, b in plant.pairs)
    others = [] if "change = " in told else [name for name in NEIGHBOURS if name not in told]
    for lever in dice.sample(others, min(len(others), dice.randint(0, 2))):
        lines = same("[[change]]", f'lever = "{lever}"', f"path = {{ 2026-01 = {NEIGHBOURS[lever]} }}")
        blocks.insert(dice.randint(0, len(blocks)), lines)
    mine = next((block for block in blocks if block == list(plant.pairs)), top)
    heads = [block[0][0] for block in blocks[: blocks.index(mine)]] if not at_head else []
    number = heads.count(f"[[{plant.where}]]") + 1
    bad: list[str] = []
    good: list[str] = []
    line = 0
    for block in (top, *blocks):
        for k, (faulty, sound) in enumerate(block):
            if dice.random() < 0.15:
                noise = dice.choice(COMMENTS)
                bad.append(noise)
                good.append(noise)
            for text, lines in ((faulty, bad), (sound, good)):
                if text is not None:
                    lines.append(text)
            is_mark = block is mine and (faulty != sound if plant.line == "pair" else k == 0)
            if is_mark and not line:
                line = len(bad) if faulty is not None else line
    end = dice.choice(("\n", "\n", "\r\n"))
    field = f"{plant.where}[{number}].{plant.field}".rstrip(".") if not at_head else plant.field
    return Bad(
        family,
        {ASKED: (end.join(bad) + end).encode()},
        plant.code,
        field,
        0 if plant.line == "none" else line,
        plant.near,
        plant.allowed,
        mended={ASKED: (end.join(good) + end).encode()},
    )


def lacking(dice: Dice, word: str) -> str:
    """Return a word with one letter lost inside."""
    at = dice.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1 :]


def money(bad: str, good: str, code: str, field: str, **more: object) -> Plant:
    """Return a change of the purchase subsidy whose last line is faulty."""
    lines = same("[[change]]", SUBSIDY) if field == "path" else same("[[change]]", SUBSIDY, POINT)
    return Plant("change", [*lines, (bad, good)], code, field, **more)  # type: ignore[arg-type]


def point(bad: str, code: str, **more: object) -> Plant:
    return money(f"path = {{ {bad} }}", POINT, code, "path", **more)


def assumed(key: str, bad: str, good: str, code: str, **more: object) -> Plant:
    pairs = [*same("[[assume]]", f'key = "{key}"'), (f"value = {bad}", f"value = {good}")]
    return Plant("assume", pairs, code, "value", **more)  # type: ignore[arg-type]


# --- the head of the file


def head_key(dice: Dice) -> Plant:
    word = dice.choice(["schema", "name", "label", "about", "extends", "calendar", "without", "assume"])
    wrong = lacking(dice, word)
    return Plant("head", head([(f"{wrong} = 1", None)]), "unknown_key", wrong, word)


def schema(dice: Dice) -> Plant:
    value = dice.choice(["0", "2", '"1"', "true", "1.5", "[1]", "2026-01-01", str(dice.randrange(3, 10**9))])
    return Plant("head", head(schema=(f"schema = {value}", "schema = 1")), "bad_schema", "schema")


def head_missing(dice: Dice) -> Plant:
    key, good = dice.choice(
        [("schema", "schema = 1"), ("name", 'name = "mine"'), ("extends", 'extends = "plan"')]
    )
    return Plant("head", head(**{key: (None, good)}), "missing_key", key, allowed=False, line="none")


def head_type(dice: Dice) -> Plant:
    key = dice.choice(["name", "label", "about", "extends", "calendar", "without", "change", "assume"])
    good = {"name": 'name = "mine"', "extends": 'extends = "plan"'}.get(key)
    value = dice.choice(
        ["1", "-0.5", "true", "2026-01-01", "10:00:00", "2026-01-01T00:00:00Z", "0x1F", "inf"]
    )
    pair = (f"{key} = {value}", good)
    lines = head(**{key: pair}) if good else head([pair])
    return Plant("head", lines, "wrong_type", key)


def name(dice: Dice) -> Plant:
    bad = dice.choice(
        ["../x", "a/b", "a b", "-a", "_a", "方案", "a.toml", "a" * 81, "a\\n", "a\\u0000", "a:b", ""]
    )
    return Plant("head", head(name=(f'name = "{bad}"', 'name = "mine"')), "bad_name", "name")


def name_taken(dice: Dice) -> Plant:
    pair = (f'name = "{dice.choice(names())}"', 'name = "mine"')
    return Plant("head", head(name=pair), "name_taken", "name", allowed=False)


def label(dice: Dice) -> Plant:
    key, lang = dice.choice(["label", "about"]), dice.choice(["zh", "en"])
    good = f'{key} = {{ zh = "我", en = "Mine" }}'
    return Plant("head", head([(f'{key} = {{ {lang} = "x" }}', good)]), "missing_key", key, allowed=False)


def third_language(dice: Dice) -> Plant:
    bad = f'label = {{ zh = "我", en = "Mine", {dice.choice(["fr", "de", "zh-cn", "EN"])} = "x" }}'
    return Plant("head", head([(bad, 'label = { zh = "我", en = "Mine" }')]), "unknown_key", "label")


def long_label(dice: Dice) -> Plant:
    bad = f'label = {{ zh = "我", en = "{"x" * dice.randint(2001, 9000)}" }}'
    return Plant("head", head([(bad, 'label = { zh = "我", en = "x" }')]), "too_long", "label")


def calendar(dice: Dice) -> Plant:
    word = dice.choice(["announced", "renewed"])
    pair = (f'calendar = "{lacking(dice, word)}"', f'calendar = "{word}"')
    return Plant("head", head([pair]), "bad_calendar", "calendar", word)


def parent_unknown(dice: Dice) -> Plant:
    word = dice.choice(["current", "renewed", "campaigns_only", "prices_only"])
    pair = (f'extends = "{lacking(dice, word)}"', f'extends = "{word}"')
    return Plant("head", head(extends=pair), "unknown_parent", "extends", word)


def parent_outside(dice: Dice) -> Plant:
    bad = dice.choice(
        ["../x", "../../plan.toml", "/etc/passwd", "~/x.toml", "a/b.toml", "a\\u0000b", "C:\\\\x", ".."]
    )
    pair = (f'extends = "{bad}"', 'extends = "plan"')
    return Plant("head", head(extends=pair), "bad_extends", "extends")


def without(dice: Dice) -> Plant:
    number = dice.choice([3, 28, 0, -1, 1, 10**12])
    good = dice.randint(4, 27)
    pair = (f"without = [{good}, {number}]", f"without = [{good}]")
    return Plant("head", head([pair]), "out_of_range", "without")


def without_no_plan(dice: Dice) -> Plant:
    parent = dice.choice(["no_plan", "current", "renewed"])
    lines = same("schema = 1", 'name = "mine"', f'extends = "{parent}"')
    pair = (f"without = [{dice.randint(4, 27)}]", None)
    return Plant("head", [*lines, pair], "without_needs_plan", "without")


# --- changes


def lever(dice: Dice) -> Plant:
    word = dice.choice(ACTING)
    level = paths()[word].low
    pair = (f'lever = "{lacking(dice, word)}"', f'lever = "{word}"')
    lines = [*same("[[change]]"), pair, *same(f"path = {{ 2026-01 = {level:g} }}")]
    return Plant("change", lines, "unknown_lever", "lever", word)


def lever_waits(dice: Dice) -> Plant:
    pair = (f'lever = "{dice.choice(waiting())}"', SUBSIDY)
    return Plant("change", [*same("[[change]]"), pair, *same(POINT)], "lever_waiting", "lever")


def change_key(dice: Dice) -> Plant:
    word = dice.choice(
        ["places", "groups", "until", "options", "requires", "budget", "price_ceiling", "note"]
    )
    wrong = lacking(dice, word)
    return money(f"{wrong} = 1", "# nothing", "unknown_key", wrong, near=word)


def change_missing(dice: Dice) -> Plant:
    key = dice.choice(["lever", "path"])
    pairs: list[Pair] = [*same("[[change]]"), (SUBSIDY, SUBSIDY), (POINT, POINT)]
    pairs[1 if key == "lever" else 2] = (None, SUBSIDY if key == "lever" else POINT)
    return Plant("change", pairs, "missing_key", key, allowed=False, line="block")


def change_type(dice: Dice) -> Plant:
    texts = ["3", "1.5", "true", "2026-01-01", "[]", '["a"]', "{ a = 1 }", "07:32:00"]
    lists = ["3", "true", "[]", "[1]", '["all", 3]', "{ a = 1 }", "2026-01-01"]
    numbers = ['"x"', "true", "2026-01-01", "[1]", "{ a = 1 }", '"8000"', "12:00:00"]
    wrong = {
        "unit": texts, "note": texts, "requires": texts, "places": lists, "groups": lists, "options": lists,
        "cap": numbers, "price_ceiling": numbers, "budget": numbers, "layer": [*numbers, "1.5"],
    }  # fmt: skip
    key = dice.choice(list(wrong))
    return money(f"{key} = {dice.choice(wrong[key])}", "# nothing", "wrong_type", key)


def path_type(dice: Dice) -> Plant:
    bad = dice.choice(["8000", '"8000"', "true", "[8000]", "2026-01-01", "[[1, 2]]"])
    return money(f"path = {bad}", POINT, "wrong_type", "path")


def level_type(dice: Dice) -> Plant:
    value = dice.choice(['"8000 yuan"', '"8000"', "true", "2026-01-01", "[8000]", '""', "10:00:00"])
    return point(f"2026-01 = {value}", "wrong_type")


def unit(dice: Dice) -> Plant:
    bad = dice.choice(["USD per vehicle", "CNY", "元/辆", "", "cny per vehicle"])
    return money(f'unit = "{bad}"', 'unit = "CNY per vehicle"', "wrong_unit", "unit")


def level_range(dice: Dice) -> Plant:
    one = paths()[dice.choice(ACTING)]
    outside = dice.choice([one.low - 1, one.low - 0.001, one.high + 0.001, one.high + 1, one.high * 1000 + 1])
    lines = same("[[change]]", f'lever = "{one.lever}"')
    pair = (f"path = {{ 2026-01 = {outside!r} }}", f"path = {{ 2026-01 = {one.low!r} }}")
    return Plant("change", [*lines, pair], "out_of_range", "path")


def huge(dice: Dice) -> Plant:
    value = dice.choice(
        ["1e308", "-1e308", "9" * 390, "-" + "8" * dice.randint(20, 390), "1_000_000_000", "0x7FFFFFFF"]
    )
    return point(f"2026-01 = {value}", "out_of_range")


def many_digits(dice: Dice) -> Plant:
    plant = point(f"2026-01 = {'9' * dice.randint(400, 6000)}", "number_too_long")
    return Plant("change", plant.pairs, plant.code, NO_FIELD)


def not_finite(dice: Dice) -> Plant:
    return point(f"2026-01 = {dice.choice(['nan', 'inf', '-inf', '+nan', '1e400', '-1e999'])}", "not_finite")


def month(dice: Dice) -> Plant:
    bad = dice.choice(
        ["2026-13", "2026-1", "2026-00", "26-01", "2026-01-05", "Jan", "202601", "soon", '"2026年1月"']
    )
    return point(f"{bad} = 1", "bad_month")


def month_dotted(dice: Dice) -> Plant:
    year, number = dice.randint(2023, 2030), dice.randint(1, 12)
    return point(f"{year}.{number:02d} = 1", "bad_month", near=f"{year}-{number:02d}")


def month_outside(dice: Dice) -> Plant:
    year = dice.choice([1999, 2014, 2031, 2099, 9999])
    return point(f"{year}-{dice.randint(1, 12):02d} = 1", "month_outside")


def month_early(dice: Dice) -> Plant:
    return point(f"{dice.randint(2015, 2021)}-{dice.randint(1, 12):02d} = 1", "before_plan", near="2022-06")


def descending(dice: Dice) -> Plant:
    first = dice.randint(2024, 2030)
    bad = f"{first}-06 = 1, {dice.randint(2023, first - 1)}-0{dice.randint(1, 9)} = 2"
    return point(bad, "months_not_ascending", allowed=False)


def empty_path(dice: Dice) -> Plant:
    return point(" " * dice.randint(0, 3), "empty_path")


def until_early(dice: Dice) -> Plant:
    month = f"{dice.randint(2023, 2025)}-{dice.randint(1, 12):02d}"
    return money(f'until = "{month}"', 'until = "2026-01"', "until_too_early", "until", allowed=False)


def until_month(dice: Dice) -> Plant:
    bad = dice.choice(['"soon"', '"2028"', "2028", "2028-01-01", "true", '"2028-13"', '"2028/01"', "[1]"])
    return money(f"until = {bad}", 'until = "2028-01"', "bad_month", "until")


def place(dice: Dice) -> Plant:
    word = dice.choice([one for one in city_names() if one.isascii() and one.isalpha() and len(one) > 5])
    wrong = lacking(dice, word)
    return money(f'places = ["{wrong}"]', f'places = ["{word}"]', "bad_place", "places")


def place_else(dice: Dice) -> Plant:
    bad = dice.choice(
        ["太园", "149900", "taiyuan.suburb", "*.city", "巴黎", "", "140100.", "all.all", "1401"]
    )
    return money(f'places = ["*.rural", "{bad}"]', 'places = ["*.rural"]', "bad_place", "places")


def group(dice: Dice) -> Plant:
    bad = dice.choice(["q0", "q6", "q12", "rich", "", "q 1", "Ｑ1"])
    return money(f'groups = ["q1", "{bad}"]', 'groups = ["q1"]', "bad_group", "groups")


def group_of_places(dice: Dice) -> Plant:
    word = dice.choice([one for one in ACTING if one not in BY_GROUP])
    lines = same("[[change]]", f'lever = "{word}"', f"path = {{ 2026-01 = {paths()[word].low:g} }}")
    return Plant("change", [*lines, ('groups = ["q1"]', None)], "groups_not_here", "groups")


def village(dice: Dice) -> Plant:
    word, where = dice.choice(IN_TOWNS), dice.choice(["*.rural", "140100.rural"])
    lines = same("[[change]]", f'lever = "{word}"', f"path = {{ 2026-01 = {paths()[word].low:g} }}")
    return Plant("change", [*lines, (f'places = ["{where}"]', None)], "places_not_here", "places")


def option(dice: Dice) -> Plant:
    bad, near = dice.choice([("phve", "phev"), ("be", "bev"), ("hydrogen", ""), ("ice", ""), ("BEV", "bev")])
    return money(f'options = ["{bad}"]', 'options = ["bev"]', "bad_option", "options", near=near)


def requirement(dice: Dice) -> Plant:
    bad = f'requires = "{dice.choice(["tradein", "trade in", "trade_inn"])}"'
    return money(bad, 'requires = "trade_in"', "bad_requirement", "requires", near="trade_in")


def terms(dice: Dice) -> Plant:
    word = dice.choice([one for one in ACTING if one not in GRANTED])
    bad = dice.choice(
        ["budget = 1", "cap = 1", "price_ceiling = 1", 'options = ["bev"]', 'requires = "trade_in"']
    )
    lines = same("[[change]]", f'lever = "{word}"', f"path = {{ 2026-01 = {paths()[word].low:g} }}")
    return Plant("change", [*lines, (bad, None)], "terms_not_here", bad.partition(" ")[0])


def negative(dice: Dice) -> Plant:
    key = dice.choice(["budget", "cap", "price_ceiling"])
    value = dice.choice(["-1", "-0.001", "-1e300", "1e16", "9" * 30])
    return money(f"{key} = {value}", f"{key} = 1", "out_of_range", key)


def long_note(dice: Dice) -> Plant:
    return money(f'note = "{"注" * dice.randint(2001, 5000)}"', 'note = "注"', "too_long", "note")


def layer(dice: Dice) -> Plant:
    return money(f"layer = {dice.choice([100, -1, 10**9])}", "layer = 9", "out_of_range", "layer")


def control(dice: Dice) -> Plant:
    sign = dice.choice(["\\u001b[31m", "\\n", "\\r\\n", "\\u2028", "\\u202e", "\\u0000", "\\t"])
    bad = f'lever = "x{sign}jinlv: done"'
    return Plant("change", [*same("[[change]]"), (bad, SUBSIDY), *same(POINT)], "unknown_lever", "lever")


# --- assumptions


def assumption(dice: Dice) -> Plant:
    word = dice.choice(
        ["petrol_price", "charging_price_home", "charging_price_public", "soc_publicity_halflife"]
    )
    pair = (f'key = "{lacking(dice, word)}"', f'key = "{word}"')
    lines = [*same("[[assume]]"), pair, *same('value = "central"')]
    return Plant("assume", lines, "unknown_assumption", "key", word)


def assumption_key(dice: Dice) -> Plant:
    wrong, near = dice.choice([("valu", "value"), ("nte", "note"), ("kee", "key")])
    lines = same("[[assume]]", 'key = "cpi"', 'value = "+1%"')
    return Plant("assume", [*lines, (f"{wrong} = 1", None)], "unknown_key", wrong, near)


def assumption_missing(dice: Dice) -> Plant:
    pairs: list[Pair] = [*same("[[assume]]", 'key = "cpi"', 'value = "+1%"')]
    key = dice.choice(["key", "value"])
    at = 1 if key == "key" else 2
    pairs[at] = (None, pairs[at][1])
    return Plant("assume", pairs, "missing_key", key, allowed=False, line="block")


def assumption_type(dice: Dice) -> Plant:
    return assumed(
        "petrol_price", dice.choice(["true", "[9]", "{ a = 1 }", "2026-01-01"]), '"9"', "wrong_type"
    )


def assumption_value(dice: Dice) -> Plant:
    bad = dice.choice(["dear", "9 yuan", "1e1", "nan", "", "９元", "9@2026"])
    return assumed("petrol_price", f'"{bad}"', '"9"', "bad_assumption")


def assumption_range(dice: Dice) -> Plant:
    bad = dice.choice(['"900"', '"0"', '"-5"', "1000", '"+900%"', '"-99%"', "2.5"])
    return assumed("petrol_price", bad, '"9"', "out_of_range")


def income(dice: Dice) -> Plant:
    return assumed("income", f'"{dice.randint(1, 99)}"', '"+3%"', "bad_assumption")


def assumed_early(dice: Dice) -> Plant:
    return assumed("cpi", f'"+1%@{dice.randint(2015, 2021)}-01..2030-12"', '"+1%"', "before_plan")


def assumed_backwards(dice: Dice) -> Plant:
    bad = f'"+1%@{dice.randint(2029, 2030)}-01..{dice.randint(2023, 2028)}-12"'
    return assumed("cpi", bad, '"+1%"', "months_not_ascending", allowed=False)


def parameter_period(dice: Dice) -> Plant:
    word = dice.choice(["low", "central", "high"])
    bad = f'"{word}@2026-01..2030-12"'
    return assumed("soc_publicity_halflife", bad, f'"{word}"', "parameter_has_no_period")


def parameter_range(dice: Dice) -> Plant:
    bad = f'"{dice.choice([0, 1000, -1, 6.5])}"'
    return assumed("soc_publicity_halflife", bad, '"low"', "out_of_range")


# --- what is no TOML


def junk(dice: Dice) -> Plant:
    bad = dice.choice(
        ["oops", "name: mine", "= 1", "[[change]", "a = ", "a = 1 b = 2", 'a = "x', "a = [1", "a = {", "]"]
    )
    if bad in ("a = [1", "a = {"):
        bad += " $"
    return Plant("head", head([(bad, None)]), "toml", "", allowed=False)


def key_twice(dice: Dice) -> Plant:
    bad = dice.choice(["schema = 1", 'name = "again"', 'extends = "plan"'])
    return Plant("head", head([(bad, None)]), "toml", "", allowed=False)


def nested(dice: Dice) -> Plant:
    many = dice.choice([17, 60, 3000])
    bad = dice.choice(
        [
            "label = " + "[" * many + "]" * many,
            "label = " + "{a=" * many + "1" + "}" * many,
            ".".join("a" * (many + 1)) + " = 1",
            "[" * many,
        ]
    )
    return Plant("head", head([(bad, None)]), "too_deep", "")


NO_FIELD = "\0"
PLANTS: tuple[Callable[[Dice], Plant], ...] = (
    head_key, schema, head_missing, head_type, name, name_taken, label, third_language, long_label, calendar,
    parent_unknown, parent_outside, without, without_no_plan, lever, lever_waits, change_key, change_missing,
    change_type, path_type, level_type, unit, level_range, huge, many_digits, not_finite, month, month_dotted,
    month_outside, month_early, descending, empty_path, until_early, until_month, place, place_else, group,
    group_of_places, village, option, requirement, terms, negative, long_note, layer, control, assumption,
    assumption_key, assumption_missing, assumption_type, assumption_value, assumption_range, income,
    assumed_early, assumed_backwards, parameter_period, parameter_range, junk, key_twice, nested,
)  # fmt: skip

# --- faults of more than one line or file


def text_of(lines: Sequence[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


START = ["schema = 1", 'name = "mine"', 'extends = "plan"']


def twice(dice: Dice) -> Bad:
    """Plant a change whose cells are those, or some of those, of the change before."""
    exact = dice.random() < 0.5
    one = ["[[change]]", SUBSIDY, POINT, 'places = ["*.rural"]']
    two = one if exact else ["[[change]]", SUBSIDY, "path = { 2027-01 = 1 }", 'places = ["140100"]']
    good = [*two[:2], "path = { 2030-12 = 1 }", 'places = ["*.urban"]']
    noise = ["# x"] * dice.randint(0, 5)
    files = [{ASKED: text_of([*START, *noise, *one, *last])} for last in (two, good)]
    code = "change_twice" if exact else "changes_meet"
    line = len(START) + len(noise) + len(one) + 2
    return Bad("twice", files[0], code, "change[2].lever", line, allowed=False, mended=files[1])


def assumed_again(dice: Dice) -> Bad:
    key = dice.choice(["cpi", "petrol_price"])
    one = ["[[assume]]", f'key = "{key}"', 'value = "+1%@2024-01..2026-12"']
    two = ["[[assume]]", f'key = "{key}"', f'value = "+2%@{dice.randint(2023, 2026)}-06..2028-12"']
    good = [*two[:2], 'value = "+2%@2027-01..2028-12"']
    files = [{ASKED: text_of([*START, *one, *last])} for last in (two, good)]
    line = len(START) + len(one) + 2
    return Bad(
        "assumed again", files[0], "assumed_twice", "assume[2].key", line, allowed=False, mended=files[1]
    )


def circle(dice: Dice) -> Bad:
    """Let files extend each other in a circle; the last one is at fault."""
    many = dice.randint(1, 5)
    files = {f"n{k}.toml": ["schema = 1", f'name = "n{k}"', f'extends = "n{k + 1}"'] for k in range(1, many)}
    files = {ASKED: ["schema = 1", 'name = "mine"', 'extends = "n1"'], **files}
    last = list(files)[-1]
    good = {file: text_of(lines) for file, lines in files.items()}
    files[last][2] = f'extends = "{dice.choice(["mine", "mine.toml"])}"'
    bad = {file: text_of(lines) for file, lines in files.items()}
    good[last] = text_of([*files[last][:2], 'extends = "plan"'])
    return Bad("circle", bad, "circular_extends", "extends", 3, allowed=False, target=last, mended=good)


def long_chain(dice: Dice) -> Bad:
    many = dice.randint(17, 25)
    files = {
        f"n{k}.toml": text_of(["schema = 1", f'name = "n{k}"', f'extends = "n{k + 1}"'])
        for k in range(1, many)
    }
    files[ASKED] = text_of(["schema = 1", 'name = "mine"', 'extends = "n1"'])
    return Bad("long chain", files, "chain_too_long", "extends", 3, target="n15.toml")


def broken_parent(dice: Dice) -> Bad:
    """Plant any fault in the parent: it is the parent that is named."""
    inner = planted(dice, "", dice.choice(PLANTS)(dice))
    made = [
        {ASKED: text_of([*START[:2], 'extends = "below"']), "below.toml": files[ASKED]}
        for files in (inner.files, inner.mended)
    ]
    return Bad(
        "broken parent",
        made[0],
        inner.code,
        inner.field,
        inner.line,
        inner.near,
        inner.allowed,
        "below.toml",
        made[1],
    )


def many_blocks(dice: Dice) -> Bad:
    table = dice.choice(["change", "assume"])
    bad = text_of([*START, *[f"[[{table}]]"] * dice.randint(501, 600)])
    return Bad("many blocks", {ASKED: bad}, "too_many", table, 4, mended={ASKED: text_of(START)})


def no_text(dice: Dice) -> Bad:
    """Write something that is no text in UTF-8."""
    good = text_of(START)
    kinds: dict[str, tuple[bytes, str, int]] = {
        "empty": (b"", "file_empty", 0),
        "white space": (b" \n\t\r\n" * dice.randint(1, 9), "file_empty", 0),
        "UTF-16 LE": (b"\xff\xfe" + good.decode().encode("utf-16-le"), "file_utf16", 0),
        "UTF-16 BE": (b"\xfe\xff" + good.decode().encode("utf-16-be"), "file_utf16", 0),
        "UTF-16 LE without a mark": (good.decode().encode("utf-16-le"), "file_nul", 1),
        "UTF-16 BE without a mark": (good.decode().encode("utf-16-be"), "file_nul", 1),
        "byte order mark": (b"\xef\xbb\xbf" + good, "file_bom", 1),
        "GBK": (good + 'label = { zh = "农村", en = "x" }'.encode("gbk"), "file_not_text", 4),
        "Latin-1": (good + b"# \xe9t\xe9\n", "file_not_text", 4),
        "NUL": (good + b"# \0\n", "file_nul", 4),
        "binary": (bytes(dice.randrange(1, 256) for _ in range(400)) + b"\xff", "file_not_text", -1),
        "gzip": (b"\x1f\x8b\x08\0\0\0\0\0" + dice.randbytes(100), "file_nul", 1),
        "PNG": (b"\x89PNG\r\n\x1a\n" + b"IHDR", "file_not_text", 1),
    }
    kind = dice.choice(list(kinds))
    data, code, line = kinds[kind]
    if kind == "binary":
        data = b"\x80" + data.replace(b"\xef\xbb\xbf", b"")
    allowed = code != "file_empty"
    return Bad(kind, {ASKED: data}, code, line=line, allowed=allowed, mended={ASKED: good})


TEN_MEGABYTES = text_of(START) + b"# " + b"x" * (10 * 1024 * 1024)


def too_big(dice: Dice) -> Bad:
    good = text_of(START) + b"# "
    small = good + b"x" * (256 * 1024 + 1 - len(good) + dice.randint(0, 999))
    big = dice.random() < 0.2
    data = TEN_MEGABYTES if big else small
    return Bad("too big", {ASKED: data}, "file_too_big", line=0, mended={ASKED: good + b"x" * 200_000})


def no_file(dice: Dice) -> Bad:
    kind, code = dice.choice(
        [(DIRECTORY, "file_not_plain"), (PIPE, "file_not_plain"), (LINK, "file_link"), ("", "")]
    )
    if not kind:
        return Bad("no file", {}, "file_missing", line=0, allowed=False)
    return Bad(f"no file: {kind}", {ASKED: kind}, code, line=0, allowed=False)


WHOLES: tuple[Callable[[Dice], Bad], ...] = (
    twice, assumed_again, circle, long_chain, broken_parent, many_blocks, no_text, no_text, too_big, no_file,
)  # fmt: skip
FAMILIES = len(PLANTS) + len(WHOLES)


def drawn(dice: Dice) -> Iterator[Bad]:
    """Yield one file of each family, in turn, for ever."""
    for turn in count():
        if turn % FAMILIES < len(PLANTS):
            make = PLANTS[turn % FAMILIES]
            yield planted(dice, make.__name__, make(dice))
        else:
            yield WHOLES[turn % FAMILIES - len(PLANTS)](dice)


def thousand(seed: int = 1, many: int = 1000) -> Iterator[Bad]:
    """Yield `many` malformed files, the same for the same seed."""
    return islice(drawn(random.Random(seed)), many)
