"""Whether pages can be rendered here, and what is reported if they cannot."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Collection, Iterable, Mapping
from importlib.util import find_spec

from newsbot.errors import UsageError
from newsbot.settings import Configuration
from newsbot.sources.catalog import open_catalog, source_for
from newsbot.sources.model import Source

logger = logging.getLogger(__name__)

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
"""Names under which systems install Chromium or Chrome, in the order in which they are looked for."""


def find_browser(named: str) -> str | None:
    """Return the path of the browser that `NEWSBOT_BROWSER` names, else of the first of `BROWSERS` on PATH.

    None if there is none: Playwright then starts its own, which `playwright install chromium` has downloaded. Raises
    UsageError if what is named is not there."""
    if named:
        if path := shutil.which(named):
            return path
        raise UsageError(f"NEWSBOT_BROWSER is {named!r}; accepted: the path or name of a Chromium or Chrome")
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def missing() -> str | None:
    """Return in one line what must be installed before pages can be rendered; None if nothing must be."""
    return None if find_spec("playwright") else "needs a browser: pip install newsbot[render]"


def require_browser(urls: Iterable[str], settings: Configuration) -> None:
    """Raise UsageError if one of the URLs belongs to a source with `render = true`, and nothing can be rendered."""
    catalog = open_catalog(settings.sources)
    asked = {source.key: source for url in urls if (source := source_for(url, catalog))}
    renderable(asked, asked=asked, browser=settings.browser)


def renderable(sources: Mapping[str, Source], *, asked: Collection[str], browser: str) -> dict[str, Source]:
    """Return the sources that can be crawled here: all, or those without `render` where nothing can be rendered.

    A source that is left out is named in a warning. It is not fetched without a browser: its empty pages would be
    rejected, and later not be fetched again. `browser` is the setting `NEWSBOT_BROWSER`. Raises UsageError if a source
    was asked for by its key, or if the named browser is not there."""
    rendering = [key for key, source in sources.items() if source.render]
    if rendering:
        find_browser(browser)
    problem = missing()
    if not rendering or problem is None:
        return dict(sources)
    for key in rendering:
        message = f'source "{key}": render = true {problem}'
        if key in asked:
            raise UsageError(message, source=key)
        logger.warning("%s; it is left out", message)
    return {key: source for key, source in sources.items() if not source.render}
