"""The stages between reading a page and storing its article: validate, clean, dedupe, entities, precompute.

Each is a method of `Processor` that takes an envelope and changes it. `Processor.attempt` runs one by its name and
turns a failure into a reject that names the stage; `Processor.prepare` runs several. Pages that come together share what is
asked of the database (`process_together`, `prepare_together`); the item pipelines of a crawl run what is not done by then.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import TypeVar

from sqlalchemy.orm import Session

from newsbot.capture import Capture
from newsbot.cleaning.article_fields import clean_article
from newsbot.embeddings.embedder import Embedder, load_embedder
from newsbot.entities.engine import Engine, engine_label, load_engine
from newsbot.entities.linking import UNKNOWN
from newsbot.entities.places import locate
from newsbot.entities.recognition import find_entities
from newsbot.errors import DatabaseError, UsageError
from newsbot.extraction.page_kinds import reject_reason
from newsbot.extraction.site_extractors import check_extractors
from newsbot.ingest.envelope import Envelope, rejected, stage_failed
from newsbot.ingest.read import read
from newsbot.ingest.stubs import find_stub, may_leave_stub
from newsbot.items import READ_KINDS, STUB, Article, Reject
from newsbot.metrics.tracing import span, start_tracing
from newsbot.onnx import EXTRA, has_runtime
from newsbot.settings import Configuration
from newsbot.sources.catalog import Catalog, open_catalog
from newsbot.store.articles import existing, site_boilerplate
from newsbot.store.articles.existing import known_unchanged, recall
from newsbot.store.articles.precomputed import Vector, precompute
from newsbot.store.articles.site_boilerplate import remove_learnt
from newsbot.store.database import Database
from newsbot.store.schema.identity import article_keys

Item = TypeVar("Item", bound=Envelope | Reject | None)
T = TypeVar("T")

logger = logging.getLogger(__name__)

STAGES = ("validate", "clean", "dedupe", "entities", "precompute")
"""Names of the stages, in their order. Every way into newsbot runs these, or one of the parts below."""
CONTENT_STAGES = STAGES[: STAGES.index("dedupe")]
"""The stages that decide what an article says. Re-extraction compares their result with what is stored."""
EXTRACT_STAGES = tuple(stage for stage in STAGES if stage not in {"validate", "dedupe", "precompute"})
"""The stages of `newsbot extract`, which shows every page, whatever its kind, and has no database."""


class Processor:
    """What one process needs to turn captures into articles that are ready to be stored.

    The catalog, the entity engine and the database are opened when they are first needed. Without a database
    (`newsbot extract`) learnt boilerplate stays and no article is known.
    """

    def __init__(self, settings: Configuration, database: Database | None = None) -> None:
        self.settings = settings
        self.database = database
        if settings.traces:
            start_tracing()
        self._local = threading.local()

    @classmethod
    def with_database(cls, settings: Configuration) -> Processor:
        """Return a processor with a database of its own."""
        return cls(settings, Database(settings.database_url))

    @cached_property
    def catalog(self) -> Catalog:
        """The sources that are configured."""
        return open_catalog(self.settings.sources)

    @cached_property
    def engine(self) -> Engine:
        """The entity engine that the settings name."""
        return load_engine(self.settings.entity_engine)

    @cached_property
    def embedder(self) -> Embedder | None:
        """What computes the vectors of articles; None if the settings do not ask for them."""
        return load_embedder() if self.settings.embeddings else None

    def check(self) -> None:
        """Load what the settings name, and the extractors that are installed.

        Raises UsageError if the catalog, the engine, the network of vectors or an extractor cannot be used. If the engine
        `auto` has to do without networks, that is logged."""
        _ = self.catalog, self.engine, self.embedder
        if self.settings.entity_engine == "auto" and not has_runtime():
            label = engine_label(self.engine, "en")
            logger.warning("Names in English texts are found by %s; the networks find more: %s", label, EXTRA)
        check_extractors()

    def read(self, capture: Capture) -> Envelope | Reject:
        """Return the article of a capture, or the reason why there is none. Never raises."""
        with span("newsbot.read", **{"url.full": capture.url or ""}):
            return read(capture, self.catalog, now=datetime.now(UTC))

    def process_together(self, pages: Sequence[tuple[Capture, Sequence[str]]]) -> list[Envelope | Reject]:
        """Return the articles of captures after the stages that are named beside each, or the reasons why there are none."""
        stages = [names for _, names in pages]

        def processed() -> list[Envelope | Reject]:  # repeated as a whole: stages change what was read
            return self._prepared([self.read(capture) for capture, _ in pages], stages)

        with span("newsbot.pages", pages=len(pages)):
            items = self._patiently(processed)
        for item, names in zip(items, stages, strict=True):
            if isinstance(item, Envelope):
                item.stages_done = tuple(names)
        return items

    def prepare(self, item: Envelope | Reject, stages: Sequence[str]) -> Envelope | Reject:
        """Run stages one after the other, up to the first that rejects the item."""
        for stage in stages:
            if isinstance(item, Reject):
                break
            item = self.attempt(stage, item)
        return item

    def prepare_together(self, items: Sequence[Envelope | Reject]) -> list[Envelope | Reject]:
        """Return items after all stages, in their order. A reject has what a feed says of its article, if that is to be stored."""
        return self._patiently(lambda: self._prepared(items, [STAGES] * len(items), self.with_stub))

    def _prepared(
        self,
        items: Sequence[Envelope | Reject],
        stages: Sequence[Sequence[str]],
        finish: Callable[[Envelope | Reject], Envelope | Reject] = lambda item: item,
    ) -> list[Envelope | Reject]:
        """Return items after the stages of each; what is asked of the database is asked for all of them at once."""
        with self.one_session():
            self._look_up(item.article for item in items if isinstance(item, Envelope))
            return [finish(self.prepare(item, names)) for item, names in zip(items, stages, strict=True)]

    def _look_up(self, articles: Iterable[Article]) -> None:
        session: Session | None = getattr(self._local, "session", None)
        if session is None:
            return
        read = [article for article in articles if article.kind in READ_KINDS]
        try:
            existing.look_up(session.connection(), map(article_keys, read))
            site_boilerplate.look_up(session.connection(), read)
        except DatabaseError:
            raise
        except Exception:
            logger.exception("%s articles are looked up one by one", len(read))
            session.rollback()

    def attempt(self, stage: str, envelope: Envelope) -> Envelope | Reject:
        """Run one stage; return a reject that names the stage if it rejects the article or fails on it.

        Raises DatabaseError and UsageError: a database that fails, or a setting that names an engine which is not
        there, says nothing about the article."""
        run: Callable[[Envelope], str | None] = getattr(self, stage)
        try:
            with span(f"newsbot.{stage}", **{"url.full": envelope.url}):
                reason = self._patiently(lambda: run(envelope))
        except (DatabaseError, UsageError):
            raise
        except Exception as error:
            logger.exception("The stage %s failed on %s", stage, envelope.url)
            session: Session | None = getattr(self._local, "session", None)
            if session is not None:
                session.rollback()  # after a statement that failed, PostgreSQL refuses those of all other pages, too
            return stage_failed(envelope, stage, error)
        return envelope if reason is None else rejected(envelope, stage, reason)

    def validate(self, envelope: Envelope) -> str | None:
        """Return why the page is not stored as an article; None if it is.

        What is known of its article from elsewhere, and the page does not say, is filled before."""
        article = envelope.article
        if self.database is not None and article.kind in READ_KINDS:
            with self._reading(self.database) as session:
                recall(session, article)
        if article.kind == STUB:  # of an import
            return None if self.settings.stubs and article.title else STUB
        return reject_reason(article)

    def clean(self, envelope: Envelope) -> None:
        """Tidy every field, and remove the boilerplate that has been learnt of the site."""
        article = envelope.article
        body = article.body
        clean_article(article)
        if article.body != body:
            article.entities = []  # the offsets of entities that an import brings are those of the text as it came
        if self.database is not None:
            with self._reading(self.database) as session:
                remove_learnt(session, article, envelope.site_blocks)

    def dedupe(self, envelope: Envelope) -> None:
        """Set `known_id` if this article is stored unchanged, with entities found by today's engine."""
        if self.database is None or self.engine.name == "none":  # the look-up could save no work
            return
        article = envelope.article
        label = engine_label(self.engine, article.language or UNKNOWN)
        with self._reading(self.database) as session:
            envelope.known_id = known_unchanged(
                session, article, keys=article_keys(article), entity_engine=label
            )

    def entities(self, envelope: Envelope) -> None:
        """Recognise people, organisations and places, unless the article is stored with them or brings them."""
        article = envelope.article
        if envelope.known_id is None and not article.entities and article.kind != STUB:
            find_entities(article, self.engine)
            _set_countries(article)

    def precompute(self, envelope: Envelope) -> None:
        """Compute what is stored beside a new or changed text, before the transaction in which others wait."""
        article = envelope.article
        if envelope.known_id is None:
            vector = None
            if self.embedder and article.kind != STUB:
                vector = Vector(self.embedder.vector(article.title, article.body), self.embedder.version)
            envelope.precomputed = precompute(article, vector)

    def with_stub(self, item: Item) -> Item:
        """Return a reject with what a feed says of its article, if that is to be stored; an article as it is."""
        if not isinstance(item, Reject) or self.database is None:
            return item
        if not self.settings.stubs or not may_leave_stub(item.reason):
            return item
        stub = self._patiently(partial(self._stub, item))
        return replace(item, stub=stub)

    def _stub(self, reject: Reject) -> Article | None:
        assert self.database
        with self._reading(self.database) as session:
            return find_stub(session, reject, now=datetime.now(UTC))

    @contextmanager
    def one_session(self) -> Iterator[None]:
        """Have the stages that this thread runs meanwhile share one read-only session. They see one state of the database.

        A session for every stage of every page took 15 % of the time of a backfill."""
        if self.database is None:
            yield
            return
        with self.database.read() as session:
            self._local.session = session
            try:
                yield
            finally:
                self._local.session = None

    def _reading(self, database: Database) -> AbstractContextManager[Session]:
        shared: Session | None = getattr(self._local, "session", None)
        return database.read() if shared is None else nullcontext(shared)

    def _patiently(self, work: Callable[[], T]) -> T:
        """Return `work()`; if the database goes away meanwhile, wait for it and do the work again.

        Not inside `one_session`, whose session has ended with the connection."""
        if self.database is None or getattr(self._local, "session", None) is not None:
            return work()
        return self.database.patience.run(work)

    def close(self) -> None:
        """Close the database."""
        if self.database is not None:
            self.database.close()


def _set_countries(article: Article) -> None:
    """Set the countries of the places that an article mentions, as the database will have them unless they are corrected."""
    named = {
        entity.name: [(mention.start, mention.end) for mention in entity.mentions]
        for entity in article.entities
        if entity.type == "LOC"
    }
    places = locate(named, article.body)
    for entity in article.entities:
        if entity.name in places and entity.type == "LOC":
            entity.country = places[entity.name].country
