"""What a run says in English sentences of its own, for people who read another language.

Reasons, details, messages and warnings stand in a run's files as somebody worded them, in English as everything there.
A sentence is recognised by its pattern, and its particulars are filled into the translation of the pattern.
"""

import re
from functools import cache
from string import Formatter

import polars as pl

from reports.words.language import ENGLISH, _, msg, spoken

SAYINGS = (
    # why the engine was chosen
    msg("scale, as {size} ways to do the tasks are too many for a whole model"),
    msg("exact, as {size} ways to do the tasks fit a whole model, first for CP-SAT, then for HiGHS"),
    msg("exact, as {size} ways to do the tasks fit a whole model"),
    msg("{prover} proved the plan optimal"),
    # what the clock says, and what it was passed for
    msg("compiling the loops, once, took {n} s, and the time limit of {limit} s was passed for it"),
    msg("run `allot warm-up` after an installation"),
    msg("the clock is set to {time} by {name}"),
    msg("as_of is {time}, {length} after now ({now})"),
    # why a task is not planned
    msg("its status is {status}"),
    msg("it expired on {time}"),
    msg("it may not start before {time}"),
    msg("{n} people have the skills ({skills}), all are excluded from this task"),
    msg("nobody has the skills it needs ({skills})"),
    msg("started by {agent}, whose working time is too short for it"),
    msg("{agent} comes nearest and would need {minutes} more minutes"),
    msg("it is worth nothing (value {value}), so nothing is gained by doing it"),
    msg("it is overdue, and late work is worth nothing (late_share 0)"),
    msg("what it pays (value {value}) rounds to nothing, so nothing is gained by doing it"),
    msg("whoever does it, it costs as much as it is worth, or more"),
    msg("everybody who could do it has as many tasks as they may (max_tasks)"),
    msg("its {minutes} minutes earn more elsewhere ({n} people could do it)"),
    # what somebody has of a skill that a task asks for at a higher level
    msg("{skill} at level {level}"),
    # why a task is not where it was, and the edit that is the reason
    msg("{message} ({edit})"),
    msg("{agent} does not work any more"),
    msg("pinned to {agent}"),
    msg("{agent} may not do it any more"),
    msg("{agent} has begun it"),
    msg("{agent} has no time for it any more"),
    msg("{agent}'s time goes to what is pinned, {task}"),
    msg("{agent}'s time goes to new work, {task}"),
    msg("{agent}'s time earns more with other work, such as {task}"),
    msg("it is worth more with {agent}"),
    msg("the time is worth more elsewhere"),
    msg("new work"),
    msg("there is room for it now"),
    msg("it is not in the snapshot any more"),
    msg("it is {status}"),
    # an edit of an earlier run that does not count any more, which may be for what is wrong with its row
    msg("the earlier edit '{edit}' lapses: {message}"),
    msg("task {task} does not fit the snapshot any more: {message}"),
    # where a row stands that is set aside
    msg("sheet '{sheet}' cell {cell}: {message}"),
    msg("sheet '{sheet}' row {row}: {message}"),
    msg("{file} row {row}: {message}"),
    # why a row is set aside, and what to do
    msg("{column} is missing"),
    msg("{column} '{value}' must be at least {low} and at most {high}"),
    msg("{column} '{value}' must be above {low} and at most {high}"),
    msg("write {share} or {percent} %"),
    msg("{column} '{value}' is not in {table}"),
    msg("{column} '{value}' has a row in {table} that was rejected itself"),
    msg("{column} '{value}' is on rows {rows}"),
    msg("keep one of them"),
    msg("did you mean '{name}'?"),
    msg("did you mean '{name}'? Only invisible characters differ"),
    msg("{column} '{value}' is unknown"),
    msg("known are {names}"),
    msg("{column} '{value}' is not a number (the decimal sign is '{sign}')"),
    msg("{column} '{value}' is not a whole number"),
    msg("{column} '{value}' has a time or date format"),
    msg("write {column} as a number ({example})"),
    msg("write {column} as a number"),
    msg("{column} '{value}' may be {whole} or {short}"),
    msg("write {whole}, or {short} with a point"),
    msg("write {whole}, without thousands separators"),
    msg("{column} '{value}' is neither true nor false"),
    msg("{column} '{value}' is a bare number, not a time"),
    msg("give the cell a date format"),
    msg("{column} '{value}' is a time without a day"),
    msg("{column} '{value}' is not a time"),
    msg("write it like {example} (ISO 8601)"),
    msg("{column} '{value}' has no day"),
    msg("{column} '{value}' is not in the calendar"),
    msg("weekday '{value}' is not a weekday"),
    msg("write Mon, Mon-Fri or Mon Wed"),
    msg("{column} '{value}' is not a time of day"),
    msg("write it like {example}"),
    msg("this looks like a row of totals: delete it, or move it to another sheet"),
    msg("this looks like a note below the table: delete it, or move it to another sheet"),
    msg("{column} '{value}' does not exist: the clock of {zone} skips it"),
    msg("{column} '{value}' lies outside the years 1900 to 9999 (in UTC)"),
    msg("{column} '{value}' is no text: a spreadsheet's error, a control character, or a number that lost digits"),
    msg("{column} '{value}' is a number that lost digits"),
    msg("format the column as text before ids go in"),
    msg("{column} '{value}' is a number with decimals, which is no name"),
    msg("write it as text"),
    msg("{column} '{value}' is a list"),
    msg("end {end} is not after start {start}"),
    msg("if the shift ends the next day, write the next day's date"),
    msg("neither the task nor its process '{process}' has minutes"),
    msg("{column}: '{text}' has an empty piece; write skills between ; (and) or | (or), with none at either end"),
    msg("{column}: '{piece}' in '{text}' has no readable level"),
    msg("write a whole number of at least 1, such as {example}"),
    msg("{column}: '{piece}' in '{text}' names no skill"),
    msg("write it as skill>=level"),
    msg("also: {message}"),
    # what a run warned of
    msg("{file} could not be written: {reason}"),
    msg("{table}: rows whose {column} is not in {other}, taken as missing: {n}, such as {examples}"),
    msg(
        "{table}: rows whose {column} differs from {other} in invisible characters only, taken as the same: {n}, "
        "such as {examples}"
    ),
    msg(
        "{table}: rows whose {column} differs from another row's in invisible characters only, taken as different: "
        "{n}, such as {examples}"
    ),
    msg(
        "{table}: rows whose {column} is a day without a time, which means its first moment (00:00): {n}, such as "
        "{examples}"
    ),
    msg("{place}: rows that are hidden by a filter and count all the same: {n}, such as {examples}"),
    msg("{place}: rows that are hidden and count all the same: {n}, such as {examples}"),
    msg("{place}: cells far from the others: {cells}"),
    msg("delete them if they are no part of the table"),
    msg("tasks: nobody has the skill '{skill}' ({n} tasks)"),
    msg("tasks: nobody has the skill '{skill}' (1 task)"),
    msg("skills are separated by ;, did you mean '{skills}'?"),
    msg("tasks: further skills that nobody has: {n}"),
    msg("{table}: rows that repeat an earlier one in every value, counted once: {n}, such as {examples}"),
    msg("{place}: the key '{key}' is not known and not used"),
    msg("{place}: column {n} has no header"),
    msg("its values ({n}) are not read"),
    msg("'{name}' is not read"),
    msg("{place}: column '{name}' is not known and only passed through"),
    msg("{place}: column '{name}' is read as '{column}'"),
    msg("rename it if it is something else"),
    msg("{file} is of the run {run}, not of {other}, from which the plan starts"),
    msg("{file} has no edits: its columns to fill in are empty"),
    # why else an earlier edit does not count
    msg("task {task} is not in the snapshot any more"),
    msg("agent {agent} is not in the snapshot any more"),
    msg("its time has passed"),
    msg("the task is {status} by now"),
    msg("task {task} is in the snapshot by now"),
    msg("task {task} was begun by agent {agent}"),
    msg("task {task} is {status}"),
    msg("agent {agent} lacks a skill of {skills}"),
    msg("agent {agent} is excluded from task {task}"),
    msg("agent {agent} has no time for task {task} before its last useful moment"),
    msg("agent {agent} may have {n} tasks, {begun} are begun"),
    msg("agent {agent} has no time to do all of them before their last useful moments"),
)


