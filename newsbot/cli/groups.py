"""Groups of commands: their help in sections, their completion, and the names that a mistyped one resembles."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import click
from click.shell_completion import CompletionItem

from newsbot.cli.config_option import with_settings


class Entry(NamedTuple):
    """A command that is imported when it is asked for."""

    path: str
    """Its module and its name there: `package.module:name`."""
    summary: str
    """The first line of its help."""


Sections = Mapping[str, Mapping[str, tuple[str, str]]]
"""Heading -> command -> what an `Entry` holds."""


class Group(click.Group):
    """A group whose help has every summary as a whole, and that names the commands which a mistyped one resembles."""

    def sections(self, ctx: click.Context) -> dict[str, dict[str, str]]:
        """Return heading -> command -> summary."""
        named = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        return {"Commands": {name: summary_of(command) for name, command in named.items() if command}}

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sections; a summary that is too long for its line goes on in the next."""
        sections = self.sections(ctx)
        width = max(len(name) for commands in sections.values() for name in commands)
        for heading, commands in sections.items():
            with formatter.section(heading):
                formatter.write_dl([(name.ljust(width), summary) for name, summary in commands.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands that begin so, without importing them."""
        found = {name: about for commands in self.sections(ctx).values() for name, about in commands.items()}
        items = [
            CompletionItem(name, help=found[name]) for name in sorted(found) if name.startswith(incomplete)
        ]
        return [*items, *click.Command.shell_complete(self, ctx, incomplete)]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the arguments begin with. Raises NoSuchCommand with the names that resemble it."""
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            names = self.list_commands(ctx)
            raise click.exceptions.NoSuchCommand(error.command_name, possibilities=names, ctx=ctx) from None


class LazyGroup(Group):
    """A group that imports a command when it runs, so that every command and the help of all start fast."""

    def __init__(self, *args: Any, table: Sections, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table = {
            heading: {name: Entry(*entry) for name, entry in commands.items()}
            for heading, commands in table.items()
        }
        self.entries = {name: entry for commands in self.table.values() for name, entry in commands.items()}

    def sections(self, ctx: click.Context) -> dict[str, dict[str, str]]:
        """Return heading -> command -> summary, as the table gives them."""
        return {
            heading: {name: entry.summary for name, entry in commands.items()}
            for heading, commands in self.table.items()
        }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one command, or None if there is none with that name."""
        if cmd_name not in self.entries:
            return None
        module, _, name = self.entries[cmd_name].path.partition(":")
        command: click.Command = getattr(import_module(module), name)
        return with_settings(command)


def summary_of(command: click.Command) -> str:
    """Return the first line of the help of a command."""
    return (command.help or "").strip().partition("\n")[0]
