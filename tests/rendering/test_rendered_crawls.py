"""Real crawls of pages whose text is made by scripts."""

import sys
from pathlib import Path

from sqlalchemy import select

from newsbot.store.queries import get_article, list_rejects
from newsbot.store.schema.models import Fetch
from tests.crawling import crawl, in_reactor, reading
from tests.pages import paragraphs
from tests.rendering.scripted import catalog, scripted_page, settings
from tests.site import Answer, Asked, Site


@in_reactor
async def test_a_page_that_a_script_fills_is_stored_with_its_text(
    browser: str, tmp_path: Path, site: Site
) -> None:
    url = scripted_page(site, "/2026/05/story-1", 1)
    chosen = settings(tmp_path, catalog(tmp_path, site))
    outcome = await crawl("article", chosen, url=url)
    assert outcome.stats["newsbot/store/new"] == 1
    assert outcome.stats["newsbot/rendered"] == 1
    with reading(chosen["NEWSBOT_DATABASE_URL"]) as session:
        stored = get_article(session, url)
    assert stored is not None
    assert all(text in stored.article.body for text in paragraphs(1))
    assert "enable scripts" not in stored.article.body
    assert stored.article.source == "scripted"
