"""Finds the sources, languages and entities that a query names; what does not exist is an error with names like it."""

from __future__ import annotations

from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsbot.entities.naming.folding import fold
from newsbot.items import ENTITY_TYPES
from newsbot.languages.codes import LANGUAGES
from newsbot.query.query_error import QueryError, near_names
from newsbot.query.stems import LANGUAGE_NAMES
from newsbot.store.schema.models import EntityRow, Source
from newsbot.store.schema.types import stored_name
from newsbot.store.search.filters import find_entities, languages_of

Place = tuple[str, int]
"""The query, and the number of a character in it, from 1."""

MAX_LISTED = 2_000
"""Maximum number of names that are compared with one that does not exist."""


def source_of_name(session: Session, name: str, place: Place) -> str:
    """Return the key of the source that a query names. Raises QueryError if there is none."""
    keys = {stored_name(name), stored_name(name.casefold())}
    found = session.scalar(select(Source.key).where(Source.key.in_(keys)).limit(1))
    if found is not None:
        return found
    known = session.execute(select(Source.key, Source.name).order_by(Source.key).limit(MAX_LISTED)).all()
    by_name = {name: key for key, name in known if name}
    close = near_names(name, [key for key, _ in known])
    same = {key for written, key in by_name.items() if written.casefold() == name.casefold()}
    raise _unknown("source", name, place, ", ".join(sorted(same)) or close)


def language_of(session: Session, name: str, place: Place) -> str:
    """Return the code of the language that a query names. Raises QueryError if it is no code."""
    code = name.casefold()
    if code in LANGUAGES:
        return code
    known = languages_of(session)
    if name in known:
        return name
    raise _unknown("language", name, place, LANGUAGE_NAMES.get(code) or ", ".join(known) or "en, de, ...")


def entity_ids_of(session: Session, name: str, place: Place) -> list[int]:
    """Return the ids of the entities that a query names. Raises QueryError if there is none."""
    found = find_entities(session, name)
    if found:
        return found
    raise _unknown("entity", name, place, near_names(name, _similar_entities(session, name)))


def _similar_entities(session: Session, name: str) -> list[str]:
    """Return the names of entities that begin like a name."""
    folded = fold(name)
    names: list[str] = []
    for kind in ENTITY_TYPES:
        start = f"{kind}:{folded[:2]}"
        query = select(EntityRow.name).where(EntityRow.key >= start, EntityRow.key < start + "\U0010ffff")
        names += session.scalars(query.order_by(EntityRow.key).limit(MAX_LISTED)).all()
    return list(islice(names, 3 * MAX_LISTED))


def _unknown(kind: str, name: str, place: Place, known: str) -> QueryError:
    query, position = place
    accepted = f"accepted, for example: {known}" if known else f"no {kind} is stored yet"
    return QueryError(f"there is no {kind} {name[:60]!r}", query=query, position=position, accepted=accepted)
