"""The skills matrix: who can do what, told by cell, and nothing guessed."""

import polars as pl

from data.sources.skills_matrix import Matrix, matrix_rows
from data.tables.cells import Corner
from data.tables.columns import from_grid
from data.tables.people import People
from data.tables.schemas import TABLES

STAFF = People([("A1", "Ana"), ("A2", "Bo"), ("A3", "Bo")])


def grid(*rows: list[str | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={f"c{n}": pl.String for n in range(len(rows[0]))}, orient="row")


def read(*rows: list[str | None], corner: Corner | None = None, listed=None):
    """The rows, each as agent, skill and level, and the faults."""
    found, faults = matrix_rows(Matrix(grid(*rows), "skills.csv", corner), STAFF, listed)
    return [tuple(values.values()) for values, _ in found], faults


def test_levels_marks_and_nothing():
    rows, faults = read(["Person", "motor", "english", "law"], ["Ana", "2", "X", "-"], ["A2", None, "nein", " 0.0 "])
    assert (rows, faults) == ([("A1", "motor", "2"), ("A1", "english", "1")], [])


def test_columns_of_people_are_no_skills_and_ids_come_before_names():
    rows, _ = read(["name", "team", "agent_id", "motor", None], ["nobody", "T1", "A2", "✓", "x"])
    assert rows == [("A2", "motor", "1")]


def test_a_name_of_several_is_told_with_its_cell():
    told = "'Bo' is the name of A2 and A3; write the id"
    assert read(["name", "motor"], ["Bo", "x"]) == ([], [f"skills.csv row 2 column 1: {told}"])
    assert read(["name", "motor"], ["Bo", "x"], corner=Corner("skills", 3, 2))[1] == [f"sheet 'skills' cell B4: {told}"]


def test_each_person_who_is_not_known_is_one_row_to_be_told_of():
    rows, faults = read(
        ["name", "motor", "law"], ["Zoe", "x", "2"], ["", "x", "x"], ["Kim", "3", None], ["Lee", "-", ""]
    )
    assert (rows, faults) == ([("Zoe", "motor", "1"), (None, "motor", "1"), ("Kim", "motor", "3")], [])


def test_a_skill_twice_is_said_once_and_at_two_levels_a_fault():
    rows, faults = read(["name", "motor", "motor"], ["Ana", "2", "2"], ["A1", "3", None], corner=Corner("skills", 1, 1))
    assert rows == [("A1", "motor", "2")]
    (fault,) = faults
    assert fault.startswith("sheet 'skills' cell B3: A1 has 'motor' at level 3 here and at level 2 in sheet 'skills'")


def test_what_the_list_has_is_not_repeated_and_may_not_differ():
    rows = grid(["agent_id", "skill", "level"], ["A1", "motor", None], ["A2", "motor", "3"])
    listed = from_grid(TABLES["agent_skills"], rows, "agent_skills.csv")
    found, faults = read(["name", "motor"], ["Ana", "x"], ["A2", "2"], listed=listed)
    assert found == []
    assert faults[0].endswith(
        "A2 has 'motor' at level 2 here and at level 3 in agent_skills.csv row 3; keep one of them"
    )


def test_blank_rows_above_count_for_the_cells_and_no_rows_are_none():
    found, _ = matrix_rows(
        Matrix(grid([None, " "], ["name", "motor"], ["Ana", "x"]), "s", Corner("s", 1, 1)), STAFF, None
    )
    ((_, place),) = found
    assert (str(place.cells["level"]), str(place.cells["skill"]), place.row) == (
        "sheet 's' cell B3",
        "sheet 's' cell B2",
        2,
    )
    assert matrix_rows(Matrix(grid([None], [" "]), "s", None), STAFF, None) == ([], [])
