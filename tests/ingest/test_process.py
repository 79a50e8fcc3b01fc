"""The stages of `Processor`, one by one and in a row, without a database."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from newsbot.capture import Capture
from newsbot.errors import DatabaseError, UsageError
from newsbot.ingest.envelope import Envelope
from newsbot.ingest.process import STAGES, Processor
from newsbot.items import Article, Reject
from newsbot.settings import read_settings
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
    item = processor.process(capture)
    assert isinstance(item, Envelope)
    assert (item.known_id, item.stages_done) == (None, STAGES)
    assert item.precomputed is not None
