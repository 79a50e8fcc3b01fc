"""`scrapy bench`, without the politeness of the project: its server is on this machine."""

from __future__ import annotations

import argparse

from scrapy.commands.bench import Command as ScrapyBench


class Command(ScrapyBench):
    """Measures how many pages a second Scrapy fetches from a server of its own."""

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Allow the server's address, and set no delay."""
        assert self.settings is not None
        local = {
            "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8,::1/128",
            "AUTOTHROTTLE_ENABLED": False,
            "DOWNLOAD_DELAY": 0,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
        }
        self.settings.setdict(local, priority="project")
        super().process_options(args, opts)
