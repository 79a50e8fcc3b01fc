"""The options that several commands share."""

from __future__ import annotations

from dataclasses import fields

import click
import pytest

from newsbot.cli.options import filter_options
from newsbot.cli.reading.articles import search
from newsbot.cli.reading.export import export
from newsbot.store.queries import Filters

NOT_FILTERS = {"query", "as_json", "database", "config", "format_", "output"}
"""Parameters that commands take themselves and do not hand on to `Filters`."""


@filter_options
def _no_command() -> None:
    """Carry the options."""


@pytest.mark.parametrize("command", [search, export], ids=["search", "export"])
def test_options_of_a_command_are_fields_of_the_filters(command: click.Command) -> None:
    names = {parameter.name for parameter in command.params} - NOT_FILTERS
    assert names <= {field.name for field in fields(Filters)}


def test_every_condition_of_the_filters_has_an_option() -> None:
    options = {option.name for option in click.command()(_no_command).params}
    assert options == {field.name for field in fields(Filters)} - {"limit", "sort"}
