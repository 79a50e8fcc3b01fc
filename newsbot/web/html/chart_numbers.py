"""The numbers of a chart as CSV: one row for every period, one column for every series."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from starlette.responses import Response

from newsbot.jobs.export_formats import cell
from newsbot.web.html.axes import By
from newsbot.web.html.charts import Series, values_by_period


def numbers_csv(series: Sequence[Series], by: By = "day", *, is_share: bool = False) -> Response:
    """Return the values of a chart, not joined to longer periods. Days are ISO days, those of periods their first ones.

    Shares are between 0 and 1."""
    starts, rows = values_by_period(series, by)
    lines = ([start.isoformat(), *map(_number, values)] for start, values in zip(starts, rows, strict=True))
    return table_csv([by, *(one.label + " (share)" * is_share for one in series)], lines)


def table_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Return rows as CSV (RFC 4180). No cell is read as a formula by a spreadsheet program."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(map(cell, columns))
    writer.writerows([["" if value is None else cell(value) for value in row] for row in rows])
    return Response(text.getvalue().encode(errors="replace"), media_type="text/csv; charset=utf-8")


def _number(value: float) -> float:
    return int(value) if value == round(value) else round(value, 6)
