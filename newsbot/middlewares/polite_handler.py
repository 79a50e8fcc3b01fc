"""The download handler of spiders of pages: Scrapy's, with a last look at the host, its certificate and its headers."""

from __future__ import annotations

from typing import cast

from scrapy import Request
from scrapy.core.downloader.contextfactory import _ScrapyClientContextFactory
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response

from newsbot.middlewares.bounded_http import BoundedFactory, HeadersTooLargeError
from newsbot.middlewares.certificates import CertificatePolicy, CertificateRefusedError
from newsbot.middlewares.networks import check_address, root_cause
from newsbot.middlewares.politeness import Politeness
from newsbot.session import CrawlSession
from newsbot.settings import read_settings
from newsbot.sources.catalog import Catalog, open_catalog, source_for


class PoliteHandler(HTTP11DownloadHandler):
    """Scrapy's handler for http and https, which checks what no middleware can see.

    It raises HeldError for a request to a host that is held: requests wait in the downloader for the delay of their host,
    and meanwhile another answer may have asked for a hold, which the middleware `Politeness` cannot see: they have passed
    it. It raises CertificateRefusedError, HeadersTooLargeError, and PrivateNetworkError for what a proxy would fetch for
    it from a private network. Settings: `NEWSBOT_TLS_VERIFY`, `NEWSBOT_ALLOWED_NETWORKS`."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.crawler = crawler
        settings = read_settings(crawler.settings)
        self.networks = settings.allowed_networks
        self._pool._factory = BoundedFactory
        if settings.tls_verify:
            session = crawler.get_extension(CrawlSession)
            sources = session.processor.catalog if session else open_catalog(settings.sources)
            scrapys = cast("_ScrapyClientContextFactory", self._contextFactory)
            scrapys._verify_certificates = False  # for the hosts that are exempt
            self._contextFactory = CertificatePolicy(  # type: ignore[assignment]
                scrapys, lambda host, port: is_exempt(sources, host, port)
            )

    async def download_request(self, request: Request) -> Response:
        """Return the response to a request. Raises HeldError if its host is held by now, or asked by another run."""
        await check_address(request, self.networks)
        politeness = self.crawler.get_downloader_middleware(Politeness)
        if politeness is not None:
            await politeness.admit(request)
        try:
            return await super().download_request(request)
        except Exception as error:
            cause = root_cause(error)
            if isinstance(cause, HeadersTooLargeError | CertificateRefusedError):
                raise cause from None
            raise
        finally:
            if politeness is not None:
                politeness.note_answered(request)


def is_exempt(sources: Catalog, host: str, port: int) -> bool:
    """Return whether the source of a host says that its certificates are not verified."""
    authority = f"[{host}]" if ":" in host else host
    source = source_for(f"https://{authority}:{port}/", sources)
    return source is not None and not source.tls_verify
