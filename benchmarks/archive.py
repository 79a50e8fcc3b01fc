"""How fast an archive is taken in, side by side with warcio and trafilatura over the same file, in one run.

    python benchmarks/archive.py                    5,000 made-up responses, as mixed as those of CC-NEWS
    python benchmarks/archive.py --pages FOLDER     with saved pages (.html.gz, below the folder) in place of made-up ones

`newsbot backfill` with one and with two workers, entities off, into an empty SQLite file, against warcio's iteration
and `trafilatura.bare_extraction` with metadata over the same pages, which stores nothing, looks for no duplicates and
cannot be killed. They take turns. CPU seconds are those of all processes together, for the same file; they hold on a
busy machine better than what the clock says. Memory is that of all processes at one time, looked at every 0.1 s. The
peer's "articles" are pages with 250 characters of text: lists of headlines are among them.

The peer runs in `--peer-python`, which needs trafilatura and warcio (the extras `bench` and `test`).
"""

from __future__ import annotations

import argparse
import gzip
import html
import json
import os
import platform
import random
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks.processes import adopt, reap

PROJECT = Path(__file__).parents[1]
SHARES = {"article": 62, "list": 9, "redirect": 6, "missing": 8, "image": 5, "json": 4, "junk": 6}
"""Of a hundred responses."""
LANGUAGES = {"en": 50, "de": 14, "es": 12, "fr": 6, "nl": 4, "it": 4, "no": 3, "ru": 4, "ar": 3}
PEER = """
import sys, collections, json
from warcio.archiveiterator import ArchiveIterator
from trafilatura import bare_extraction
counts = collections.Counter()
with open(sys.argv[1], "rb") as file:
    for record in ArchiveIterator(file):
        headers = record.http_headers
        if record.rec_type != "response" or headers is None or headers.get_statuscode() != "200":
            continue
        if "html" not in (headers.get_header("Content-Type") or ""):
            continue
        url = record.rec_headers.get_header("WARC-Target-URI")
        counts["pages"] += 1
        try:
            found = bare_extraction(record.content_stream().read(), url=url, with_metadata=True)
        except Exception:
            found = None
        counts["articles"] += bool(found and found.text and len(found.text) > 250)
print(json.dumps(counts))
"""


# ------------------------------------------------------------------ the archive


@cache
def spoken(language: str) -> list[str]:
    """Return words of the fixtures in a language, as often as they come."""
    words = []
    for path in sorted(PROJECT.glob("fixtures/*/expected.json")):
        expected = json.loads(path.read_bytes())
        if expected.get("language") == language:
            words += re.findall(r"\w+", expected.get("body") or "")
    return words


def sentence(rng: random.Random, language: str, length: int) -> str:
    words = rng.choices(spoken(language), k=length)
    if rng.random() < 0.3:
        words.insert(rng.randrange(length), str(rng.randint(2, 9_999)))
    return " ".join([words[0].capitalize(), *words[1:]]) + "."


def paragraphs(rng: random.Random, language: str) -> list[str]:
    return [
        " ".join(sentence(rng, language, rng.randint(6, 26)) for _ in range(rng.randint(2, 4)))
        for _ in range(rng.randint(6, 22))
    ]


def links(rng: random.Random, language: str, count: int, name: str) -> str:
    items = (
        f'<li class="{name}__item"><a class="{name}__link" href="/{name}/{rng.randrange(10**6)}" data-track="{name}">'
        f"{sentence(rng, language, rng.randint(2, 9))}</a></li>"
        for _ in range(count)
    )
    return f'<ul class="{name}">{"".join(items)}</ul>'


def frame(rng: random.Random, language: str, head: str, main: str) -> str:
    """Return a page with what surrounds the text on news sites: menus, teasers, scripts, styles."""
    script = ";".join(
        f"w['{rng.randrange(10**9):x}']={{a:{rng.random()},b:'{rng.randrange(10**9):x}'}}" for _ in range(250)
    )
    style = "".join(
        f".c{rng.randrange(10**4)}{{margin:{rng.randrange(40)}px;color:#{rng.randrange(4096):03x}}}"
        for _ in range(150)
    )
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">{head}<style>{style}</style>'
        f"<script>{script}</script></head><body><header><nav>{links(rng, language, 40, 'menu')}</nav></header>{main}"
        f'<aside class="related"><h2>{sentence(rng, language, 2)}</h2>{links(rng, language, 25, "teaser")}</aside>'
        f"<footer>{links(rng, language, 25, 'footer')}<p>&copy; 2024 Example</p></footer><script>{script}</script></body></html>"
    )


