"""`scrapy fetch`, which stores nothing."""

from __future__ import annotations

from typing import Any, ClassVar

from scrapy.commands.fetch import Command as ScrapyFetch

from newsbot.spiders.components import STORES
from newsbot.spiders.page_spider import STARTS


class Command(ScrapyFetch):
    """Fetches one URL. With `--spider` it has the settings of a spider of newsbot, whose arguments are not needed."""

    default_settings: ClassVar[dict[str, Any]] = {
        **ScrapyFetch.default_settings,
        STORES: False,
        STARTS: False,
    }
