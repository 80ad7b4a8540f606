"""Pure reckoning for the room's screens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT, MARGIN = 600, 120, 8


@dataclass(frozen=True)
class Line:
    """One line of a breakdown: `count` of at most `most`, drawn as a bar."""

    label: str
    count: int
    most: int
    url: str


@dataclass(frozen=True)
class Chart:
    """A line over time as SVG draws it: points of the line, of the area under it, and what stands at its ends."""

    points: str
    area: str
    last_x: str
    last_y: str
    first_day: date
    last_day: date
    low: int
    high: int
    rows: tuple[tuple[date, int], ...]
    width: int = WIDTH
    height: int = HEIGHT


def chart_of(figures: Sequence[tuple[date, int]]) -> Chart | None:
    """Lay figures by day out on a canvas of 600 × 120, the scale from 0; None for fewer than two days."""
    if len(figures) < 2:
        return None
    first, last = figures[0][0], figures[-1][0]
    span, high = (last - first).days, max(count for _day, count in figures)
    placed = [
        (
            round(MARGIN + (WIDTH - 2 * MARGIN) * (day - first).days / span, 1),
            round(HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * count / (high or 1), 1),
        )
        for day, count in figures
    ]
    points = " ".join(f"{x},{y}" for x, y in placed)
    bottom = HEIGHT - MARGIN
    area = f"{placed[0][0]},{bottom} {points} {placed[-1][0]},{bottom}"
    low = min(count for _day, count in figures)
    x, y = placed[-1]
    return Chart(points, area, str(x), str(y), first, last, low, high, tuple(figures))
