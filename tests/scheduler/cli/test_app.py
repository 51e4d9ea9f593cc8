"""The command line itself: its help, its options, and the commands beside plan and check."""

import json
import re
import sys
from importlib.metadata import version

import polars as pl
import pytest
import rich_click

from data import PROFILES
from models import ENGINES
from scheduler.cli.app import cli
from tests.data.small import write_folder
from tests.scheduler.command import MODULE, QUICK, SCRIPT, allot, contents


def commands(group: rich_click.Group, above: tuple[str, ...] = ()) -> dict[tuple[str, ...], rich_click.Command]:
    """Every command by the words that call it, those of groups too."""
    found: dict[tuple[str, ...], rich_click.Command] = {}
    for name, command in group.commands.items():
        words = (*above, name)
        found |= commands(command, words) if isinstance(command, rich_click.Group) else {words: command}
    return found


COMMANDS = commands(cli)
GROUPS = [name for name, command in cli.commands.items() if isinstance(command, rich_click.Group)]


@pytest.mark.parametrize("program", [MODULE, SCRIPT], ids=["python -m scheduler", "allot"])
def test_module_and_script_are_the_same_program(program):
    done = allot("--version", program=program)
    assert (done.code, done.out, done.err) == (0, f"allot, version {version('allot')}\n", "")


def test_help_lists_every_command(inside):
    done = inside("--help")
    assert done.code == 0
    assert set(cli.commands) == {
        "alerts",
        "check",
        "compare",
        "config",
        "cycle",
        "distribute",
        "explain",
        "fleet",
        "history",
        "intake",
        "next",
        "plan",
        "policy",
        "publish",
        "replan",
        "report",
        "sample",
        "serve",
        "snapshot",
        "store",
        "target",
        "tasks",
        "template",
        "validate",
        "warm-up",
    }
    for name in cli.commands:
        assert re.search(rf"\b{name}\b", done.out)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example(inside, words):
    done = inside(*words, "--help")
    assert done.code == 0
    text = " ".join(done.out.split())
    assert f"Example: allot {' '.join(words)}" in text
    assert "[cyan]" not in text


@pytest.mark.parametrize("name", GROUPS)
def test_every_group_has_help_with_an_example_that_is_one_of_its_commands(inside, name):
    text = " ".join(inside(name, "--help").out.split())
    assert any(f"Example: allot {' '.join(words)}" in text for words in COMMANDS if words[0] == name)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_option_says_what_it_does(words):
    options = [p for p in COMMANDS[words].params if isinstance(p, rich_click.Option)]
    assert options or words == ("config", "template")
    assert [o.name for o in options if not o.help] == []


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_help_swallows_no_words_in_brackets(words):
    """They would be taken for a style: '[serve] port' was shown as ' port'."""
    texts = [COMMANDS[words].help or "", *(getattr(p, "help", None) or "" for p in COMMANDS[words].params)]
    styles = re.compile(r"(?<!\\)\[(?!/?cyan\])[a-z/]")
    assert [text for text in texts if styles.search(text)] == []


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_the_example_in_the_help_is_a_command_that_parses(words):
    example = re.search(r"\[cyan\]allot (.*?)\[/cyan\]", COMMANDS[words].epilog or "")
    assert example, words
    arguments = example[1].split(" > ")[0].split()
    assert tuple(arguments[: len(words)]) == words
    known = {option for p in COMMANDS[words].params for option in p.opts}
    assert {a for a in arguments if a.startswith("--")} <= known


def test_help_of_the_program_loads_nothing_large():
    loaded = (
        "import sys; from scheduler.cli.app import run; run(['--help']); print(sorted(sys.modules), file=sys.stderr)"
    )
    done = allot(program=(sys.executable, "-c", loaded))
    assert done.code == 0
    assert "'scheduler.cli.app'" in done.err
    assert [name for name in ("models", "data", "polars", "numpy", "numba") if f"'{name}'" in done.err] == []


@pytest.mark.slow
def test_help_names_every_engine_and_profile():
    assert "|".join(ENGINES) in allot("plan", "--help").out
    assert [name for name in PROFILES if name not in allot("sample", "--help").out] == []


