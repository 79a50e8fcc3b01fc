"""Scrapy's settings for this project, and newsbot's own (`NEWSBOT_*`).

A value is taken from the command line (`-s NAME=VALUE`), otherwise from an environment variable of the same name,
otherwise from the default here. `read_settings` checks and converts newsbot's own.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from newsbot import __version__
from newsbot.errors import UsageError
from newsbot.masking import masked_setting

HOME_PAGE = "https://github.com/newsbot-project/newsbot"

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _networks(value: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(part.strip()) for part in value.split(",") if part.strip())


def _positive(value: str) -> int:
    number = int(value)
    if number <= 0:
        raise ValueError
    return number


def _count(value: str) -> int:
    number = int(value)
    if number < 0:
        raise ValueError
    return number


def _switch(value: str) -> bool:
    if value not in ("0", "1"):
        raise ValueError
    return value == "1"


def _other_cores() -> int:
    """Return how many cores this process may use besides one; at least 1."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(cores - 1, 1)


def _filled(value: str) -> str:
    if not value.strip():
        raise ValueError
    return value


def _web_urls(value: str) -> tuple[str, ...]:
    """Return URLs of a site, without a slash at the end. All must have the same path."""
    urls = tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
    parts = [urlsplit(url) for url in urls]
    for part in parts:
        is_plain = not (part.query or part.fragment or "@" in part.netloc)
        if part.scheme not in {"http", "https"} or not part.hostname or part.port == 0 or not is_plain:
            raise ValueError
        if not re.fullmatch(r"[\w.:\[\]-]+", part.netloc) or not re.fullmatch(
            r"(?:/[\w.~-]+)*", part.path, re.ASCII
        ):
            raise ValueError
    if len({part.path for part in parts}) > 1:
        raise ValueError
    return urls


def _origins(value: str) -> tuple[str, ...]:
    """Return origins as browsers write them in `Origin`, or "*"."""
    origins = tuple(part.strip().rstrip("/").lower() for part in value.split(",") if part.strip())
    for origin in origins:
        if origin != "*" and not re.fullmatch(
            r"https?://(?:[\w.-]+|\[[0-9a-f:]+\])(?::[0-9]{1,5})?", origin, re.ASCII
        ):
            raise ValueError
    return origins


@dataclass(frozen=True, slots=True)
class Setting:
    """One of newsbot's settings."""

    name: str
    default: str | int
    read: Callable[[str], Any]
    """Converts the text to the value; raises ValueError if it is not accepted."""
    accepted: str
    """The accepted values in words, for the end of an error message."""
    purpose: str