def said(text: str) -> str:
    """Sentences of a run in the language spoken now; one that is not known, as it stands."""
    if spoken().code == ENGLISH:
        return text
    told, rest = [], text
    while rest:
        sentence, rest = _first(rest)
        told.append(sentence)
    return _("; ").join(told)


def all_said(texts: pl.Series) -> pl.Series:
    """Sentences of a run in the language spoken now."""
    if spoken().code == ENGLISH:
        return texts
    known = {text: said(text) for text in texts.drop_nulls().unique()}
    return texts.replace(known)


def _first(text: str) -> tuple[str, str]:
    """The first sentence, translated when its pattern is known, and what follows it."""
    for saying, pattern in _patterns():
        if (found := pattern.match(text)) and _holds_what_is_known(found):
            parts = {name: said(part) if name == "message" else part for name, part in found.groupdict().items()}
            return _(saying, **parts), text[found.end() :]
    sentence, _between, rest = text.partition("; ")
    return sentence, rest


def _holds_what_is_known(found: re.Match[str]) -> bool:
    """Whether the sentence within the sentence, where there is one, is known too."""
    message = found.groupdict().get("message")
    return message is None or said(message) != message


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((saying, re.compile(_pattern(saying) + "(?:; |$)", re.DOTALL)) for saying in SAYINGS)


def _pattern(saying: str) -> str:
    """What sentences of this form match, each part being a group of its name.

    Only a part in quotes or brackets may have what comes between sentences within it.
    """
    pattern = ""
    for words, part, _form, _conversion in Formatter().parse(saying):
        letter = "." if words.endswith(("'", "(")) else "(?!; )."
        pattern += re.escape(words) + (f"(?P<{part}>(?:{letter})+?)" if part is not None else "")
    return pattern
