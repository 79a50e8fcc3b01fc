"""Near duplicates and URLs beside their peers, and what finding them costs as the database grows.

    pip install 'newsbot[bench]'
    python benchmarks/dedup.py groups [--corpora FOLDER]        # quality: newsbot, datasketch, simhash
    python benchmarks/dedup.py urls [--corpora FOLDER]          # newsbot, w3lib, courlan, url-normalize
    python benchmarks/dedup.py lookups [--postgres URL] [--sizes 1000,1000000]   # made-up sketches

Scores come from evaluate_dedup.py beside the corpora. The figures recorded in dedup.md were made so.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import logging
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import create_engine, insert, text

from benchmarks.corpora import corpora_folder
from newsbot.dedupe.grouping import MAX_CANDIDATES, MAX_PER_KEY, SketchCandidate, relatives
from newsbot.dedupe.sketches import BODY_KEYS, CONTENT_BYTES, LEAD_KEYS, sketch
from newsbot.store.articles.content.stored_sketches import StoredSketches
from newsbot.store.database import Database
from newsbot.store.schema.models import ArticleSketch
from newsbot.urls import canonicalize

KINDS = ("excerpt", "followup", "template", "template_real")
KEYS = BODY_KEYS + LEAD_KEYS
LOOKUPS = 1_000
COMMON_SHARE = 0.1
"""Of the made-up sketches, those that have one key in common, as pages of a site with one lead have."""

Pairs = Iterator[tuple[int, int]]

# ------------------------------------------------------------------ groups


class MemoryIndex:
    """The `NearDuplicateStore` of newsbot.dedupe.grouping, in memory."""

    def __init__(self) -> None:
        self.contents: list[bytes] = []
        self.found: dict[tuple[int, int | None], list[int]] = defaultdict(list)

    def add(self, keys: Sequence[int | None], content: bytes) -> None:
        """Store the next text; ids count from 0."""
        for place, key in enumerate(keys):
            if key is not None:
                self.found[place, key].append(len(self.contents))
        self.contents.append(content)

    def candidates(self, keys: Sequence[int | None]) -> Iterable[SketchCandidate]:
        """Return the texts that share a key."""
        shared = Counter(
            each for at in enumerate(keys) if at in self.found for each in self.found[at][-MAX_PER_KEY:]
        )
        return [SketchCandidate(each, self.contents[each]) for each, _ in shared.most_common(MAX_CANDIDATES)]


def newsbot_pairs(bodies: Sequence[str]) -> Pairs:
    """Sketches, as newsbot stores them."""
    index = MemoryIndex()
    for at, body in enumerate(bodies):
        new = sketch(body)
        yield from ((at, candidate.id) for candidate, how in relatives(new, index) if how.kind == "near")
        index.add(new.keys, new.content)


def datasketch_pairs(bodies: Sequence[str]) -> Pairs:
    """MinHash of word trigrams, verified, at the threshold that is best for it on the development corpora."""
    from datasketch import MinHash, MinHashLSH

    lsh = MinHashLSH(threshold=0.5, num_perm=128)
    minhashes: list[MinHash] = []
    for at, body in enumerate(bodies):
        words = body.lower().split()
        new = MinHash(num_perm=128)
        new.update_batch([" ".join(words[i : i + 3]).encode() for i in range(max(1, len(words) - 2))])
        yield from ((at, other) for other in lsh.query(new) if new.jaccard(minhashes[other]) >= 0.65)
        lsh.insert(at, new)
        minhashes.append(new)


def simhash_pairs(bodies: Sequence[str]) -> Pairs:
    """SimHash of words at a distance of 3 bits of 64, as published."""
    from simhash import Simhash, SimhashIndex

    logging.disable(logging.WARNING)  # it warns of every full bucket
    index = SimhashIndex([], k=3)
    for at, body in enumerate(bodies):
        new = Simhash(body.lower().split())
        yield from ((at, int(other)) for other in index.get_near_dups(new))
        index.add(str(at), new)


def components(count: int, pairs: Pairs) -> list[int]:
    """Return the number of each one's group, groups being what pairs connect."""
    parent = list(range(count))

    def root(each: int) -> int:
        while parent[each] != each:
            parent[each] = each = parent[parent[each]]
        return each

    for one, other in pairs:
        parent[root(one)] = root(other)
    return [root(each) for each in range(count)]


def compare_groups(corpora: Path) -> None:
    """Print how well each tool groups the corpora of near duplicates."""
    score = _evaluation(corpora).score
    print("| corpus | tool | precision | recall | F1 | " + " | ".join(KINDS) + " | ms an article |")
    print("|---|---|---|---|---|" + "---|" * (len(KINDS) + 1))
    for corpus, (name, tool) in itertools.product(
        ("normal", "hard"),
        {"newsbot": newsbot_pairs, "datasketch": datasketch_pairs, "simhash": simhash_pairs}.items(),
    ):
        with gzip.open(corpora / "dedup" / f"{corpus}.jsonl.gz", "rt", encoding="utf-8") as lines:
            records = [json.loads(line) for line in lines]
        clock = time.process_time()
        groups = components(len(records), tool([record["body"] for record in records]))
        took_ms = (time.process_time() - clock) / len(records) * 1000
        found = score(records, {record["id"]: group for record, group in zip(records, groups, strict=True)})
        figures = [
            found["precision"],
            found["recall"],
            found["f1"],
            *(found["lookalike"][kind] for kind in KINDS),
        ]
        print(
            f"| {corpus} | {name} | " + " | ".join(f"{each:.4f}" for each in figures) + f" | {took_ms:.2f} |",
            flush=True,
        )


# ------------------------------------------------------------------ URLs


