"""What the commands that run a spider share: their options, and the run."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from newsbot.cli.options import common_options
from newsbot.cli.output import printable, say
from newsbot.errors import UsageError
from newsbot.masking import masked

F = TypeVar("F", bound=Callable[..., Any])
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

_OPTIONS = (
    click.option(
        "-s",
        "settings",
        multiple=True,
        metavar="NAME=VALUE",
        help="Set a setting of newsbot (NEWSBOT_NAME) or of Scrapy. Repeat it for several.",
    ),
    click.option(
        "--limit",
        type=click.IntRange(min=1),
        metavar="N",
        help="Stop once N articles are stored; requests that have been sent are finished.",
    ),
    click.option(
        "--log-level",
        type=click.Choice(LEVELS, case_sensitive=False),
        default="WARNING",
        show_default=True,
        help="Log this and what is worse, on stderr; INFO, as scrapy crawl does, has the progress.",
    ),
    click.option("--quiet", is_flag=True, help="Log errors only, and leave out the summary."),
    common_options,
)


def spider_options(command: F) -> F:
    """Add the options of the commands that run a spider."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def run_spider_command(
    spider: str,
    arguments: Mapping[str, Any],
    *,
    settings: tuple[str, ...],
    limit: int | None,
    log_level: str,
    quiet: bool,
    as_json: bool,
    database: str | None,
    names_rejects: bool = False,
) -> int:
    """Run a spider as `scrapy crawl` does, and return the exit status.

    With `names_rejects`, pages that were not stored are a failure, and named with the reason."""
    from scrapy.crawler import AsyncCrawlerProcess

    from newsbot.cli.crawling.outcomes import print_outcomes, print_summary, rejects_of
    from newsbot.commands.crawl_run import check_crawl_settings, closing_lines, run_crawl, silence_chatter
    from newsbot.spiders.spider_run import project_settings

    silence_chatter()
    given = {
        "LOG_LEVEL": "ERROR" if quiet else log_level,
        **({"CLOSESPIDER_ITEMCOUNT": limit} if limit else {}),
        **({"NEWSBOT_DATABASE_URL": database} if database is not None else {}),
        **pairs_of(settings),
    }
    scrapy_settings = project_settings(given)
    check_crawl_settings(scrapy_settings)
    process = AsyncCrawlerProcess(scrapy_settings)
    crawler = process.create_crawler(spider)
    rejects = rejects_of(crawler) if names_rejects else []
    if as_json:
        print_outcomes(crawler)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as under nohup
        signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the reactor would not notice an exception of a handler
    run_crawl(process, crawler, arguments)
    lines = list(closing_lines(crawler))
    for level, line in lines:
        if level == logging.ERROR or not quiet:
            click.echo(printable(masked(f"newsbot: {line}" if level == logging.ERROR else line)), err=True)
    for reject in rejects:
        reason = ": ".join(filter(None, (reject.reason, reject.detail)))
        say(f"{reject.url} was not stored: {masked(reason)}")
    if as_json:
        print_summary(crawler)
    return 1 if rejects or any(level == logging.ERROR for level, _ in lines) else 0


def pairs_of(settings: tuple[str, ...]) -> dict[str, str]:
    """Return the settings of `-s` options. Raises UsageError for one that is not NAME=VALUE."""
    return dict(map(_pair, settings))


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"-s {text!r}; accepted: -s NAME=VALUE")
    return name, value
