"""What a command is given: expressions, recipes and configs, and what is said where they are wrong."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

import lrsched
from lrsched.runs import recipes

from .run import invoke, printed, refused

NAME = "a name cannot stand here; write what it stands for, a number or a call."
VALUES = "only numbers, names of numbers, + - * / //, strings, True, False, None, lists and calls can stand here"
GIVE = "give it a number: parse(expression, NAME=100), or --let NAME=100."
WRITE = "write a call such as linear(0.0, 1.0, 10)"

REFUSED = [
    ("1 + 1", f"column 1: an expression is a schedule, not 2; {WRITE}.", 1),
    ("cosine", "column 1: cosine must be called; write cosine(init_value, end_value, steps).", 1),
    ("noam", "column 1: noam must be called; write noam(d_model, warmup_steps, *, scale=1.0).", 1),
    ("lrsched.noam", "column 1: noam must be called; write noam(d_model, warmup_steps, *, scale=1.0).", 1),
    ("warmup_cosin", "column 1: unknown schedule 'warmup_cosin'; did you mean 'warmup_cosine'?", 1),
    ("2 / cosine(1, 0, 9)", "column 1: a schedule can be divided by a number, with /, and by nothing else.", 1),
    ("2 * cosine(1, 0, totl)", f"column 18: unknown name 'totl'; {GIVE}", 18),
    ("linear(", f"column 7: '(' was never closed; {WRITE}.", 7),
    ("linear(1, 2, 3))", f"column 16: unmatched ')'; {WRITE}.", 16),
    ("linear(0, 1,, 2)", f"column 13: invalid syntax; {WRITE}.", 13),
    ("linear(1, 2, 3).expand()", f"column 1: only a schedule can be called, by its name; {WRITE}.", 1),
    ("linear(**{})", "column 10: ** cannot be written here; name each parameter once.", 10),
    ("linear(1j, 0, 3)", f"column 8: {VALUES}.", 8),
    ("linear(1.0, 0.0, -5)", "column 1: linear(steps=-5) must be at least 0; steps are counted from 0.", 1),
    ("linear(1e999, 0, 3)", "column 1: linear(init_value=inf) must be finite; give a number that float64 holds.", 1),
    (
        "linear(1, 2, 9007199254740993)",
        "column 1: linear(steps=9007199254740993) must be at most 2**53; count in a larger unit.",
        1,
    ),
    (
        "join([linear(0, 1, 10), linear(0, 1, -2)], [10])",
        "column 25: join.schedules[1]: linear(steps=-2) must be at least 0; steps are counted from 0.",
        25,
    ),
    (
        "warmup_cosine(3e-4, 1000, 500)",
        "column 1: warmup_cosine(total_steps=500) must be at least warmup_steps=1000; "
        "total_steps includes the warmup.",
        1,
    ),
    ("linear(1, 2)", "column 1: linear(init_value, end_value, steps) is missing steps; write steps=...", 1),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "message", "column"), REFUSED)
def test_a_bad_expression_is_one_clear_line_and_a_caret(expression: str, message: str, column: int) -> None:
    result = invoke("show", expression)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.splitlines() == [f"lrsched show: {message}", f"  {expression}", " " * (column + 1) + "^"]


def test_an_unknown_name_is_answered_as_parse_answers() -> None:
    expression = "join([lineer(0.0, 1.0, 10), constant(1.0)], [10])"
    with pytest.raises(lrsched.ParseError, match="did you mean 'linear'") as error:
        lrsched.parse(expression)
    assert error.value.column == 7
    assert invoke("show", expression).stderr.splitlines()[0] == f"lrsched show: {error.value}"


def test_the_caret_stands_under_wide_characters() -> None:
    assert invoke("show", "linear('学习', 😀)").stderr.splitlines()[2].index("^") == 2 + len("linear('") + 4 + len(
        "', "
    )


def test_no_caret_where_the_expression_does_not_fit() -> None:
    expression = "linear(1.0, 0.0, -5)"
    assert len(invoke("show", expression, COLUMNS="24").stderr.splitlines()) == 3
    assert len(invoke("show", expression, COLUMNS="23").stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "expression",
    [
        "",
        " ",
        "\n\n",
        "x" * 1_000_000,
        "x" * 199_000,
        "(" * 10_000 + ")" * 10_000,
        "shift(" * 10_000,
        "linear(\x00, 0, 3)",
        "\x00",
        "😀" * 1_000,
        "linear('\udcff', 0, 1)",
        "linear(" + "9" * 100_000 + ", 0, 1)",
        "2" + "**2" * 50_000,
        "not " * 40_000 + "1",
        "lambda:" * 25_000 + "1",
        "linear({[1]: 2}, 1, 2)",
        "linear(\n1,\nfoo(3), 4)",
        "\x1b[31mlinear(0, 1, 2)",
    ],
)
def test_absurd_text_is_refused_in_one_line(expression: str) -> None:
    result = invoke("show", expression)
    assert isinstance(result.exception, SystemExit)
    assert result.exit_code == 2
    assert result.stdout == ""
    first, *caret = result.stderr.splitlines()
    assert first.startswith("lrsched show: ")
    assert len(first) < 1_000
    assert first.isprintable()
    assert len(caret) in (0, 2)


def test_text_is_never_evaluated(tmp_path: Path) -> None:
    made = tmp_path / "made"
    assert invoke("show", f"__import__('pathlib').Path({str(made)!r}).touch()").exit_code == 2
    assert invoke("show", f"linear(0.0, open({str(made)!r}, 'w'), 3)").exit_code == 2
    assert not made.exists()


# Recipes.


@pytest.mark.parametrize("name", recipes.list())
def test_a_recipe_is_given_by_name(name: str) -> None:
    made = getattr(recipes, name)()
    assert printed("show", f"recipe:{name}").splitlines()[0] == repr(made)
    assert printed("show", f"recipe:{name}()").splitlines()[0] == repr(made)


def test_a_recipe_takes_arguments() -> None:
    made = recipes.bert(peak_value=1e-3, total_steps=2e4)
    assert made != recipes.bert()
    assert printed("show", "recipe:bert(peak_value=1e-3, total_steps=2e4)").splitlines()[0] == repr(made)


@pytest.mark.parametrize(
    ("expression", "message", "column"),
    [
        ("recipe:bret", "unknown recipe 'bret'; did you mean 'bert'?", 8),
        ("recipe:", "the expression is empty; write a call such as linear(0.0, 1.0, 10).", None),
        ("recipe:bert(", "'(' was never closed; write a call such as linear(0.0, 1.0, 10).", 12),
        ("recipe:bert(peak=1)", "bert(peak=...) is not a parameter; known are peak_value, warmup_steps, ", 8),
        ("recipe:bert(peak_value=inf)", NAME, 24),
        ("recipe:bert(peak_value=-inf)", NAME, 25),
        ("recipe:bert(os.name)", NAME, 13),
        ("recipe:bert(**{})", "** cannot be written here; name each parameter once.", 15),
        ("recipe:bert(peak_value=1, peak_value=2)", "peak_value is given twice; name each parameter once.", 38),
        ("recipe:bert()()", "only a function can be called, by its name; write name(argument, ...).", 8),
        ("recipe:1", "only a function can be called, by its name; write name(argument, ...).", 8),
    ],
)
def test_a_bad_recipe_is_one_clear_line_and_a_caret(expression: str, message: str, column: int | None) -> None:
    result = invoke("show", expression)
    assert (result.exit_code, result.stdout) == (2, "")
    place = "" if column is None else f"column {column}: "
    line, *caret = result.stderr.splitlines()
    assert line.startswith(f"lrsched show: {place}{message}")
    assert caret == ([] if column is None else [f"  {expression}", " " * (column + 1) + "^"])


def test_a_recipe_is_never_evaluated(tmp_path: Path) -> None:
    made = tmp_path / "made"
    assert invoke("show", f"recipe:bert(open({str(made)!r}, 'w'))").exit_code == 2
    assert invoke("show", f"recipe:__import__('pathlib').Path({str(made)!r}).touch()").exit_code == 2
    assert not made.exists()


# Configs.

RUN = lrsched.wsd(3e-4, 100, 1000, 100, decay=lrsched.one_minus_sqrt)


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], str]:
    """A function that writes a file and gives its name."""
    monkeypatch.chdir(tmp_path)

    def write(name: str, text: str) -> str:
        Path(name).write_text(text)
        return name

    return write


@pytest.mark.parametrize("name", ["a.json", "a.yaml", "a.yml", "A.JSON"])
def test_a_config_is_read(name: str, written: Callable[[str, str], str]) -> None:
    text = json.dumps(RUN.to_config()) if "js" in name.lower() else yaml.safe_dump(RUN.to_config())
    assert printed("show", "--config", written(name, text)).splitlines()[0] == repr(RUN)


@pytest.mark.parametrize("dump", [json.dumps, yaml.safe_dump])
def test_a_config_is_read_from_standard_input(dump: Callable[..., str]) -> None:
    assert printed("show", "--config", "-", stdin=dump(RUN.to_config())).splitlines()[0] == repr(RUN)


def test_configs_come_after_expressions(written: Callable[[str, str], str]) -> None:
    name = written("a.json", json.dumps(RUN.to_config()))
    lines = printed("show", "--config", name, "constant(1.0)", "--config", name).splitlines()
    assert [line for line in lines if line[1:3] == ": "] == ["a: constant(1.0)", f"b: {RUN}", f"c: {RUN}"]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.toml", "", "a.toml: unknown extension '.toml'; a config ends in .json, .yaml or .yml"),
        ("a", "", "a: unknown extension ''; a config ends in .json, .yaml or .yml"),
        ("a.json", "", "a.json: Expecting value: line 1 column 1 (char 0)"),
        ("a.json", "[]", "a.json: from_config([]) must be a dict, not list; json.load gives one."),
        ("a.json", '{"name": "linear"}', "a.json: from_config({'name': 'linear'}) must have the key"),
        ("a.json", '{"lrsched": 1, "name": "lineer"}', "a.json: from_config: unknown schedule 'lineer'; did you mean"),
        ("a.json", '{"lrsched": 1, "lrsched": 1}', "a.json: the key 'lrsched' is there twice; write each once."),
        ("a.json", "[" * 100_000, "a.json: nested too deeply; build such a schedule in code."),
        ("a.yaml", "", "a.yaml: from_config(None) must be a dict, not NoneType; json.load gives one."),
        ("a.yaml", "a: b: c", "a.yaml: mapping values are not allowed here"),
        ("a.yaml", "a: 1\na: 2", "a.yaml: the key 'a' is there twice; write each once."),
        ("a.yaml", "a: &x [1]\nb: *x", "a.yaml: the alias *x cannot be read; write out what it stands for."),
        ("a.yaml", "!!python/object/apply:os.getcwd []", "a.yaml: could not determine a constructor"),
        ("a.yaml", "? [1]\n: 2", "a.yaml: unhashable"),
        ("a.yaml", "[" * 100_000, "a.yaml: nested too deeply; build such a schedule in code."),
        (
            "a.yaml",
            "{lrsched: 1, name: constant, args: {value: 1e-5 rate}}",
            "a.yaml: constant.value: column 6: invalid syntax; write a call such as linear(0.0, 1.0, 10).",
        ),
    ],
)
def test_a_bad_config_is_one_clear_line(name: str, text: str, message: str, written: Callable[[str, str], str]) -> None:
    assert refused("show", "--config", written(name, text)).startswith(message)


def test_a_file_that_windows_wrote(tmp_path: Path) -> None:
    """It begins with a byte-order mark."""
    for name in ("a.json", "a.yaml"):
        file = tmp_path / name
        file.write_bytes(b"\xef\xbb\xbf" + json.dumps(lrsched.constant(0.5).to_config()).encode())
        assert "constant(0.5)" in printed("show", "--config", str(file), "--no-chart")
    stdin = "\ufeff" + json.dumps(lrsched.constant(0.5).to_config())
    assert "constant(0.5)" in printed("show", "--config", "-", "--no-chart", stdin=stdin)


@pytest.mark.parametrize("file", ["a.json", "runs/a.yaml", "/tmp/a b.yml", "a.JSON"])
def test_a_file_in_the_place_of_an_expression(file: str) -> None:
    assert refused("show", file) == f"{file} is a file; write --config {file}"
    assert refused("diff", "constant(1.0)", file) == f"{file} is a file; write --config {file}"


# Names.

COMMANDS = {
    "show": ["--no-chart"],
    "table": ["--steps", "2"],
    "check": ["--steps", "20000"],
    "config": [],
    "export": ["--to", "python"],
    "plot": ["-o", "{}/a.svg"],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_names(command: str, tmp_path: Path) -> None:
    """It does with the expression, the config and the recipe what it does with the resolved schedule."""
    options = [option.format(tmp_path) for option in COMMANDS[command]]
    expected = invoke(command, "warmup_cosine(0.0003, 600, 20000)", *options)
    assert expected.exit_code in (0, 1), expected.output
    text = "warmup_cosine(peak, 0.03*total, total)"
    assert invoke(command, text, "--let", "peak=3e-4", "--let", "total=2e4", *options).output == expected.output
    file = tmp_path / "a.yaml"
    file.write_text(
        "{lrsched: 1, name: warmup_cosine, args: {peak_value: 3e-4, warmup_steps: 0.03*total, total_steps: total}}"
    )
    assert invoke(command, "--let", "total=20_000", "--config", str(file), *options).output == expected.output


def test_names_of_two_schedules_and_of_recipes() -> None:
    assert "They agree" in printed("diff", "linear(0, 1, n)", "linear(0, 1, 2*3)", "--let", "n=6")
    assert "They agree" in printed(
        "diff", "recipe:bert(total_steps=n)", "recipe:bert(total_steps=20_000)", "--let", "n=2e4"
    )


def test_arithmetic_of_schedules() -> None:
    assert "They agree" in printed("diff", "0.5 * cosine(1, 0, 9) + 1e-5", "add(scale(cosine(1, 0, 9), 0.5), 1e-5)")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["total"], "--let total must be NAME=NUMBER; write --let total=20000"),
        (["=3"], "--let =3 must be NAME=NUMBER; write --let total=20000"),
        (["a-b=3"], "--let a-b=3 must be NAME=NUMBER; write --let total=20000"),
        (["total="], f"--let total: the expression is empty; {WRITE}."),
        (["total=1e"], f"--let total: column 1: invalid decimal literal; {WRITE}."),
        (["total=many"], f"--let total: column 1: unknown name 'many'; {GIVE}"),
        (["total=[1]"], "--let total=[1] must be a number; write --let total=20000"),
        (["total=True"], "--let total=True must be a number; write --let total=20000"),
        (["total=constant(1)"], "--let total=constant(...) must be a number; write --let total=20000"),
        (["total=1", "total=2"], "--let total is given twice; write each name once"),
        (
            ["total=1e999"],
            "parse(total=inf) must be finite; a run without an end has no number of steps; set max_steps, or ",
        ),
        (["totl=9"], "column 14: unknown name 'total' (known: totl); did you mean 'totl'?"),
        (["total=-2"], "column 1: linear(steps=-2) must be at least 0; steps are counted from 0."),
    ],
)
def test_bad_names(given: list[str], message: str) -> None:
    lets = [part for text in given for part in ("--let", text)]
    assert refused("show", "linear(0, 1, total)", *lets).startswith(message)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    missing = tmp_path / "none.json"
    assert refused("show", "--config", str(missing)) == f"{missing}: No such file or directory"
    (tmp_path / "folder.json").mkdir()
    assert refused("show", "--config", str(tmp_path / "folder.json")).endswith("folder.json: Is a directory")
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe")
    assert "can't decode byte 0xff" in refused("show", "--config", str(tmp_path / "bytes.yaml"))


def test_yaml_without_pyyaml_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    line = refused("show", "--config", "-", stdin="lrsched: 1")
    assert line == "standard input: YAML needs pyyaml; pip install pyyaml, or write JSON."


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("show",), "Missing argument 'EXPR'."),
        (("table",), "Missing argument 'EXPR'."),
        (("diff", "constant(1.0)"), "Schedules given: 1; this command takes 2."),
        (("table", "constant(1.0)", "constant(2.0)"), "Schedules given: 2; this command takes 1."),
    ],
)
def test_as_many_schedules_as_the_command_takes(args: tuple[str, ...], message: str) -> None:
    result = invoke(*args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines()[-1] == f"Error: {message}"
