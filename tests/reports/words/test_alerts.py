"""Alerts in words: figures, places, the gravest first, and a subject of one line."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from models import FIRING, RED, RESOLVED, RUN_AGE, SOURCE, SOURCE_AGE, YELLOW, AlertRecord, TargetRecord
from reports.words.alerts import alert_line, alert_message, by_gravity, place_words, target_line, watched_value

EIGHT = datetime(2026, 3, 2, 8, tzinfo=UTC)
LATE = AlertRecord(
    alert_id=7,
    name="late work",
    level="site",
    key="Köln",
    measure="late",
    value=25.0,
    state=FIRING,
    severity=RED,
    threshold=20.0,
    since=EIGHT,
)


@pytest.mark.parametrize(
    ("value", "measure", "text"),
    [
        (None, "late", "none"),
        (25.0, "late", "25"),
        (1234.5, "late", "1,234.50"),
        (0.99996, "sla_share", "100.0 %"),
        (0.8999, "sla_share", "89.99 %"),
        (90.0, "minutes_open", "90 min"),
        (None, SOURCE_AGE, "never"),
        (float("inf"), SOURCE_AGE, "never"),
        (59.4, SOURCE_AGE, "59 min"),
        (59.6, SOURCE_AGE, "1 h 0 min"),
        (24 * 60, RUN_AGE, "1 d 0 h"),
        (25 * 60 + 30, RUN_AGE, "1 d 1 h"),
    ],
)
def test_figures_are_told_in_their_unit(value, measure, text):
    assert watched_value(value, measure) == text


def test_places():
    assert place_words("site", "Köln") == "Site Köln"
    assert place_words("site", "") == "Site (no site)"
    assert place_words("enterprise", "") == "Enterprise"
    assert place_words(SOURCE, "host", SOURCE_AGE) == "Source host"
    assert place_words("enterprise", "", RUN_AGE) == "Planner"


def test_an_alert_is_told_with_its_threshold_and_the_clock_of_its_zone():
    line = "Site Köln: late 25 (red at 20), since 2026-03-02 09:00"
    assert alert_line(LATE, "Europe/Berlin") == line
    assert alert_line(replace(LATE, threshold=None), "UTC") == "Site Köln: late 25, since 2026-03-02 08:00"


def test_a_target_is_told_beside_the_figure():
    target = TargetRecord(level="site", key="Köln", measure="sla_share", value=0.5, target=0.85, met=False)
    assert target_line(target).endswith("50.0 % (target 85.0 %)")


def test_the_gravest_comes_first():
    yellow = replace(LATE, alert_id=1, severity=YELLOW)
    over = replace(LATE, alert_id=2, state=RESOLVED)
    silenced = replace(LATE, alert_id=3, held="silence")
    whole = replace(LATE, alert_id=4, level="enterprise", key="")
    team = replace(LATE, alert_id=5, level="team", key="Blue")
    unknown = replace(LATE, alert_id=6, level=SOURCE, key="host")
    found = by_gravity([over, silenced, yellow, team, LATE, whole, unknown])
    assert [alert.alert_id for alert in found] == [6, 4, 7, 5, 1, 3, 2]


def test_a_message_says_what_began_and_what_is_over():
    over = replace(LATE, alert_id=8, name="old", state=RESOLVED)
    message = alert_message([LATE], [over], "UTC")
    assert message.subject == "allot, red: late work (Site Köln)"
    assert message.text.splitlines()[:6] == [
        "late work, red:",
        "  7  Site Köln: late 25 (red at 20), since 2026-03-02 08:00",
        "",
        "Over:",
        "  8  old: Site Köln",
        "",
    ]
    assert alert_message([], [over], "UTC").subject == "allot: over: old"


def test_a_subject_is_one_line_and_names_three_at_most():
    named = [replace(LATE, name=f"a\n{number}") for number in range(5)]
    assert alert_message(named, [], "UTC").subject == "allot, red: a 0, a 1, a 2 and 2 more (5 alerts)"


def test_twenty_lines_of_a_name_are_told_and_the_others_counted():
    many = [replace(LATE, alert_id=number, key=f"{number:02}") for number in range(23)]
    lines = alert_message(many, [], "UTC").text.splitlines()
    assert lines[21] == "  and 3 more"
    assert len([line for line in lines if "Site" in line]) == 20
