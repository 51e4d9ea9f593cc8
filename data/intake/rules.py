"""Rules, which set columns of tasks to new values if their condition holds.

Every rule sees the values as received, with the defaults of process and policy filled in, and not what other rules set.
If several rules set a column, the last one counts: rules for all tasks come first, then those of a department, then
those of a process, each group in the order written.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from data.intake.expressions import Expression, ExpressionError, evaluate, read_expression
from data.intake.operations import Ruled, Value
from data.tables.schemas import DTYPES, TABLES, ColumnSchema
from data.tables.skills import parse_requirement
from data.tables.times import calendar, parse_times, place
from models import nearest

AS_OF = "as_of"
"""The name, in expressions, of the moment at which the rules run."""

KEYS = ("name", "when", "department", "process", "set")

_TASKS = TABLES["tasks"]
_KEPT = ("task_id", "status", "agent_id")  # operations say these
SETTABLE = tuple(name for name in _TASKS.names if name not in _KEPT)
"""The columns that a rule may set."""

_INHERITED = tuple(name for name in TABLES["processes"].names if name in SETTABLE and name != "process")
_LIKELY = 0.8  # similarity to a column of ours from which a name counts as misspelt


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One `[[rule]]`: sets columns (``sets``) of tasks of its department and process for which ``when`` holds."""

    name: str
    sets: Mapping[str, Expression]
    when: Expression | None = None
    department: str | None = None
    process: str | None = None

    @property
    def tier(self) -> int:
        """0 for rules of all tasks, 1 of a department, 2 of a process; a higher rank is applied later."""
        return 2 if self.process is not None else 1 if self.department is not None else 0

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """All expressions of the rule."""
        return (*((self.when,) if self.when else ()), *self.sets.values())


@dataclass(frozen=True)
class RuledFrame:
    """Tasks after the rules, row by row: their values, the rule that set each column, and the rule that failed.

    A task for which a rule failed has its values as received.
    """

    values: pl.DataFrame
    set_by: pl.DataFrame
    failed: pl.Series


