"""`newsbot settings`: list every setting with its value and origin."""

from __future__ import annotations

import os

import click

from newsbot.cli.options import common_options_without_database
from newsbot.cli.output import print_json, print_table
from newsbot.masking import masked_setting
from newsbot.settings import NEWSBOT_SETTINGS, from_environment, read_settings


@click.command()
@common_options_without_database
def settings(as_json: bool) -> None:
    """Show every setting, its value, and where the value came from.

    \b
    Examples:
      newsbot settings
      newsbot settings --json
    """
    read_settings(os.environ)
    rows = [
        {
            "name": setting.name,
            "value": masked_setting(setting.name, str(from_environment(setting))),
            "from": "environment" if setting.name in os.environ else "default",
            "accepted": setting.accepted,
            "purpose": setting.purpose,
        }
        for setting in NEWSBOT_SETTINGS
    ]
    if as_json:
        for row in rows:
            print_json(row)
    else:
        print_table(
            ("setting", "value", "from", "purpose"),
            [(r["name"], r["value"], r["from"], r["purpose"]) for r in rows],
        )
