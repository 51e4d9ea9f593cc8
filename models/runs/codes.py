"""The register of all messages of a run: each is a code with its English words.

A :class:`models.Message` fills in the ``{parts}``. Words in singular and plural, chosen by the part ``n``, are a pair.
Translations are in the catalogues of the reports (`reports/translations`).
"""

from enum import Enum


def msg(text: str) -> str:
    """Marks a text for translation; it is translated when it is shown."""
    return text


def msgs(one: str, many: str) -> tuple[str, str]:
    """Marks a text in singular and plural for translation; it is translated when it is shown."""
    return one, many


class Code(Enum):
    """The code of a message. Files have the value; ``one`` and ``many`` are its English words."""

    _value_: str
    one: str
    many: str

    def __new__(cls, code: str, one: str = "", many: str = "") -> "Code":
        """A code with its words, or the code of a value in a file; ``many`` is empty if no number matters."""
        member = object.__new__(cls)
        member._value_, member.one, member.many = code, one, many
        return member

    # parts of other messages
    NEAREST = "nearest", msg("did you mean '{name}'?")
    LOOKS_ALIKE = "looks_alike", msg("did you mean '{name}'? Only invisible characters differ")
    AND_MORE = "and_more", msg("{named} and {n} more")
    BOTH = "both", msg("{one} and {other}")
    EXAMPLE = "example", msg("'{value}' (row {row})")
    EXAMPLE_TWICE = "example_twice", msg("'{value}' (rows {first} and {row})")
    SHEET = "sheet", msg("{file}, sheet '{sheet}'")
    CELL = "cell", msg("sheet '{sheet}' cell {cell}")
    SHEET_ROW = "sheet_row", msg("sheet '{sheet}' row {row}")
    FILE_ROW = "file_row", msg("{file} row {row}")
    FILE_CELL = "file_cell", msg("{file} row {row} column {column}")
    AT = "at", msg("{where}: {message}")
    ALSO = "also", msg("also: {message}")
    OF_COLUMN = "of_column", msg("{column} {message}")

    # why a row is set aside, and what to do
    MISSING = "missing", msg("{column} is missing")
    NOT_A_NUMBER = "not_a_number", msg("{column} '{value}' is not a number (the decimal sign is '{sign}')")
    NOT_WHOLE = "not_whole", msg("{column} '{value}' is not a whole number")
    TIME_FORMAT = "time_format", msg("{column} '{value}' has a time or date format; write {column} as a number")
    MINUTES_AS_TIME = (
        "minutes_as_time",
        msg("{column} '{value}' has a time or date format; write {column} as a number ({minutes})"),
    )
    TWO_NUMBERS = (
        "two_numbers",
        msg("{column} '{value}' may be {whole} or {short}; write {whole}, or {short} with a point"),
    )
    UNGROUPED = "ungrouped", msg("write {whole}, without thousands separators")
    NOT_TEXT = (
        "not_text",
        msg("{column} '{value}' is not text: a spreadsheet's error, a control character, or a number that lost digits"),
    )
    LOST_DIGITS = (
        "lost_digits",
        msg("{column} '{value}' is a number that lost digits; format the column as text before ids go in"),
    )
    FRACTION = "fraction", msg("{column} '{value}' is a number with decimals, not a name; write it as text")
    LIST = "list", msg("{column} '{value}' is a list; write {text}")
    NO_FLAG = "no_flag", msg("{column} '{value}' is neither true nor false")
    BARE_NUMBER = "bare_number", msg("'{value}' is a bare number, not a time; give the cell a date format")
    NO_DAY = "no_day", msg("'{value}' is a time without a day; write it like {example} (ISO 8601)")
    NOT_A_TIME = "not_a_time", msg("'{value}' is not a time; write it like {example} (ISO 8601)")
    NO_TIME_VALUE = "no_time_value", msg("'{value}' is not a time")
    NOT_IN_CALENDAR = "not_in_calendar", msg("'{value}' is not in the calendar")
    SKIPPED_TIME = "skipped_time", msg("'{value}' does not exist: the clock of {zone} skips it")
    NOT_A_WEEKDAY = "not_a_weekday", msg("'{value}' is not a weekday; write Mon, Mon-Fri or Mon Wed")
    NOT_A_CLOCK_TIME = "not_a_clock_time", msg("'{value}' is not a time of day; write it like {example}")
    YEAR_OUTSIDE = "year_outside", msg("{column} '{value}' lies outside the years 1900 to 9999 (in UTC)")
    NOT_WITHIN = "not_within", msg("{column} '{value}' must be at least {low} and at most {high}")
    NOT_ABOVE = "not_above", msg("{column} '{value}' must be above {low} and at most {high}")
    PERCENT_MEANT = "percent_meant", msg("write {share} or {percent} %")
    UNKNOWN_CHOICE = "unknown_choice", msg("{column} '{value}' is unknown")
    KNOWN_CHOICES = "known_choices", msg("known are {names}")
    UNKNOWN_REFERENCE = "unknown_reference", msg("{column} '{value}' is not in {table}")
    REJECTED_REFERENCE = "rejected_reference", msg("{column} '{value}' has a row in {table} that was rejected itself")
    UNKNOWN_CALENDAR = "unknown_calendar", msg("{column} '{value}' is not a calendar of the policy")
    NO_CALENDARS = "no_calendars", msg("{column} '{value}' is not a calendar of the policy, which has none")
    SAME_KEY = "same_key", msg("{column} '{value}' is on rows {rows}; keep one of them")
    EMPTY_PIECE = (
        "empty_piece",
        msg("'{text}' has an empty piece; write skills between ; (and) or | (or), with none at either end"),
    )
    NO_LEVEL = (
        "no_level",
        msg("'{piece}' in '{text}' has no readable level; write a whole number of at least 1, such as {example}"),
    )
    JSON_LIST = "json_list", msg("'{text}' is a list; write {example}")
    NO_SKILL_NAME = "no_skill_name", msg("'{piece}' in '{text}' names no skill; write it as skill>=level")
    END_BEFORE_START = (
        "end_before_start",
        msg("{end} {until} is not after {start} {since}; if the shift ends the next day, write the next day's date"),
    )
    NO_DURATION = "no_duration", msg("neither the task nor its {reference} '{name}' has {column}")
    LIKE_TOTALS = (
        "like_totals",
        msg("this looks like a row of totals: delete it, or move it to another sheet"),
    )
    LIKE_A_NOTE = (
        "like_a_note",
        msg("this looks like a note below the table: delete it, or move it to another sheet"),
    )

    # warnings while reading a snapshot
    UNKNOWN_KEY = "unknown_key", msg("{place}: the key '{key}' is not known and not used")
    NO_HEADER = "no_header", msg("{place}: column {column} has no header; its values ({n}) are not read")
    NOT_READ = "not_read", msg("'{name}' is not read")
    UNKNOWN_COLUMN = "unknown_column", msg("{place}: column '{name}' is not known and only passed through")
    READ_AS = (
        "read_as",
        msg("{place}: column '{name}' is read as '{column}'; rename it if it is something else"),
    )
    FAR_CELLS = (
        "far_cells",
        msg("{place}: cells far from the others: {cells}; delete them if they are no part of the table"),
    )
    ROWS_FILTERED = (
        "rows_filtered",
        msg("{place}: rows that are hidden by a filter and count all the same: {n}, such as {examples}"),
    )
    ROWS_OUT_OF_SIGHT = (
        "rows_out_of_sight",
        msg("{place}: rows that are hidden and count all the same: {n}, such as {examples}"),
    )
    COPIES = (
        "copies",
        msg("{table}: rows that repeat an earlier one in every value, counted once: {n}, such as {examples}"),
    )
    SPELT_ALIKE = (
        "spelt_alike",
        msg(
            "{table}: rows whose {column} differs from {other} in invisible characters only, taken as the same: {n}, "
            "such as {examples}"
        ),
    )
    KEYS_ALIKE = (
        "keys_alike",
        msg(
            "{table}: rows whose {column} differs from another row's in invisible characters only, taken as different: "
            "{n}, such as {examples}"
        ),
    )
    DAY_ALONE = (
        "day_alone",
        msg(
            "{table}: rows whose {column} is a day without a time, which means its first moment (00:00): {n}, such as "
            "{examples}"
        ),
    )
    DANGLING = (
        "dangling",
        msg("{table}: rows whose {column} is not in {other}, taken as missing: {n}, such as {examples}"),
    )
    NOBODY_HAS = (
        "nobody_has",
        *msgs("tasks: nobody has the skill '{skill}' ({n} task)", "tasks: nobody has the skill '{skill}' ({n} tasks)"),
    )
    SKILLS_SEPARATED = "skills_separated", msg("skills are separated by ;, did you mean '{skills}'?")
    FURTHER_SKILLS = "further_skills", msg("tasks: further skills that nobody has: {n}")

    # other warnings of a run
    CLOCK_SET = "clock_set", msg("the clock is set to {time} by {name}")
    AHEAD_OF_CLOCK = "ahead_of_clock", msg("as_of is {time}, {length} after now ({now})")
    LATE_BY_COMPILING = (
        "late_by_compiling",
        msg(
            "compiling the loops, which happens once, took {seconds} s, so the run took longer than its limit of "
            "{limit} s; run `allot warm-up` after an installation"
        ),
    )
    NOT_WATCHED = "not_watched", msg("alerts and targets of this plan are not known: {reason}")
    TASKS_NOT_LISTED = (
        "tasks_not_listed",
        *msgs(
            "{n} task is only in {plan} and {unplanned}: {workbook} and {page} have it in their "
            "totals, but do not list it nor show it by person",
            "{n} tasks are only in {plan} and {unplanned}: {workbook} and {page} have them in their "
            "totals, but do not list them nor show them by person",
        ),
    )
    NOT_WRITTEN = "not_written", msg("{file} could not be written: {reason}")
    OTHER_RUN = "other_run", msg("{file} belongs to the run {run}, not to {other}, from which the plan starts")
    NO_EDITS = "no_edits", msg("{file} has no edits: its columns to fill in are empty")

    # why an earlier edit no longer applies, or edits cannot be kept together
    LAPSES = "lapses", msg("the earlier edit '{edit}' no longer applies: {message}")
    TASK_GONE = "task_gone", msg("task {task} is no longer in the snapshot")
    AGENT_GONE = "agent_gone", msg("agent {agent} is no longer in the snapshot")
    TIME_PASSED = "time_passed", msg("its time has passed")
    STATUS_BY_NOW = "status_by_now", msg("the task is now {status}")
    TASK_UNFIT = "task_unfit", msg("task {task} no longer fits the snapshot: {message}")
    TASK_THERE = "task_there", msg("task {task} is now in the snapshot")
    TASK_STATUS = "task_status", msg("task {task} is {status}")
    BEGUN_BY = "begun_by", msg("task {task} was begun by agent {agent}")
    LACKS_SKILL = "lacks_skill", msg("agent {agent} lacks a skill of {skills}")
    EXCLUDED_FROM = "excluded_from", msg("agent {agent} is excluded from task {task}")
    NO_TIME_FOR = "no_time_for", msg("agent {agent} has no time for task {task} before its last useful moment")
    TOO_MANY = "too_many", msg("agent {agent} may have at most {n} (max_tasks), {begun} of them begun")
    NO_TIME_FOR_ALL = (
        "no_time_for_all",
        msg("agent {agent} has no time to do all of them before their last useful moments"),
    )
    CONTRADICTION = "contradiction", msg("they contradict each other")
    PINNED_AND_STOPPED = "pinned_and_stopped", msg("a task that is not planned cannot be pinned")

    # why the engine was chosen
    IN_PARTS = (
        "in_parts",
        *msgs("scale, in parts: {n} group of people", "scale, in parts: {n} groups of people and what they have to do"),
    )
    TOO_LARGE = "too_large", msg("scale, as {n} ways to do the tasks are too many for a whole model")
    WHOLE_MODEL = "whole_model", msg("exact, as {n} ways to do the tasks fit a whole model")
    WHOLE_MODEL_TWICE = (
        "whole_model_twice",
        msg("exact, as {n} ways to do the tasks fit a whole model, first for CP-SAT, then for HiGHS"),
    )
    PROVED_BY = "proved_by", msg("{prover} proved the plan optimal")
    PRICES = "prices", msg("prices")
    PRICES_OF_TASKS = "prices_of_tasks", msg("prices of tasks")

    # why a task is not planned
    HAS_STATUS = "has_status", msg("its status is {status}")
    EXPIRED = "expired", msg("it expired on {time}")
    NOT_YET = "not_yet", msg("it may not start before {time}")
    ALL_EXCLUDED = "all_excluded", msg("all who have the skills ({skills}) are excluded from this task (people: {n})")
    ALL_PEOPLE_EXCLUDED = (
        "all_people_excluded",
        msg("it asks for no skill, but everybody is excluded from this task (people: {n})"),
    )
    NOBODY_SKILLED = "nobody_skilled", msg("nobody has the skills it needs ({skills})")
    NOBODY_THERE = "nobody_there", msg("it asks for no skill, but there is nobody")
    NO_VALUE = "no_value", msg("it is worth nothing (value {value}), so nothing is gained by doing it")
    NO_WEIGHT = (
        "no_weight",
        msg("it is worth nothing (value {value}, with a weight of 0), so nothing is gained by doing it"),
    )
    LATE_WORTHLESS = (
        "late_worthless",
        msg("it is overdue, and late work is worth nothing (late_share 0)"),
    )
    ROUNDS_TO_NOTHING = (
        "rounds_to_nothing",
        msg("what it pays (value {value}) rounds to nothing, so nothing is gained by doing it"),
    )
    COSTS_MORE = "costs_more", msg("whoever does it, it costs as much as it is worth, or more")
    STARTED_TOO_LONG = "started_too_long", msg("started by {agent}, whose working time is too short for it")
    TIME_SHORT = "time_short", msg("{agent} comes nearest and would need {minutes} more minutes")
    PLACES_TAKEN = (
        "places_taken",
        msg("everybody who could do it has as many tasks as they may (max_tasks)"),
    )
    OUTBID = "outbid", msg("its {minutes} minutes earn more elsewhere (people who could do it: {n})")

    # why a task is not with the agent it was with
    FOR_EDIT = "for_edit", msg("{message} ({edit})")
    WORKS_NO_MORE = "works_no_more", msg("{agent} no longer works")
    PINNED_TO = "pinned_to", msg("pinned to {agent}")
    MAY_NOT = "may_not", msg("{agent} may no longer do it")
    HAS_BEGUN = "has_begun", msg("{agent} has begun it")
    NO_ROOM = "no_room", msg("{agent} no longer has time for it")
    TIME_TO_PINNED = "time_to_pinned", msg("{agent}'s time goes to what is pinned, {task}")
    TIME_TO_NEW_WORK = "time_to_new_work", msg("{agent}'s time goes to new work, {task}")
    TIME_EARNS_MORE = "time_earns_more", msg("{agent}'s time earns more with other work, such as {task}")
    WORTH_MORE_WITH = "worth_more_with", msg("it is worth more with {agent}")
    WORTH_MORE_ELSEWHERE = "worth_more_elsewhere", msg("the time is worth more elsewhere")
    NEW_WORK = "new_work", msg("new work")
    ROOM_NOW = "room_now", msg("there is room for it now")
    NOT_IN_SNAPSHOT = "not_in_snapshot", msg("it is no longer in the snapshot")
    IS_STATUS = "is_status", msg("it is {status}")

    # how a plan breaks a rule
    VIOLATION = "violation", msg("{rule} {who}: {message}")
    THE_PLAN = "the_plan", msg("plan")
    THE_TASK = "the_task", msg("task {task}")
    THE_AGENT = "the_agent", msg("agent {agent}")
    OTHER_OBJECTIVE = "other_objective", msg("the objective is {objective}, not {stated}")
    BOUND_BELOW = "bound_below", msg("the bound {bound} is below the objective {objective}")
    OTHER_SHAPE = "other_shape", msg("{shape} agents for {n} tasks")
    NO_SUCH_AGENT = "no_such_agent", msg("agent number {agent} does not exist")
    AGENT_OR_START = "agent_or_start", msg("has an agent without a start, or a start without an agent")
    AGENT_LACKS_SKILL = "agent_lacks_skill", msg("agent {agent} lacks a skill it needs")
    AGENT_EXCLUDED = "agent_excluded", msg("agent {agent} is excluded from it")
    AFTER_CAPACITY = "after_capacity", msg("ends {grains} grains after the capacity of agent {agent}")
    OVERLAP = "overlap", msg("overlaps task {task} by {grains} grains")
    TOO_EARLY = "too_early", msg("starts {grains} grains before its not_before")
    AFTER_EXPIRY = "after_expiry", msg("ends {grains} grains after it expires")
    AFTER_DUE = "after_due", msg("ends {grains} grains after its due time, with hard SLA")
    STARTED_MOVED = "started_moved", msg("is started by agent {agent} and does not stay in its place there")
    FROZEN_MOVED = "frozen_moved", msg("is frozen with agent {agent} and does not stay in its place there")
    STUCK_PLANNED = "stuck_planned", msg("is started work that does not fit and must not be planned")
    BEFORE_STARTED = "before_started", msg("starts {grains} grains before pinned work is done")
    PIN_BROKEN = "pin_broken", msg("is pinned to agent {agent}, who does not do it")
    OVER_MAX_TASKS = "over_max_tasks", msg("exceeds its max_tasks by {count}")

    # what the plan lacks of its input: ``n`` of the whole in brackets
    AGENTS_SET_ASIDE = (  # rows of agents that could not be read (rows of agents)
        "agents_set_aside",
        *msgs("{n} of {of} people was set aside", "{n} of {of} people were set aside"),
    )
    AGENTS_WITHOUT_TIME = (  # people without working time in the period (good agents)
        "agents_without_time",
        *msgs(
            "{n} of {of} people has no working time in the period",
            "{n} of {of} people have no working time in the period",
        ),
    )
    AGENTS_BLOCKED = (  # of those, people who lost theirs to an unreadable shift (good agents)
        "agents_blocked",
        *msgs(
            "{n} of {of} people is not planned for, because of a faulty shift",
            "{n} of {of} people are not planned for, because of faulty shifts",
        ),
    )
    AGENT_SKILLS_SET_ASIDE = (  # rows of agent_skills (rows of agent_skills)
        "agent_skills_set_aside",
        *msgs(
            "{n} of {of} entries of who has which skill was set aside",
            "{n} of {of} entries of who has which skill were set aside",
        ),
    )
    SHIFTS_SET_ASIDE = (  # rows of shifts (rows of shifts)
        "shifts_set_aside",
        *msgs("{n} of {of} shifts was set aside", "{n} of {of} shifts were set aside"),
    )
    TIME_TAKEN = (  # of those, rows whose time was taken from the agent (rows of shifts)
        "time_taken",
        *msgs(
            "{n} of {of} shifts was set aside and its time is taken from the person, to be safe",
            "{n} of {of} shifts were set aside and their time is taken from the people, to be safe",
        ),
    )
    PAIRS_SET_ASIDE = (  # rows of pairs (rows of pairs)
        "pairs_set_aside",
        *msgs(
            "{n} of {of} pairs of task and person was set aside",
            "{n} of {of} pairs of task and person were set aside",
        ),
    )
    PAIRS_EXCLUDED = (  # of those, pairs that are excluded for safety (rows of pairs)
        "pairs_excluded",
        *msgs(
            "{n} of {of} pairs of task and person was set aside and is excluded, to be safe",
            "{n} of {of} pairs of task and person were set aside and are excluded, to be safe",
        ),
    )
    NOBODY_RESTRICTED = (  # rows of pairs or shifts whose ids name nobody (rows of the table)
        "nobody_restricted",
        *msgs(
            "{n} of {of} rows names a person or a task that is not there, and restricts nobody",
            "{n} of {of} rows name a person or a task that is not there, and restrict nobody",
        ),
    )
    PROCESSES_SET_ASIDE = (  # rows of processes (rows of processes)
        "processes_set_aside",
        *msgs("{n} of {of} processes was set aside", "{n} of {of} processes were set aside"),
    )
    TASKS_SET_ASIDE = (  # tasks with faults of their own (rows of tasks)
        "tasks_set_aside",
        *msgs(
            "{n} of {of} tasks was set aside and is not planned",
            "{n} of {of} tasks were set aside and are not planned",
        ),
    )
    TASKS_CASCADED = (  # tasks lost with their process; names are processes (rows of tasks)
        "tasks_cascaded",
        *msgs("{n} of {of} tasks was lost with its process", "{n} of {of} tasks were lost with their processes"),
    )
    ROWS_HIDDEN = (  # rows of a sheet that a filter hides and that are planned (rows of the sheet)
        "rows_hidden",
        *msgs(
            "{n} of {of} rows is hidden by a filter and planned all the same",
            "{n} of {of} rows are hidden by a filter and planned all the same",
        ),
    )
    EXAMPLE_ROWS = (  # rows of the template's examples that are planned (rows of the sheet)
        "example_rows",
        *msgs(
            "{n} of {of} rows is an example of the template and planned all the same",
            "{n} of {of} rows are examples of the template and planned all the same",
        ),
    )
