"""`scrapy parse`, which stores nothing unless the item pipelines are asked for."""

from __future__ import annotations

import argparse
from typing import Any, ClassVar

from scrapy import Request
from scrapy.commands.parse import Command as ScrapyParse

from newsbot.commands.wrong_settings import exit_if_wrong
from newsbot.spiders.article import ArticleSpider
from newsbot.spiders.components import STORES
from newsbot.spiders.page_spider import STARTS


class Command(ScrapyParse):
    """Fetches one URL, and prints what a spider reads from it: `article`, if no other spider names the domain.

    The arguments of a spider are not needed. With `--pipelines` the article is stored."""

    default_settings: ClassVar[dict[str, Any]] = {**ScrapyParse.default_settings, STARTS: False}

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Set whether the article is stored. Exits with status 2 if a setting of newsbot is wrong."""
        super().process_options(args, opts)
        assert self.settings is not None
        self.settings.set(STORES, opts.pipelines, priority="command")
        exit_if_wrong(self.settings)

    def set_spidercls(self, url: str, opts: argparse.Namespace) -> None:
        """Choose the spider: the one of the option, else the one of the domain, else `article`."""
        assert self.crawler_process is not None
        if not opts.spider and not self.crawler_process.spider_loader.find_by_request(Request(url)):
            opts.spider = ArticleSpider.name
        super().set_spidercls(url, opts)
