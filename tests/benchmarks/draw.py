"""Draws what log.jsonl says of runs: value and bound over time, and what the time went to. SVG, written by hand.

``python -m tests.benchmarks.draw RUN_DIR [FILE.svg]`` draws one run, by default into its folder's parent.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

_VALUE, _BOUND, _GRID, _TEXT = "#0a6b5a", "#b3541e", "#d8d8d8", "#333333"
_COLOURS = {
    "search": "#0a6b5a",
    "sweeps": "#6fb7a4",
    "start": "#b9b04a",
    "dive": "#3c6fb0",
    "dive in parts": "#8fb0d9",
    "prices": "#b3541e",
    "task prices": "#e0a27e",
}
_OF_BOUND = ("prices", "task prices")
_PANEL = (250, 150)
_COLUMNS = 3
_LOWEST, _HIGHEST = 0.95, 1.03


class Point(NamedTuple):
    """What was known at a second, in points."""

    seconds: float
    objective: float | None
    bound: float | None


class Turn(NamedTuple):
    """What a stretch of time up to a second went to, and what that won in points."""

    seconds: float
    move: str
    took_s: float
    won: float


class Run(NamedTuple):
    """One run's way to its plan; ``empty`` is the value of the plan without open work, in points."""

    points: list[Point]
    turns: list[Turn]
    empty: float

    @classmethod
    def of(cls, folder: Path) -> "Run":
        """What the files of a run say."""
        text = (folder / "log.jsonl").read_text(encoding="utf-8")
        lines = [json.loads(line) for line in text.splitlines()]
        known = [line for line in lines if "move" not in line and (line["objective"], line["bound"]) != (None, None)]
        return cls(
            [Point(line["seconds"], line["objective"], line["bound"]) for line in known],
            [Turn(line["seconds"], line["move"], line["took_s"], line["won"]) for line in lines if "move" in line],
            json.loads((folder / "run.json").read_text(encoding="utf-8"))["empty_objective"],
        )

    def plain(self) -> dict[str, Any]:
        """The same for a file of results."""
        return {"points": self.points, "turns": self.turns, "empty": self.empty}

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> "Run":
        """What :meth:`plain` has written."""
        turns = [Turn(*turn) for turn in plain["turns"]]
        return cls([Point(*point) for point in plain["points"]], turns, plain["empty"])

    def shares(self) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
        """Value and bound over time as shares of what could be gained by the last bound."""
        bounds = [point.bound for point in self.points if point.bound is not None]
        most = (bounds[-1] if bounds else max(p.objective or 0.0 for p in self.points)) - self.empty
        scale = most if most > 0 else 1.0
        values = [(p.seconds, (p.objective - self.empty) / scale) for p in self.points if p.objective is not None]
        return values, [(p.seconds, (p.bound - self.empty) / scale) for p in self.points if p.bound is not None]


