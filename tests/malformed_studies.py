"""Study files with one known fault each, drawn anew from many families; each knows its mended twin."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import count, islice

from experiments.study import GRID, MORRIS, SOBOL
from experiments.study_reading import KEYS
from model.data.parameters import catalogue, fitted_keys
from model.indicators.formulas import FORMULAS
from model.institutions.fold import ACTING, BY_GROUP
from scenarios import names, waiting
from scenarios.paths import paths
from scenarios.settings import parameter_ranges
from tests.malformed import ASKED, COMMENTS, DIRECTORY, LINK, NO_FIELD, PIPE, Bad, Dice, lacking

Lines = list[str]
WAITING = [
    row["key"] for row in catalogue() if row["role"] == "input" and row["key"] not in parameter_ranges()
]
SIZES = {SOBOL: "samples = 16", MORRIS: "samples = 7", GRID: "replicates = 2"}


def free() -> Lines:
    """Return the parameters that may be moved."""
    return [
        key for key, (low, _, high) in parameter_ranges().items() if low < high and key not in fitted_keys()
    ]


def head(by: str, **changed: str | None) -> Lines:
    """Return the lines a file begins with, some of them changed or (None) left out."""
    usual: dict[str, str | None] = {
        "schema": "schema = 1",
        "name": 'name = "mine"',
        "method": f'method = "{by}"',
        "scenarios": 'scenarios = ["plan"]',
        "outcomes": 'outcomes = ["nev_new_sales_share@2030"]',
        "size": SIZES[by],
    }
    return [line for line in (usual | changed).values() if line is not None]


def block(method: str, *lines: str) -> Lines:
    """Return a factor with a span or values, as its method wants them."""
    span = ["values = [0.25, 0.5]"] if method == GRID else []
    return ["[[factor]]", *lines, *span]


def good_blocks(dice: Dice, method: str) -> list[Lines]:
    """Return up to three factors without a fault, on names that no fault uses."""
    some = [block(method, 'lever = "nev_road_right_advantage"')]
    if method != GRID:
        some += [["[[factor]]", 'parameter = "world_petrol"'], ["[[factor]]", "dummy = true"]]
    return dice.sample(some, dice.randint(1, len(some)))


def made(
    dice: Dice,
    family: str,
    method: str,
    top: tuple[Lines, Lines],
    last: tuple[Lines, Lines] | None,
    code: str,
    field: str,
    near: str = "",
    allowed: bool = True,
    line: str = "differs",
) -> Bad:
    """Return a file around a fault: `top` the head and `last` a factor, each faulty and mended.

    `line`: where the fault is told: the first line that differs, the head of the block, none, or any.
    """
    before = good_blocks(dice, method)
    noise = [dice.choice(COMMENTS)] if dice.random() < 0.5 else []
    files = []
    for k in (0, 1):
        lines = [*top[k], *noise, *(text for one in before for text in one)]
        files.append(lines + (last[k] if last else []))
    bad, good = files
    at = next((k for k, (a, b) in enumerate(zip(bad, good, strict=False), 1) if a != b), len(bad))
    if line == "block":
        at = len(top[0]) + len(noise) + sum(len(one) for one in before) + 1
    where = f"factor[{len(before) + 1}].{field}".replace(".factor", "") if last else field
    end = dice.choice(("\n", "\r\n"))
    texts = [(end.join(one) + end).encode() for one in files]
    at = {"none": 0, "any": -1}.get(line, at)
    return Bad(
        family,
        {ASKED: texts[0]},
        code,
        where,
        at,
        near,
        allowed,
        mended={ASKED: texts[1]},
    )


def of_head(
    dice: Dice, key: str, bad: str | None, good: str | None, code: str, field: str = "", **more: object
) -> Bad:
    """Return a file with one faulty line in its head."""
    method = str(more.pop("method", dice.choice([SOBOL, MORRIS])))
    tops = (head(method, **{key: bad}), head(method, **{key: good}))
    return made(dice, f"head {key} {code}", method, tops, None, code, field or key, **more)  # type: ignore[arg-type]


def of_factor(dice: Dice, bad: Lines, good: Lines, code: str, field: str, **more: object) -> Bad:
    """Return a file with one faulty factor."""
    method = str(more.pop("method", dice.choice([SOBOL, MORRIS])))
    top = head(method)
    return made(dice, f"factor {field} {code}", method, (top, top), (bad, good), code, field, **more)  # type: ignore[arg-type]


# --- the head


def unknown_key(dice: Dice) -> Bad:
    word = dice.choice([key for key in KEYS if len(key) > 4])
    wrong = lacking(dice, word)
    return of_head(dice, "extra", f"{wrong} = 1", None, "unknown_key", wrong, near=word)


def schema(dice: Dice) -> Bad:
    value = dice.choice(["0", "2", '"1"', "true", "1.5", "[1]", str(dice.randrange(3, 10**9))])
    return of_head(dice, "schema", f"schema = {value}", "schema = 1", "bad_schema")


def missing(dice: Dice) -> Bad:
    key = dice.choice(["schema", "name", "method", "scenarios", "outcomes", "size"])
    good = dict(zip(("schema", "name", "method", "scenarios", "outcomes", "size"), head(SOBOL), strict=True))[
        key
    ]
    field = "samples" if key == "size" else key
    return of_head(dice, key, None, good, "missing_key", field, allowed=False, line="none", method=SOBOL)


def head_type(dice: Dice) -> Bad:
    good = {"name": 'name = "mine"', "scenarios": 'scenarios = ["plan"]', "outcomes": head(SOBOL)[4]}
    key = dice.choice(
        [*good, "label", "about", "region", "until", "households", "seed", "second_order", "expected"]
    )
    value = dice.choice(["1.5", "-0.5", "2026-01-01", "10:00:00", "[]", "[1]", "{ a = 1 }"])
    if key in ("label", "about") and value == "{ a = 1 }":
        value = "3"
    return of_head(dice, key, f"{key} = {value}", good.get(key), "wrong_type", method=SOBOL)


def method_unknown(dice: Dice) -> Bad:
    word = dice.choice([SOBOL, MORRIS])
    bad = f'method = "{lacking(dice, word)}"'
    return of_head(dice, "method", bad, f'method = "{word}"', "bad_method", near=word, method=word)


def name(dice: Dice) -> Bad:
    bad = dice.choice(["../x", "a/b", "a b", "-a", "研究", "a.toml", "a" * 81, "a\\n", "a\\u0000", ""])
    return of_head(dice, "name", f'name = "{bad}"', 'name = "mine"', "bad_study_name")


def scenario_unknown(dice: Dice) -> Bad:
    word = dice.choice([one for one in names() if len(one) > 5])
    bad = f'scenarios = ["{lacking(dice, word)}"]'
    return of_head(dice, "scenarios", bad, f'scenarios = ["{word}"]', "unknown_scenario", near=word)


def scenario_file(dice: Dice) -> Bad:
    bad = dice.choice(["none.toml", "../none.toml", "a/b.toml", "/etc/none.toml", "none\\u0000.toml"])
    return of_head(dice, "scenarios", f'scenarios = ["{bad}"]', 'scenarios = ["plan"]', "unknown_scenario")


def scenarios_many(dice: Dice) -> Bad:
    some = json.dumps(dice.sample(names(), dice.randint(2, 4)))
    return of_head(dice, "scenarios", f"scenarios = {some}", 'scenarios = ["plan"]', "one_scenario")


def scenario_twice(dice: Dice) -> Bad:
    one = dice.choice(names())
    bad = f'scenarios = ["{one}", "{one}"]'
    good = f'scenarios = ["{one}"]'
    return of_head(dice, "scenarios", bad, good, "names_repeated", allowed=False, method=GRID)


def region(dice: Dice) -> Bad:
    word = dice.choice(["shanxi", "china"])
    return of_head(
        dice, "region", f'region = "{lacking(dice, word)}"', f'region = "{word}"', "region", near=word
    )


def sizes(dice: Dice) -> Bad:
    key, value = dice.choice(
        [("households", 0), ("households", 10**9), ("households", -5), ("seed", -1), ("seed", 10**12)]
    )
    return of_head(dice, key, f"{key} = {value}", f"{key} = 7", "out_of_range")


def samples(dice: Dice) -> Bad:
    value = dice.choice([0, 1, 2, -16, 10**6, 10**30])
    return of_head(
        dice, "size", f"samples = {value}", "samples = 64", "out_of_range", "samples", method=SOBOL
    )


def no_power(dice: Dice) -> Bad:
    value = dice.choice([5, 6, 7, 100, 1000, 1023, 1025, 65535])
    near = str(1 << value.bit_length() - 1)
    return of_head(
        dice, "size", f"samples = {value}", "samples = 64", "not_a_power", "samples", near=near, method=SOBOL
    )


def other_method(dice: Dice) -> Bad:
    method, key = dice.choice(
        [
            (SOBOL, "replicates"),
            (MORRIS, "replicates"),
            (MORRIS, "second_order"),
            (GRID, "samples"),
            (GRID, "expected"),
        ]
    )
    value = "true" if key in ("second_order", "expected") else "4"
    return of_head(dice, "extra", f"{key} = {value}", None, "key_not_of_method", key, method=method)


def until(dice: Dice) -> Bad:
    bad = dice.choice(["2031-01", "2014-12", "2030-13", "2030", "soon", "2030-1", "", "2026年1月"])
    return of_head(dice, "until", f'until = "{bad}"', 'until = "2030-12"', "until")


def outcome(dice: Dice) -> Bad:
    """Plant a fault in the text of an outcome."""
    by_group = [key for key, formula in FORMULAS.items() if formula.by_group]
    one, regional = dice.choice(by_group), dice.choice([key for key in FORMULAS if key not in by_group])
    wrong = lacking(dice, one)
    bad, code = dice.choice(
        [
            (one, "bad_outcome"),
            (f"{one}@", "bad_outcome"),
            (f"{one}@2030@all@q1@q2", "bad_outcome"),
            ("", "bad_outcome"),
            ("@2030", "bad_outcome"),
            (f"{wrong}@2030", "unknown_indicator"),
            ("label_trust@2030", "indicator_waiting"),
            (f"{one}@2031", "outcome_month"),
            (f"{one}@2014", "outcome_month"),
            (f"{one}@2030-13", "outcome_month"),
            (f"{one}@20300", "outcome_month"),
            (f"{one}@２０３０", "outcome_month"),
            (f"{one}@2028-05@q1", "outcome_december"),
            (f"{one}@2028-05@all.rural", "outcome_december"),
            (f"{regional}@2030@q2", "outcome_group"),
            (f"{one}@2030@atlantis", "bad_place"),
            (f"{one}@2030@all@q6", "bad_group"),
            (f"{one}@2030@110000", "bad_place"),
        ]
    )
    good = f'outcomes = ["{one}@2030"]'
    return of_head(dice, "outcomes", f'outcomes = ["{bad}"]', good, code)


def outcome_twice(dice: Dice) -> Bad:
    one = dice.choice(list(FORMULAS))
    other = dice.choice([f"{one}@2030", f"{one}@2030-12", f"{one}@2030@all", f" {one} @ 2030 "])
    bad = f'outcomes = ["{one}@2030", "{other}"]'
    return of_head(dice, "outcomes", bad, f'outcomes = ["{one}@2030"]', "outcome_twice", allowed=False)


def outcome_late(dice: Dice) -> Bad:
    top = head(SOBOL, until='until = "2027-06"')
    bad = [line.replace("@2030", dice.choice(["@2027", "@2028", "@2027-07"])) for line in top]
    good = [line.replace("@2030", "@2026") for line in top]
    return made(dice, "outcome late", SOBOL, (bad, good), None, "outcome_late", "outcomes")


def long_number(dice: Dice) -> Bad:
    bad = f"households = {'9' * dice.randint(400, 6000)}"
    return of_head(dice, "households", bad, "households = 9", "number_too_long", NO_FIELD)


def deep(dice: Dice) -> Bad:
    bad = f"outcomes = {'[' * dice.randint(20, 3000)}"
    return of_head(dice, "outcomes", bad, head(SOBOL)[4], "too_deep", NO_FIELD)


# --- factors


def kind(dice: Dice) -> Bad:
    lines, code, field = dice.choice(
        [
            (["[[factor]]", "low = 0"], "factor_kind_missing", "factor"),
            (["[[factor]]"], "factor_kind_missing", "factor"),
        ]
    )
    return of_factor(dice, lines, ["[[factor]]", "luck = true"], code, field, line="block")


def kinds(dice: Dice) -> Bad:
    bad = dice.choice(['lever = "nev_purchase_subsidy"', "dummy = true", 'parameter = "world_income"'])
    return of_factor(
        dice,
        ["[[factor]]", "luck = true", bad],
        ["[[factor]]", "luck = true"],
        "factor_kinds",
        "factor",
        line="any",
    )


def factor_key(dice: Dice) -> Bad:
    word = dice.choice(["places", "groups", "values", "parameter", "dummy"])
    wrong = lacking(dice, word)
    good = ["[[factor]]", 'lever = "nev_purchase_subsidy"']
    return of_factor(dice, [*good, f"{wrong} = 1"], good, "unknown_key", wrong)


def key_of_other_kind(dice: Dice) -> Bad:
    base, bad = dice.choice(
        [
            ('parameter = "world_income"', 'from = "2026-01"'),
            ('parameter = "world_income"', 'groups = ["q1"]'),
            ("luck = true", 'places = ["all"]'),
            ("luck = true", 'from = "2026-01"'),
        ]
    )
    good = ["[[factor]]", base]
    return of_factor(dice, [*good, bad], good, "factor_key_kind", bad.split(" = ")[0])


def key_of_other_method(dice: Dice) -> Bad:
    good = ["[[factor]]", 'lever = "nev_purchase_subsidy"']
    if dice.random() < 0.5:
        return of_factor(dice, [*good, "values = [1, 2]"], good, "factor_key_method", "values")
    grid = [*good, "values = [1, 2]"]
    return of_factor(dice, [*grid, "low = 1"], grid, "factor_key_method", "low", method=GRID)


def not_true(dice: Dice) -> Bad:
    bad = f"luck = {dice.choice(['false', '1', '0', '"true"', '[true]', '2026-01-01'])}"
    return of_factor(dice, ["[[factor]]", bad], ["[[factor]]", "luck = true"], "wrong_type", "luck")


def lever(dice: Dice) -> Bad:
    word = dice.choice([one for one in ACTING if one != "nev_road_right_advantage"])
    lines = [["[[factor]]", f'lever = "{one}"'] for one in (lacking(dice, word), word)]
    return of_factor(dice, *lines, "unknown_lever", "lever", near=word)


def lever_waits(dice: Dice) -> Bad:
    lines = [["[[factor]]", f'lever = "{one}"'] for one in (dice.choice(waiting()), "publicity_intensity")]
    return of_factor(dice, *lines, "lever_waiting", "lever")


def parameter(dice: Dice) -> Bad:
    word = dice.choice([one for one in free() if len(one) > 8 and one != "world_petrol"])
    lines = [["[[factor]]", f'parameter = "{one}"'] for one in (lacking(dice, word) + "x", word)]
    return of_factor(dice, *lines, "parameter_unknown", "parameter", allowed=False)


def parameter_refused(dice: Dice) -> Bad:
    bad, code = dice.choice(
        [
            (dice.choice(sorted(fitted_keys() & parameter_ranges().keys())), "parameter_fitted"),
            (dice.choice(WAITING), "parameter_not_read"),
        ]
    )
    lines = [["[[factor]]", f'parameter = "{one}"'] for one in (bad, "world_income")]
    return of_factor(dice, *lines, code, "parameter", allowed=False)


def fixed(dice: Dice) -> Bad:
    word = dice.choice(
        [
            key
            for key, (low, _, high) in parameter_ranges().items()
            if low == high and key not in fitted_keys()
        ]
    )
    lines = [["[[factor]]", f'parameter = "{one}"'] for one in (word, "world_income")]
    return of_factor(dice, *lines, "range_empty", "parameter")


def empty_range(dice: Dice) -> Bad:
    good = ["[[factor]]", 'lever = "nev_purchase_subsidy"', "low = 5000"]
    return of_factor(
        dice, [*good, f"high = {dice.choice([5000, 4999, 0])}"], [*good, "high = 5001"], "range_empty", "high"
    )


def out_of_range(dice: Dice) -> Bad:
    word = dice.choice([one for one in ACTING if one != "nev_road_right_advantage"])
    one = paths()[word]
    key, value = dice.choice([("low", one.low - 1), ("high", one.high + 1), ("high", one.high * 1000 + 1)])
    good = ["[[factor]]", f'lever = "{word}"']
    return of_factor(dice, [*good, f"{key} = {value!r}"], good, "out_of_range", key)


def parameter_range(dice: Dice) -> Bad:
    word = dice.choice([one for one in free() if one != "world_petrol"])
    low, _, high = parameter_ranges()[word]
    key, value = dice.choice([("low", low - 0.5 * (high - low)), ("high", high + 1.0)])
    good = ["[[factor]]", f'parameter = "{word}"']
    return of_factor(dice, [*good, f"{key} = {value!r}"], good, "out_of_range", key)


def not_finite(dice: Dice) -> Bad:
    key, value = dice.choice(["low", "high"]), dice.choice(["nan", "inf", "-inf", "1e400"])
    good = ["[[factor]]", 'lever = "nev_purchase_subsidy"']
    return of_factor(dice, [*good, f"{key} = {value}"], good, "not_finite", key)


def level_type(dice: Dice) -> Bad:
    key, value = dice.choice(["low", "high"]), dice.choice(['"1"', "true", "[1]", "{ a = 1 }", "2026-01-01"])
    good = ["[[factor]]", 'lever = "nev_purchase_subsidy"']
    return of_factor(dice, [*good, f"{key} = {value}"], good, "wrong_type", key)


def not_whole(dice: Dice) -> Bad:
    good = ["[[factor]]", 'lever = "min_efficiency_cutoff"']
    return of_factor(dice, [*good, f"low = {dice.choice([1.5, 2.25])}"], good, "not_whole", "low")


def months(dice: Dice) -> Bad:
    key = dice.choice(["from", "to"])
    bad, code = dice.choice(
        [
            ("2026-13", "bad_month"),
            ("2026-1", "bad_month"),
            ("soon", "bad_month"),
            ("2031-01", "month_outside"),
            ("2020-01", "before_plan"),
        ]
    )
    good = ["[[factor]]", 'lever = "nev_purchase_subsidy"']
    return of_factor(dice, [*good, f'{key} = "{bad}"'], [*good, f'{key} = "2027-01"'], code, key)


def backwards(dice: Dice) -> Bad:
    good = ["[[factor]]", 'lever = "nev_purchase_subsidy"', 'from = "2028-01"']
    return of_factor(dice, [*good, 'to = "2027-12"'], [*good, 'to = "2028-01"'], "period_backwards", "to")


def places(dice: Dice) -> Bad:
    bad, code = dice.choice(
        [("atlantis", "bad_place"), ("taiyan", "bad_place"), ("", "bad_place"), ("all.towns", "bad_place")]
    )
    good = ["[[factor]]", 'lever = "nev_purchase_subsidy"']
    return of_factor(dice, [*good, f'places = ["{bad}"]'], [*good, 'places = ["all"]'], code, "places")


def groups(dice: Dice) -> Bad:
    good = ["[[factor]]", 'lever = "nev_purchase_subsidy"']
    return of_factor(dice, [*good, 'groups = ["q6"]'], [*good, 'groups = ["q5"]'], "bad_group", "groups")


def groups_not_here(dice: Dice) -> Bad:
    free_of = [one for one in ACTING if one not in BY_GROUP and one != "nev_road_right_advantage"]
    good = ["[[factor]]", f'lever = "{dice.choice(free_of)}"']
    return of_factor(
        dice, [*good, 'groups = ["q1"]'], [*good, 'groups = ["all"]'], "groups_not_here", "groups"
    )


def twice(dice: Dice) -> Bad:
    one = dice.choice(["luck = true", 'parameter = "world_income"'])
    key = one.split(" = ")[0]
    lines = ["[[factor]]", one]
    bad = made(
        dice,
        f"factor twice {key}",
        SOBOL,
        (head(SOBOL), head(SOBOL)),
        ([*lines, *lines], lines),
        "factor_twice",
        key,
        allowed=False,
        line="any",
    )
    return next_block(bad)


def meeting(dice: Dice) -> Bad:
    first = [
        "[[factor]]",
        'lever = "nev_purchase_subsidy"',
        dice.choice(['places = ["all"]', 'groups = ["q2"]']),
    ]
    second = [
        "[[factor]]",
        'lever = "nev_purchase_subsidy"',
        dice.choice(['places = ["*.rural"]', 'from = "2028-01"']),
    ]
    bad = made(
        dice,
        "factors meet",
        SOBOL,
        (head(SOBOL), head(SOBOL)),
        ([*first, *second], first),
        "factors_meet",
        "lever",
        allowed=False,
        line="any",
    )
    return next_block(bad)


def next_block(bad: Bad) -> Bad:
    """Return the fault told of the block after the one that was planted."""
    from dataclasses import replace

    number = int(bad.field[7 : bad.field.index("]")]) + 1
    return replace(bad, field=f"factor[{number}]" + bad.field[bad.field.index("]") + 1 :])


def on_grid(dice: Dice) -> Bad:
    bad = dice.choice(["luck = true", "dummy = true", "draw = true"])
    good = block(GRID, 'parameter = "world_income"')
    return of_factor(
        dice, ["[[factor]]", bad], good, "factor_not_on_grid", bad.split(" = ")[0], method=GRID, line="any"
    )


def morris_draw(dice: Dice) -> Bad:
    lines = [["[[factor]]", one] for one in ("draw = true", "luck = true")]
    return of_factor(dice, *lines, "factor_not_ordered", "draw", allowed=False, method=MORRIS)


def grid_values(dice: Dice) -> Bad:
    bad, code = dice.choice(
        [
            ("[]", "values_count"),
            (json.dumps(list(range(201))), "values_count"),
            ("3", "wrong_type"),
            ('["a"]', "wrong_type"),
            ("[1, 2, 1]", "value_twice"),
            ("[nan]", "not_finite"),
            ("[1, 99999999]", "out_of_range"),
            ("[true]", "wrong_type"),
        ]
    )
    good = ["[[factor]]", 'lever = "nev_purchase_subsidy"']
    pair = ([*good, f"values = {bad}"], [*good, "values = [0, 4000]"])
    return of_factor(dice, *pair, code, "values", method=GRID, allowed=code != "value_twice")


def no_factor(dice: Dice) -> Bad:
    method = dice.choice([SOBOL, MORRIS])
    files = [
        ("\n".join(head(method)) + "\n").encode(),
        ("\n".join([*head(method), "[[factor]]", "luck = true"]) + "\n").encode(),
    ]
    return Bad("no factor", {ASKED: files[0]}, "no_factor", "factor", 0, mended={ASKED: files[1]})


def whole_file(dice: Dice) -> Bad:
    """Write something that is no text, or put something in the file's place that is no file."""
    good = ("\n".join([*head(SOBOL), "[[factor]]", "luck = true"]) + "\n").encode()
    kinds_of: list[tuple[bytes | str, str, int, bool]] = [
        (b"", "file_empty", 0, False),
        (b" \n\t", "file_empty", 0, False),
        (b"\xff\xfe" + good.decode().encode("utf-16-le"), "file_utf16", 0, True),
        (b"\xef\xbb\xbf" + good, "file_bom", 1, True),
        (good + b"# \xe9t\xe9\n", "file_not_text", -1, True),
        (good + b"# \0\n", "file_nul", -1, True),
        (good + b"# " + b"x" * 300_000, "file_too_big", 0, True),
        (good + b"low = = 3\n", "toml", -1, False),
        (good + b"luck = true\n", "toml", -1, False),
        (DIRECTORY, "file_not_plain", 0, False),
        (PIPE, "file_not_plain", 0, False),
        (LINK, "file_link", 0, False),
    ]
    content, code, line, allowed = dice.choice(kinds_of)
    mended = {} if isinstance(content, str) else {ASKED: good}
    return Bad(f"file {code}", {ASKED: content}, code, NO_FIELD, line, allowed=allowed, mended=mended)


FAMILIES: tuple[Callable[[Dice], Bad], ...] = (
    unknown_key,
    schema,
    missing,
    head_type,
    method_unknown,
    name,
    scenario_unknown,
    scenario_file,
    scenarios_many,
    scenario_twice,
    region,
    sizes,
    samples,
    no_power,
    other_method,
    until,
    outcome,
    outcome,
    outcome_twice,
    outcome_late,
    long_number,
    deep,
    kind,
    kinds,
    factor_key,
    key_of_other_kind,
    key_of_other_method,
    not_true,
    lever,
    lever_waits,
    parameter,
    parameter_refused,
    fixed,
    empty_range,
    out_of_range,
    parameter_range,
    not_finite,
    level_type,
    not_whole,
    months,
    backwards,
    places,
    groups,
    groups_not_here,
    twice,
    meeting,
    on_grid,
    morris_draw,
    grid_values,
    no_factor,
    whole_file,
    whole_file,
)


def studies(many: int = 300, seed: int = 1) -> Iterator[Bad]:
    """Yield `many` faulty study files, of every family in turn; the same for the same seed."""
    dice = Dice(seed)
    return islice((FAMILIES[turn % len(FAMILIES)](dice) for turn in count()), many)
