"""The commands that `benchmarks/kills.py` kills, each with work to do; made-up sites and pages for them."""

from __future__ import annotations

import json
import random
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from newsbot.archive.warc_writer import Exchange, WarcWriter
from newsbot.store.schema.migrations import HEAD, VERSION_TABLE
from tests.store.schema.older_database import make_older

Run = Callable[..., float]
"""Runs a command of newsbot or Scrapy to its end."""

SITES, PAGES = 5, 150
PADDING_BYTES = 60_000
BEGINNING = datetime(2026, 5, 1, tzinfo=UTC)
PLACES = ("Norwich", "Bergen", "Porto", "Lviv", "Leeds", "Tampere", "Ghent", "Trieste")
PEOPLE = ("Mira Holt", "Jon Abe", "Ines Duarte", "Oleh Hrynko", "Petra Lindqvist", "Tomas Becker")
WORDS = [
    "harbour",
    "library",
    "orchestra",
    "railway",
    "orchard",
    "lighthouse",
    "market",
    "observatory",
    "council",
    "river",
    "bridge",
    "winter",
    "timber",
    "budget",
    "season",
    "visitors",
    "archive",
    "gate",
    "village",
    "engineer",
    "letter",
    "wages",
    "drawing",
    "music",
    "mayor",
    "office",
    "weather",
    "school",
    "winter",
    "theatre",
]
SHARE = "Paper and ink of this page by the press of Harbour Lane 7."


@dataclass
class World:
    """A folder with a database, an archive, a catalog and what a command reads and writes."""

    folder: Path
    url: str

    @property
    def archive(self) -> Path:
        """The folder that responses are kept in."""
        return self.folder / "archive"

    @property
    def export(self) -> Path:
        """The file that `export` writes."""
        return self.folder / "export.jsonl"

    @property
    def environment(self) -> dict[str, str]:
        """The settings of the commands."""
        return {
            "NEWSBOT_DATABASE_URL": self.url,
            "NEWSBOT_SOURCES": str(self.folder / "sources.toml"),
            "NEWSBOT_ARCHIVE_DIR": str(self.archive),
            "NEWSBOT_ENTITY_ENGINE": "rules",
            "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8",
            "NEWSBOT_WORKERS": "1",
        }

    def ask(self, query: str) -> int:
        """Return the number that a query finds; 0 while there is no table for it."""
        try:
            if self.url.startswith("sqlite"):
                with closing(sqlite3.connect(f"file:{self.folder}/newsbot.db?mode=ro", uri=True)) as database:
                    return int(database.execute(query).fetchone()[0] or 0)
            with psycopg.connect(_plain(self.url)) as connection:
                row = connection.execute(query.encode()).fetchone()
                return int((row and row[0]) or 0)
        except (sqlite3.Error, psycopg.Error):
            return 0

    def change(self, statement: str) -> None:
        """Run one statement."""
        if self.url.startswith("sqlite"):
            with closing(sqlite3.connect(self.folder / "newsbot.db")) as database, database:
                database.execute(statement)
            return
        with psycopg.connect(_plain(self.url)) as connection:
            connection.execute(statement.encode())

    def is_locked(self) -> bool:
        """Return whether a transaction is writing."""
        if not self.url.startswith("sqlite"):
            held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database ="
            return self.ask(f"{held} (SELECT oid FROM pg_database WHERE datname = current_database())") > 0
        with closing(
            sqlite3.connect(self.folder / "newsbot.db", timeout=0, isolation_level=None)
        ) as database:
            try:
                database.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return True
        return False


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


@dataclass(frozen=True)
class Scenario:
    """A command, the work that it finds, and how much of that is done."""

    prepare: Callable[[World, Run], None]
    command: Callable[[World], list[str]]
    done: Callable[[World], float]
    """Share of the work that is done, from 0 to 1."""
    max_delay_s: float = 0.08
    """A kill comes at a random moment after a share is done. A transaction of 16 articles takes about as long."""

    def target(self, rng: random.Random) -> float:
        """Return a random share, after which the command is killed."""
        return rng.uniform(0.001, 0.95)


# ------------------------------------------------------------------ sites and pages

ADDRESSES: list[str] = []
"""URLs of the sites that `serving` serves."""
EDITION = [1]
"""Number of the edition of the pages that the sites serve."""


def paragraphs(number: int) -> list[str]:
    """Return the paragraphs of a text. Every tenth is that of its predecessor, every other tenth nearly so."""
    of = number - 1 if number % 10 == 0 and number else number
    rng = random.Random(of)
    texts = []
    for _ in range(6):
        words = rng.choices(WORDS, k=rng.randint(18, 40))
        words.insert(5, f"President {rng.choice(PEOPLE)} of {rng.choice(PLACES)} said")
        words.insert(12, str(rng.randint(2, 9999)))
        texts.append(f"{words[0].title()} {' '.join(words[1:])}.")
    if number % 20 == 0:
        texts[-1] = f"{texts[-1]} More is to follow in the {rng.choice(WORDS)} of {rng.choice(PLACES)}."
    return texts


