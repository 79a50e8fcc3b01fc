"""What a database answers: something to go through, or to take as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from newsbot.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

T = TypeVar("T")


class Results(Generic[T]):
    """What was found, to go through as often as you like; every time the database is asked again if it is not all here."""

    def __init__(
        self, found: Iterable[T], as_dict: Callable[[T], dict[str, Any]], columns: Sequence[str]
    ) -> None:
        self._found = found
        self._as_dict = as_dict
        self.columns = tuple(columns)
        """Names of the columns of a table of the results."""

    def __iter__(self) -> Iterator[T]:
        return iter(self._found)

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return one dictionary for each result, as the commands print it with `--json`."""
        return [self._as_dict(result) for result in self]

    def to_pandas(self) -> pd.DataFrame:
        """Return a table with a row for each result. Times are of type datetime, in UTC.

        Raises UsageError if pandas is not installed."""
        frame: pd.DataFrame = _library("pandas").DataFrame(self._rows(), columns=self.columns)
        return frame

    def to_polars(self) -> pl.DataFrame:
        """Return a table with a row for each result. Times are of type datetime, in UTC.

        Raises UsageError if polars is not installed."""
        polars, rows = _library("polars"), self._rows()
        frame: pl.DataFrame = polars.DataFrame(
            rows or None, None if rows else self.columns, infer_schema_length=None
        )
        return frame

    def _rows(self) -> list[dict[str, Any]]:
        return [_with_times(row) for row in self.to_dicts()]


class Listed(Results[T]):
    """Results that are all in memory."""

    def __init__(
        self,
        found: Sequence[T],
        as_dict: Callable[[T], dict[str, Any]],
        columns: Sequence[str],
        total: int,
    ) -> None:
        super().__init__(found, as_dict, columns)
        self._list = found
        self.total = total
        """Number of all articles that the search finds, also those beyond its `limit`."""

    def __len__(self) -> int:
        return len(self._list)

    def __getitem__(self, place: int) -> T:
        return self._list[place]

    def __repr__(self) -> str:
        return f"<{len(self):,} of {self.total:,} articles>"


class Counts(Results[T]):
    """Numbers of articles, by query."""

    def __init__(
        self,
        rows: Sequence[T],
        as_dict: Callable[[T], dict[str, Any]],
        columns: Sequence[str],
        totals: Mapping[str, int],
    ) -> None:
        super().__init__(rows, as_dict, columns)
        self.totals = totals
        """Query -> number of all articles that it finds."""

    def __repr__(self) -> str:
        return f"<counts {dict(self.totals)}>"


def _with_times(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row whose times (`at`, `published_at`, ...) are datetimes."""
    return {
        name: datetime.fromisoformat(value)
        if f"_{name}".endswith("_at") and isinstance(value, str)
        else value
        for name, value in row.items()
    }


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise UsageError(f"to_{name}() needs the package {error.name}: pip install {error.name}") from error
