"""`newsbot doctor`: looks whether newsbot can work here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from newsbot.cli.config_option import config_option
from newsbot.cli.options import common_options
from newsbot.cli.output import print_json, printable
from newsbot.errors import UsageError

if TYPE_CHECKING:
    from newsbot.configuration.table import Configuration
    from newsbot.jobs.checkup.findings import Finding

COLOURS = {"warning": "yellow", "problem": "red"}


@click.command()
@click.option("--offline", is_flag=True, help="Leave out the checks that need a network.")
@common_options
def doctor(offline: bool, database: str | None, as_json: bool) -> int:
    """Look whether newsbot can work here; say what to do about it.

    Settings, database, archive, sources, disk, contact, models, extras, retention, network and clock. Nothing is changed. Exit
    status 1 if something is a problem.

    \b
    Examples:
      newsbot doctor
      newsbot doctor --offline --json
    """
    has_problem = False
    for finding in find_all(database, offline=offline):
        has_problem |= finding.verdict == "problem"
        if as_json:
            print_json(asdict(finding))
        else:
            advice = f" ({finding.advice})" if finding.advice else ""
            line = f"{finding.verdict:8} {finding.check}: {finding.detail}{advice}"
            click.secho(printable(line), fg=COLOURS.get(finding.verdict))
    return 1 if has_problem else 0


doctor.params.append(config_option(is_checked=False))


def find_all(database: str | None, *, offline: bool) -> Iterator[Finding]:
    """Yield what every check finds; only what is wrong with the settings, if they cannot be read."""
    from newsbot.configuration.origins import find_file
    from newsbot.jobs.checkup import local_checks
    from newsbot.jobs.checkup.findings import Finding
    from newsbot.settings import configuration

    checks = (
        local_checks.check_database,
        local_checks.check_archive,
        local_checks.check_sources,
        local_checks.check_disk,
        local_checks.check_contact,
        local_checks.check_engine,
        local_checks.check_deliveries,
        local_checks.check_extras,
    )
    try:
        settings = configuration(database_url=database)
        file = find_file()
    except UsageError as error:
        yield Finding("settings", "problem", str(error), "correct it; the other checks need it")
        return
    yield Finding(
        "settings", "ok", str(file.absolute()) if file else "no newsbot.toml: variables and defaults"
    )
    for check in checks:
        yield from check(settings)
    yield from local_checks.check_retention(settings, datetime.now(UTC))
    yield from _network(settings, offline=offline)


def _network(settings: Configuration, *, offline: bool) -> Iterator[Finding]:
    from newsbot.jobs.checkup.findings import Finding
    from newsbot.jobs.checkup.network_checks import check_network

    if offline:
        yield Finding("network", "skipped", "--offline")
    else:
        yield from check_network(settings, datetime.now(UTC))
