"""A stage that fails is counted, and its item leaves a reject; the others go on."""

from pathlib import Path

from newsbot.items import Article
from newsbot.settings import ITEM_PIPELINES
from newsbot.store.queries import list_rejects
from tests.crawling import crawl, in_reactor, reading
from tests.pages import article_page


class FailsOnce:
    """A stage that cannot do with one of the articles."""

    def process_item(self, article: Article) -> Article:
        if article.url.endswith("/2"):
            raise ZeroDivisionError("two is too many")
        return article


@in_reactor
async def test_a_stage_that_fails_is_counted_and_leaves_a_reject(database_url: str, tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"{number}.html").write_text(article_page(number, url=f"https://news.example/{number}"))
    settings = {
        "NEWSBOT_DATABASE_URL": database_url,
        "NEWSBOT_ENTITY_ENGINE": "none",
        "ITEM_PIPELINES": ITEM_PIPELINES | {f"{__name__}.FailsOnce": 350},
    }
    outcome = await crawl("saved", settings, path=str(tmp_path))
    assert outcome.stats["newsbot/store/new"] == 3
    [counted] = [name for name in outcome.stats if name.startswith("newsbot/rejected/")]
    assert counted.endswith("/stage-failed")
    with reading(database_url) as session:
        [reject] = list_rejects(session)
    assert (reject.url, reject.reason) == ("https://news.example/2", "stage-failed")
    assert "two is too many" in reject.detail
