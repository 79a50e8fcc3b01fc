"""The downloader middleware that renders the pages of sources with `render = true`."""

from __future__ import annotations

import re
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from newsbot.archive.http_coding import decode_body
from newsbot.archive.warc_pages import HTML
from newsbot.middlewares.refusals import ResponseTooLargeError
from newsbot.rendering.browser import Chromium, NoBrowserError, RenderError
from newsbot.rendering.installed import find_browser, missing
from newsbot.session import LISTER, SAVED_PATH, CrawlSession
from newsbot.settings import read_settings
from newsbot.sources.catalog import Catalog, open_catalog, source_for
from newsbot.sources.model import Source

NO_PAGE = "newsbot_no_page"
"""Request.meta key: whether something else than a page is expected, so that nothing is rendered."""
RENDERED = "rendered"
"""Flag of the responses that have been rendered."""
RENDERED_BY = b"X-Newsbot-Rendered"
"""Header that says in the archive which browser has made the body."""
PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:(?><!--.*?-->)\s*)*+<(?:!doctype\s+html|html)[\s>]",
    re.I | re.S,
)
"""The start of a page. Feeds and sitemaps may be sent with the content type of pages."""
SAMPLE_BYTES = 4096
OF_THE_SHELL = (b"Content-Encoding", b"ETag", b"Last-Modified")
"""Headers that do not describe the rendered page. A page that has not changed may ask for news: without these headers
it is never taken for unmodified."""


class RenderPages:
    """Downloader middleware that replaces the body of a page by what it is after its scripts have run in a browser.

    Scrapy has fetched the page, so that status, headers, redirects, robots.txt, delays and limits are those of any page;
    the browser gets its body. Only pages with status 200 are rendered, of sources with `render = true`; feeds, sitemaps
    and robots.txt are not. The middleware is the nearest to the downloader: the archive keeps the rendered page, with
    the header `X-Newsbot-Rendered`. The browser starts with the first such page.

    Settings: `NEWSBOT_BROWSER`, `NEWSBOT_USER_AGENT`, `NEWSBOT_ALLOWED_NETWORKS`, `NEWSBOT_MAX_PAGE_BYTES`,
    `DOWNLOAD_TIMEOUT`, for fetching a page and once more for rendering it. Meta keys: `NO_PAGE`, `LISTER`. Stats:
    `newsbot/rendered`. If the browser does not start, the run has failed: exit status 1."""

    def __init__(self, crawler: Crawler, sources: Catalog, browser: Chromium) -> None:
        self.crawler = crawler
        self.sources = sources
        self.browser = browser
        self.tls_verify = read_settings(crawler.settings).tls_verify
        self.timeout_s = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return a middleware for the sources of the catalog.

        Raises NotConfigured if none of them is to be rendered, and UsageError for a browser that is not there."""
        settings = read_settings(crawler.settings)
        session = crawler.get_extension(CrawlSession)
        sources = session.processor.catalog if session else open_catalog(settings.sources)
        if not sources.rendering:
            raise NotConfigured
        browser = Chromium(
            find_browser(settings.browser),
            user_agent=settings.user_agent,
            networks=settings.allowed_networks,
            max_bytes=settings.max_page_bytes,
            cores=session.pool.cores if session else set(),
        )
        renderer = cls(crawler, sources, browser)
        crawler.signals.connect(renderer.close, signal=signals.spider_closed)
        return renderer

    async def process_response(self, request: Request, response: Response) -> Response:
        """Return the response, rendered if it is a page of a source with `render = true`.

        Raises RenderError, or ResponseTooLargeError for a page that is too large."""
        source = self._wanted_for(request, response)
        if source is None:
            return response
        body = self._decoded(response)
        if not PAGE.match(body[:SAMPLE_BYTES]):
            return response
        if problem := missing():
            raise RenderError(f"render = true {problem}", url=request.url)
        try:
            rendered = await self.browser.render(
                response.url,
                _content_type(response),
                body,
                timeout_s=request.meta.get("download_timeout") or self.timeout_s,
                tls_verify=self.tls_verify and source.tls_verify,
            )
        except NoBrowserError as error:
            if session := self.crawler.get_extension(CrawlSession):
                session.failure = str(error)
            raise
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value("newsbot/rendered")
        return self._replaced(response, rendered)

    async def close(self) -> None:
        """Stop the browser."""
        await self.browser.close()

    def _wanted_for(self, request: Request, response: Response) -> Source | None:
        """Return the source for which a page is rendered; None if it is not."""
        if response.status != 200 or SAVED_PATH in request.meta or request.meta.get(NO_PAGE):
            return None
        lister = self.sources.sources.get(request.meta.get(LISTER, ""))
        source = lister or source_for(request.url, self.sources)
        return source if source is not None and source.render else None

    def _decoded(self, response: Response) -> bytes:
        coding = (response.headers.get("Content-Encoding") or b"").decode("latin-1")
        limit = self.browser.max_bytes
        body = decode_body(response.body, None, coding, max_bytes=limit + 1)
        if len(body) > limit:
            raise ResponseTooLargeError(f"{response.url} has more than {limit} bytes when it is decompressed")
        return body

    def _replaced(self, response: Response, rendered: bytes) -> Response:
        headers = response.headers.copy()
        for name in OF_THE_SHELL:
            headers.pop(name, None)
        headers["Content-Type"] = "text/html; charset=utf-8"
        headers[RENDERED_BY] = f"Chromium/{self.browser.version}"
        return response.replace(body=rendered, headers=headers, flags=[*response.flags, RENDERED])


def _content_type(response: Response) -> str:
    """Return the content type of a page: what its server says, if a browser then reads it as a page."""
    said = (response.headers.get("Content-Type") or b"").decode("latin-1")
    return said if said.partition(";")[0].strip().lower() in HTML - {""} else "text/html"