NEWSBOT_SETTINGS = (
    Setting(
        "NEWSBOT_DATABASE_URL",
        "sqlite:///newsbot.db",
        _filled,
        "a database URL: sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME",
        "where articles are kept",
    ),
    Setting(
        "NEWSBOT_SOURCES",
        "",
        str,
        "a TOML file or a folder of them; empty: the catalog in the package",
        "what the news spider crawls",
    ),
    Setting(
        "NEWSBOT_ARCHIVE_DIR",
        "archive",
        str,
        "a folder, made when it is needed; empty: not kept",
        "where answers of the network are kept as WARC",
    ),
    Setting(
        "NEWSBOT_ENTITY_ENGINE",
        "auto",
        _filled,
        "auto, none, an engine's name, or an import path; several, parted by commas",
        "what finds people, organisations and places",
    ),
    Setting(
        "NEWSBOT_EMBEDDINGS",
        0,
        _switch,
        "1 (computed) or 0 (not computed)",
        "whether vectors of articles are computed, by which related ones are found",
    ),
    Setting(
        "NEWSBOT_ALLOWED_NETWORKS",
        "",
        _networks,
        "networks, parted by commas (127.0.0.0/8,10.1.0.0/16)",
        "private networks that may be fetched",
    ),
    Setting(
        "NEWSBOT_TLS_VERIFY",
        1,
        _switch,
        "1 (verified) or 0 (any certificate is accepted)",
        "whether the certificates of servers are verified",
    ),
    Setting(
        "NEWSBOT_MAX_PAGE_BYTES",
        10 * 1024 * 1024,
        _positive,
        "a number of bytes above 0",
        "decompressed size above which a page is rejected, in bytes",
    ),
    Setting(
        "NEWSBOT_USER_AGENT",
        f"newsbot/{__version__} (+{HOME_PAGE})",
        _filled,
        "any text",
        "how the spiders introduce themselves",
    ),
    Setting(
        "NEWSBOT_BROWSER",
        "",
        str,
        "the path or name of a Chromium or Chrome; empty: the one on PATH, else Playwright's own",
        "what renders the pages of sources with render = true",
    ),
    Setting(
        "NEWSBOT_WORKERS",
        _other_cores(),
        _count,
        "a number of processes; 0: the crawl's own process does the work",
        "processes that read pages and recognise entities beside the one that fetches and stores",
    ),
    Setting(
        "NEWSBOT_STUBS",
        1,
        _switch,
        "1 (kept) or 0 (not kept)",
        "whether what feeds say of articles is kept while their pages cannot be read",
    ),
    Setting(
        "NEWSBOT_WEB_TOKEN",
        "",
        str,
        "any text; empty: none",
        "what `newsbot serve` asks readers for, as a password or Bearer token",
    ),
    Setting(
        "NEWSBOT_WEB_URL",
        "",
        _web_urls,
        "the URL of the site (https://news.example/ or with a path), or several of the same path, separated by commas",
        "under which address readers reach `newsbot serve`, if a proxy stands in front; links use the first one",
    ),
    Setting(
        "NEWSBOT_WEB_CORS",
        "",
        _origins,
        "origins of other sites (https://notebook.example), separated by commas; *: any; empty: none",
        "whose pages may read the API and the feeds of `newsbot serve` in a browser",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """Newsbot's settings, checked and converted."""

    database_url: str
    sources: str
    archive_dir: str
    entity_engine: str
    embeddings: bool
    allowed_networks: tuple[Network, ...]
    tls_verify: bool
    max_page_bytes: int
    stubs: bool
    user_agent: str
    browser: str
    web_token: str
    web_url: tuple[str, ...]
    web_cors: tuple[str, ...]
    workers: int
    output: tuple[Mapping[str, Any], ...] = ()
    watch: tuple[Mapping[str, Any], ...] = ()


def read_settings(given: Mapping[str, Any]) -> Configuration:
    """Return the `NEWSBOT_*` values of `given` (Scrapy's settings, or any mapping), defaults for those missing.

    Raises UsageError that names the setting, its value and what is accepted."""
    values = {}
    for setting in NEWSBOT_SETTINGS:
        text = str(given.get(setting.name, setting.default))
        try:
            value = setting.read(text)
        except ValueError:
            shown = masked_setting(setting.name, text)
            raise UsageError(f"{setting.name} is {shown!r}; accepted: {setting.accepted}") from None
        values[setting.name.removeprefix("NEWSBOT_").lower()] = value
    return Configuration(**values)


def product_token(user_agent: str) -> str:
    """Return the name by which robots.txt addresses a crawler: the first word of its user agent, without the version.

    Source: RFC 9309, section 2.2.1."""
    return (
        user_agent.split("/", maxsplit=1)[0].split(maxsplit=1)[0]
        if user_agent.split("/", maxsplit=1)[0].strip()
        else BOT_NAME
    )


def configuration() -> Configuration:
    """Return newsbot's settings from the environment, for use outside a crawl."""
    return read_settings(os.environ)


def from_environment(setting: Setting) -> str | int:
    """Return the value of a setting from the environment, otherwise its default."""
    return os.environ.get(setting.name, setting.default)


# Scrapy's settings. Scrapy reads every upper-case name of this module.

globals().update({setting.name: from_environment(setting) for setting in NEWSBOT_SETTINGS})

BOT_NAME = "newsbot"
SPIDER_MODULES = ["newsbot.spiders"]
NEWSPIDER_MODULE = "newsbot.spiders"
COMMANDS_MODULE = "newsbot.commands"

# What the spiders of newsbot have beside Scrapy's components; other spiders of a project have none of it. `PageSpider`
# puts these tables under Scrapy's settings with `_BASE`, so that what a user sets in `ITEM_PIPELINES`, `EXTENSIONS` or
# `DOWNLOADER_MIDDLEWARES` is added to them; None removes a component.

# The stages of an article, in order. Every stage is a thin adapter over newsbot.ingest.
PAGE_PIPELINES = {
    "newsbot.pipelines.validate.Validate": 100,
    "newsbot.pipelines.clean.Clean": 200,
    "newsbot.pipelines.dedupe.Dedupe": 300,
    "newsbot.pipelines.entities.FindEntities": 400,
    "newsbot.pipelines.store.Store": 900,
}
PAGE_STORAGE = {
    "newsbot.session.CrawlSession": 100,
    "newsbot.extensions.keep_rejects.KeepRejects": 200,
    "newsbot.extensions.run_watches.RunWatches": 300,
}
PAGE_EXTENSIONS = {
    # In place of Scrapy's: articles are exported as the JSON objects of `newsbot extract`.
    "scrapy.extensions.feedexport.FeedExporter": None,
    "newsbot.extensions.article_feeds.ArticleFeeds": 0,
    # In place of Scrapy's line a minute, which does not say what is new, nor how much is left.
    "scrapy.extensions.logstats.LogStats": None,
    "newsbot.extensions.progress.Progress": 0,
    "newsbot.extensions.log_lines.LogLines": 0,
}
PAGE_MIDDLEWARES = {
    # First: saved pages are not requested over the network, so the other middlewares do not concern them.
    "newsbot.middlewares.saved_pages.SavedPages": 10,
    # In place of Scrapy's, at the same positions: their exceptions name the reason.
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "newsbot.middlewares.refusals.ObeyRobots": 100,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "newsbot.middlewares.refusals.LimitedCompression": 590,
    # Before the middlewares that read the text of a page: those of redirects.
    "newsbot.middlewares.known_charsets.KnownCharsets": 585,
    # After robots.txt, before retries: a request to a held host is not repeated at once.
    "newsbot.middlewares.politeness.Politeness": 860,
    # Closest to the network, where bodies are still as they were sent.
    "newsbot.middlewares.keep_responses.KeepResponses": 950,
    # Before the archive, which keeps pages as they are after their scripts have run.
    "newsbot.rendering.render_pages.RenderPages": 960,
}
PAGE_HANDLERS = {
    "http": "newsbot.middlewares.polite_handler.PoliteHandler",
    "https": "newsbot.middlewares.polite_handler.PoliteHandler",
}
PAGE_EXPORTERS = {
    "csv": "newsbot.extensions.article_feeds.ArticleCsv",
    "xml": "newsbot.extensions.article_feeds.ArticleXml",
}
PAGE_SETTINGS = {
    "ITEM_PROCESSOR": "newsbot.extensions.named_stages.NamedStages",
    "LOG_FORMATTER": "newsbot.extensions.logformat.OneLine",
    # Without 429 and 503, which ask the client to wait: the page is postponed instead.
    "RETRY_HTTP_CODES": [500, 502, 504, 522, 524, 408],
}

# For all spiders of the project.

TWISTED_DNS_RESOLVER = "newsbot.middlewares.networks.GuardedResolver"

CONCURRENT_ITEMS = (
    8  # a response has one or a few items, and Scrapy starts this many tasks for every response
)

# Polite by default; a source's delay_s and robots.txt's Crawl-delay can only make it slower.
USER_AGENT = globals()["NEWSBOT_USER_AGENT"]
DOWNLOAD_VERIFY_CERTIFICATES = str(globals()["NEWSBOT_TLS_VERIFY"]) != "0"
ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1.0
DOWNLOAD_TIMEOUT = 60
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1.0
COOKIES_ENABLED = False
REFERRER_POLICY = "same-origin"

# Off: they are control ports that can run code in the crawl, and newsbot runs unattended.
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False

FEED_EXPORT_ENCODING = "utf-8"
LOG_LEVEL = "INFO"
STATS_DUMP = False  # the counts of a run are stored in the `runs` table and logged in the summary line
