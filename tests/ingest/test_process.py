"""The stages of `Processor`, one by one, in a row, and for several pages at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Connection, text

from newsbot.capture import Capture
from newsbot.errors import ConnectionLostError, DatabaseError, UsageError
from newsbot.ingest.envelope import Envelope
from newsbot.ingest.process import STAGES, Processor
from newsbot.items import Article, Reject
from newsbot.settings import read_settings
from newsbot.store.articles import existing
from newsbot.store.database import Database
from tests.pages import article_page

Stage = Callable[[Envelope], str | None]


@pytest.fixture
def processor() -> Processor:
    return Processor(read_settings({"NEWSBOT_ENTITY_ENGINE": "none"}))


def envelope(**fields: object) -> Envelope:
    article = Article(url="https://news.example/1", source="news")
    for name, value in fields.items():
        setattr(article, name, value)
    return Envelope(article=article)


def raises(error: Exception) -> Stage:
    def stage(envelope: Envelope) -> str | None:
        raise error

    return stage


def test_stage_that_passes_returns_the_same_envelope(processor: Processor) -> None:
    given = envelope(title="  Ferry   line reopens ")
    assert processor.attempt("clean", given) is given
    assert given.article.title == "Ferry line reopens"


def test_stage_that_rejects_makes_a_reject_with_its_name_and_reason(processor: Processor) -> None:
    reject = processor.attempt("validate", envelope(kind="list"))
    assert reject == Reject(url="https://news.example/1", source="news", reason="list", stage="validate")


def test_stage_that_raises_makes_a_reject_that_names_it(
    processor: Processor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processor, "clean", raises(ValueError("two\nlines")))
    reject = processor.attempt("clean", envelope())
    assert isinstance(reject, Reject)
    assert (reject.stage, reject.reason, reject.detail) == ("clean", "stage-failed", "ValueError: two lines")


@pytest.mark.parametrize("name", ["bogus", "newsbot.entities:nothing"])
def test_an_engine_that_is_not_there_is_no_fault_of_the_article(name: str) -> None:
    processor = Processor(read_settings({"NEWSBOT_ENTITY_ENGINE": name}))
    with pytest.raises(UsageError, match="NEWSBOT_ENTITY_ENGINE is"):
        processor.attempt("entities", envelope(body="Ada Kovac opened the harbour.", language="en"))
    with pytest.raises(UsageError, match="NEWSBOT_ENTITY_ENGINE is"):
        processor.check()


def test_failure_of_the_database_is_no_fault_of_the_article(
    processor: Processor, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = DatabaseError("disk full")
    monkeypatch.setattr(processor, "clean", raises(error))
    with pytest.raises(DatabaseError, match="disk full"):
        processor.prepare(envelope(), ("clean", "dedupe"))


def test_stages_run_in_their_order_up_to_the_first_that_rejects(
    processor: Processor, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    def recorded(name: str) -> Stage:
        def stage(envelope: Envelope) -> str | None:
            ran.append(name)
            return "too-dull" if name == "dedupe" else None

        return stage

    for name in STAGES:
        monkeypatch.setattr(processor, name, recorded(name))
    reject = processor.prepare(envelope(), STAGES)
    assert isinstance(reject, Reject)
    assert (reject.stage, reject.reason) == ("dedupe", "too-dull")
    assert ran == [*STAGES[: STAGES.index("dedupe")], "dedupe"]


def test_reject_passes_all_stages_as_it_is(processor: Processor) -> None:
    reject = Reject(url="https://news.example/1", reason="binary")
    assert processor.prepare(reject, STAGES) is reject


def test_page_passes_all_stages_without_a_database(processor: Processor) -> None:
    capture = Capture(body=article_page(1).encode(), url="https://news.example/1")
    [item] = processor.process_together([(capture, STAGES)])
    assert isinstance(item, Envelope)
    assert (item.known_id, item.stages_done) == (None, STAGES)
    assert item.precomputed is not None


def pages(count: int) -> list[tuple[Capture, tuple[str, ...]]]:
    urls = [f"https://news.example/{number}" for number in range(count)]
    return [
        (Capture(body=article_page(number, url=url).encode(), url=url), STAGES)
        for number, url in enumerate(urls)
    ]


@pytest.fixture
def with_database(database: Database) -> Processor:
    return Processor(read_settings({"NEWSBOT_ENTITY_ENGINE": "none"}), database)


def fail(connection: Connection) -> None:
    """Execute what PostgreSQL refuses; SQLite does not."""
    connection.execute(text("SELECT CAST('word' AS integer)"))
    raise ValueError


def test_a_statement_that_fails_for_one_page_fails_for_no_other(
    with_database: Processor, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean = with_database.clean

    def fails_once(envelope: Envelope) -> None:
        assert with_database.database
        with with_database._reading(with_database.database) as session:
            session.execute(text("SELECT 1"))
            if envelope.url.endswith("/1"):
                fail(session.connection())
        clean(envelope)

    monkeypatch.setattr(with_database, "clean", fails_once)
    first, second, third = with_database.process_together(pages(3))
    assert isinstance(second, Reject)
    assert (second.stage, second.reason) == ("clean", "stage-failed")
    assert isinstance(first, Envelope)
    assert isinstance(third, Envelope)


def test_a_look_up_that_fails_for_all_pages_fails_for_none(
    with_database: Processor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(existing, "look_up", lambda connection, _keys: fail(connection))
    assert all(isinstance(item, Envelope) for item in with_database.process_together(pages(3)))


def test_several_pages_are_as_each_alone(with_database: Processor) -> None:
    together = with_database.process_together(pages(4))
    alone = [item for page in pages(4) for item in with_database.process_together([page])]
    for one, other in zip(together, alone, strict=True):
        assert isinstance(one, Envelope)
        assert isinstance(other, Envelope)
        assert replace(one.article, retrieved_at=None) == replace(other.article, retrieved_at=None)
        assert (one.site_blocks, one.precomputed, one.stages_done) == (
            other.site_blocks,
            other.precomputed,
            other.stages_done,
        )


def test_a_page_is_read_anew_after_the_connection_was_lost(
    with_database: Processor, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean, cleaned = with_database.clean, list[str]()

    def is_cut_off_once(envelope: Envelope) -> None:
        envelope.article.title = f"{envelope.article.title}!"
        cleaned.append(envelope.url)
        if len(cleaned) == 2:
            raise ConnectionLostError("the server went away")
        clean(envelope)

    monkeypatch.setattr(with_database, "clean", is_cut_off_once)
    items = with_database.process_together(pages(2))
    assert [(item.article.title or "").count("!") for item in items if isinstance(item, Envelope)] == [1, 1]
    assert len(cleaned) == 4
