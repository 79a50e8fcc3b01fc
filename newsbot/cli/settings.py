"""`newsbot settings`: list every setting with its value and origin."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from newsbot.cli.options import database_option, json_option
from newsbot.cli.output import print_json, print_table, printable
from newsbot.configuration.origins import (
    Origin,
    check,
    find_file,
    find_origins,
    located,
    origin_of,
    usual_files,
)
from newsbot.configuration.table import SETTINGS, Configuration, Setting, as_text
from newsbot.masking import masked_setting


@click.command()
@database_option
@json_option
def settings(database: str | None, as_json: bool) -> None:
    """Show every setting, its value, and where the value came from.

    A value is taken from the command line, else from the environment, else from a file newsbot.toml: the one that
    --config or NEWSBOT_CONFIG names, that of the current folder, or your own. Otherwise it is the default.
    """
    origins = find_origins({"database_url": database})
    found = check(origins)
    rows = [_row(setting, found, origins) for setting in SETTINGS.values()]
    if as_json:
        for row in rows:
            print_json(row)
        return
    print_table(
        ("setting", "value", "from", "purpose"),
        [(row["key"], row["value"], row["from"], row["purpose"]) for row in rows],
    )
    url = located(SETTINGS["database_url"], found.database_url, Path.cwd())
    for line in (_file_line(), f"the database is {masked_setting(SETTINGS['database_url'].name, url)}"):
        click.echo(f"newsbot: {printable(line)}", err=True)


def _row(setting: Setting, found: Configuration, origins: list[Origin]) -> dict[str, Any]:
    value = getattr(found, setting.key)
    shown = f"{len(value)} in the file" if setting.is_table and value else as_text(value)
    return {
        "name": setting.name,
        "key": setting.key,
        "value": masked_setting(setting.name, shown),
        "from": origin_of(setting.key, origins),
        "default": setting.default_in_words,
        "accepted": setting.accepted,
        "purpose": setting.purpose,
        "is_secret": setting.is_secret,
    }


def _file_line() -> str:
    """Return which file of settings is read, in words."""
    if file := find_file():
        return f"the file of settings is {file.absolute()}"
    return f"no file of settings; looked for: {', '.join(str(path.absolute()) for path in usual_files())}"