@dataclass(frozen=True)
class Rules:
    """All rules, in the order in which they are applied."""

    rules: tuple[Rule, ...] = ()

    @property
    def further_columns(self) -> tuple[str, ...]:
        """The columns in the rules that are not ours: further columns of sources."""
        names = (name for rule in self.rules for one in rule.expressions for name in one.names)
        return tuple(dict.fromkeys(name for name in names if name not in _TASKS.names and name != AS_OF))

    def remarks(self) -> list[str]:
        """Warnings: names in the rules that are not our columns and may be misspelt."""
        said = []
        for rule in self.rules:
            names = dict.fromkeys(name for one in rule.expressions for name in one.names)
            others = [f"'{name}'" for name in names if name in self.further_columns]
            if others:
                said.append(
                    f"rule '{rule.name}' looks at {', '.join(others)}, no column of tasks: one that a source brings "
                    "besides? Text stands in single quotes"
                )
        return said

    def apply(
        self, frame: pl.DataFrame, *, as_of: datetime, zone: str = "UTC", processes: pl.DataFrame | None = None
    ) -> RuledFrame:
        """Applies the rules to tasks; the result has the same order.

        ``frame`` has columns of tasks in their types (:data:`data.tables.schemas.DTYPES`); any other columns are text,
        and absent columns count as empty. ``zone`` is the time zone of hours and of times without an offset.
        ``processes`` has the defaults of tasks.
        """
        seen = self._seen(frame, as_of, zone, processes)
        touched = tuple(name for name in SETTABLE if any(name in rule.sets for rule in self.rules))
        results = {name: _typed(frame, name) for name in touched}
        setters = {name: _nothing(name, frame.height) for name in touched}
        failed = _nothing("failed", frame.height)
        for rule in self.rules:
            applies, wrong = _where(rule, seen)
            failed = failed.fill_null(wrong)
            rows, some = applies.arg_true(), seen.filter(applies)
            for name, expression in rule.sets.items() if len(rows) else ():
                values, reasons = _value(_TASKS.column(name), expression, some, zone)
                said = pl.format("rule '{}': set.{}: {}", pl.lit(rule.name), pl.lit(name), pl.col("reasons"))
                failed = failed.fill_null(_spread(reasons.to_frame("reasons").select(said).to_series(), rows, failed))
                given = values.is_not_null()
                results[name] = results[name].scatter(rows.filter(given), values.filter(given))
                setters[name] = setters[name].scatter(rows.filter(given), rule.name)
        good = failed.is_null()
        kept = [results[name].zip_with(good, _typed(frame, name)) for name in touched]
        named = [setters[name].set(~good, None) for name in touched]
        return RuledFrame(frame.with_columns(kept), pl.DataFrame(named), failed)

    def apply_to_rows(
        self,
        rows: Sequence[Mapping[str, Value]],
        *,
        as_of: datetime,
        zone: str = "UTC",
        processes: pl.DataFrame | None = None,
    ) -> list[Ruled]:
        """The same for tasks as mappings of columns to values; columns may be left out."""
        if not self.rules:
            return [Ruled(row) for row in rows]
        ruled = self.apply(self._frame_of(rows), as_of=as_of, zone=zone, processes=processes)
        set_by = {column.name: column.to_list() for column in ruled.set_by.get_columns()}
        values = {name: ruled.values[name].to_list() for name in set_by}
        made = []
        for n, (row, failed) in enumerate(zip(rows, ruled.failed.to_list(), strict=True)):
            names = {name: by[n] for name, by in set_by.items() if by[n] is not None}
            made.append(Ruled({**row, **{name: values[name][n] for name in names}} if names else row, names, failed))
        return made

    def _frame_of(self, rows: Sequence[Mapping[str, Value]]) -> pl.DataFrame:
        known = (
            pl.Series(name, [row.get(name) for row in rows], dtype=_dtype(name), strict=False) for name in _TASKS.names
        )
        others = (
            pl.Series(name, [_text(row.get(name)) for row in rows], dtype=pl.String) for name in self.further_columns
        )
        return pl.DataFrame([*known, *others])

    def _seen(self, frame: pl.DataFrame, as_of: datetime, zone: str, processes: pl.DataFrame | None) -> pl.DataFrame:
        """The columns that expressions see."""
        seen = frame.select(_typed(frame, name) for name in _TASKS.names)
        if processes is not None:
            ours = processes.select("process", pl.col(_INHERITED).name.prefix("\0"))
            seen = seen.join(ours, on="process", how="left", maintain_order="left")
            seen = seen.with_columns(pl.coalesce(name, f"\0{name}") for name in _INHERITED).select(_TASKS.names)
        seen = seen.with_columns(
            pl.col(pl.Datetime).dt.convert_time_zone(zone),
            pl.lit(as_of.astimezone(UTC)).cast(_time_in("UTC")).dt.convert_time_zone(zone).alias(AS_OF),
        )
        none = pl.lit(None, pl.String)
        return seen.with_columns(
            (frame[name].cast(pl.String, strict=False) if name in frame.columns else none).alias(name)
            for name in self.further_columns
        )


def read_rules(tables: Sequence[object]) -> tuple[Rules, list[str]]:
    """Reads the tables ``[[rule]]`` of a TOML file; returns the rules and all faults."""
    rules: list[Rule] = []
    faults: list[str] = []
    for number, table in enumerate(tables, start=1):
        if not isinstance(table, Mapping):
            faults.append(f"rule {number}: {table!r} is not a table; write [[rule]] and its keys below it")
            continue
        name = table.get("name")
        called = f"rule '{name}'" if isinstance(name, str) and name else f"rule {number}"
        rule, wrong = _read(table)
        faults += [f"{called}: {fault}" for fault in wrong]
        if any(other.name == rule.name for other in rules):
            faults.append(f"{called}: there is another rule with this name; names must be unique")
        rules.append(rule)
    return Rules(tuple(sorted(rules, key=lambda rule: rule.tier))), faults


