from __future__ import annotations

import pytest

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


STATISTICS = {
    "position before a name": "LB Marlon Tarrow 31 52% 6 tackles.\n\nMarlon Tarrow was quick. Tarrow played well.",
    "two positions": "WR QB Jonas Veldt 12 points.\n\nQB Jonas Veldt led. Jonas Veldt sat. Veldt left.",
    "surname first": "Harker was late.\n\nF Tomas Harker 3 goals. Tomas Harker scored, and Harker left.",
    "initial and generation": "C Tomas R. Harker Jr. 9.\n\nTomas R. Harker Jr. won. Tomas Harker lost. Harker sat.",
    "only marks": "– – –\n\n(…)\n\n’s ’s",
}


@pytest.mark.parametrize("engine", ["fast", "model", "rules"])
@pytest.mark.parametrize("body", STATISTICS.values(), ids=STATISTICS)
def test_tables_of_statistics_have_entities(body: str, engine: str) -> None:
    article = Article(url="https://news.example/1", title="Tomas Harker leads", body=body, language="en")
    find_entities(article, load_engine(engine))
    assert all(entity.name and entity.mentions for entity in article.entities)