def test_plan_has_the_options_of_the_contract():
    options = {option for p in cli.commands["plan"].params for option in p.opts}
    wanted = "--out --policy --as-of --horizon --engine --time-limit --effort --gap --seed --strict --csv --json"
    assert set(wanted.split()) | {"--no-xlsx", "--no-html", "--debug"} <= options


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["pln"], "No such command 'pln'"),
        (["plan", "nowhere", "--out", "x"], "'nowhere' does not exist"),
        (["plan", "{sample}"], "Missing option '--out'"),
        (["plan", "{sample}", "--out", "x", "--sed", "1"], "No such option"),
        (["plan", "{sample}", "--out", "x", "--engine", "magic"], "'magic' is not one of"),
        (["plan", "{sample}", "--out", "x", "--effort", "0"], "0 is not in the range"),
        (["plan", "{sample}", "--out", "x", "--gap", "-1"], "-1.0 is not in the range"),
        (["plan", "{sample}", "--out", "x", "--time-limit", "soon"], "'soon' is not a length of time"),
        (["plan", "{sample}", "--out", "x", "--time-limit", "0s"], "'0s' is not a length of time"),
        (["plan", "{sample}", "--out", "x", "--policy", "nowhere.toml"], "'nowhere.toml' does not exist"),
        (["check", "{sample}", "nowhere"], "'nowhere' does not exist"),
        (["validate", "nowhere"], "'nowhere' does not exist"),
        (["policy", "nowhere.toml"], "'nowhere.toml' does not exist"),
        (["sample", "x", "--profile", "desq"], "did you mean 'desk'?"),
        (["sample", "x", "--format", "xls"], "'xls' is not one of"),
        (["template", "x.csv"], "let it end in .xlsx"),
    ],
)
def test_wrong_use_is_exit_2_and_says_what_is_wrong(inside, sample, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    done = inside(*(a.format(sample=sample) for a in arguments))
    assert done.code == 2
    assert said in " ".join(done.err.replace("│", " ").split())
    assert "Traceback" not in done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [["plan", "nowhere", "--out", "x"], ["plan", "--nonsense"], ["plan", ".", "--out", "x", "--engine", "magic"]],
)
def test_wrong_use_of_the_real_program_is_exit_2(arguments):
    done = allot(*arguments)
    assert (done.code, done.out) == (2, "")
    assert "Error" in done.err


def test_people_are_told_how_good_the_plan_is(inside, sample, tmp_path):
    done = inside("plan", sample, "--out", tmp_path / "run", *QUICK)
    assert (done.code, done.out) == (0, "")
    assert re.search(r"\d\d\.\d % of what could be gained, proved \(best possible [\d,.]+, this plan", done.err)
    assert "2 rows set aside as bad data: see rejects.csv" in done.err
    assert str(tmp_path / "run") in done.err
    assert "\x1b" not in done.err  # plain lines in a log


def test_time_limits_have_units_or_are_seconds(inside, sample, tmp_path):
    for limit in ("500", "500s", "2m", "1h"):
        assert inside("plan", sample, "--out", tmp_path / "run", *QUICK, "--time-limit", limit).code == 0


def test_as_of_and_horizon_count_instead_of_what_the_snapshot_says(inside, sample, tmp_path):
    options = ("--as-of", "2026-03-02T09:00:00", "--horizon", "90m", "--json")
    done = inside("plan", sample, "--out", tmp_path / "run", *QUICK, *options)
    run = json.loads(done.out)
    assert (run["as_of"], run["horizon_end"]) == ("2026-03-02T09:00:00+01:00", "2026-03-02T10:30:00+01:00")


@pytest.mark.slow
def test_debug_changes_no_exit_code_and_shows_no_traceback_for_a_refusal(tmp_path):
    done = allot("validate", tmp_path, "--debug")
    assert (done.code, done.out) == (3, "")
    assert "Traceback" not in done.err
    assert "processes.csv (or .csv.gz or .parquet) is missing" in done.err


def test_validate_is_silent_about_a_clean_snapshot(inside, tmp_path):
    inside("sample", tmp_path, "--tasks", 30, "--agents", 20)
    done = inside("validate", tmp_path)
    assert (done.code, done.out) == (0, "")
    *lost, _rows = done.err.splitlines()
    assert all("no working time in the period" in line for line in lost)  # somebody who is on leave
    assert "30 tasks" in done.err
    assert "0 rejected" in done.err


