"""Stage 400: entities are found beside the reactor, by an engine that the log names once."""

from __future__ import annotations

import logging
import threading

import pytest

from newsbot.items import Mention
from newsbot.pipelines.entities import FindEntities
from tests.crawling import in_reactor
from tests.store.samples import article


class Recorder:
    """An engine that remembers which thread asked it."""

    name = "recorder"
    version = "7"

    def __init__(self) -> None:
        self.threads: list[threading.Thread] = []

    def supports(self, language: str) -> bool:
        return True

    def recognize(self, text: str, language: str = "en") -> list[Mention]:
        self.threads.append(threading.current_thread())
        return [Mention(start=0, end=4, text=text[:4], type="PER")]


@in_reactor
async def test_article_is_read_in_another_thread_and_keeps_by_what() -> None:
    engine = Recorder()
    found = await FindEntities(engine).process_item(article(body="Holm left.", entities=[]))
    assert threading.current_thread() not in engine.threads
    assert (found.entity_engine, [entity.name for entity in found.entities]) == ("recorder 7", ["Holm"])


@in_reactor
async def test_article_that_has_not_changed_is_not_read_again() -> None:
    engine = Recorder()
    await FindEntities(engine).process_item(article(known_id=3))
    assert engine.threads == []


@in_reactor
async def test_engine_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        stage = FindEntities(Recorder())
        stage.open_spider()
        for number in range(3):
            await stage.process_item(article(number))
    assert caplog.messages == ["Entities are found by recorder (recorder 7 for English)"]
