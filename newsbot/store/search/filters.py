"""Filters of article lists: shared by search, lists, exports and the web."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, literal_column, or_, select
from sqlalchemy.orm import Session

from newsbot.entities.keys import keys_of
from newsbot.errors import UsageError
from newsbot.items import STUB, StoredKind
from newsbot.languages.codes import LANGUAGES
from newsbot.query.written_values import unknown_value
from newsbot.store.schema.identity import name_key
from newsbot.store.schema.models import ArticleEntity, ArticleRow, EntityAlias, EntityRow
from newsbot.store.schema.models import Source as SourceRow
from newsbot.store.schema.types import stored_name
from newsbot.store.sql.local_days import first_moment, is_since, is_until, last_moment

Sort = Literal["relevance", "date", "id"]


class FilterError(UsageError):
    """A filter with a value that the database does not know."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Conditions on articles, their order and their maximum number. None or empty: no condition.

    An article meets a condition of several values if it meets one of them; it must meet all conditions."""

    source: tuple[str, ...] = ()
    """Keys of sources."""
    exclude_source: tuple[str, ...] = ()
    """Keys of sources to leave out."""
    tag: tuple[str, ...] = ()
    """Tags of sources, as the catalog gives them."""
    language: tuple[str, ...] = ()
    """Languages of the articles: ISO 639 codes."""
    country: tuple[str, ...] = ()
    """Countries of the sources, as the catalog gives them: ISO 3166-1 alpha-2 in any case."""
    section: tuple[str, ...] = ()
    """Sections as the site names them."""
    entity: tuple[str, ...] = ()
    """Names or aliases of entities that the article mentions."""
    kind: tuple[StoredKind, ...] = ()
    """Kinds of which the article has one."""
    since: date | None = None
    """First day of publication, where the article was published (in UTC if that is not known); a datetime is a moment."""
    until: date | None = None
    """Last day, or last moment; both bounds are inclusive. An article without a date counts by when it was first seen."""
    limit: int | None = None
    sort: Sort = "relevance"
    """`relevance`: best first in a search, otherwise the same as `id`, oldest row first; `date`: newest first."""

    @property
    def earliest(self) -> datetime | None:
        """The moment before which no article meets `since`; None if there is no such condition."""
        if self.since is None or isinstance(self.since, datetime):
            return self.since
        return first_moment(self.since)

    @property
    def latest(self) -> datetime | None:
        """The moment after which no article meets `until`; None if there is no such condition."""
        if self.until is None or isinstance(self.until, datetime):
            return self.until
        return last_moment(self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """Filters, with what they name looked up in the database."""

    filters: Filters
    sources: tuple[str, ...] | None
    """Keys of the sources of which an article has one; None: no condition."""
    excluded: tuple[str, ...]
    """Keys of sources to leave out, if `sources` is None."""
    entity_ids: tuple[int, ...] | None
    """Ids of the entities of which an article mentions one; None: no condition."""


def narrow(session: Session, filters: Filters) -> Narrowed:
    """Look up what filters name. Raises FilterError for a source, tag, country or language that is not known."""
    known = _check_sources(session, filters)
    _check_languages(session, filters.language)
    groups = [set(filters.source)] if filters.source else []
    groups += [_sources_with(session, filters)] if filters.tag or filters.country else []
    chosen = set.intersection(*groups) - set(filters.exclude_source) if groups else None
    names = [key for name in filters.entity for key in find_entities(session, name)]
    return Narrowed(
        filters=filters,
        sources=None if chosen is None else tuple(sorted(chosen)),
        excluded=tuple(sorted(known & set(filters.exclude_source))) if chosen is None else (),
        entity_ids=tuple(dict.fromkeys(names)) if filters.entity else None,
    )


def _check_sources(session: Session, filters: Filters) -> set[str]:
    """Return the keys that filters name. Raises FilterError if there is no such source."""
    named = {*filters.source, *filters.exclude_source}
    known = set(session.scalars(select(SourceRow.key).where(SourceRow.key.in_(named)))) if named else set()
    for field in ("source", "exclude_source"):
        for key in getattr(filters, field):
            if key not in known:
                keys = session.scalars(select(SourceRow.key).order_by(SourceRow.key)).all()
                raise FilterError(field, unknown_value("source", key, keys, more="newsbot stats"))
    return known


def _check_languages(session: Session, languages: Iterable[str]) -> None:
    for language in languages:
        is_used = select(ArticleRow.id).where(ArticleRow.language == language).limit(1)
        if language not in LANGUAGES and session.scalar(is_used) is None:
            used = languages_of(session)
            raise FilterError("language", unknown_value("language", language, used))


def languages_of(session: Session) -> list[str]:
    """Return the languages of the articles, in alphabetical order: one look-up in the index for each."""
    found: list[str] = []
    query = select(ArticleRow.language).order_by(ArticleRow.language).limit(1)
    after = query.where(ArticleRow.language.is_not(None))
    while (language := session.scalar(after)) is not None:
        found.append(language)
        after = query.where(ArticleRow.language > language)
    return found


def _sources_with(session: Session, filters: Filters) -> set[str]:
    """Return the keys of the sources that have one of the tags, and are in one of the countries."""
    rows = session.execute(select(SourceRow.key, SourceRow.country, SourceRow.tags)).all()
    tags = {tag for row in rows for tag in row.tags}
    countries = {row.country for row in rows if row.country}
    wanted = {code.upper() for code in filters.country}
    for field, given, accepted in (("tag", filters.tag, tags), ("country", wanted, countries)):
        for value in given:
            if value not in accepted:
                what = {"tag": "source with the tag", "country": "source of the country"}[field]
                raise FilterError(field, unknown_value(what, value, sorted(accepted)))
    return {
        row.key
        for row in rows
        if (not filters.tag or set(row.tags) & set(filters.tag)) and (not wanted or row.country in wanted)
    }


def conditions(session: Session, filters: Filters) -> list[ColumnElement[bool]]:
    """Return the SQL conditions on `articles` for these filters. Raises FilterError."""
    return [*conditions_on(ArticleRow, narrow(session, filters)), *day_conditions(filters)]


def day_conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """Return the SQL conditions on `articles` by which days are exact: `conditions_on` lets hours around them pass."""
    wanted = []
    if filters.since is not None and not isinstance(filters.since, datetime):
        wanted.append(is_since(ArticleRow, filters.since))
    if filters.until is not None and not isinstance(filters.until, datetime):
        wanted.append(is_until(ArticleRow, filters.until))
    return wanted


def conditions_on(
    articles: Any, narrowed: Narrowed, *, with_entities: bool = True
) -> list[ColumnElement[bool]]:
    """Return the SQL conditions on a selectable that has the columns of `articles`, without `day_conditions`."""
    filters = narrowed.filters
    wanted: list[ColumnElement[bool]] = []
    if narrowed.sources is not None:
        wanted.append(_one_of(articles.source, narrowed.sources))
    if narrowed.excluded:
        wanted.append(or_(articles.source.is_(None), articles.source.not_in(narrowed.excluded)))
    if filters.language:
        wanted.append(_one_of(articles.language, filters.language))
    if filters.section:
        wanted.append(_one_of(articles.section, filters.section))
    if filters.earliest is not None:
        wanted.append(articles.dated_at >= filters.earliest)
    if filters.latest is not None:
        wanted.append(articles.dated_at <= filters.latest)
    if filters.kind == (STUB,):
        wanted.append(
            articles.kind == literal_column(f"'{STUB}'")
        )  # written out, as in the index of the stubs
    elif filters.kind:
        wanted.append(articles.kind.in_(filters.kind))
    if narrowed.entity_ids is not None and with_entities:
        mentioning = select(ArticleEntity.article_id).where(ArticleEntity.entity_id.in_(narrowed.entity_ids))
        wanted.append(articles.id.in_(mentioning))
    return wanted


def _one_of(column: Any, values: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that a column has one of some values; for a single one, in the form that keeps the order of an index."""
    condition: ColumnElement[bool] = column == values[0] if len(values) == 1 else column.in_(values)
    return condition


def find_entities(session: Session, name: str) -> list[int]:
    """Return the ids of the entities with this name or alias."""
    keys = [stored_name(key) for key in keys_of(name)]
    by_key = select(EntityRow.id).where(EntityRow.key.in_(keys))
    by_alias = select(EntityAlias.entity_id).where(EntityAlias.key == name_key(name))
    return list(session.scalars(by_key.union(by_alias)))
