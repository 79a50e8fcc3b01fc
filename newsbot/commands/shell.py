"""`scrapy shell`, which stores nothing."""

from __future__ import annotations

import argparse
from typing import Any, ClassVar

from scrapy.commands.shell import Command as ScrapyShell

from newsbot.commands.wrong_settings import exit_if_wrong
from newsbot.spiders.components import STORES
from newsbot.spiders.page_spider import STARTS


class Command(ScrapyShell):
    """Opens a console for one URL. With `--spider` it has the settings of a spider, whose arguments are not needed."""

    default_settings: ClassVar[dict[str, Any]] = {
        **ScrapyShell.default_settings,
        STORES: False,
        STARTS: False,
    }

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Set the settings of the command line. Exits with status 2 if one of newsbot's is wrong."""
        super().process_options(args, opts)
        exit_if_wrong(self.settings)
