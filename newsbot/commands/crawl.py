"""`scrapy crawl`, with newsbot's exit statuses: 2 for wrong arguments or settings, 1 if the work could not be done."""

from __future__ import annotations

import argparse
import logging
import sys
from typing import NoReturn

from scrapy import Spider
from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError as ScrapyUsageError

from newsbot.commands.crawl_run import check_crawl_settings, closing_lines, run_crawl, silence_chatter
from newsbot.errors import NewsbotError, UsageError
from newsbot.masking import masked
from newsbot.text import escape_controls

logger = logging.getLogger(__name__)


class Command(ScrapyCrawl):
    """Runs one spider, and prints a summary when it has ended: its last line counts the articles.

    Exit status: 0; 2 for wrong arguments or settings, which are found before anything is fetched; 1 if the database
    cannot be used, or if the spider could not do all of its work."""

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Set the settings of the command line. Exits with status 2 if one of its values is wrong."""
        silence_chatter()
        try:
            super().process_options(args, opts)
            assert self.settings is not None
            check_crawl_settings(self.settings)
        except ScrapyUsageError as error:
            self._refuse(f"{error}; given: {' '.join(sys.argv[2:])}")
        except UsageError as error:
            self._refuse(str(error))

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Run a spider."""
        assert self.crawler_process is not None
        try:
            if len(args) != 1:
                raise UsageError(f"{' '.join(args) or 'nothing'} is given; accepted: {self.syntax()}")
            crawler = self._create_crawler(self.spider_of(args[0]))
            run_crawl(self.crawler_process, crawler, opts.spargs)
        except UsageError as error:
            self._fail(str(error), status=2)
        except NewsbotError as error:
            self._fail(str(error), status=1)
        else:
            for level, line in closing_lines(crawler):
                if level == logging.ERROR:
                    self._fail(line, status=1)
                else:
                    self._say(level, line)

    def spider_of(self, name: str) -> str | type[Spider]:
        """Return the spider that the command line names. Raises UsageError if there is none."""
        assert self.crawler_process is not None
        names = self.crawler_process.spider_loader.list()
        if name not in names:
            raise UsageError(f"no spider {name!r}; accepted: {', '.join(sorted(names))}")
        return name

    def _refuse(self, message: str) -> NoReturn:
        """Say what is wrong before there is a log."""
        print(escape_controls(f"scrapy {_name_of(self)}: {message}"), file=sys.stderr)  # noqa: T201
        sys.exit(2)

    def _fail(self, message: str, *, status: int) -> None:
        self._say(logging.ERROR, f"scrapy {_name_of(self)}: {message}")
        self.exitcode = status

    def _say(self, level: int, line: str) -> None:
        """Print a last line of the command; log it too if the log is a file, which is what Scrapyd shows."""
        line = masked(line)
        print(escape_controls(line), file=sys.stderr)  # noqa: T201
        assert self.settings is not None
        if self.settings["LOG_FILE"]:
            logger.log(level, "%s", line)


def _name_of(command: Command) -> str:
    return type(command).__module__.rpartition(".")[2]
