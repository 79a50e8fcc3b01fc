"""Charts over time, as inline SVG with axes. Where scripts run, `static/charts.js` draws them anew: with values under the
pointer, and with a brush that selects a period.

How to make one, in Python or in a template, where `time_chart` and `Series` are globals:

    time_chart([Series("climate", counts)], "Articles that mention it", brush="/search?q=climate", csv="/search.csv?q=climate")

Colours and kinds of lines come from the style sheet; a label describes the chart to screen readers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import svg
from markupsafe import Markup, escape

from newsbot.web.html.axes import (
    By,
    Tick,
    day_ticks,
    last_day,
    period_text,
    periods,
    start_of,
    value_text,
    value_ticks,
)

MAX_PERIODS = 180
"""Maximum number of periods of a chart; of more days, weeks are made, then months and years."""
MAX_ROWS = 36_525
"""Maximum number of periods of the numbers of a chart: a hundred years of days."""
MAX_SERIES = 6
"""Number of series that readers can distinguish; what a chart is given beyond that is left out."""
GAP = 0.2
"""Share of a bar's slot that is left empty between bars."""
_WIDER: dict[By, By] = {"day": "week", "week": "month", "month": "year"}

Days = Sequence[tuple[date, float]]


class Series(NamedTuple):
    """One line of a chart. A chart of one series has bars."""

    label: str
    points: Days
    """(day, value). Days without a value are 0. For weeks, months and years: any day of the period."""


class _Plot(NamedTuple):
    """A chart before it is drawn: every period with the value of every series."""

    by: By
    starts: list[date]
    labels: list[str]
    rows: list[list[float]]
    """The values, one list a series."""


def time_chart(
    series: Sequence[Series],
    label: str,
    *,
    unit: str = "articles",
    by: By = "day",
    since: date | None = None,
    until: date | None = None,
    brush: str | None = None,
    csv: str | None = None,
    switch: tuple[str, str] | None = None,
    is_share: bool = False,
) -> Markup:
    """Return a chart of values over time: a `figure` with its legend and links.

    `label` says what is counted ("Articles that mention Lisbon"), `unit` of what ("articles"); `by` is the period of the
    points. More than `MAX_PERIODS` are joined to longer ones, unless they are shares, between 0 and 1 (`is_share`). The chart
    is of the days from `since` to `until`, or of those of the points. `brush`: address to which a selected period leads;
    its parameters `since` and `until` are set. `csv`: address of the numbers. `switch`: address and text of a link to the
    same chart with shares, or with counts. Addresses begin with the path of the site (`root`)."""
    plot = _plot(series[:MAX_SERIES], by, since, until, is_share=is_share)
    if not any(any(row) for row in plot.rows):
        return Markup('<p class="empty">None{}.</p>').format(_range_text(plot))
    top = max(max(row) for row in plot.rows)
    values = value_ticks(top, is_whole=not is_share and all(v == round(v) for row in plot.rows for v in row))
    ticks = day_ticks(plot.starts, plot.by)
    words = f"{label}. {_words(plot, unit, is_share=is_share)}"
    return Markup(
        '<figure class="figure timechart" data-chart="{}">'
        '<div class="plain-chart" role="img" aria-label="{}">{}{}{}</div>{}{}</figure>'
    ).format(
        _for_script(plot, words, unit, values, ticks, brush, is_share=is_share),
        words,
        _value_axis(values, is_share=is_share),
        _drawing(plot, values[-1], values, is_share=is_share),
        _day_axis(plot, ticks),
        _legend(plot.labels, _per(label, plot.by)),
        _links(csv, switch),
    )


def joined(series: Sequence[Series], by: By = "day") -> tuple[list[Series], By]:
    """Return the series with at most `MAX_PERIODS` periods, and their length: days become weeks, months or years."""
    days = [day for one in series for day, _ in one.points]
    wanted = by
    while days and wanted in _WIDER and _count(min(days), max(days), wanted) > MAX_PERIODS:
        wanted = _WIDER[wanted]
    return [Series(one.label, _summed(one.points, wanted)) for one in series], wanted


def values_by_period(series: Sequence[Series], by: By = "day") -> tuple[list[date], list[list[float]]]:
    """Return the first days of all periods from the first point to the last one, and a row of their values.

    Only the last `MAX_ROWS` periods are returned."""
    days = [day for one in series for day, _ in one.points]
    if not days:
        return [], []
    first, last = min(days), max(days)
    first = max(first, _earliest(last, by, MAX_ROWS))
    starts = list(periods(first, last, by))[-MAX_ROWS:]
    found = [dict(_summed(one.points, by)) for one in series]
    return starts, [[counts.get(start, 0.0) for counts in found] for start in starts]


