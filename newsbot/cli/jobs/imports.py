"""`newsbot import`: articles that were extracted elsewhere."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO

import click
from sqlalchemy.orm import Session

from newsbot import __version__
from newsbot.cleaning.article_fields import clean_article
from newsbot.cli.options import database_option, json_option
from newsbot.cli.output import print_json, progress
from newsbot.entities.engine import Engine, engine_label, load_engine
from newsbot.entities.recognition import UNKNOWN, find_entities
from newsbot.extraction.page_kinds import reject_reason
from newsbot.ingest.importers import Imported, read_record
from newsbot.ingest.record import record_article, record_reject
from newsbot.items import Article, Reject
from newsbot.settings import configuration
from newsbot.store.articles.imports import fill_unexported, kept_id, restore
from newsbot.store.articles.site_boilerplate import remove_learnt
from newsbot.store.articles.writer import Saved, known_unchanged
from newsbot.store.crawl.run_rows import finish_run, start_run
from newsbot.store.database import Database
from newsbot.store.schema.identity import article_keys

OUTCOMES = ("new", "changed", "unchanged", "duplicate", "conflict", "rejected", "unreadable")
MAX_ARRAY_BYTES = 256 * 1024 * 1024
"""Of a file that is one JSON array, which must be read whole."""


@click.command("import")
@click.argument("file", type=click.File("rb"))
@json_option
@database_option
def import_(file: BinaryIO, as_json: bool, database: str | None) -> int:
    """Store articles that were extracted elsewhere.

    FILE holds one JSON object a line (or one JSON array): articles as `newsbot export` writes them, news-please or
    Fundus. `-` is standard input. Lines that cannot be read are counted, and passed over.
    """
    settings = configuration()
    opened = Database(database or settings.database_url).open()
    try:
        counts = _Import(opened, load_engine(settings.entity_engine)).run(
            progress(read_json(file), "Importing")
        )
    finally:
        opened.close()
    if as_json:
        print_json(dict(counts))
    else:
        click.echo(", ".join(f"{counts[name]} {name}" for name in counts))
    return 1 if counts["unreadable"] and counts.total() == counts["unreadable"] else 0


def read_json(file: BinaryIO) -> Iterator[object]:
    """Yield the objects of a file: one a line, or the members of one array; None for a line that is no JSON."""
    for line in file:
        text = line.strip()
        if text.startswith(b"["):
            whole = _loads(text + file.read(MAX_ARRAY_BYTES))
            yield from whole if isinstance(whole, list) else [None]
        elif text:
            yield _loads(text)


def _loads(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


class _Import:
    """One run over a file: the stages of the pipelines, article by article."""

    def __init__(self, database: Database, engine: Engine) -> None:
        self.database = database
        self.engine = engine
        self.counts: Counter[str] = Counter(dict.fromkeys(OUTCOMES, 0))

    def run(self, records: Iterable[object]) -> Counter[str]:
        """Store the articles of all records, and return what came of them."""
        begun = datetime.now(UTC)
        with self.database.write() as session:
            run_id = start_run(session, spider="import", arguments={}, version=__version__, now=begun)
        reason = "stopped"
        try:
            for record in records:
                imported = read_record(record)
                self.counts["unreadable" if imported is None else self._store(imported, run_id)] += 1
            reason = "finished"
        finally:
            with self.database.write() as session:
                now = datetime.now(UTC)
                finish_run(session, run_id, finish_reason=reason, counts=dict(self.counts), now=now)
        return self.counts

    def _store(self, imported: Imported, run_id: int) -> str:
        """Store one article or reject; return the name of what came of it."""
        article, known = imported.article, imported.known
        now = known.first_seen_at if known else article.retrieved_at or datetime.now(UTC)
        if reason := reject_reason(article):
            reject = Reject(url=article.url, source=article.source, reason=reason, stage="validate")
            return self.database.transact(
                lambda session: record_reject(session, reject, run_id=run_id, now=now)
            )
        self._prepare(article, is_export=known is not None)

        def store(session: Session) -> Saved:
            new_id = kept_id(session, known.id) if known and known.id else None
            saved = record_article(session, article, run_id=run_id, now=now, new_id=new_id)
            if known is not None and saved.outcome != "conflict":
                restore(session, saved.article_id, known)
            return saved

        return self.database.transact(store).outcome

    def _prepare(self, article: Article, *, is_export: bool) -> None:
        """Clean an article and find its entities, unless it brings them or is stored with them already."""
        body = article.body
        clean_article(article)
        if article.body != body:
            article.entities = []  # their places were those of the text as it came
        label = engine_label(self.engine, article.language or UNKNOWN)
        with self.database.read() as session:
            if is_export:
                fill_unexported(session, article)
            remove_learnt(session, article)
            stored = known_unchanged(session, article, keys=article_keys(article), entity_engine=label)
        if stored is None and not article.entities:
            find_entities(article, self.engine)
