"""Scrapy's settings for this project, and newsbot's own (`NEWSBOT_*`).

`newsbot.configuration` has the table of newsbot's settings, and finds their values: on the command line
(`-s NAME=VALUE`), in an environment variable of the same name, in a file `newsbot.toml`, or else their defaults.
"""

from __future__ import annotations

from newsbot.configuration.accepted_values import Network as Network
from newsbot.configuration.reading import configuration as configuration
from newsbot.configuration.reading import product_token as product_token
from newsbot.configuration.reading import read_settings as read_settings
from newsbot.configuration.reading import scrapy_names
from newsbot.configuration.table import Configuration as Configuration

# Scrapy's settings. Scrapy reads every upper-case name of this module.

globals().update(scrapy_names())  # with USER_AGENT, and DOWNLOAD_VERIFY_CERTIFICATES

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
    "newsbot.extensions.crawl_metrics.CrawlMetrics": 0,
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

CONCURRENT_ITEMS = 2  # a response has one item, and Scrapy starts this many tasks for every response

# Polite by default; a source's delay_s and robots.txt's Crawl-delay can only make it slower.
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
