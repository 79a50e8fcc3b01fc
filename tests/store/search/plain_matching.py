"""Matches queries with articles in memory, one by one, as the documentation says: what searches are compared with."""

from __future__ import annotations

from collections.abc import Sequence

from newsbot.items import Article
from newsbot.query.query_tree import And, Leaf, Near, Node, Not, Or
from newsbot.query.query_words import is_inflected, word_texts
from newsbot.query.stems import rules_of, stem


def matches(node: Node | None, article: Article) -> bool:
    """Return whether a query finds an article."""
    match node:
        case None:
            return True
        case And():
            return all(matches(part, article) for part in node.parts)
        case Or():
            return any(matches(part, article) for part in node.parts)
        case Not():
            return not matches(node.part, article)
        case Near():
            return any(_is_near(node, text, article) for text in _texts(node.one[0], article))
        case Leaf(field="source"):
            return article.source == node.text
        case Leaf(field="lang"):
            return article.language == node.text
        case Leaf(field="entity"):
            return node.text in {entity.name for entity in article.entities}
        case Leaf():
            return any(_places(node, text, article) for text in _texts(node, article))


def _texts(leaf: Leaf, article: Article) -> list[str]:
    title = article.title or ""
    texts = {
        "title": [title],
        "author": article.authors,
        "topic": article.topics,
        "section": [article.section or ""],
    }
    return texts[leaf.field] if leaf.field else [title, article.body]


def _places(leaf: Leaf, text: str, article: Article) -> list[tuple[int, int]]:
    """Return the numbers of the first and of the last word of all occurrences."""
    found = word_texts(text)
    length = len(leaf.words)
    return [
        (at, at + length - 1)
        for at in range(len(found) - length + 1)
        if _is_same(leaf, found[at : at + length], article)
    ]


def _is_same(leaf: Leaf, there: Sequence[str], article: Article) -> bool:
    *before, last = leaf.words
    if list(there[:-1]) != before:
        return False
    if leaf.is_prefix:
        return there[-1].startswith(last)
    if len(leaf.words) == 1 and not leaf.is_exact and leaf.field in (None, "title") and is_inflected(last):
        rules = rules_of(article.language)
        return stem(there[-1], rules) == stem(last, rules)
    return there[-1] == last


def _is_near(near: Near, text: str, article: Article) -> bool:
    ones, others = (
        [place for leaf in side for place in _places(leaf, text, article)] for side in (near.one, near.other)
    )
    return any(
        0 < other[0] - one[1] <= near.distance or 0 < one[0] - other[1] <= near.distance
        for one in ones
        for other in others
    )
