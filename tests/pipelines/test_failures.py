"""A stage that fails on an item: the reject and the stats name the stage, and other items are stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from newsbot.ingest.envelope import Envelope
from newsbot.store.queries import list_rejects
from tests.crawling import crawl, in_reactor, reading
from tests.pages import article_page


class FailsOnce:
    """A stage that fails on one of the articles."""

    def process_item(self, envelope: Envelope) -> Envelope:
        if envelope.url.endswith("/2"):
            raise ZeroDivisionError("two is too many")
        return envelope


class Named(FailsOnce):
    stage = "translate"


@pytest.mark.parametrize(
    ("settings", "stage", "detail"),
    [
        ({"ITEM_PIPELINES": {f"{__name__}.FailsOnce": 350}}, "FailsOnce", "two is too many"),
        ({"ITEM_PIPELINES": {f"{__name__}.Named": 350}}, "translate", "two is too many"),
        ({"ITEM_PIPELINES": {f"{__name__}.FailsOnce": 150}}, "FailsOnce", "two is too many"),
    ],
    ids=["custom stage", "custom stage with a name", "before cleaning"],
)
@in_reactor
async def test_a_stage_that_fails_is_named(
    database_url: str, tmp_path: Path, settings: dict[str, Any], stage: str, detail: str
) -> None:
    for number in range(4):
        (tmp_path / f"{number}.html").write_text(article_page(number, url=f"https://news.example/{number}"))
    outcome = await crawl(
        "saved",
        {
            "NEWSBOT_DATABASE_URL": database_url,
            "NEWSBOT_ENTITY_ENGINE": "none",
            **settings,
        },
        path=str(tmp_path),
    )
    assert outcome.stats["newsbot/store/new"] == 3
    counted = {name: count for name, count in outcome.stats.items() if name.startswith("newsbot/rejected/")}
    assert counted == {f"newsbot/rejected/{stage}/stage-failed": 1}
    with reading(database_url) as session:
        [reject] = list_rejects(session)
    assert (reject.url, reject.reason, reject.stage) == ("https://news.example/2", "stage-failed", stage)
    assert detail in reject.detail
