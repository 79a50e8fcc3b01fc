"""A web site for `benchmarks/cluster.py`: every address 127.x.y.z of one port is a host with a feed and articles.

    python benchmarks/cluster_site.py PORT LOG [PAGES [LATENCY_MS]]

Every answer to a feed lists PAGES articles; `/rss.xml` lists new ones each time it is asked for, `/fixed.xml` always the
same. A line of LOG has the moment, the host and the path of a request.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path
from typing import TextIO

WORDS = [
    "council",
    "river",
    "market",
    "bridge",
    "harvest",
    "school",
    "winter",
    "station",
    "budget",
    "library",
    "engine",
    "garden",
    "signal",
    "harbour",
]


def article(number: int) -> str:
    """Return a page with an article that resembles no other one."""
    sentences = [
        " ".join(WORDS[(number * (k + 3) + k * k + place * (k + 7)) % len(WORDS)] for place in range(12))
        for k in range(20)
    ]
    paragraphs = "".join(
        f"<p>Report {number} says that {text}, as of day {number % 365}.</p>" for text in sentences
    )
    return (
        f"<html lang=en><head><title>Report {number} of the {WORDS[number % 14]}</title>"
        f'<meta property="article:published_time" content="2026-11-{number % 28 + 1:02}T10:00:00Z"></head>'
        f"<body><article><h1>Report {number} of the {WORDS[number % 14]}</h1>{paragraphs}</article></body></html>"
    )


class Site:
    """Answers requests, and logs them."""

    def __init__(self, log: TextIO, pages: int, latency_s: float) -> None:
        self.log = log
        self.pages = pages
        self.latency_s = latency_s
        self.polls: Counter[str] = Counter()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        with closing(writer), suppress(asyncio.IncompleteReadError, ConnectionError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                await self._answer(head.decode("latin-1"), writer)

    async def _answer(self, head: str, writer: asyncio.StreamWriter) -> None:
        path = head.split(" ", 2)[1]
        host = next(line[6:] for line in head.split("\r\n") if line.lower().startswith("host: "))
        begun = time.time()
        if self.latency_s:
            await asyncio.sleep(self.latency_s)
        status, kind, body = self._page(host, path)
        self.log.write(f"{begun:.4f}\t{time.time():.4f}\t{host}\t{path}\n")
        self.log.flush()
        lines = (f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", "", "")
        writer.write("\r\n".join(lines).encode() + body)
        await writer.drain()

    def _page(self, host: str, path: str) -> tuple[str, str, bytes]:
        if path in {"/rss.xml", "/fixed.xml"}:
            first = self.polls[host] * self.pages if path == "/rss.xml" else 0
            self.polls[host] += 1
            links = [f"http://{host}/2026/11/report-{n}" for n in range(first, first + self.pages)]
            items = "".join(f"<item><title>{link[-9:]}</title><link>{link}</link></item>" for link in links)
            return (
                "200 OK",
                "application/rss+xml",
                f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>".encode(),
            )
        if "report-" in path:
            number = int(path.rpartition("-")[2]) + hash_of(host) * 100_000
            return "200 OK", "text/html; charset=utf-8", article(number).encode()
        return "404 Not Found", "text/plain", b"not here"


def hash_of(host: str) -> int:
    """Return a number for a host: its place in the loopback network."""
    _, _, third, fourth = host.partition(":")[0].split(".")
    return int(third) * 256 + int(fourth)


async def main() -> None:
    """Serve until the process is killed."""
    port, log, *rest = sys.argv[1:]
    with Path(log).open("w", encoding="utf-8") as file:
        site = Site(file, int(rest[0]) if rest else 1, float(rest[1]) / 1000 if len(rest) > 1 else 0.0)
        server = await asyncio.start_server(site.serve, "0.0.0.0", int(port), backlog=1000)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