def url_tools() -> dict[str, Callable[[str], str]]:
    """Return what canonicalises URLs, by the name of the tool."""
    from courlan import clean_url
    from url_normalize import url_normalize
    from w3lib.url import canonicalize_url

    return {
        "newsbot": canonicalize,
        "w3lib": canonicalize_url,
        "courlan": lambda url: clean_url(url) or url,
        "url-normalize": lambda url: url_normalize(url) or url,
    }


def compare_urls(corpora: Path) -> None:
    """Print how many pairs of URLs each tool tells right."""
    cases = json.loads((corpora / "url_cases.json").read_text(encoding="utf-8"))["cases"]
    cases = [case for case in cases if case.get("needs") != "html"]
    urls = [case[side] for case in cases for side in "ab"] * 50
    print("| tool | right | merged wrongly | URLs a CPU second |\n|---|---|---|---|")
    for name, tool in url_tools().items():
        found = _evaluation(corpora).score_urls(cases, tool)
        clock = time.process_time()
        for url in urls:
            tool(url)
        speed = len(urls) / (time.process_time() - clock)
        print(f"| {name} | {found['score']['all']} | {found['wrongly_merged']} | {speed:,.0f} |")


def _evaluation(corpora: Path) -> Any:
    sys.path.insert(0, str(corpora.parent / "evaluate"))
    import evaluate_dedup

    return evaluate_dedup


# ------------------------------------------------------------------ lookups


def made_up(chance: random.Random, first: int, end: int) -> Iterator[dict[str, Any]]:
    """Yield rows of sketches: random keys, a tenth of them with a lead that many have."""
    for article_id in range(first, end):
        keys = [chance.getrandbits(32) - 2**31 for _ in range(KEYS)]
        if chance.random() < COMMON_SHARE:
            keys[-1] = 7
        content = chance.randbytes(CONTENT_BYTES)
        yield {"article_id": article_id, "content": content} | {
            f"key_{at}": key for at, key in enumerate(keys)
        }


def measure_lookups(url: str, sizes: Sequence[int]) -> None:
    """Fill the table of sketches, without the articles, and look for near duplicates of new and of stored texts."""
    database = Database(url).open()
    engine = create_engine(url)
    table = ArticleSketch.metadata.tables[ArticleSketch.__tablename__]
    chance, filled = random.Random(1), 0
    for size in sizes:
        with engine.begin() as connection:
            is_sqlite = connection.dialect.name == "sqlite"
            if filled == 0 and not is_sqlite:
                connection.execute(
                    text("ALTER TABLE article_sketches DROP CONSTRAINT fk_article_sketches_article_id")
                )
            for index in table.indexes:  # made anew at the end, which is quicker
                index.drop(connection)
            rows = made_up(chance, filled + 1, size + 1)
            while batch := list(itertools.islice(rows, 5_000)):
                connection.execute(insert(ArticleSketch), batch)
            for index in table.indexes:
                index.create(connection)
            filled = size
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE" if is_sqlite else "VACUUM ANALYZE article_sketches"))
            place = "pg_total_relation_size('article_sketches')"
            count = "page_count * page_size FROM pragma_page_count, pragma_page_size"
            size_bytes = connection.scalar(text(f"SELECT {count if is_sqlite else place}"))
        with database.read() as session:
            times_ms = sorted(_lookup_times_ms(StoredSketches(session.connection()), chance, size))
        print(
            f"| {url.partition(':')[0].partition('+')[0]} | {size:,} | {size_bytes / size:.0f} | {times_ms[LOOKUPS // 2]:.2f} "
            f"| {times_ms[LOOKUPS * 99 // 100]:.2f} | {times_ms[-1]:.2f} |",
            flush=True,
        )
    engine.dispose()
    database.close()


def _lookup_times_ms(index: StoredSketches, chance: random.Random, size: int) -> Iterator[float]:
    stored = list(made_up(random.Random(1), 1, min(size, LOOKUPS // 2) + 1))
    fresh = list(made_up(chance, 1, LOOKUPS + 1 - len(stored)))
    for row in [*fresh[:20], *stored, *fresh]:
        keys = tuple(row[f"key_{at}"] for at in range(KEYS))
        start = time.perf_counter()
        found = index.candidates(keys)
        took_ms = (time.perf_counter() - start) * 1000
        assert len(list(found)) <= MAX_CANDIDATES
        yield took_ms


def compare_lookups(postgres: str | None, sizes: Sequence[int]) -> None:
    """Print what a look-up costs as the table grows, on SQLite and, in a scratch schema, on PostgreSQL."""
    print("| database | stored | bytes an article | p50 ms | p99 ms | worst ms |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        measure_lookups(f"sqlite:///{folder}/newsbot.db", sizes)
    if postgres is None:
        return
    schema = f"newsbot_bench_{uuid4().hex}"
    admin = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
        try:
            measure_lookups(f"{postgres}?options=-csearch_path%3D{schema}", sizes)
        finally:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    admin.dispose()


def main() -> None:
    """Run one of the comparisons."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["groups", "urls", "lookups"])
    parser.add_argument(
        "--corpora", type=Path, help="their folder; default: the one that NEWSBOT_CORPORA names"
    )
    parser.add_argument(
        "--postgres", help="postgresql+psycopg:// URL of a database to make a scratch schema in"
    )
    parser.add_argument("--sizes", default="1000,10000,100000,1000000")
    given = parser.parse_args()
    if given.what == "lookups":
        compare_lookups(given.postgres, [int(size) for size in given.sizes.split(",")])
    else:
        {"groups": compare_groups, "urls": compare_urls}[given.what](corpora_folder(given.corpora))


if __name__ == "__main__":
    main()
