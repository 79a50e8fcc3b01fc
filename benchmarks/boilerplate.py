"""Measure boilerplate learned per site: its effect on the bodies of publishers with several pages, and its price.

    python benchmarks/boilerplate.py

Needs the corpora (`NEWSBOT_CORPORA` names their folder) with the folder `evaluate` beside them. The pages of a
publisher are learnt from one after the other, then all are cleaned. Few publishers have pages enough to learn from, so
it is also measured with two articles instead of five, which is more eager than what is shipped. The made-up publishers
of the near duplicates have hundreds: what is learnt there is printed, to be read. boilerplate.md has the figures.
"""

from __future__ import annotations

import gzip
import importlib
import json
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.corpora import corpora_folder
from newsbot.cleaning import boilerplate
from newsbot.cleaning.article_fields import clean_article
from newsbot.cleaning.boilerplate import Tally, block_keys, kept_places, series_marks
from newsbot.extraction import extract
from newsbot.ingest.envelope import Envelope
from newsbot.ingest.record import record_article
from newsbot.items import Article
from newsbot.languages.wording.page_talk import is_page_talk
from newsbot.store.articles.site_boilerplate import PARTING
from newsbot.store.database import Database
from newsbot.text import letters

NAMES = ("aeb", "fundus_eval", "fundus_tests")
STORED = 1_000
LINES = Path(__file__).parents[1] / "tests" / "languages" / "data"
"""Invented last lines of articles, in many languages: sentences of reporting, and lines about the page."""


def read_truths() -> dict[str, dict[str, Any]]:
    """Return page id -> truth, with the cleaned `article` that is extracted from its page."""
    truths: dict[str, dict[str, Any]] = {}
    for name in NAMES:
        truths |= json.loads((corpora_folder() / f"{name}.json").read_text(encoding="utf-8"))
    for truth in truths.values():
        html = gzip.decompress((corpora_folder() / truth["file"]).read_bytes()).decode("utf-8", "replace")
        truth["article"] = extract(html, truth["url"])
        clean_article(truth["article"])
    return truths


