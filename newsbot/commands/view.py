"""`scrapy view`, which stores nothing."""

from __future__ import annotations

from typing import Any, ClassVar

from scrapy.commands.view import Command as ScrapyView

from newsbot.spiders.components import STORES
from newsbot.spiders.page_spider import STARTS


class Command(ScrapyView):
    """Opens one URL in a browser. With `--spider` it has the settings of a spider, whose arguments are not needed."""

    default_settings: ClassVar[dict[str, Any]] = {
        **ScrapyView.default_settings,
        STORES: False,
        STARTS: False,
    }
