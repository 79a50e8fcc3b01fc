"""The components that spiders of pages have beside those of Scrapy and those that a user adds: `PAGE_*` of the settings."""

from __future__ import annotations

from typing import Any

from scrapy.settings import BaseSettings
from scrapy.utils.misc import load_object
from scrapy.utils.python import global_object_name

from newsbot import settings as tables
from newsbot.errors import UsageError
from newsbot.middlewares.politeness import Politeness
from newsbot.middlewares.refusals import LimitedCompression, ObeyRobots
from newsbot.middlewares.saved_pages import SavedPages
from newsbot.pipelines.dedupe import Dedupe
from newsbot.pipelines.store import Store
from newsbot.plugins import Plugin, plugins
from newsbot.session import CrawlSession

STORES = "NEWSBOT_STORES"
"""Setting: whether articles and responses are stored (default: True). If not, there is no database, no archive and no
item pipeline of newsbot: the spider yields what it reads."""

SWITCHED: dict[str, dict[str, str]] = {
    "EXTENSIONS": {
        "scrapy.extensions.telnet.TelnetConsole": "TELNETCONSOLE_ENABLED",
        "scrapy.extensions.remote_control.RemoteControl": "REMOTE_CONTROL_ENABLED",
    },
    "DOWNLOADER_MIDDLEWARES": {
        "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": "COOKIES_ENABLED",
        "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": "HTTPCACHE_ENABLED",
    },
}
"""Name of a table -> component of Scrapy -> setting without which it does nothing. Scrapy would import it, and a web
server or a client for the list of public suffixes with it, a tenth of a second each, only to find that it is off."""

MAX_ORDER = 1000
"""Greatest place of a stage, by the custom of Scrapy."""

Tables = dict[str, dict[str, Any]]

READING: Tables = {
    "DOWNLOADER_MIDDLEWARES": tables.PAGE_MIDDLEWARES,
    "DOWNLOAD_HANDLERS": tables.PAGE_HANDLERS,
    "EXTENSIONS": tables.PAGE_EXTENSIONS,
    "FEED_EXPORTERS": tables.PAGE_EXPORTERS,
}
"""Name of a table of Scrapy's settings -> the components that every spider of pages has in it."""
STORING: Tables = {"EXTENSIONS": tables.PAGE_STORAGE, "ITEM_PIPELINES": tables.PAGE_PIPELINES}
"""The same for the components that a spider has only if its articles are stored."""
REQUIRED: tuple[tuple[str, type], ...] = (
    ("DOWNLOADER_MIDDLEWARES", SavedPages),
    ("DOWNLOADER_MIDDLEWARES", ObeyRobots),
    ("DOWNLOADER_MIDDLEWARES", LimitedCompression),
    ("DOWNLOADER_MIDDLEWARES", Politeness),
)
"""Name of a table, and a class of which it must have a component. A run without it would break off, or be rude to sites
without a word; `ROBOTSTXT_OBEY` is the setting for robots.txt."""
REQUIRED_TO_STORE: tuple[tuple[str, type], ...] = (("EXTENSIONS", CrawlSession), ("ITEM_PIPELINES", Store))
"""The same if articles are stored. A run without it would fetch pages and lose them."""


def add_components(settings: BaseSettings) -> None:
    """Add newsbot's components to the settings of a spider, below those that a user has set.

    If articles are exported, the stage `Dedupe` is left out: it spares articles that are stored unchanged the search for
    entities, and an exported article has its entities."""
    for name, value in tables.PAGE_SETTINGS.items():
        settings.set(name, value, priority="addon")
    storing = {**STORING, "ITEM_PIPELINES": {**tables.PAGE_PIPELINES, **installed_stages()}}
    for added in (READING, storing) if settings.getbool(STORES, True) else (READING,):
        for name, components in added.items():
            base = f"{name}_BASE"
            settings.set(base, {**settings[base], **components}, priority="spider")
    for name, switches in SWITCHED.items():
        off = {component: None for component, switch in switches.items() if not settings.getbool(switch)}
        settings.set(f"{name}_BASE", {**settings[f"{name}_BASE"], **off}, priority="spider")
    if settings.getdict("FEEDS"):
        pipelines = {**settings["ITEM_PIPELINES_BASE"], global_object_name(Dedupe): None}
        settings.set("ITEM_PIPELINES_BASE", pipelines, priority="spider")


def installed_stages() -> dict[str, int]:
    """Return the stages of plugins as `ITEM_PIPELINES` has them: path of the class -> its order.

    Raises UsageError for what is no item pipeline, or has no place."""
    return dict(map(_stage, plugins("newsbot.stages")))


def _stage(plugin: Plugin) -> tuple[str, int]:
    stage = plugin.load()
    if not isinstance(stage, type) or not callable(getattr(stage, "process_item", None)):
        raise plugin.unusable("it is no class with the method process_item, as item pipelines of Scrapy are")
    order = getattr(stage, "order", None)
    if not isinstance(order, int) or not 0 <= order <= MAX_ORDER:
        raise plugin.unusable(
            f"its order is {order!r}; accepted: 0 to {MAX_ORDER} (newsbot stores articles at "
            f"{tables.PAGE_PIPELINES[global_object_name(Store)]})"
        )
    return global_object_name(stage), order


def check_components(settings: BaseSettings) -> None:
    """Raise UsageError for settings that turn off a component which is required, or name one that cannot be loaded."""
    for name, required in REQUIRED + REQUIRED_TO_STORE if settings.getbool(STORES, True) else REQUIRED:
        if not any(issubclass(component, required) for component in _loaded(name, settings)):
            raise UsageError(
                f"{name} turns off {global_object_name(required)}, which the spiders of newsbot need; "
                "accepted: other components beside it, or a subclass in its place"
            )


def _loaded(name: str, settings: BaseSettings) -> list[type]:
    """Return the classes of a table of components."""
    try:
        components = settings.get_component_priority_dict_with_base(name)
        loaded = [load_object(component) for component in components]
    except (ImportError, NameError, ValueError) as error:
        raise UsageError(f"{name} names a component that cannot be loaded: {error}") from error
    return [component for component in loaded if isinstance(component, type)]