def sparkline(days: Days, label: str) -> Markup:
    """Return a small bar chart without axes, one bar a day."""
    top = max((count for _, count in days), default=0) or 1
    bars = [_bar(place, value / top) for place, (_, value) in enumerate(days)]
    most = max(days, key=lambda pair: pair[1], default=None)
    words = "None." if most is None or not most[1] else f"{_total(days)}, most on {most[0]}: {most[1]:,.0f}."
    return labelled(_stretched(bars, len(days), "sparkline"), f"{label}. {words}")


def share_bar(share: float, label: str) -> Markup:
    """Return one bar, filled to a share between 0 and 1."""
    track = svg.Rect(x=0, y=0, width=100, height=1, class_=["track"])
    filled = svg.Rect(x=0, y=0, width=round(100 * share, 1), height=1, class_=["bar"])
    return labelled(_stretched([track, filled], 100, "share"), label)


def labelled(drawing: svg.SVG, label: str) -> Markup:
    """Return a drawing as HTML that screen readers announce as one image with this label."""
    html = drawing.as_str().replace("<svg ", f'<svg role="img" aria-label="{escape(label)}" ', 1)
    return Markup(html)  # noqa: S704 -- numbers, class names and escaped text


# ------------------------------------------------------------------ what is drawn


def _plot(
    series: Sequence[Series], by: By, since: date | None, until: date | None, *, is_share: bool
) -> _Plot:
    days = [day for one in series for day, _ in one.points]
    first = since or min(days, default=until or date.min)
    last = max(until or max(days, default=first), first)
    start = start_of(first, by)
    series = [Series(one.label, [pair for pair in one.points if start <= pair[0] <= last]) for one in series]
    bounds = Series("", [(first, 0.0), (last, 0.0)])
    if not is_share:
        [*series, _], by = joined([*series, bounds], by)
    else:
        first = max(first, _earliest(last, by, MAX_PERIODS))
    starts = list(periods(first, last, by))[-MAX_PERIODS:]
    found = [dict(_summed(one.points, by)) for one in series]
    rows = [[counts.get(start, 0.0) for start in starts] for counts in found]
    return _Plot(by, starts, [one.label for one in series], rows)


def _earliest(last: date, by: By, number: int) -> date:
    """Return a day from which there are about `number` periods: what is older is left out."""
    days = {"day": 1, "week": 7, "month": 31, "year": 366}[by] * number
    return date.fromordinal(max(1, last.toordinal() - days))


def _count(first: date, last: date, by: By) -> int:
    days = (start_of(last, by) - start_of(first, by)).days
    return days // {"day": 1, "week": 7, "month": 30, "year": 365}[by] + 1


def _summed(points: Days, by: By) -> list[tuple[date, float]]:
    sums: dict[date, float] = {}
    for day, value in points:
        start = start_of(day, by)
        sums[start] = sums.get(start, 0) + value
    return sorted(sums.items())


# ------------------------------------------------------------------ words


def _per(label: str, by: By) -> str:
    return f"{label}, by {by}"


def _range_text(plot: _Plot) -> str:
    if not plot.starts or plot.starts == [date.min]:
        return ""
    last = last_day(plot.starts[-1], plot.by)
    return f" from {period_text(plot.starts[0], 'day')} to {period_text(last, 'day')}"


def _words(plot: _Plot, unit: str, *, is_share: bool) -> str:
    """Return a chart in words, for screen readers: the sum and the highest value of every series."""
    parts = []
    for label, row in zip(plot.labels, plot.rows, strict=True):
        most = max(row)
        total = "" if is_share else f"{value_text(sum(row))} {unit}{_range_text(plot)}, "
        best = period_text(plot.starts[row.index(most)], plot.by)
        parts.append(f"{label}: {total}most on {best}: {value_text(most, is_share=is_share)}")
    return "; ".join(parts) + "."


def _total(days: Days) -> str:
    return f"{sum(value for _, value in days):,.0f} from {days[0][0]} to {days[-1][0]}"


def _for_script(
    plot: _Plot,
    words: str,
    unit: str,
    values: Sequence[float],
    ticks: Sequence[Tick],
    brush: str | None,
    *,
    is_share: bool,
) -> str:
    return json.dumps(
        {
            "label": words,
            "unit": unit,
            "share": is_share,
            "brush": brush,
            "texts": [period_text(start, plot.by) for start in plot.starts],
            "since": [start.isoformat() for start in plot.starts],
            "until": [last_day(start, plot.by).isoformat() for start in plot.starts],
            "series": [
                {"label": label, "values": row} for label, row in zip(plot.labels, plot.rows, strict=True)
            ],
            "values": [[value, value_text(value, is_share=is_share)] for value in values],
            "ticks": ticks,
        },
        ensure_ascii=False,
    )


