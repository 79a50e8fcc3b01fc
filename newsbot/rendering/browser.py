"""A headless Chromium that runs the scripts of one page at a time in a context of its own, within bounds."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsbot.errors import NewsbotError
from newsbot.ingest.processes import usable_cores, use_cores
from newsbot.middlewares.refusals import ResponseTooLargeError
from newsbot.rendering.forward_proxy import ForwardProxy
from newsbot.settings import Network
from newsbot.text import one_line

if TYPE_CHECKING:  # imported when the first page is rendered
    from playwright.async_api import Browser, BrowserContext, Page, Playwright, Route

MAX_PAGES = 2
"""Maximum number of pages that are rendered at the same time; others wait."""
MAX_REQUESTS = 300
"""Maximum number of requests of a page; those that follow are not sent, and the page is read as it is then."""
MAX_TRAFFIC = 5
"""Bytes that a page may carry over the network, as a multiple of the maximum size of a page."""
SETTLE_S = 10.0
"""Seconds for which a page may load before it is read as it is: some pages never stop asking for more."""
START_S = 30.0
"""Seconds after which a browser that does not open an empty page is taken for dead."""
CLOSE_S = 5.0
"""Seconds after which a browser that does not close a page is stopped."""
NEEDED = frozenset({"script", "stylesheet", "xhr", "fetch", "eventsource", "websocket"})
"""Types of the requests that are sent, in Playwright's words. Some scripts wait for their stylesheets."""

FLAGS = (
    # Names are resolved by the proxy of the page; nothing may be resolved or sent without it.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--deny-permission-prompts",
    "--disable-gpu",
    "--js-flags=--max-old-space-size=512",
)
NOWHERE = "http://127.0.0.1:9"
"""The proxy of everything that does not belong to a page: nothing listens there."""
BOUNDED = Path(__file__).with_name("bounded-browser.sh")
"""Starts the browser with a limit of memory."""
ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "LD_LIBRARY_PATH")
"""Environment variables that the browser gets. Others may hold secrets."""

READ = """
(limit => {
  for (const element of document.querySelectorAll('noscript')) element.remove();
  const html = document.documentElement?.outerHTML ?? '';
  return html.length > limit ? null : (document.doctype ? '<!DOCTYPE html>' : '') + html;
})(%d)
"""
"""Returns the document as HTML, without what is meant for browsers without scripts; null if it is too large."""


class RenderError(NewsbotError):
    """A page that could not be rendered: it took too long, or it or the browser crashed."""


class NoBrowserError(RenderError):
    """A browser that does not start."""