def anytime(groups: dict[str, Sequence[Run]], seconds: float) -> str:
    """A panel for each group of runs: value and bound over time, as shares of what could be gained."""
    across, down = _PANEL[0] + 50, _PANEL[1] + 50
    parts = []
    for n, (name, runs) in enumerate(groups.items()):
        left, top = 50 + n % _COLUMNS * across, 40 + n // _COLUMNS * down
        title = f'<text x="{left}" y="{top - 8}" font-weight="bold">{escape(name)}</text>'
        parts += [title, _chart(runs, seconds, left, top, _PANEL[0])]
    return _picture(50 + _COLUMNS * across, 50 + -(-len(groups) // _COLUMNS) * down, parts)


def spending(run: Run) -> str:
    """Value and bound of a run over time, and below what its time went to: the bound's, and the plan's."""
    seconds = max((turn.seconds for turn in run.turns), default=1.0)
    left, top, width = 50, 30, 760
    parts = [_chart([run], seconds, left, top, width)]
    for lane, of_bound in enumerate((True, False)):
        y = top + _PANEL[1] + 30 + 34 * lane
        parts.append(_label(left - 6, y + 17, "bound" if of_bound else "plan", "end"))
        parts += [
            _bar(turn, left + width * (turn.seconds - turn.took_s) / seconds, y, width * turn.took_s / seconds)
            for turn in run.turns
            if (turn.move in _OF_BOUND) == of_bound
        ]
    for n, (move, took, won) in enumerate(totals(run)):
        x, y = left + n % 2 * 390, top + _PANEL[1] + 125 + n // 2 * 22
        parts.append(f'<rect x="{x}" y="{y - 11}" width="12" height="12" fill="{_COLOURS[move]}"/>')
        parts.append(_label(x + 20, y, f"{move}: {took:.1f} s, {won:+,.2f} points", "start"))
    return _picture(left + width + 30, top + _PANEL[1] + 220, parts)


def _bar(turn: Turn, x: float, y: float, width: float) -> str:
    hint = f"<title>{escape(turn.move)}, {turn.took_s:.2f} s: {turn.won:+,.2f} points</title>"
    place = f'x="{x:.1f}" y="{y}" width="{max(width, 0.5):.1f}" height="26"'
    return f'<rect {place} fill="{_COLOURS[turn.move]}" stroke="white" stroke-width="0.4">{hint}</rect>'


def totals(run: Run) -> list[tuple[str, float, float]]:
    """Each move of the run with its seconds and the points it won."""
    return [
        (move, sum(t.took_s for t in run.turns if t.move == move), sum(t.won for t in run.turns if t.move == move))
        for move in _COLOURS
        if any(turn.move == move for turn in run.turns)
    ]


def _chart(runs: Sequence[Run], seconds: float, left: int, top: int, width: int) -> str:
    """Lines of value and bound, with their axes; what lies outside is drawn at the edge."""
    height = _PANEL[1]

    def at(second: float, share: float) -> tuple[float, float]:
        inside = min(_HIGHEST, max(_LOWEST, share))
        return left + width * min(1.0, second / seconds), top + height * (_HIGHEST - inside) / (_HIGHEST - _LOWEST)

    parts = []
    for percent in range(round(100 * _LOWEST), round(100 * _HIGHEST) + 1, 2):
        y = at(0.0, percent / 100)[1]
        parts += [_line([(left, y), (left + width, y)], _GRID, 1.0), _label(left - 6, y + 4, f"{percent} %", "end")]
    ticks = range(0, round(seconds) + 1, max(1, round(seconds / 5)))
    parts += [_label(at(tick, 1.0)[0], top + height + 16, f"{tick} s", "middle") for tick in ticks]
    for run in runs:
        for curve, colour in zip(run.shares(), (_VALUE, _BOUND), strict=True):
            parts.append(_line([at(*corner) for corner in _stairs(curve, seconds)], colour, 1.5))
    return "".join(parts)


def _stairs(curve: Sequence[tuple[float, float]], until: float) -> list[tuple[float, float]]:
    """The corners of what stays as it is until it changes."""
    corners: list[tuple[float, float]] = []
    for second, share in curve:
        corners += [(second, corners[-1][1]), (second, share)] if corners else [(second, share)]
    return [*corners, (until, corners[-1][1])] if corners else []


def _line(points: Iterable[tuple[float, float]], colour: str, width: float) -> str:
    at = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{at}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


def _label(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _picture(width: int, height: int, parts: Iterable[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' font-family="sans-serif" font-size="11" fill="{_TEXT}">'
        f'<rect width="{width}" height="{height}" fill="white"/>{"".join(parts)}</svg>\n'
    )


if __name__ == "__main__":
    place = Path(sys.argv[1])
    file = Path(sys.argv[2]) if len(sys.argv) > 2 else place.with_name(f"{place.name}.svg")
    file.write_text(spending(Run.of(place)), encoding="utf-8")
    print(file)  # noqa: T201  (where it is)
