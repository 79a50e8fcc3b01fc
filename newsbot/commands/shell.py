"""`scrapy shell`, which stores nothing."""

from __future__ import annotations

from typing import Any, ClassVar

from scrapy.commands.shell import Command as ScrapyShell

from newsbot.spiders.components import STORES
from newsbot.spiders.page_spider import STARTS


class Command(ScrapyShell):
    """Opens a console for one URL. With `--spider` it has the settings of a spider, whose arguments are not needed."""

    default_settings: ClassVar[dict[str, Any]] = {
        **ScrapyShell.default_settings,
        STORES: False,
        STARTS: False,
    }
