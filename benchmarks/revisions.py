"""How changes of articles are judged, what a judgement and a stored change cost: `python -m benchmarks.revisions [--write]`.

Real updates of real articles (`dedup` of the corpora), and what is made of real texts of many languages here: other
typography, counters, dates, teasers; teasers of paywalls; other articles at the same address.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.corpora import corpora_folder
from newsbot.dedupe.changes import judge
from newsbot.dedupe.revisions import restore, splices
from newsbot.items import Article

RECORD = Path(__file__).with_suffix(".json")
Change = Callable[[Article], Article]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="record the figures beside this file")
    arguments = parser.parse_args()
    chance = random.Random(7)
    articles = many_languages()
    figures = {
        "real updates (dedup, both files)": judged(updates()),
        **{
            f"{name}, {len(articles)} articles of many languages": judged(
                (each, change(each)) for each in articles
            )
            for name, change in CHANGES.items()
        },
        "another article of the language": judged(others(articles, chance)),
        "cost": costs(articles, chance),
    }
    print(json.dumps(figures, indent=2, ensure_ascii=False))
    if arguments.write:
        RECORD.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", "utf-8")


def updates() -> Iterator[tuple[Article, Article]]:
    """Yield the first text of every story, and each update of it."""
    for name in ("normal", "hard"):
        stories: dict[str, dict[str, list[Article]]] = defaultdict(lambda: defaultdict(list))
        with gzip.open(corpora_folder() / "dedup" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for record in map(json.loads, lines):
                said = Article(url="https://news.example/1", title=record["title"], body=record["body"])
                stories[record["group"]][record["kind"]].append(said)
        for kinds in stories.values():
            yield from ((first, update) for first in kinds["original"] for update in kinds["update"])


def many_languages() -> list[Article]:
    records = json.loads((corpora_folder() / "fundus_tests.json").read_text("utf-8")).values()
    return [
        Article(
            url="https://news.example/1",
            title=record["meta"].get("title") or "",
            body=record["articleBody"],
            language=record["meta"].get("language"),
            is_free=True,
        )
        for record in records
        if len(record["articleBody"]) > 300
    ]


def typography(article: Article) -> Article:
    pairs = {'"': "“", "'": "’", " - ": " – ", "...": "…", " ": "\u00a0", "\n\n": "\n \n"}
    body = article.body
    for plain, set_ in pairs.items():
        body = body.replace(plain, set_, len(body) // 3)
    return replace(article, body=body)


def counters(article: Article) -> Article:
    return replace(article, body=f"4 min read\n\n{article.body}\n\n1,234 views\n\n12 comments")


def dated(article: Article) -> Article:
    return replace(article, body=f"Updated 23 November 2026, 14:05\n\n{article.body}")


def teased(article: Article) -> Article:
    head, _, rest = article.body.partition("\n\n")
    return replace(article, body=f"{head}\n\nRead more: The ten best ferries\n\n{rest}")


def walled(article: Article) -> Article:
    return replace(article, body=f"{article.body[: len(article.body) // 3]} …", is_free=False)


def one_word(article: Article) -> Article:
    middle = len(article.body) // 2
    start, end = next(each.span() for each in re.finditer(r"\w+", article.body) if each.start() >= middle)
    return replace(article, body=f"{article.body[:start]}Kuxo{article.body[min(end, start + 12) :]}")


def grown(article: Article) -> Article:
    new = "The council met again in the evening. It will vote on the plan next week, the speaker said."
    return replace(article, body=f"{new}\n\n{article.body}")


def lead_rewritten(article: Article) -> Article:
    rest = article.body[len(article.body) // 3 :]
    return replace(
        grown(article), title="Council meets on the plan", body=f"{grown(article).body[:90]}\n\n{rest}"
    )


CHANGES: dict[str, Change] = {
    "same: typography and white space": typography,
    "same: counters come": counters,
    "same: a date line comes": dated,
    "same: a teaser comes": teased,
    "teaser: a third is left": walled,
    "changed: one word": one_word,
    "changed: it grew": grown,
    "changed: title and first third are new": lead_rewritten,
}


def others(articles: list[Article], chance: random.Random) -> Iterator[tuple[Article, Article]]:
    for one in articles:
        same = [each for each in articles if each.language == one.language and each is not one]
        yield from ((one, each) for each in chance.sample(same, min(5, len(same))))


def judged(pairs: Any) -> dict[str, int]:
    return dict(Counter(judge(old, new).verdict for old, new in pairs).most_common())


def costs(articles: list[Article], chance: random.Random) -> dict[str, Any]:
    """Return milliseconds and bytes at the median, and the worst."""
    times, sizes = defaultdict(list), []
    for article in articles:
        for name, change in (
            ("same", typography),
            ("changed", one_word),
            ("other", lambda _: chance.choice(articles)),
        ):
            new = change(article)
            begun = time.perf_counter()
            judge(article, new)
            times[name].append(1000 * (time.perf_counter() - begun))
        record = splices(article.body, one_word(article).body)
        assert restore(one_word(article).body, record) == article.body
        sizes.append(len(json.dumps(record)))
    return {
        "median characters of a text": sorted(len(each.body) for each in articles)[len(articles) // 2],
        "ms to judge (median, max)": {
            name: [round(sorted(each)[len(each) // 2], 2), round(max(each), 2)]
            for name, each in times.items()
        },
        "bytes kept of one changed word (median, max)": [sorted(sizes)[len(sizes) // 2], max(sizes)],
    }


if __name__ == "__main__":
    main()