def _read(table: Mapping[str, object]) -> tuple[Rule, list[str]]:
    faults = [f"unknown key '{key}'{nearest(key, KEYS)}" for key in table if key not in KEYS]
    texts = {key: table.get(key) for key in ("name", "department", "process")}
    faults += [f"'{key}': {text!r} is no text" for key, text in texts.items() if not isinstance(text, str | None)]
    if not texts["name"]:
        faults.append("has no name; reports of changed values need one")
    when = _checked("when", table["when"], None, faults) if "when" in table else None
    sets = table.get("set", {})
    if not isinstance(sets, Mapping) or not sets:
        faults.append('sets nothing; write set.COLUMN = "expression", such as set.value = "value * 2"')
        sets = {}
    read = {}
    for name, text in sets.items():
        if name not in SETTABLE:
            why = "is said by operations" if name in _KEPT else f"is no column of tasks{nearest(name, SETTABLE)}"
            faults.append(f"'set.{name}' {why}; a rule sets {', '.join(SETTABLE)}")
        elif expression := _checked(f"set.{name}", text, _TASKS.column(name), faults):
            read[name] = expression
    department, process = (str(texts[key]) if texts[key] is not None else None for key in ("department", "process"))
    return Rule(name=str(texts["name"]), sets=read, when=when, department=department, process=process), faults


def _checked(key: str, text: object, column: ColumnSchema | None, faults: list[str]) -> Expression | None:
    """The expression of a key: a condition, or the value of a column; ``None`` if it has a fault."""
    try:
        expression = read_expression(text)
        wrong = list(_wrong_names(expression, column))
        if not wrong:
            schema = {name: _dtype(name) for name in expression.names}
            wrong = _misfit(expression.type_in(schema), column)
    except ExpressionError as error:
        wrong = [str(error)]
    faults += [f"'{key}': {fault}" for fault in wrong]
    return None if wrong else expression


def _wrong_names(expression: Expression, column: ColumnSchema | None) -> Iterator[str]:
    """Warnings about names that seem misspelt; all other unknown names are further columns of sources."""
    for name in expression.names:
        if name not in _TASKS.names and name != AS_OF:
            hint = nearest(name, [*_TASKS.names, AS_OF], least=_LIKELY)
            if hint:
                yield f"there is no column '{name}'{hint}"
            elif column is not None and expression.is_bare_name:
                yield f"there is no column '{name}' of tasks; text stands in single quotes, \"'{name}'\", " + (
                    f"a column of a source's own in double ones, '\"{name}\"'"
                )


def _misfit(dtype: pl.DataType, column: ColumnSchema | None) -> list[str]:
    """The fault of an expression's type; ``None`` if the type fits."""
    kind = "condition" if column is None else column.kind
    fits = {
        "condition": dtype == pl.Boolean,
        "number": dtype.is_numeric(),
        "time": isinstance(dtype, pl.Datetime | pl.Date | pl.String),
    }.get(kind, dtype == pl.String)
    if fits or dtype == pl.Null:
        return []
    wanted = {"condition": "a condition is true or false", "number": "a number", "time": "a time"}.get(kind, "text")
    given = "a number" if dtype.is_numeric() else "text" if dtype == pl.String else str(dtype)
    return [f"it gives {given}; {wanted if column is None else f'{column.name} is {wanted}'}"]


