"""Who is named with whom, as a picture: names in a column, and an arc between two that occur together."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import svg
from markupsafe import Markup

from newsbot.store.queries import EntityCount, Tie
from newsbot.web.html.charts import hidden

ROW_PX = 26
"""Height of a name's row; the style sheet sets letters of 12 px."""
NAMES_WIDTH, ARCS_WIDTH = 52, 44
"""Shares of the picture in per cent that names and arcs take."""
MAX_NAME_CHARS = 26
"""Length to which names are cut: more does not fit on a phone."""
MAX_TIES = 24
"""Maximum number of arcs: those of most articles."""
MIN_STROKE_PX, MAX_STROKE_PX = 1.0, 6.0


def tie_picture(names: Sequence[EntityCount], ties: Sequence[Tie], *, root: str) -> Markup:
    """Return the picture; the names are links. The thicker an arc, the more articles name both.

    `ties` begin with the most frequent one. `root` is the path of the site."""
    shown = ties[:MAX_TIES]
    ordered = in_order(names, shown)
    rows = {entity.id: number for number, entity in enumerate(ordered)}
    by_id = {entity.id: entity for entity in ordered}
    most = max((tie.article_count for tie in shown), default=1)
    height = ROW_PX * len(ordered)
    arcs: list[svg.Element] = [_arc(tie, rows, by_id, most) for tie in reversed(shown)]
    drawing = svg.SVG(
        x=svg.Length(NAMES_WIDTH + 3, "%"),
        y=0,
        width=svg.Length(ARCS_WIDTH, "%"),
        height=height,
        viewBox=svg.ViewBoxSpec(0, 0, 100, height),
        preserveAspectRatio=svg.PreserveAspectRatio("none"),
        elements=arcs,
    )
    words = "; ".join(f"{by_id[a].name} and {by_id[b].name}: {count}" for a, b, count in shown[:12])
    return Markup('<svg class="ties" height="{}" role="group" aria-label="{}">{}{}</svg>').format(
        height,
        f"Named in the same articles. {words}",
        hidden(drawing),
        Markup("").join(_name(entity, rows[entity.id], root) for entity in ordered),
    )


def in_order(names: Sequence[EntityCount], ties: Sequence[Tie]) -> list[EntityCount]:
    """Return the names so that most arcs are short: each is followed by the one that occurs most often with it."""
    weights = {frozenset((tie.one_id, tie.other_id)): tie.article_count for tie in ties}
    left, ordered = list(names), list[EntityCount]()
    while left:
        nearest = max(
            left,
            key=lambda entity: weights.get(frozenset((entity.id, ordered[-1].id)), 0) if ordered else 0,
        )
        left.remove(nearest)
        ordered.append(nearest)
    return ordered


def _name(entity: EntityCount, row: int, root: str) -> Markup:
    text = (
        entity.name
        if len(entity.name) <= MAX_NAME_CHARS
        else f"{entity.name[: MAX_NAME_CHARS - 1].rstrip()}…"
    )
    middle = ROW_PX * (row + 0.5)
    return Markup(
        '<a href="{}/entities/{}" aria-label="{}"><title>{}</title>'
        '<text class="tie-name {}" x="{}%" y="{}">{}</text></a><circle class="tie-dot" cx="{}%" cy="{}" r="3"/>'
    ).format(
        *(root, entity.id, entity.name, entity.name),
        *(entity.type.lower(), NAMES_WIDTH, middle, text, NAMES_WIDTH + 2, middle),
    )


def _arc(tie: Tie, rows: dict[int, int], names: dict[int, EntityCount], most: int) -> svg.Path:
    first, last = sorted((rows[tie.one_id], rows[tie.other_id]))
    start, end = ROW_PX * (first + 0.5), ROW_PX * (last + 0.5)
    reach = (
        100 * 4 / 3 * (last - first) / max(len(rows) - 1, 1)
    )  # a curve reaches three quarters of its handles
    words = f"{names[tie.one_id].name} and {names[tie.other_id].name}: {tie.article_count:,}"
    return svg.Path(
        d=[svg.M(0, start), svg.C(round(reach, 1), start, round(reach, 1), end, 0, end)],
        class_=["tie"],
        stroke_width=round(
            MIN_STROKE_PX + (MAX_STROKE_PX - MIN_STROKE_PX) * sqrt(tie.article_count / most), 1
        ),
        elements=[svg.Title(text=svg.escape(words))],
    )
