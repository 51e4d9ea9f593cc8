"""Expressions: what they may say, what is refused and why, and a row that fails alone."""

import polars as pl
import pytest

from data.intake.expressions import FUNCTIONS, ExpressionError, evaluate, read_expression

FRAME = pl.DataFrame({"a": ["1", "abc", None], "b": ["x-y", "", "z"], "Amount due": ["5", "6", "7"]})


def refusal(text: object) -> str:
    with pytest.raises(ExpressionError) as refused:
        read_expression(text)
    return str(refused.value)


def results(text: str) -> list[object]:
    values, failed = evaluate(FRAME, read_expression(text).expr)
    assert failed == {}
    return values.to_list()


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("a", ["1", "abc", None]),
        ('"Amount due"', ["5", "6", "7"]),
        ("'it''s'", ["it's"] * 3),
        ("TRY_CAST(a AS DOUBLE) * 2", [2.0, None, None]),
        ("COALESCE(TRY_CAST(a AS INT), 0)", [1, 0, 0]),
        ("TRY_CAST(SPLIT_PART(a, '.', 1) AS BIGINT)", [1, None, None]),
        ("CASE WHEN a = 'abc' THEN 'y' ELSE b END", ["x-y", "y", "z"]),
        ("a || '-' || b", ["1-x-y", "abc-", None]),
        ("CONCAT(UPPER(b), '!')", ["X-Y!", "!", "Z!"]),
        ("SUBSTRING(b FROM 1 FOR 1)", ["x", "", "z"]),
        ("TRIM(LEADING 'x' FROM b)", ["-y", "", "z"]),
        ("POSITION('y' IN b) > 0", [True, False, False]),
        ("a IS NOT DISTINCT FROM 'abc'", [False, True, False]),
        ("REGEXP_LIKE(b, '^[xz]')", [True, False, True]),
        ("a LIKE 'a%' AND NOT (b IN ('q') OR b IS NULL)", [False, True, None]),
        ("NULL", [None] * 3),
        ("b = 'SELECT * FROM tasks; -- /* :: $1 [0]'", [False] * 3),
    ],
)
def test_what_an_expression_may_say(text, given):
    assert results(text) == given


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("(SELECT 1)", "SELECT does not belong"),
        ("a IN (SELECT b FROM tasks)", "SELECT does not belong"),
        ("EXISTS (SELECT 1)", "EXISTS does not belong"),
        ("a; DROP TABLE tasks", "';' does not belong"),
        ("a FROM tasks", "FROM does not belong"),
        ("a UNION b", "UNION does not belong"),
        ("a > ALL(b)", "ALL does not belong"),
        ("UNNEST(a)", "UNNEST does not belong"),
        ("COLUMNS('.*')", "COLUMNS does not belong"),
        ("read_csv('/etc/passwd')", "the function read_csv is not known; there are abs,"),
        ("read_parquet('s3://b/k')", "the function read_parquet is not known"),
        ("\"read_csv\"('/etc/passwd')", "is a column, not a function"),
        ("getenv('HOME')", "the function getenv is not known"),
        ("uper(a)", "the function uper is not known; did you mean 'upper'?"),
        ("REPEAT(a, 1000000000)", "the function REPEAT is not known"),
        ("SUM(a)", "SUM looks at other rows"),
        ("a - AVG(a)", "AVG looks at other rows"),
        ("COUNT(*)", "COUNT looks at other rows"),
        ("FIRST(a)", "FIRST looks at other rows"),
        ("ROW_NUMBER() OVER (ORDER BY a)", "looks at other rows"),
        ("UPPER(a) OVER (PARTITION BY b)", "OVER looks at other rows"),
        ("CAST(a AS INT)", "write TRY_CAST"),
        ("a::INT", "write TRY_CAST"),
        ("TRY_CAST(CAST(a AS INT) AS DOUBLE)", "write TRY_CAST"),
        ("TRY_CAST(a AS TIMESTAMP)", "times are read from text as they are"),
        ("TRY_CAST(a AS DUOBLE)", "did you mean 'double'?"),
        ("TRY_CAST(a)", "write a cast like TRY_CAST"),
        ("TRY_CAST(a AS DOUBLE", "unable to parse"),
        ("STRPTIME(a, '%Y')", "the function STRPTIME is not known"),
        ("NOW()", "is as_of"),
        ("CURRENT_TIMESTAMP", "is as_of"),
        ("a AS z", "AS belongs in TRY_CAST"),
        ("REGEXP_LIKE(a, b)", "the pattern of REGEXP_LIKE stands in quotes"),
        ("*", "unable to parse"),
        ("tasks.a", "'.' does not belong"),
        ("a[0]", "'[' does not belong"),
        ("$1", "'$' does not belong"),
        ("a -- b", "'--' does not belong"),
        ("a /* b */", "'/*' does not belong"),
        ("`a`", "'`' does not belong"),
        ("a \\ b", "does not belong"),
        ("X'41'", "is no text"),
        ("'open", "a quote is not closed"),
        ('"open', "a quote is not closed"),
        ("a +", "unable to parse 'a +'"),
        ("", "an expression must be text"),
        (" ", "an expression must be text"),
        (5, "an expression must be text"),
        (None, "an expression must be text"),
        ("a" * 2001, "at most 2,000 characters"),
        ("1" + "+1" * 300, "at most 400 words"),
        ("(" * 40 + "a" + ")" * 40, "more than 30 nested brackets"),
    ],
)
def test_what_is_refused_and_why(text, said):
    assert said in refusal(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [("a * 2", "arithmetic on dtypes str"), ("a = 1", "cannot compare"), ("REGEXP_LIKE(a, '(')", "regex"), ("c", "c")],
)
def test_an_expression_that_does_not_fit_its_columns(text, said):
    with pytest.raises(ExpressionError, match=said):
        read_expression(text).type_in({"a": pl.String()})


