"""The registers of levels and measures agree with each other and with the tables of a run."""

from string import Formatter

from models import AGENTS_TABLE, DESCRIPTIVE, LEVELS, MEASURES, PEOPLE_LEVELS, PLACES, TASK_LEVELS, Reason


def test_levels_are_columns_of_a_run():
    assert set(PLACES) < set(AGENTS_TABLE.names)
    assert set(TASK_LEVELS) < set(DESCRIPTIVE)
    assert tuple(LEVELS) == ("enterprise", *PEOPLE_LEVELS, *TASK_LEVELS, "skill", "period")


def test_measures_are_of_known_levels_and_filled_in():
    for name, measure in MEASURES.items():
        assert set(measure.levels) <= set(LEVELS), name
        assert {part for _, part, *_ in Formatter().parse(measure.title) if part} == measure.parts.keys(), name
        assert measure.meaning, name


def test_a_ratio_is_of_sums_that_its_levels_have():
    ratios = {name: measure for name, measure in MEASURES.items() if measure.ratio}
    assert "sla_share" in ratios
    for name, measure in ratios.items():
        assert not measure.adds_up
        parts = [(level, part) for level in measure.levels for part in measure.ratio_at(level)]
        assert [part for level, part in parts if level not in MEASURES[part].levels] == [], name
        assert [part for _, part in parts if not MEASURES[part].adds_up] == [], name


def test_more_or_less_of_a_measure_is_better():
    assert MEASURES["sla_share"].meets(0.9, 0.9)
    assert not MEASURES["sla_share"].meets(0.8, 0.9)
    assert MEASURES["unplanned_outbid"].meets(9, 10)
    assert not MEASURES["backlog_after"].meets(11, 10)


def test_every_reason_has_a_measure():
    assert {f"unplanned_{reason.value}" for reason in Reason} <= MEASURES.keys()
