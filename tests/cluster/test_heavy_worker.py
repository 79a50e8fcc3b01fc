"""`newsbot worker heavy`: stored articles are brought up to today's engine and rules."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from newsbot.cluster.heavy_jobs import ARTICLES, Work, heavy_jobs
from newsbot.cluster.placer import HeavyPlacer
from newsbot.configuration.table import Configuration
from newsbot.store.database import Database
from newsbot.store.placing.queue_database import QueueDatabase
from newsbot.store.placing.stale_articles import without_entities
from newsbot.store.schema.models import ArticleRow, ChangeRow
from tests.cluster.workers import rows, running, until
from tests.crawling import reading
from tests.store.samples import article, save_all


def fill(url: str, count: int) -> None:
    database = Database(url).open()
    save_all(database, [article(number) for number in range(count)])
    with database.write() as session:
        session.execute(update(ArticleRow).values(entity_engine="old 0"))
    database.close()


def test_entities_of_an_older_engine_are_found_anew(
    articles_url: str, queue_url: str, tmp_path: Path
) -> None:
    fill(articles_url, 3)
    place: dict[str, Any] = {"database": articles_url, "queue": queue_url, "folder": tmp_path}
    with running("worker", "heavy", "--processes", "1", NEWSBOT_ENTITY_ENGINE="fast", **place):
        until(
            lambda: rows(
                articles_url, "SELECT 1 FROM articles WHERE entity_engine LIKE 'fast%' HAVING count(*) = 3"
            )
        )
        until(lambda: not rows(queue_url, "SELECT * FROM procrastinate_jobs WHERE queue_name = 'heavy'"))
    with reading(articles_url) as session:
        corrected = select(ChangeRow.fields).where(ChangeRow.change == "corrected")
        assert list(session.scalars(corrected)) == [["entities"]] * 3
    assert rows(queue_url, "SELECT kind FROM newsbot_passes WHERE ended_at IS NULL") == []


def test_a_pass_places_every_stale_article_once_and_begins_anew_after_its_time(
    articles_url: str, queue: QueueDatabase
) -> None:
    fill(articles_url, 5)
    database = Database(articles_url)
    placer = HeavyPlacer(queue, database, Configuration(database_url=articles_url))
    work = Work("entities", "new 1", without_entities(["new 1"]), timedelta(hours=1))
    [job] = placer.next_jobs(work, free=4)
    assert (job.arguments["first"], job.arguments["last"]) == (1, 5)
    assert placer.next_jobs(work, free=4) == [], "the pass is over"
    assert placer.next_jobs(Work("entities", "new 2", work.condition, work.every), free=4) == [job]
    assert placer.next_jobs(Work("entities", "new 2", work.condition, timedelta()), free=4) == [job]
    assert placer.next_jobs(Work("entities", "new 3", work.condition, work.every), free=0) == []
    database.close()


def test_a_job_has_500_articles_at_most() -> None:
    jobs = heavy_jobs("entities", range(10, 10 + 2 * ARTICLES + 1))
    assert [(job.arguments["first"], job.arguments["last"]) for job in jobs] == [
        (10, 509),
        (510, 1009),
        (1010, 1010),
    ]
    assert len({job.lock for job in jobs}) == 3