def test_every_function_that_is_known_is_one_of_polars():
    written = {
        **dict.fromkeys(("concat_ws", "split_part"), "{}('-', a, 1)"),
        **dict.fromkeys(
            ("starts_with", "ends_with", "strpos", "regexp_like", "concat", "ifnull", "nullif"), "{}(a, 'x')"
        ),
        **dict.fromkeys(("greatest", "least", "coalesce"), "{}(a, b)"),
        **dict.fromkeys(("left", "right", "substr", "substring"), "{}(a, 1)"),
        **dict.fromkeys(("log", "pow", "power", "mod"), "{}(n, 2)"),
        **dict.fromkeys(
            ("upper", "lower", "initcap", "trim", "ltrim", "rtrim", "length", "char_length", "reverse"), "{}(a)"
        ),
        "split_part": "{}(a, '-', 1)",
        "replace": "{}(a, 'x', 'y')",
        "concat_ws": "{}('-', a, b)",
        "position": "{}('x' IN a)",
        "if": "{}(n > 1, 1, 2)",
        "try_cast": "{}(a AS INT)",
        "extract": "{}(hour FROM t)",
        "date_part": "{}('hour', t)",
    }
    schema = {"a": pl.String(), "b": pl.String(), "n": pl.Float64(), "t": pl.Datetime("us", "UTC")}
    for name in FUNCTIONS:
        expression = read_expression(written.get(name, "{}(n)").format(name.upper()))
        expression.type_in({column: schema[column] for column in expression.names})


def test_columns_are_named_once_and_in_order():
    assert read_expression("a || b || a").names == ("a", "b")
    assert read_expression("'a'").names == ()


def test_a_row_that_fails_does_so_alone():
    # nothing that is allowed fails on a value, as far as is known; should it, the batch is not lost
    frame = pl.DataFrame({"a": [str(n) for n in range(100)]}).with_columns(pl.col("a").replace({"41": "x", "97": "y"}))
    values, failed = evaluate(frame, pl.col("a").cast(pl.Int64))
    assert failed.keys() == {41, 97}
    assert all("conversion" in reason for reason in failed.values())
    assert values.to_list() == [None if n in failed else n for n in range(100)]


def test_many_rows_that_fail_cost_bounded_time():
    values, failed = evaluate(pl.DataFrame({"a": ["x"] * 100_000}), pl.col("a").cast(pl.Int64))
    assert len(failed) == values.null_count() == 100_000