@dataclass(slots=True)
class Chromium:
    """A browser that is started for the first page, and again after a crash.

    Every page gets a context of its own, without cookies, permissions, downloads and service workers, and a proxy of
    its own, which is its only way into the network."""

    executable: str | None
    """Path of the browser; None: the one that Playwright has downloaded."""
    user_agent: str
    networks: tuple[Network, ...]
    """Private networks that may be fetched."""
    max_bytes: int
    """Maximum size of a rendered page."""
    cores: set[int] = field(default_factory=set)
    """Cores that the browser may use; empty: those of this thread. The process of a crawl keeps to one."""
    _playwright: Playwright | None = None
    _browser: Browser | None = None
    _starting: asyncio.Lock = field(default_factory=asyncio.Lock)
    _free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MAX_PAGES))

    async def render(
        self, url: str, content_type: str, body: bytes, *, timeout_s: float, tls_verify: bool = True
    ) -> bytes:
        """Return a page in UTF-8 as it is after its scripts have run; `body` is what its server has sent.

        `tls_verify` is whether the certificates of the servers that its scripts ask are verified: by the browser, against
        its own list of authorities.

        Raises RenderError, NoBrowserError, and ResponseTooLargeError if the page has grown above `max_bytes`."""
        from playwright.async_api import Error

        async with self._free:
            try:
                async with self._context(tls_verify) as context, asyncio.timeout(timeout_s):
                    page = await _open(context, url, content_type, body)
                    await _settle(page, min(SETTLE_S, timeout_s / 2))
                    html = await _read(page, self.max_bytes)
            except TimeoutError as error:
                raise RenderError(f"not rendered within {timeout_s:g} seconds", url=url) from error
            except Error as error:
                raise RenderError(f"not rendered: {_first_line(error)}", url=url) from error
        rendered = (html or "").encode("utf-8", "replace")
        if html is None or len(rendered) > self.max_bytes:
            raise ResponseTooLargeError(f"the rendered page has more than {self.max_bytes} bytes")
        return rendered

    @property
    def version(self) -> str:
        """The version of the browser; empty while none is running."""
        return self._browser.version if self._browser else ""

    async def close(self) -> None:
        """Stop the browser, if one is running."""
        async with self._starting:
            await self._stop()

    async def _started(self) -> Browser:
        async with self._starting:
            if self._browser is None or not self._browser.is_connected():
                await self._stop()
                self._browser = await self._start()
            return self._browser

    async def _start(self) -> Browser:
        from playwright.async_api import Error, async_playwright

        own = usable_cores()
        use_cores(self.cores)  # what is started inherits them
        try:
            self._playwright = await async_playwright().start()
        finally:
            use_cores(own)
        chromium = self._playwright.chromium
        browser = self.executable or chromium.executable_path
        environment = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
        try:
            return await chromium.launch(
                executable_path=BOUNDED,
                args=list(FLAGS),
                ignore_default_args=["--disable-popup-blocking"],
                env={**environment, "NEWSBOT_BROWSER": browser},
                chromium_sandbox=os.geteuid() != 0,  # Chromium has none for root
                proxy={"server": NOWHERE, "bypass": "<-loopback>"},
                handle_sigint=False,  # Ctrl-C ends the crawl, and the crawl ends the browser
                handle_sigterm=False,
                handle_sighup=False,
            )
        except Error as error:
            await self._stop()
            raise NoBrowserError(
                f"the browser {browser} does not start: {_why_not(browser, error)}"
            ) from error

    async def _stop(self) -> None:
        from playwright.async_api import Error

        browser, self._browser = self._browser, None
        playwright, self._playwright = self._playwright, None
        with suppress(Error, TimeoutError):
            if browser is not None:
                await asyncio.wait_for(browser.close(), CLOSE_S)
        with suppress(Error, TimeoutError):
            if playwright is not None:
                await asyncio.wait_for(playwright.stop(), CLOSE_S)

    @asynccontextmanager
    async def _context(self, tls_verify: bool) -> AsyncIterator[BrowserContext]:
        """Give a context for one page; stop the browser if it does not close the context."""
        from playwright.async_api import Error

        async with ForwardProxy(self.networks, max_bytes=MAX_TRAFFIC * self.max_bytes) as proxy:
            context = await self._new_context(proxy, tls_verify)
            try:
                yield context
            finally:
                with suppress(Error):  # it may have ended with its browser
                    await self._close(context)

    async def _close(self, context: BrowserContext) -> None:
        try:
            async with asyncio.timeout(CLOSE_S):
                await context.unroute_all(behavior="ignoreErrors")
                await context.close()
        except TimeoutError:
            await self.close()

    async def _new_context(self, proxy: ForwardProxy, tls_verify: bool) -> BrowserContext:
        """Return an empty context, in another browser if the one that runs has died since the last page."""
        from playwright.async_api import Error

        try:
            return await self._context_of(await self._started(), proxy, tls_verify)
        except (Error, TimeoutError):
            await self.close()
            return await self._context_of(await self._started(), proxy, tls_verify)

    async def _context_of(self, browser: Browser, proxy: ForwardProxy, tls_verify: bool) -> BrowserContext:
        async with asyncio.timeout(START_S):
            return await browser.new_context(
                user_agent=self.user_agent,
                proxy={"server": proxy.url, "bypass": "<-loopback>"},
                service_workers="block",
                ignore_https_errors=not tls_verify,
                accept_downloads=False,
            )


async def _open(context: BrowserContext, url: str, content_type: str, body: bytes) -> Page:
    """Return a page that has begun to run a document. Its other requests are sent if they are needed for its text."""
    sent = 0

    async def answer(route: Route) -> None:
        nonlocal sent
        sent += 1
        if sent == 1:
            await route.fulfill(status=200, headers={"Content-Type": content_type}, body=body)
        elif route.request.resource_type in NEEDED and sent <= MAX_REQUESTS:
            await route.continue_()
        else:  # also a navigation to another document, of which robots.txt has not been asked
            await route.abort("aborted")

    async def close_popup(popup: Page) -> None:
        if popup is not page:
            await popup.close()

    page = await context.new_page()
    context.on("page", close_popup)
    await context.route("**/*", answer)
    await page.goto(url, wait_until="commit", timeout=0)
    return page


async def _settle(page: Page, settle_s: float) -> None:
    """Wait until a page has asked for nothing for half a second, but not longer than `settle_s`."""
    from playwright.async_api import TimeoutError as NeverIdleError

    with suppress(NeverIdleError):
        await page.wait_for_load_state("networkidle", timeout=settle_s * 1000)


async def _read(page: Page, max_chars: int) -> str | None:
    """Return the document as HTML; None if it is too large.

    It is read in a world of its own, where nothing that the page has replaced is in force, and measured before it is
    sent to this process."""
    session = await page.context.new_cdp_session(page)
    frame: dict[str, Any] = await session.send("Page.getFrameTree")
    world = await session.send("Page.createIsolatedWorld", {"frameId": frame["frameTree"]["frame"]["id"]})
    answer = await session.send(
        "Runtime.evaluate",
        {
            "expression": READ % max_chars,
            "contextId": world["executionContextId"],
            "returnByValue": True,
        },
    )
    html: str | None = answer["result"].get("value")
    return html


def _why_not(browser: str, error: Exception) -> str:
    if not Path(browser).exists():
        return "there is none; install Chromium, or name one by NEWSBOT_BROWSER"
    if "No usable sandbox" in str(error):
        return "the system lets it make no sandbox (user namespaces)"
    return _first_line(error)


def _first_line(error: Exception) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return one_line(lines[0]) if lines else type(error).__name__