def publishers(truths: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    """Return host -> ids of its pages, of those with two or more."""
    found = defaultdict(list)
    for page_id, truth in truths.items():
        found[(urlsplit(truth["url"]).hostname or "").removeprefix("www.")].append(page_id)
    return {host: ids for host, ids in found.items() if len(ids) > 1}


def learnt(articles: Iterable[Article]) -> set[bytes]:
    """Return the keys of what one site's articles teach."""
    tallies: dict[bytes, Tally] = {}
    number = 0
    for number, article in enumerate(articles, 1):
        for key in block_keys(article.body.split(PARTING)).values():
            tallies[key] = tallies.get(key, Tally()).counted(number, series_marks(article))
    return {key for key, tally in tallies.items() if tally.is_boilerplate(number)}


def removed(body: str, keys: set[bytes]) -> tuple[str, list[str]]:
    """Return a body without the blocks, and the paragraphs that went."""
    texts = body.split(PARTING)
    kept = kept_places(texts, keys)
    return PARTING.join(texts[place] for place in kept), [
        text for place, text in enumerate(texts) if place not in kept
    ]


def measure_bodies(truths: dict[str, dict[str, Any]], evaluate: Any) -> None:
    """Print scores before and after, every paragraph that went, and whether it is in the truth."""
    ids = [page_id for pages in publishers(truths).values() for page_id in pages]
    subset = {page_id: truths[page_id] for page_id in ids}
    after, wrong, gone_count = {}, 0, 0
    for host, pages in publishers(truths).items():
        keys = learnt(truths[page_id]["article"] for page_id in pages)
        for page_id in pages:
            body, gone = removed(truths[page_id]["article"].body, keys)
            after[page_id] = {"articleBody": body}
            for text in gone:
                is_wrong = _is_in_truth(truths[page_id], text)
                wrong, gone_count = wrong + is_wrong, gone_count + 1
                print(f"  {'WRONG' if is_wrong else 'right'}  {host}: {text}")
    before = {page_id: {"articleBody": truths[page_id]["article"].body} for page_id in ids}
    for name, predicted in (("before", before), ("after", after)):
        scores = evaluate(subset, predicted)
        print(
            f"  {name:7} {len(ids)} pages:"
            + "".join(f"  {key} {scores[key]:.4f}" for key in ("precision", "recall", "f1"))
        )
    print(f"  {gone_count} paragraphs went, {wrong} of them are in the truth")


def _is_in_truth(truth: dict[str, Any], text: str) -> bool:
    forms = [truth["articleBody"], *truth.get("alternatives", [])]
    return any(letters(text) in letters(form) for form in forms)


def measure_truth(truths: dict[str, dict[str, Any]]) -> None:
    """Print what would be removed from texts that hold no boilerplate: all of it is a mistake."""
    for host, pages in publishers(truths).items():
        bodies = {page_id: PARTING.join(truths[page_id]["articleBody"].split("\n\n")) for page_id in pages}
        articles = []
        for page_id, body in bodies.items():
            found = truths[page_id]["article"]
            articles.append(
                Article(
                    url=found.url, title=found.title, authors=found.authors, section=found.section, body=body
                )
            )
        keys = learnt(articles)
        for body in bodies.values():
            for text in removed(body, keys)[1]:
                print(f"  from the truth of {host}: {text}")


def measure_lines() -> None:
    """Print how many lines of reporting, and of the page, are learnt if a site of 60 articles has one in many or in all."""
    rules: dict[str, Callable[[str], bool]] = {"every short line": lambda _: True, "as shipped": is_page_talk}
    for name in ("reporting_lines", "page_lines"):
        rows = (LINES / f"{name}.tsv").read_text(encoding="utf-8").splitlines()[1:]
        lines = [row.partition("\t")[2] for row in rows]
        for share in (0.4, 1.0):
            for label, judged in rules.items():
                vars(boilerplate)["is_page_talk"] = judged
                gone = [_gone_from_site(line, share) for line in lines]
                print(
                    f"  {name} in {share:.0%} of the articles, {label}: {sum(map(bool, gone))} of {len(lines)} learnt, "
                    f"removed from {sum(gone)} articles"
                )


def _gone_from_site(line: str, share: float) -> int:
    """Return the number of the 60 articles of a made-up site from which a line is removed as they are stored."""
    chance, tallies, gone = random.Random(line), dict[bytes, Tally](), 0
    for number in range(1, 61):
        words = [f"{word:x}" for word in chance.choices(range(50_000), k=60)]
        texts = [" ".join(words[:50]), *([line] if chance.random() < share else [])]
        article = Article(url="", title=" ".join(words[50:]), authors=[words[0]])
        learnt_keys = {key for key, tally in tallies.items() if tally.is_boilerplate(number - 1)}
        gone += len(kept_places(texts, learnt_keys)) < len(texts)
        for key in block_keys(texts).values():
            tallies[key] = tallies.get(key, Tally()).counted(number, series_marks(article))
    return gone


def measure_publishers() -> None:
    """Print what is learnt from the publishers in the corpora of near duplicates, and in how many places it stood."""
    found: Counter[str] = Counter()
    for name in ("normal", "hard"):
        sites = defaultdict(list)
        with gzip.open(corpora_folder() / "dedup" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for record in map(json.loads, lines):
                article = Article(url=record["url"], title=record["title"], body=record["body"])
                clean_article(article)
                sites[urlsplit(article.url).hostname].append(article)
        for articles in sites.values():
            keys = learnt(articles)
            found.update(text for article in articles for text in removed(article.body, keys)[1])
    for text, count in found.most_common():
        print(f"  {count}: {text}")


def measure_price() -> None:
    """Print how long storing an article takes, with blocks that recur and some that do not."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    line = "Like this story? Share it with a friend!"
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/newsbot.db").open()
        for name, source in (("without a source, nothing learnt", None), ("learnt", "news.example")):
            chance = random.Random(str(source))
            start = time.perf_counter()
            for number in range(STORED):
                own = [
                    " ".join(f"{word:x}" for word in chance.choices(range(50_000), k=40)) for _ in range(6)
                ]
                article = Article(
                    url=f"https://{source}.example/{number}",
                    source=source,
                    title=f"{number}",
                    body=PARTING.join([*own, line]),
                )
                with database.write() as session:
                    record_article(session, Envelope(article=article), run_id=None, now=moment)
            print(f"  {name}: {1000 * (time.perf_counter() - start) / STORED:.2f} ms an article")
        database.close()


def main() -> None:
    """Run and print."""
    sys.path.insert(0, str(corpora_folder().parent / "evaluate"))
    evaluate = importlib.import_module("evaluate_bodies").evaluate
    truths = read_truths()
    for count in (boilerplate.MIN_ARTICLES, 2):
        boilerplate.MIN_ARTICLES = count
        print(f"learnt from {count} articles")
        measure_bodies(truths, evaluate)
        measure_truth(truths)
    boilerplate.MIN_ARTICLES = 5
    print("lines")
    measure_lines()
    print("learnt from the publishers of near duplicates")
    measure_publishers()
    print("price")
    measure_price()


if __name__ == "__main__":
    main()