def article(rng: random.Random, url: str) -> str:
    language = rng.choices(list(LANGUAGES), list(LANGUAGES.values()))[0]
    title = sentence(rng, language, rng.randint(5, 12)).rstrip(".")
    texts = paragraphs(rng, language)
    day = f"2024-0{rng.randint(1, 9)}-{rng.randint(10, 28)}T08:{rng.randint(10, 59)}:00Z"
    author = " ".join(word.capitalize() for word in rng.choices(spoken("en"), k=2))
    about = {
        "@type": "NewsArticle",
        "headline": title,
        "datePublished": day,
        "author": [{"@type": "Person", "name": author}],
    }
    declared = f'<script type="application/ld+json">{json.dumps({"@context": "https://schema.org", **about})}</script>'
    meta = f'<meta property="article:published_time" content="{day}"><meta name="author" content="{author}">'
    head = (
        f'<title>{title} | Example</title><link rel="canonical" href="{url}"><meta property="og:type" content="article">'
        f'<meta property="og:title" content="{title}"><meta name="description" content="{texts[0][:150]}">'
        + rng.choice([declared, meta, declared + meta])
    )
    body = "".join(f"<p>{html.escape(text)}</p>" for text in texts)
    main = rng.choice(
        [
            f"<main><article><h1>{title}</h1><p class='byline'>{author}</p>{body}</article></main>",
            f"<div class='page'><div class='col-8'><h1 class='t'>{title}</h1><div class='story-body' itemprop='articleBody'>{body}</div>"
            f"<div class='share'>{links(rng, language, 5, 'share')}</div></div></div>",
            f"<div id='content'><h2>{title}</h2><div class='text'>{body.replace('<p>', '<div class=para><p>').replace('</p>', '</p></div>')}</div></div>",
        ]
    )
    return frame(rng, language, head, main)


def list_page(rng: random.Random) -> str:
    teasers = "".join(
        f"<section><h2>{sentence(rng, 'en', 6)}</h2>{links(rng, 'en', 8, 'story')}</section>"
        for _ in range(8)
    )
    return frame(rng, "en", "<title>News | Example</title>", f"<main>{teasers}</main>")


def varied(rng: random.Random, page: bytes) -> bytes:
    """Return a saved page with the words of its texts in another order: no near duplicate of itself."""

    def shuffled(match: re.Match[bytes]) -> bytes:
        words = match[1].split()
        rng.shuffle(words)
        return b">" + b" ".join(words) + b"<"

    parts = re.split(rb"(?is)(<(?:script|style)\b.*?</(?:script|style)>)", page)
    parts[::2] = [re.sub(rb">([^<>]{40,})<", shuffled, part) for part in parts[::2]]
    return b"".join(parts)


def responses(count: int, folder: Path | None) -> Iterator[tuple[str, str, list[str], bytes]]:
    """Yield URL, status, headers and body."""
    rng = random.Random(8)
    saved = sorted(folder.rglob("*.html.gz")) if folder else []
    used = 0
    for number, kind in enumerate(rng.choices(list(SHARES), list(SHARES.values()), k=count)):
        url = f"https://www.site{rng.randrange(60)}.example/{kind}/{number}"
        headers, status, body = ["Content-Type: text/html; charset=utf-8"], "200 OK", b""
        if kind == "article" and saved:
            body = gzip.decompress(saved[used % len(saved)].read_bytes())
            body = varied(rng, body) if used >= len(saved) else body
            headers = ["Content-Type: text/html"]
            used += 1
        elif kind == "article":
            body = article(rng, url).encode()
        elif kind == "list":
            body = list_page(rng).encode()
        elif kind == "redirect":
            status, headers = "301 Moved Permanently", [*headers, f"Location: {url}/"]
        elif kind == "missing":
            status, body = "404 Not Found", b"<h1>Not found</h1>"
        elif kind == "image":
            headers, body = ["Content-Type: image/jpeg"], rng.randbytes(40_000)
        elif kind == "json":
            headers, body = (
                ["Content-Type: application/json"],
                json.dumps({"items": list(range(2_000))}).encode(),
            )
        else:
            body = rng.choice(
                [b"", b"<html></html>", rng.randbytes(3_000), b"<p>" + b"x" * 200, b"\xff\xfe<\0p\0"]
            )
        yield url, status, *sent(rng, headers, body)


def sent(rng: random.Random, headers: list[str], body: bytes) -> tuple[list[str], bytes]:
    """Return headers and body in the codings that servers choose."""
    if body and rng.random() < 0.3:
        headers, body = [*headers, "Content-Encoding: gzip"], gzip.compress(body, 6, mtime=0)
    if body and rng.random() < 0.2:
        chunks = [body[at : at + 8_000] for at in range(0, len(body), 8_000)]
        body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in [*chunks, b""])
        headers = [*headers, "Transfer-Encoding: chunked"]
    return [*headers, f"Content-Length: {len(body)}"], body