def title(number: int) -> str:
    rng = random.Random(f"title {number - 1 if number % 10 == 0 and number else number}")
    return " ".join(rng.sample(WORDS, 6)).capitalize()


def published(number: int) -> str:
    return (BEGINNING + timedelta(hours=number)).strftime("%Y-%m-%dT%H:%M:%SZ")


def page(number: int, *, edition: int = 1, padding: int = PADDING_BYTES) -> str:
    """Return a page of HTML, with scripts as large as those of news sites."""
    texts = [*paragraphs(number), f"Edition {edition} was printed in {PLACES[number % 8]}."]
    body = "".join(f"<p>{one}</p>" for one in texts)
    junk = random.Random(f"{number} {edition}").randbytes(padding // 2).hex()
    return (
        f'<!doctype html><html lang="en"><head><title>{title(number)}</title><script>var x="{junk}"</script>'
        f'<meta property="og:type" content="article"><meta property="og:title" content="{title(number)}">'
        f'<meta name="author" content="{PEOPLE[number % 6]}"><meta property="article:section" content="{PLACES[number % 3]}">'
        f'<meta property="article:published_time" content="{published(number)}"></head>'
        f"<body><article><h1>{title(number)}</h1>{body}</article></body></html>"
    )


class Handler(BaseHTTPRequestHandler):
    """Serves a feed and its pages."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with a feed, a page, or 404."""
        name = self.path.rpartition("/")[2]
        site = next(at for at, url in enumerate(ADDRESSES) if url.endswith(self.headers.get("Host", "?")))
        status, body = 200, ""
        if name == "rss.xml":
            body = feed(site)
        elif name.endswith(".html"):
            body = page(int(name.removesuffix(".html")), edition=EDITION[0])
        else:
            status = 404
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Print nothing."""


def feed(site: int) -> str:
    items = "".join(f"<item><title>{title(n)}</title><link>{url_of(n)}</link></item>" for n in numbers(site))
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>Site {site}</title>{items}</channel></rss>'
    )


def numbers(site: int) -> range:
    return range(site, PAGES, SITES)


def url_of(number: int) -> str:
    return f"{ADDRESSES[number % SITES]}/2026/{number}.html"


class Server(ThreadingHTTPServer):
    """A server whose clients may be killed."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Print nothing."""


@contextmanager
def serving() -> Iterator[None]:
    """Serve the sites at addresses of this machine."""
    with ExitStack() as stack:
        for number in range(SITES):
            server = stack.enter_context(Server((f"127.0.0.{number + 2}", 0), Handler))
            threading.Thread(target=server.serve_forever, daemon=True).start()
            stack.callback(server.shutdown)
            ADDRESSES.append(f"http://127.0.0.{number + 2}:{server.server_port}")
        yield


# ------------------------------------------------------------------ work

QUICK = [
    option
    for name, value in {
        "DOWNLOAD_DELAY": 0,
        "AUTOTHROTTLE_ENABLED": 0,
        "LOG_LEVEL": "ERROR",
        "ROBOTSTXT_OBEY": 0,
    }.items()
    for option in ("-s", f"{name}={value}")
]
ARTICLES = "SELECT count(*) FROM articles"


def _catalog(world: World, _run: Run) -> None:
    sources = (
        f'[[source]]\nkey = "site-{at}"\nhomepage = "{url}/"\nfeeds = ["{url}/rss.xml"]\ndelay_s = 0.0\n'
        for at, url in enumerate(ADDRESSES)
    )
    (world.folder / "sources.toml").write_text("\n".join(sources))


def _pages(world: World, run: Run) -> None:
    _catalog(world, run)
    folder = world.folder / "pages"
    folder.mkdir()
    for number in range(PAGES):
        (folder / f"{number:04}.html").write_text(page(number, padding=2_000))
        (folder / f"{number:04}.url").write_text(url_of(number))


def _warcs(world: World, run: Run) -> None:
    _catalog(world, run)
    writer = WarcWriter(world.folder / "crawled", "newsbot-made-up", software="made up")
    for number in range(PAGES):
        writer.write(
            Exchange(
                url=url_of(number),
                method="GET",
                request_headers=[],
                request_body=b"",
                status=200,
                reason="OK",
                headers=[(b"Content-Type", b"text/html; charset=utf-8")],
                body=page(number, padding=4 * PADDING_BYTES).encode(),
                fetched_at=BEGINNING + timedelta(days=30, minutes=number),
            )
        )
    writer.close()


def _lines(world: World, run: Run) -> None:
    _catalog(world, run)
    with (world.folder / "articles.jsonl").open("w", encoding="utf-8") as file:
        for number in range(2 * PAGES):
            article = {
                "url": f"{ADDRESSES[number % SITES]}/2025/{number}.html",
                "source": f"site-{number % SITES}",
                "title": title(number),
                "body": "\n\n".join(paragraphs(number)),
                "authors": [PEOPLE[number % 6]],
                "topics": [PLACES[number % 8]],
                "published_at": published(number),
                "language": "en",
            }
            file.write(json.dumps(article) + "\n")


def _imported(world: World, run: Run) -> None:
    _lines(world, run)
    run("newsbot", "import", str(world.folder / "articles.jsonl"))


def _with_boilerplate(world: World, run: Run) -> None:
    """Import articles of 40 sources that all end alike: the first of each source are stored before that is learnt."""
    _catalog(world, run)
    with (world.folder / "articles.jsonl").open("w", encoding="utf-8") as file:
        for number in range(1, 321):
            article = {
                "url": f"https://paper-{number % 40}.example/{number}",
                "source": f"paper-{number % 40}",
                "title": f"{title(number * 7 + 1)} {number}",
                "body": "\n\n".join([*paragraphs(number * 7 + 1), SHARE]),
                "authors": [f"{PEOPLE[number % 6]} {number}"],
                "section": f"Section {number}",
                "published_at": published(number),
                "language": "en",
            }
            file.write(json.dumps(article) + "\n")
    run("newsbot", "import", str(world.folder / "articles.jsonl"))


def _archived(world: World, run: Run, *, editions: int = 1) -> None:
    """Fetch the pages of every site, in a crawl and an archive file for each, once for each edition."""
    _catalog(world, run)
    for edition in range(1, editions + 1):
        EDITION[0] = edition
        for site in range(SITES):
            run("scrapy", "crawl", "article", "-a", f"url={','.join(map(url_of, numbers(site)))}", *QUICK)
    EDITION[0] = 1


def _spoilt(world: World, run: Run) -> None:
    _archived(world, run)
    world.change("UPDATE articles SET title = 'Spoilt ' || id")


def _two_editions(world: World, run: Run) -> None:
    _archived(world, run, editions=2)
    (world.folder / "files").write_text("\n".join(path.name for path in world.archive.glob("*.warc.gz")))


def _pruned(world: World) -> float:
    names = (world.folder / "files").read_text().split()
    return sum(not (world.archive / name).exists() for name in names) / len(names)


def _older(world: World, _run: Run) -> None:
    make_older(world.url, "0001", 8_000)


def _upgraded(world: World) -> float:
    if world.ask(f"SELECT count(*) FROM {VERSION_TABLE} WHERE version_num = '{HEAD}'"):
        return 1.0
    return 0.99 if world.is_locked() else 0.0


def _merged(world: World) -> float:
    if world.ask("SELECT count(*) FROM entity_corrections"):
        return 1.0
    return 0.99 if world.is_locked() else 0.0


def _exported(world: World) -> float:
    sizes = [path.stat().st_size for path in world.folder.glob(".*.part")]
    return min(max(sizes, default=0) / (2 * PAGES * 2_600), 0.99)


def _share(query: str, of: int) -> Callable[[World], float]:
    return lambda world: world.ask(query) / of


def _command(*words: str) -> Callable[[World], list[str]]:
    return lambda world: [word.format(folder=world.folder) for word in words]


SCENARIOS = {
    "crawl saved": Scenario(
        _pages,
        _command("scrapy", "crawl", "saved", "-a", "path={folder}/pages", "-L", "ERROR"),
        _share(ARTICLES, PAGES),
    ),
    "crawl news": Scenario(
        _catalog, _command("scrapy", "crawl", "news", "-a", "due=0", *QUICK), _share(ARTICLES, PAGES)
    ),
    "backfill": Scenario(
        _warcs, _command("newsbot", "backfill", "--workers", "2", "{folder}/crawled"), _share(ARTICLES, PAGES)
    ),
    "import": Scenario(
        _lines, _command("newsbot", "import", "{folder}/articles.jsonl"), _share(ARTICLES, 2 * PAGES)
    ),
    "reextract": Scenario(
        _spoilt,
        _command("newsbot", "reextract", "--all", "--workers", "2"),
        _share("SELECT count(*) FROM articles WHERE title NOT LIKE 'Spoilt%'", PAGES),
    ),
    "reclean": Scenario(
        _with_boilerplate,
        _command("newsbot", "reclean"),
        _share("SELECT count(*) FROM revisions WHERE by_rules", 180),
    ),
    "archive prune": Scenario(
        _two_editions,
        _command("newsbot", "archive", "prune", "--older-than", "2100-01-01"),
        _pruned,
        max_delay_s=0.03,
    ),
    "db upgrade": Scenario(_older, _command("newsbot", "db", "upgrade"), _upgraded, max_delay_s=0.25),
    "entities merge": Scenario(
        _imported,
        _command("newsbot", "entities", "merge", PEOPLE[0], PEOPLE[1]),
        _merged,
        max_delay_s=0.3,
    ),
    "export": Scenario(
        _imported, _command("newsbot", "export", "-o", "{folder}/export.jsonl"), _exported, max_delay_s=0.02
    ),
}
