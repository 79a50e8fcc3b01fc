"""Stage 400: entities are recognised in another thread; the log names the engine once."""

from __future__ import annotations

import logging
import threading

import pytest
from scrapy.utils.test import get_crawler

from newsbot.ingest.envelope import Envelope
from newsbot.ingest.process import Processor
from newsbot.items import Mention
from newsbot.pipelines.entities import FindEntities
from newsbot.session import CrawlSession
from newsbot.settings import read_settings
from newsbot.store.database import Database
from tests.crawling import in_reactor
from tests.store.samples import article


class Recorder:
    """An engine that records the threads in which it runs."""

    name = "recorder"
    version = "7"

    def __init__(self) -> None:
        self.threads: list[threading.Thread] = []

    def supports(self, language: str) -> bool:
        return True

    def recognize(self, text: str, language: str = "en") -> list[Mention]:
        self.threads.append(threading.current_thread())
        return [Mention(start=0, end=4, text=text[:4], type="PER")]


def stage(engine: Recorder, database_url: str) -> FindEntities:
    database = Database(database_url)
    processor = Processor(read_settings({"NEWSBOT_WORKERS": 0}), database)
    processor.engine = engine
    return FindEntities(CrawlSession(get_crawler(), processor, database))


@in_reactor
async def test_article_is_read_in_another_thread_and_names_its_engine(database_url: str) -> None:
    engine = Recorder()
    envelope = Envelope(article=article(body="Holm left.", entities=[]))
    found = (await stage(engine, database_url).process_item(envelope)).article
    assert threading.current_thread() not in engine.threads
    assert (found.entity_engine, [entity.name for entity in found.entities]) == ("recorder 7", ["Holm"])


@in_reactor
async def test_article_that_has_not_changed_is_not_read_again(database_url: str) -> None:
    engine = Recorder()
    await stage(engine, database_url).process_item(Envelope(article=article(entities=[]), known_id=3))
    assert engine.threads == []


@in_reactor
async def test_engine_is_logged_once(caplog: pytest.LogCaptureFixture, database_url: str) -> None:
    with caplog.at_level(logging.INFO, logger="newsbot.pipelines.entities"):
        entities = stage(Recorder(), database_url)
        entities.open_spider()
        for number in range(3):
            await entities.process_item(Envelope(article=article(number)))
    assert caplog.messages == ["Entities are found by recorder (recorder 7 for English)"]
