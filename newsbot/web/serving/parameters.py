"""Query parameters that pages, API and feeds have in common."""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import Query
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, WithJsonSchema

from newsbot.items import STORED_KINDS, StoredKind, parse_kinds
from newsbot.query.written_values import DAY, parse_day, parse_names, written_name
from newsbot.store.queries import Filters, Position

MAX_QUERY_CHARS = 500
MAX_NAME_CHARS = 250
MAX_LIMIT = 100
MAX_NAMES = 200
"""Maximum number of values of one filter."""


_CURSOR = r"^(?:[0-489a-c][0-9a-f]{15}\.[0-2]?[0-9]{1,17}\.[0-9]{1,18})?$"
"""A position: the bits of a finite score, microseconds since the year 1, an id. Every text of this form is one."""
_DAY = rf"^(?:{DAY})?$"
_FLAG = r"^(?:[01]|[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$"
_YEAR_1 = datetime.min.replace(tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def encode(position: Position) -> str:
    """Return a position as the opaque `cursor` text that addresses contain."""
    bits = struct.pack(">d", position.score).hex()
    return f"{bits}.{(position.dated_at - _YEAR_1) // _MICROSECOND}.{position.id}"


def decode(text: str) -> Position:
    """Return the position that `encode` has written."""
    bits, microseconds, row_id = text.split(".")
    [score] = struct.unpack(">d", bytes.fromhex(bits))
    return Position(score, _YEAR_1 + int(microseconds) * _MICROSECOND, int(row_id))


def _none_if_empty(value: Any) -> Any:
    """Return None for an empty form field."""
    return None if value == "" else value


def _day(value: Any) -> Any:
    """Return None for an empty form field, and what is a day or a moment as it is written. Raises ValueError for other texts."""
    if isinstance(value, str) and value:
        parse_day(value, now=datetime.now(UTC))
    return _none_if_empty(value)


def _names(value: Any) -> Any:
    """Return the names that texts list, separated by commas. Raises ValueError for a quote that is not closed."""
    texts = [value] if isinstance(value, str) else value
    are_texts = isinstance(texts, list) and all(isinstance(text, str) for text in texts)
    return parse_names(texts) if are_texts else value  # a tuple comes from the program, and has names


def _flag(value: Any) -> Any:
    """Return whether a text says yes. Raises ValueError for what is neither yes nor no."""
    if not isinstance(value, str):
        return value  # from the program
    if not re.search(_FLAG, value) or value.endswith("\n"):
        raise ValueError("Input should be 1, 0, true or false")
    return value.lower() in {"1", "true"}


def _known(value: str) -> str:
    if not re.search(_CURSOR, value, re.ASCII) or value.endswith("\n"):
        raise ValueError("is none that this site has given")
    return value


def _kinds(value: Any) -> Any:
    """Return the kinds that texts name, separated by commas. Raises ValueError that says which are accepted."""
    texts = [value] if isinstance(value, str) else value
    are_texts = isinstance(texts, Sequence) and all(isinstance(text, str) for text in texts)
    return parse_kinds(texts) if are_texts else value


_Empty = BeforeValidator(_none_if_empty)
_Short = Annotated[str, Field(max_length=MAX_NAME_CHARS)]
Text = Annotated[_Short | None, _Empty]
Day = Annotated[
    Annotated[str, Field(max_length=40)] | None,
    BeforeValidator(_day),
    WithJsonSchema({"anyOf": [{"type": "string", "maxLength": 40, "pattern": _DAY}, {"type": "null"}]}),
]
Flag = Annotated[
    bool,
    BeforeValidator(_flag),
    WithJsonSchema({"type": "string", "pattern": _FLAG, "default": "false"}),
]
"""Yes or no: 1, 0, true or false."""
Names = Annotated[
    tuple[_Short, ...],
    BeforeValidator(_names),
    Field(max_length=MAX_NAMES),
    WithJsonSchema({"type": "array", "items": {"type": "string"}, "default": []}),
]
_KIND = rf"\s*(?:{'|'.join(STORED_KINDS)})?\s*"
Kinds = Annotated[
    tuple[StoredKind, ...],
    BeforeValidator(_kinds),
    WithJsonSchema(
        {"type": "array", "items": {"type": "string", "pattern": f"^{_KIND}(?:,{_KIND})*$"}, "default": []}
    ),
]
Cursor = Annotated[
    Annotated[str, AfterValidator(_known), WithJsonSchema({"type": "string", "pattern": _CURSOR})] | None,
    _Empty,
    Field(description="Where the part before ended: taken from its `next`."),
]


SEVERAL = " Several: repeated, or separated by commas."
"""What the descriptions of parameters of several values end with."""


class SourceParameters(BaseModel):
    """Conditions on the sources and languages of articles."""

    source: Annotated[Names, Field(description="Keys of sources." + SEVERAL)] = ()
    exclude_source: Annotated[Names, Field(description="Keys of sources to leave out." + SEVERAL)] = ()
    tag: Annotated[Names, Field(description="Tags of sources." + SEVERAL)] = ()
    language: Annotated[Names, Field(description="ISO 639 codes of languages." + SEVERAL)] = ()
    country: Annotated[Names, Field(description="Countries of sources, ISO 3166-1 codes." + SEVERAL)] = ()

    def filters(self) -> Filters:
        """Return the filters for the store."""
        return Filters(
            source=self.source,
            exclude_source=self.exclude_source,
            tag=self.tag,
            language=self.language,
            country=self.country,
        )


class FilterParameters(SourceParameters):
    """Filters of articles."""

    section: Annotated[Names, Field(description="Sections of the site, as it names them." + SEVERAL)] = ()
    entity: Annotated[
        Names, Field(description="Names of people, organisations or places, in any form." + SEVERAL)
    ] = ()
    kind: Annotated[
        Kinds,
        Field(
            description=f"Kinds of articles ({', '.join(STORED_KINDS)}): repeated, or separated by commas."
        ),
    ] = ()
    since: Annotated[Day, Field(description="First day of publication, where the article was published.")] = (
        None
    )
    until: Annotated[Day, Field(description="Last day of publication, where the article was published.")] = (
        None
    )

    def filters(self, sort: Literal["relevance", "date"] = "date") -> Filters:
        """Return the filters for the store; days are those where the articles were published."""
        return replace(
            super().filters(),
            section=self.section,
            entity=self.entity,
            kind=self.kind,
            since=day_of(self.since),
            until=day_of(self.until),
            sort=sort,
        )

    def address(self, path: str, **changes: Any) -> str:
        """Return `path` with these parameters, except for `changes`; the cursor is left out, so a list starts anew."""
        asked = self.model_dump(mode="json", exclude_defaults=True, exclude={"cursor"}) | changes
        texts = {name: _written(value) for name, value in asked.items() if value not in (None, "", (), [])}
        query = urlencode(texts)
        return f"{path}?{query}" if query else path


class ListParameters(FilterParameters):
    """One page of a list of articles, newest first."""

    limit: Annotated[
        int, Field(ge=1, le=MAX_LIMIT, description=f"At most this number, up to {MAX_LIMIT}.")
    ] = 20
    cursor: Cursor = None

    @property
    def after(self) -> Position | None:
        """Position after which the page begins."""
        return None if self.cursor is None else decode(self.cursor)


class SearchParameters(ListParameters):
    """One page of the articles that a search finds."""

    q: Annotated[str, Field(max_length=MAX_QUERY_CHARS, description='Words, "phrases" and -exclusions.')] = ""
    sort: Annotated[Literal["relevance", "date"], Field(description="Best first, or newest first.")] = (
        "relevance"
    )

    def filters(self, sort: Literal["relevance", "date"] | None = None) -> Filters:
        """Return the filters for the store; see `FilterParameters.filters`."""
        return super().filters(sort or self.sort)


def _written(value: Any) -> Any:
    """Return a value of a parameter as text; several names are separated by commas."""
    return ",".join(map(written_name, value)) if isinstance(value, list | tuple) else value


def day_of(text: str | None) -> date | None:
    """Return the day or moment of a `Day`; None if there is none."""
    return None if text is None else parse_day(text, now=datetime.now(UTC))


SearchQuery = Annotated[SearchParameters, Query()]