def _where(rule: Rule, seen: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """The rows to which a rule applies, and the reason for each row on which its condition fails."""
    scope = [pl.col(key) == named for key in ("department", "process") if (named := getattr(rule, key)) is not None]
    applies = seen.select(pl.all_horizontal(*scope, pl.lit(value=True)).fill_null(value=False)).to_series()
    applies = applies if len(applies) == seen.height else applies.new_from_index(0, seen.height)
    wrong = _nothing("wrong", seen.height)
    if rule.when is None or not applies.any():
        return applies, wrong
    rows, some = applies.arg_true(), seen.filter(applies)
    holds, failed = evaluate(some, rule.when.expr)
    if failed:
        reasons = [f"rule '{rule.name}': when: {reason}" for reason in failed.values()]
        wrong = wrong.scatter(rows.gather(list(failed)), pl.Series(reasons))
    return applies.scatter(rows, holds.cast(pl.Boolean).fill_null(value=False)), wrong


def _value(column: ColumnSchema, expression: Expression, seen: pl.DataFrame, zone: str) -> tuple[pl.Series, pl.Series]:
    """The values of an expression for a column, and the reason for each row on which it fails or does not fit."""
    values, failed = evaluate(seen, expression.expr)
    reasons = _nothing("reasons", seen.height)
    if failed:
        reasons = reasons.scatter(list(failed), list(failed.values()))
    if expression.fails:
        casts = seen.select(pl.any_horizontal(expression.fails)).to_series()
        reasons = reasons.set(
            casts & values.is_null() & reasons.is_null(), f"{expression.text}: a value cannot be cast"
        )
    read, wrong = _as_column(column, values, zone)
    return read, reasons.fill_null(wrong)


def _as_column(column: ColumnSchema, values: pl.Series, zone: str) -> tuple[pl.Series, pl.Series]:
    """The values in the type of a column, null if one does not fit, and the reasons."""
    if column.kind == "number":
        read = values.cast(pl.Float64)
        low, high = column.low or 0, column.high or 0
        good = ~read.is_nan() & (read <= high) & ((read > low) if column.above_low else (read >= low))
        return _only(read, good, values, column.range_text)
    if column.kind == "time":
        read = _moments(values, zone)
        first, last = calendar(zone)
        return _only(read, (read >= first) & (read <= last), values, "a time within the years 1900 to 9999")
    texts = values.cast(pl.String)
    texts = texts.set(texts.str.strip_chars() == "", None)
    unreadable = _unreadable(texts) if column.kind == "requirement" else {}
    wrong = texts.replace_strict(unreadable, default=None, return_dtype=pl.String)
    return texts.set(wrong.is_not_null(), None), wrong


def _only(read: pl.Series, good: pl.Series, values: pl.Series, must: str) -> tuple[pl.Series, pl.Series]:
    """The values that could be read, and a reason for each one that could not."""
    bad = values.is_not_null() & ~good.fill_null(value=False)
    said = pl.format("{} is not {}", pl.lit(values.cast(pl.String)), pl.lit(must))
    return read.set(bad, None), bad.to_frame("bad").select(pl.when("bad").then(said)).to_series()


def _unreadable(texts: pl.Series) -> dict[str, str]:
    """The texts that are not skill requirements, each with the reason."""
    wrong = {}
    for text in texts.drop_nulls().unique():
        try:
            parse_requirement(text)
        except ValueError as error:
            wrong[text] = str(error)
    return wrong


def _moments(values: pl.Series, zone: str) -> pl.Series:
    """Times in UTC; a time without an offset is in the zone."""
    if values.dtype == pl.String:
        return parse_times(values, zone)
    if isinstance(values.dtype, pl.Datetime) and values.dtype.time_zone is not None:
        return values.dt.cast_time_unit("us").dt.convert_time_zone("UTC")
    return values.cast(pl.Datetime("us")).to_frame("t").select(place(pl.col("t"), zone)).to_series()


def _typed(frame: pl.DataFrame, name: str) -> pl.Series:
    """A column of tasks in its type; all null if the frame lacks it."""
    if name not in frame.columns:
        return pl.Series(name, [None], dtype=_dtype(name)).new_from_index(0, frame.height)
    return frame[name].cast(_dtype(name))


def _dtype(name: str) -> pl.DataType:
    """The type of a column: times are in UTC, unknown columns are text."""
    if name == AS_OF:
        return _time_in("UTC")
    return DTYPES[_TASKS.column(name).kind] if name in _TASKS.names else pl.String()


def _time_in(zone: str) -> pl.DataType:
    return pl.Datetime("us", zone)


def _nothing(name: str, height: int) -> pl.Series:
    return pl.Series(name, [None], dtype=pl.String).new_from_index(0, height)


def _spread(values: pl.Series, rows: pl.Series, like: pl.Series) -> pl.Series:
    """Values of some rows, spread to all rows (null for the others)."""
    return _nothing(values.name, len(like)).scatter(rows, values)


def _text(value: object) -> str | None:
    """A value of an unknown column, as text."""
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value).lower() if isinstance(value, bool) else str(value)
