"""Charts as inline SVG: colours come from the style sheet, and a label describes the chart to screen readers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import ceil

import svg
from markupsafe import Markup, escape

HEIGHT = 100
GAP = 0.2
"""Share of a bar's slot that is left empty between bars."""
MAX_BARS = 180
"""Maximum number of bars of a chart."""

Days = Sequence[tuple[date, int]]


def bar_chart(days: Days, label: str) -> Markup:
    """Return a bar chart, one bar a day (over `MAX_BARS` days: whole weeks), with the counts as tooltips."""
    bars = _joined(days)
    top = max((count for _, _, count in bars), default=0) or 1
    elements = [
        _bar(place, count, top, _tooltip(first, last, count))
        for place, (first, last, count) in enumerate(bars)
    ]
    return _drawing(elements, len(bars), "bars", f"{label}. {summary(days)}")


def sparkline(days: Days, label: str) -> Markup:
    """Return a small bar chart without tooltips, one bar a day."""
    top = max((count for _, count in days), default=0) or 1
    elements = [_bar(place, count, top) for place, (_, count) in enumerate(days)]
    return _drawing(elements, len(days), "sparkline", f"{label}. {summary(days)}")


def share_bar(share: float, label: str) -> Markup:
    """Return one bar, filled to a share between 0 and 1."""
    track = svg.Rect(x=0, y=0, width=100, height=HEIGHT, class_=["track"])
    filled = svg.Rect(x=0, y=0, width=round(100 * share, 1), height=HEIGHT, class_=["bar"])
    return _drawing([track, filled], 100, "share", label)


def scale(days: Days) -> str:
    """Return what the highest bar of a chart means, in words: "up to 14 a week"."""
    bars = _joined(days)
    first, last, most = max(bars, key=lambda bar: bar[2])
    width = (last - first).days + 1
    return f"up to {most:,} {'a day' if width == 1 else 'a week' if width == 7 else f'in {width} days'}"


def summary(days: Days) -> str:
    """Return a description of a chart in words, for screen readers."""
    if not any(count for _, count in days):
        return "None."
    best, most = max(days, key=lambda day: day[1])
    total = sum(count for _, count in days)
    return f"{total} from {days[0][0]} to {days[-1][0]}, most on {best}: {most}."


def days_per_bar(day_count: int) -> int:
    """Return how many days a bar covers: 1, or as few whole weeks as give at most `MAX_BARS` bars."""
    return 1 if day_count <= MAX_BARS else 7 * ceil(day_count / (7 * MAX_BARS))


def _joined(days: Days) -> list[tuple[date, date, int]]:
    """Return (first day, last day, count) of every bar."""
    width = days_per_bar(len(days))
    parts = [days[start : start + width] for start in range(0, len(days), width)]
    return [(part[0][0], part[-1][0], sum(count for _, count in part)) for part in parts]


def _tooltip(first: date, last: date, count: int) -> str:
    return f"{first}: {count}" if first == last else f"{first} to {last}: {count}"


def _bar(place: int, count: int, top: int, tooltip: str | None = None) -> svg.Rect:
    height = max(HEIGHT * count / top, 2.0 if count else 0.0)
    title: list[svg.Element] = [svg.Title(text=svg.escape(tooltip))] if tooltip else []
    return svg.Rect(
        x=round(place + GAP / 2, 3),
        y=round(HEIGHT - height, 2),
        width=1 - GAP,
        height=round(height, 2),
        class_=["bar"],
        elements=title,
    )


def _drawing(elements: Sequence[svg.Element], width: float, kind: str, label: str) -> Markup:
    drawing = svg.SVG(
        viewBox=svg.ViewBoxSpec(0, 0, max(width, 1), HEIGHT),
        preserveAspectRatio=svg.PreserveAspectRatio("none"),
        class_=["chart", kind],
        elements=list(elements),
    )
    return labelled(drawing, label)


def labelled(drawing: svg.SVG, label: str) -> Markup:
    """Return a drawing as HTML that screen readers announce as one image with this label."""
    html = drawing.as_str().replace("<svg ", f'<svg role="img" aria-label="{escape(label)}" ', 1)
    return Markup(html)  # noqa: S704 -- numbers, class names and escaped text
