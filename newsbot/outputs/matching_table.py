"""The keys that `[[output]]` and `[[watch]]` tables share, and errors in one line for what is wrong in a table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from newsbot.errors import UsageError
from newsbot.items import STORED_KINDS, StoredKind, parse_kinds
from newsbot.query.parser import parse
from newsbot.query.query_error import QueryError
from newsbot.query.written_values import ACCEPTED_DAYS, parse_day, parse_names
from newsbot.store.queries import Filters

T = TypeVar("T", bound="MatchingTable")

NAME = r"^[a-z0-9][a-z0-9-]{0,99}$"
_ROOT_ERRORS = {"extra_forbidden": "is no key of this table", "missing": "is missing"}


def _texts(value: Any) -> Any:
    """Return texts as the command line takes them: one with commas, or a list."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
        raise ValueError("no text and no list of texts")
    return texts


def _names(value: Any) -> Any:
    return parse_names(_texts(value))


def _kinds(value: Any) -> Any:
    return parse_kinds(_texts(value))


def _query(query: str) -> str:
    try:
        parse(query)
    except QueryError as error:
        raise ValueError(str(error)) from error
    return query


def _since(text: str | None) -> str | None:
    if text is not None:
        parse_day(text, now=datetime(2026, 1, 1, tzinfo=UTC))
    return text


def parse_list(value: Any) -> Any:
    """Return the texts of a list; one text is a list of one."""
    return tuple(_texts(value))


Names = Annotated[tuple[str, ...], BeforeValidator(_names)]
Texts = Annotated[tuple[str, ...], BeforeValidator(parse_list)]
Kinds = Annotated[
    tuple[StoredKind, ...],
    BeforeValidator(_kinds),
    Field(description=f"kinds of articles: {', '.join(STORED_KINDS)}"),
]
_NAMES = "a text with names separated by commas, or a list of them"


def _http_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0 or " " in url:
        raise ValueError("is no URL of the web")
    return url


HTTP_URL = "an http:// or https:// URL"
HttpUrl = Annotated[str, AfterValidator(_http_url), Field(description=HTTP_URL)]


class MatchingTable(BaseModel):
    """A table that says which articles it is about, as a search does."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: Annotated[str, Field(pattern=NAME, description="lower-case letters, digits and hyphens")]
    query: Annotated[str, AfterValidator(_query), Field(description="a query as in `newsbot search`")] = ""
    source: Annotated[Names, Field(description=_NAMES)] = ()
    exclude_source: Annotated[Names, Field(description=_NAMES)] = ()
    tag: Annotated[Names, Field(description=_NAMES)] = ()
    language: Annotated[Names, Field(description=_NAMES)] = ()
    country: Annotated[Names, Field(description=_NAMES)] = ()
    section: Annotated[Names, Field(description=_NAMES)] = ()
    entity: Annotated[Names, Field(description=_NAMES)] = ()
    since: Annotated[
        str | None, AfterValidator(_since), Field(description=f"published then or later: {ACCEPTED_DAYS}")
    ] = None

    @property
    def article_kinds(self) -> tuple[StoredKind, ...]:
        """Kinds of which an article has one; empty: any."""
        return ()

    def filters(self, now: datetime) -> Filters:
        """Return the filters; days like `7d` count from `now`."""
        return Filters(
            source=self.source,
            exclude_source=self.exclude_source,
            tag=self.tag,
            language=self.language,
            country=self.country,
            section=self.section,
            entity=self.entity,
            kind=self.article_kinds,
            since=None if self.since is None else parse_day(self.since, now=now),
        )


def read_table(model: type[T], what: str, table: Mapping[str, Any]) -> T:
    """Return a table of newsbot.toml, checked. `what` is its heading, as "[[watch]]".

    Raises UsageError, in one line: the table, the key, and what is accepted."""
    try:
        return model.model_validate(dict(table))
    except ValidationError as error:
        raise UsageError(_message(model, f"{what} {table.get('name', '')!r}", error)) from error


def _message(model: type[MatchingTable], where: str, error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    if not first["loc"]:
        return f"{where}: {first['msg'].removeprefix('Value error, ')}"
    key = str(first["loc"][0])
    if first["type"] in _ROOT_ERRORS:
        keys = ", ".join(model.model_fields)
        return f"{where}: the key {key!r} {_ROOT_ERRORS[first['type']]}; accepted: {keys}"
    field = model.model_fields.get(key)
    shown = "" if key in SECRET_KEYS else f" is {first['input']!r}"
    return f"{where}: {key}{shown}{_reason(first, field.description if field else None)}"


def _reason(error: ErrorDetails, accepted: str | None) -> str:
    """Return what is wrong with a value, and what is accepted."""
    reason = error["msg"].removeprefix("Value error, ")
    if accepted is None or "accepted:" in reason:
        return f": {reason}"
    return (f" ({reason})" if error["type"] == "value_error" else "") + f"; accepted: {accepted}"


SECRET_KEYS = {"secret", "notify", "webhook", "url", "headers"}
"""Keys whose values no message repeats."""
