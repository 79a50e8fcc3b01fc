from __future__ import annotations

from newsbot.cleaning.article_fields import clean_article
from newsbot.cleaning.removed_paragraphs import put_back, take_out
from newsbot.items import Article, Removed

TEXTS = ["a", "b", "c", "d", "e"]


def _restored(removed: list[Removed], texts: list[str], keys: set[bytes] | None = None) -> list[str]:
    return [text for _, text in put_back(removed, texts, keys)]


def test_text_is_restored_exactly_after_several_removals() -> None:
    removed = take_out([], TEXTS, {0: b"0", 4: b"4"}, is_learnt=True)
    removed = take_out(removed, ["b", "c", "d"], {2: b"3"}, is_learnt=False)
    assert [(gone.place, gone.text, gone.is_learnt) for gone in removed] == [
        (0, "a", True),
        (3, "d", False),
        (4, "e", True),
    ]
    assert _restored(removed, ["b", "c"]) == TEXTS


def test_one_block_comes_back_at_its_place() -> None:
    removed = take_out([], TEXTS, {0: b"0", 3: b"3", 4: b"4"}, is_learnt=True)
    assert put_back(removed, ["b", "c"], {b"3"}) == [(0, "b"), (1, "c"), (None, "d")]
    rest = [gone for gone in removed if gone.key != b"3"]
    assert _restored(rest, ["b", "c", "d"]) == TEXTS


def test_invitation_that_is_removed_is_recorded_once() -> None:
    article = Article(
        url="", body="The bridge is open.\n\nFollow us on Telegram.\n\nSubscribe to our newsletter."
    )
    whole = article.body.split("\n\n")
    clean_article(article)
    clean_article(article)
    assert article.body == "The bridge is open."
    assert [(gone.place, gone.is_learnt) for gone in article.removed] == [(1, False), (2, False)]
    assert _restored(article.removed, article.body.split("\n\n")) == whole
