from __future__ import annotations

from newsbot.entities.engine import load_engine
from newsbot.entities.recognition import MAX_TEXT_CHARS, find_entities
from newsbot.items import Article

SENTENCE = "On Monday the mayor of Leeds met Angela Merkel in Brussels. "


def test_only_the_beginning_of_an_overlong_text_is_read() -> None:
    filler = "It rained, and nothing else was said. " * (MAX_TEXT_CHARS // 30)
    article = Article(
        url="https://news.example/1",
        title="Rain",
        body=f"{SENTENCE}{filler}Tony Blair was there.",
        language="en",
    )
    find_entities(article, load_engine("fast"))
    names = {entity.name for entity in article.entities}
    assert "Angela Merkel" in names
    assert "Tony Blair" not in names