def test_validate_lists_rejects_and_warnings(inside, sample):
    done = inside("validate", sample)
    assert (done.code, done.out) == (0, "")
    lines = done.err.splitlines()
    assert re.match(r"tasks row 42 BAD-VALUE: range: ", lines[0])
    assert re.match(r"tasks row 43 BAD-STATUS: unknown_status: ", lines[1])
    assert "A-GONE" in lines[2]
    assert "nobody has the skill 'travel' (2 tasks)" in lines[3]
    assert "nobody has the skill 'lang-pl' (1 task)" in lines[4]
    assert lines[5].startswith("but: 2 of 43 tasks were set aside")
    assert lines[-1].endswith("; 2 rejected")


def test_validate_strict_refuses_what_it_lists(inside, sample):
    done = inside("validate", sample, "--strict")
    assert done.code == 3
    assert done.err.startswith("tasks row 42 BAD-VALUE: range: ")
    assert "rows that break a rule, of which a strict reading takes none: 2" in done.err


def test_validate_refuses_too_many_rejects_unless_the_policy_allows_them(inside, tmp_path):
    tasks = [["task_id", "process", "minutes"], *([f"T{i}", "claim", -1] for i in range(30)), ["T30", "claim", 5]]
    snapshot, policy = write_folder(tmp_path / "snapshot", tasks=tasks), tmp_path / "policy.toml"
    policy.write_text("max_reject_share = 1\n")
    refused, allowed = inside("validate", snapshot), inside("validate", snapshot, "--policy", policy)
    assert (refused.code, allowed.code) == (3, 0)
    assert "tasks.csv: 30 of 31 rows break a rule, more than the 0.05 that max_reject_share allows" in refused.err
    listed = [re.findall(r"^tasks row (\d+) (T\d+): range: ", done.err, re.MULTILINE) for done in (refused, allowed)]
    assert listed == [[(str(i + 2), f"T{i}") for i in range(30)]] * 2


def test_policy_prints_the_default_policy_that_it_accepts(inside, tmp_path):
    printed = inside("policy")
    assert (printed.code, printed.err) == (0, "")
    file = tmp_path / "policy.toml"
    file.write_text(printed.out, encoding="utf-8")
    checked = inside("policy", file)
    assert (checked.code, checked.out) == (0, "")
    assert "is a valid policy" in checked.err


def test_policy_refuses_a_misspelt_key_and_names_the_nearest(inside, tmp_path):
    file = tmp_path / "policy.toml"
    file.write_text("[payoff]\nlate_shares = 0.4\n")
    done = inside("policy", file)
    assert (done.code, done.out) == (3, "")
    assert "unknown key 'payoff.late_shares'; did you mean 'late_share'?" in done.err


def test_sample_says_what_it_wrote_and_writes_it_again(inside, tmp_path):
    options = ("--tasks", 40, "--agents", 5, "--days", 2, "--seed", 3)
    first = inside("sample", tmp_path / "a", *options)
    inside("sample", tmp_path / "b", *options)
    assert (first.code, first.out) == (0, "")
    assert "wrote" in first.err
    assert "40 tasks, 5 people" in first.err
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert "replaced the earlier sample" in inside("sample", tmp_path / "a", *options).err


def test_sample_keeps_what_is_not_a_sample(inside, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    before = contents(tmp_path)
    assert inside("sample", tmp_path).code == 2
    assert contents(tmp_path) == before


def test_sample_writes_parquet_when_asked(inside, tmp_path):
    assert inside("sample", tmp_path, "--tasks", 30, "--agents", 4, "--format", "parquet").code == 0
    assert pl.read_parquet(tmp_path / "tasks.parquet").height == 30


def test_template_writes_a_workbook_once(inside, tmp_path):
    file = tmp_path / "day.xlsx"
    done = inside("template", file)
    assert (done.code, done.out) == (0, "")
    assert f"allot plan {file} --out RUN_DIR" in done.err
    before = contents(tmp_path)
    assert inside("template", file).code == 2
    assert contents(tmp_path) == before


def test_warm_up_compiles_and_says_so(inside):
    done = inside("warm-up")
    assert (done.code, done.out) == (0, "")
    assert done.err.splitlines()[-1] == "ready"  # behind what had to be compiled, if anything had
