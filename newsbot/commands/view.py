"""`scrapy view`, which stores nothing."""

from __future__ import annotations

import argparse
from typing import Any, ClassVar

from scrapy.commands.view import Command as ScrapyView

from newsbot.commands.wrong_settings import exit_if_wrong
from newsbot.spiders.components import STORES
from newsbot.spiders.page_spider import STARTS


class Command(ScrapyView):
    """Opens one URL in a browser. With `--spider` it has the settings of a spider, whose arguments are not needed."""

    default_settings: ClassVar[dict[str, Any]] = {
        **ScrapyView.default_settings,
        STORES: False,
        STARTS: False,
    }

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Set the settings of the command line. Exits with status 2 if one of newsbot's is wrong."""
        super().process_options(args, opts)
        exit_if_wrong(self.settings)
