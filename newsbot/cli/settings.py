"""`newsbot settings`: list every setting with its value and origin."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsbot.cli.options import common_options
from newsbot.cli.output import print_json, print_table, say
from newsbot.masking import masked_setting

if TYPE_CHECKING:
    from newsbot.configuration.origins import Origin
    from newsbot.configuration.table import Configuration, Setting


@click.command()
@common_options
def settings(database: str | None, as_json: bool) -> None:
    """Show every setting, its value, and where the value came from.

    A value is taken from the command line, else from the environment, else from a file newsbot.toml: the one that
    --config or NEWSBOT_CONFIG names, that of the current folder, or your own. Otherwise it is the default.

    \b
    Examples:
      newsbot settings
      newsbot settings --config crawl.toml --json
    """
    from newsbot.configuration.origins import check, find_origins, located
    from newsbot.configuration.table import SETTINGS

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
        say(line)


def _row(setting: Setting, found: Configuration, origins: list[Origin]) -> dict[str, Any]:
    from newsbot.configuration.origins import origin_of
    from newsbot.configuration.table import as_text

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
    from newsbot.configuration.origins import find_file, usual_files

    if file := find_file():
        return f"the file of settings is {file.absolute()}"
    return f"no file of settings; looked for: {', '.join(str(path.absolute()) for path in usual_files())}"