# ------------------------------------------------------------------ the picture


def _value_axis(values: Sequence[float], *, is_share: bool) -> Markup:
    """Return the column of values. Its texts have places in per cent, and keep their size at any width."""
    texts: list[svg.Element] = [
        svg.Text(
            x=svg.Length(100, "%"),
            y=svg.Length(round(100 * (1 - value / values[-1]), 2), "%"),
            text=svg.escape(value_text(value, is_share=is_share)),
            class_=["value"],
        )
        for value in values
    ]
    return hidden(svg.SVG(class_=["value-axis"], elements=texts))


def _day_axis(plot: _Plot, ticks: Sequence[Tick]) -> Markup:
    texts: list[svg.Element] = []
    for tick in ticks:
        place = 100 * (tick.place + 0.5) / len(plot.starts)
        side = "first" if place < 5 else "last" if place > 95 else "inner"
        classes = ["day", side, *(["minor"] if tick.is_minor else [])]
        texts.append(
            svg.Text(
                x=svg.Length(round(place, 2), "%"),
                y=14,
                text=svg.escape(tick.label),
                class_=list(classes),
            )
        )
    return hidden(svg.SVG(class_=["day-axis"], elements=texts))


def _drawing(plot: _Plot, top: float, values: Sequence[float], *, is_share: bool) -> Markup:
    width = len(plot.starts)
    lines: list[svg.Element] = [
        svg.Line(x1=0, x2=width, y1=1 - value / top, y2=1 - value / top, class_=["grid"]) for value in values
    ]
    if len(plot.rows) == 1:
        [row] = plot.rows
        lines += [
            _bar(place, value / top, f"{period_text(start, plot.by)}: {value_text(value, is_share=is_share)}")
            for place, (start, value) in enumerate(zip(plot.starts, row, strict=True))
        ]
    else:
        lines += [_line(number, row, top) for number, row in enumerate(plot.rows)]
    return hidden(_stretched(lines, width, "plot"))


def _line(number: int, row: Sequence[float], top: float) -> svg.Path:
    points = [(place + 0.5, round(1 - value / top, 4)) for place, value in enumerate(row)]
    parts: list[svg.PathData] = [svg.M(*points[0]), *(svg.L(*point) for point in points[1:])]
    return svg.Path(d=parts, class_=["line", f"s{number}"])


def _bar(place: int, share: float, tooltip: str | None = None) -> svg.Rect:
    height = max(share, 0.02 if share else 0.0)
    title: list[svg.Element] = [svg.Title(text=svg.escape(tooltip))] if tooltip else []
    return svg.Rect(
        x=round(place + GAP / 2, 3),
        y=round(1 - height, 4),
        width=1 - GAP,
        height=round(height, 4),
        class_=["bar"],
        elements=title,
    )


def _stretched(elements: Sequence[svg.Element], width: float, kind: str) -> svg.SVG:
    """Return a drawing 1 high that the style sheet stretches in both directions."""
    return svg.SVG(
        viewBox=svg.ViewBoxSpec(0, 0, max(width, 1), 1),
        preserveAspectRatio=svg.PreserveAspectRatio("none"),
        class_=["chart", kind],
        elements=list(elements),
    )


def hidden(drawing: svg.SVG) -> Markup:
    """Return a drawing as HTML that screen readers skip: what it shows is said elsewhere."""
    html = drawing.as_str().replace("<svg ", '<svg aria-hidden="true" ', 1)
    return Markup(html)  # noqa: S704 -- numbers, class names and escaped text


def _legend(labels: Sequence[str], caption: str) -> Markup:
    """Return the caption; with several series, also their names beside a piece of their lines."""
    if len(labels) == 1:
        return Markup("<figcaption>{}</figcaption>").format(caption)
    keys = Markup("").join(
        Markup("<li>{}<bdi>{}</bdi></li>").format(_key(number), label) for number, label in enumerate(labels)
    )
    return Markup('<figcaption>{}<ul class="keys">{}</ul></figcaption>').format(caption, keys)


def _key(number: int) -> Markup:
    line = svg.Line(x1=0, x2=28, y1=5, y2=5, class_=["line", f"s{number}"])
    return hidden(svg.SVG(viewBox=svg.ViewBoxSpec(0, 0, 28, 10), class_=["key"], elements=[line]))


def _links(csv: str | None, switch: tuple[str, str] | None) -> Markup:
    links = [pair for pair in ((csv, "Numbers (CSV)") if csv else None, switch) if pair]
    if not links:
        return Markup("")
    shown = Markup(" ").join(Markup('<a href="{}">{}</a>').format(*pair) for pair in links)
    return Markup('<p class="chart-links">{}</p>').format(shown)