def records(count: int, folder: Path | None) -> Iterator[bytes]:
    """Yield the records of an archive, compressed one by one."""
    for number, (url, status, headers, body) in enumerate(responses(count, folder)):
        block = "\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode() + body
        lines = [
            "WARC/1.0",
            "WARC-Type: response",
            f"WARC-Target-URI: {url}",
            f"WARC-Date: 2024-05-01T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z",
            f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012}>",
            "Content-Type: application/http; msgtype=response",
            f"Content-Length: {len(block)}",
            "",
            "",
        ]
        yield gzip.compress("\r\n".join(lines).encode() + block + b"\r\n\r\n", 6, mtime=0)


def generate(path: Path, count: int, folder: Path | None) -> None:
    with path.open("wb") as file:
        file.writelines(records(count, folder))


# ------------------------------------------------------------------ the measurement


@dataclass
class Measured:
    """What a contestant took."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    articles: int


def measure(command: list[str], environment: dict[str, str]) -> Measured:
    """Run a command that prints its counts as JSON."""
    adopt()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    process = subprocess.Popen(
        command, cwd=PROJECT, env=os.environ | environment, stdout=subprocess.PIPE, text=True
    )
    peak = 0.0
    while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        peak = max(peak, memory_mb(process.pid))
        time.sleep(0.1)
    assert process.stdout
    counts = json.loads(process.stdout.read())
    assert process.wait() == 0, command
    wall_s = time.monotonic() - started
    reap()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    found = counts.get("articles") or sum(
        counts.get(name, 0) for name in ("new", "duplicate", "unchanged", "changed")
    )
    return Measured(wall_s, cpu_s, peak, found)


def memory_mb(pid: int) -> float:
    """Return the memory of a process and all below it; what they share counts once."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0
    proportional = re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)
    return int(proportional[1] if proportional else 0) / 1024 + sum(
        memory_mb(int(child)) for child in children
    )


def backfill(path: Path | str, workers: int, database: Path) -> Measured:
    for old in database.parent.glob(f"{database.name}*"):
        old.unlink()
    command = [sys.executable, "-m", "newsbot", "backfill", str(path), "--workers", str(workers), "--json"]
    return measure(
        command, {"NEWSBOT_DATABASE_URL": f"sqlite:///{database}", "NEWSBOT_ENTITY_ENGINE": "none"}
    )


def middle(runs: list[Measured]) -> Measured:
    return Measured(
        *(statistics.median(getattr(run, name) for run in runs) for name in Measured.__annotations__)
    )


def compare(path: Path, folder: Path, peer_python: str, rounds: int) -> dict[str, Measured]:
    runs: dict[str, list[Measured]] = {}
    for _ in range(rounds):
        runs.setdefault("newsbot, 1 worker", []).append(backfill(path, 1, folder / "bench.db"))
        runs.setdefault("newsbot, 2 workers", []).append(backfill(path, 2, folder / "bench.db"))
        runs.setdefault("warcio and trafilatura", []).append(
            measure([peer_python, "-c", PEER, str(path)], {})
        )
    return {name: middle(each) for name, each in runs.items()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--responses", type=int, default=5000)
    parser.add_argument("--pages", type=Path, metavar="FOLDER")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer-python", default=sys.executable, metavar="FILE")
    parser.add_argument(
        "--keep", type=Path, metavar="FILE", help="write the archive there, and measure nothing"
    )
    arguments = parser.parse_args()
    if arguments.keep:
        generate(arguments.keep, arguments.responses, arguments.pages)
        return
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "CC-NEWS-made-up.warc.gz"
        generate(path, arguments.responses, arguments.pages)
        print(
            f"{arguments.responses} responses, {path.stat().st_size / 1e6:.0f} MB, {platform.machine()}, {os.cpu_count()} cores\n"
        )
        found = compare(path, Path(name), arguments.peer_python, arguments.rounds)
    one, two, peer = found.values()
    print(
        "| | articles | s | CPU s | articles/s | CPU ms a response | peak MB |\n|---|---|---|---|---|---|---|"
    )
    for name, each in found.items():
        costs = f"{each.articles / each.wall_s:.0f} | {each.cpu_s / arguments.responses * 1000:.1f}"
        print(
            f"| {name} | {each.articles:.0f} | {each.wall_s:.1f} | {each.cpu_s:.1f} | {costs} | {each.peak_mb:.0f} |"
        )
    print(f"\nThe peer's CPU time for the file to that of one worker: {peer.cpu_s / one.cpu_s:.2f}")
    print(f"Two workers to one, by the clock: {one.wall_s / two.wall_s:.2f}")


if __name__ == "__main__":
    main()
