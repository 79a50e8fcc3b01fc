"""`newsbot sources check --live`: print what every source gave, and write it into TOML files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

import click

from newsbot.cli.output import print_json, printable
from newsbot.errors import InputError, UsageError
from newsbot.settings import configuration
from newsbot.sources.catalog import load_sources, source_files
from newsbot.sources.live_check import LiveCheck, changed_values
from newsbot.sources.toml_edit import edit_source
from newsbot.spiders.spider_run import run_spider
from newsbot.spiders.verify import VerifySpider


def check_live(keys: Iterable[str], *, folder: Path | None, as_json: bool) -> bool:
    """Check sources over the network, print one line for each, and return whether all of them work.

    With `folder`, the TOML files of the sources are written there, with what was found. Raises UsageError for an
    unknown key or a folder that cannot be made, InputError if no host has answered or the check was stopped."""
    if folder:
        _make(folder)
    show = _print_json if as_json else _print_line
    spider, checks = run_spider("verify", on_item=show, source=",".join(keys))
    assert isinstance(spider, VerifySpider)
    if folder:
        _write(checks, folder)
    if len(checks) < len(spider.catalog):
        raise InputError(f"stopped: {len(checks)} of {len(spider.catalog)} sources were checked")
    return not any(check.problems for check in checks)


def _print_json(check: LiveCheck) -> None:
    print_json(asdict(check) | {"problems": check.problems})


def _print_line(check: LiveCheck) -> None:
    verdict = "fails" if check.problems else "works"
    line = f"{check.key}: {verdict}: {'; '.join([*check.problems, *_notes(check)])}"
    click.secho(printable(line), fg="red" if check.problems else None)


def _notes(check: LiveCheck) -> Iterator[str]:
    """Yield what is of use in a source, and what a person should know about it."""
    working = [address for address in check.addresses if not address.problem]
    for kind, count in Counter(address.kind for address in working).items():
        yield f"{count} {kind}{'s' if count > 1 else ''} read"
    for article in check.articles:
        if not article.problem:
            yield f'article "{article.title}" ({article.word_count} words)'
    yield from (f"{a.kind} {a.url} has moved to {a.moved_to}" for a in working if a.moved_to)
    if check.homepage.problem and check.homepage not in check.addresses:
        yield f"homepage: {check.homepage.problem}"
    if check.robots:
        yield f"robots.txt: {check.robots}"


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--write {folder}: {error.strerror}; accepted: a folder") from error


def _write(checks: Iterable[LiveCheck], folder: Path) -> None:
    """Write the TOML files of the checked sources into a folder, under their names."""
    configured = configuration().sources
    sources, files = load_sources(configured), source_files(configured)
    texts: dict[Path, str] = {}
    for check in checks:
        file = files[check.key]
        text = texts.setdefault(file, file.read_text(encoding="utf-8"))
        try:
            texts[file] = edit_source(text, check.key, changed_values(sources[check.key], check))
        except UsageError as error:  # the others are written all the same
            click.echo(f"newsbot: {printable(file)}: {printable(error)}", err=True)
    for file, text in texts.items():
        (folder / file.name).write_text(text, encoding="utf-8")
