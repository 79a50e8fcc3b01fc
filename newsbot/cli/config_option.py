"""`--config FILE`, which every command has, and the check of all settings before a command begins."""

from __future__ import annotations

import os

import click

from newsbot.errors import UsageError


def with_settings(command: click.Command) -> click.Command:
    """Return a command, or all commands of a group, with the option `--config`, and with its settings checked."""
    if isinstance(command, click.Group):
        for subcommand in command.commands.values():
            with_settings(subcommand)
    is_run = not isinstance(command, click.Group) or command.invoke_without_command
    if is_run and all(parameter.name != "config" for parameter in command.params):
        command.params.append(config_option())
    return command


def config_option(*, is_checked: bool = True) -> click.Option:
    """Return the option. `is_checked`: all settings are read before the command begins, so that a mistake is reported."""

    def use(context: click.Context, _option: click.Parameter, path: str | None) -> None:
        if path is None and context.resilient_parsing:  # a shell asks what may come next
            return
        from newsbot.configuration.origins import FILE_VARIABLE  # not above: --help does not need it
        from newsbot.settings import configuration

        if path is not None:
            _set_for(context, FILE_VARIABLE, path)
        if is_checked and not context.resilient_parsing:
            try:
                configuration()
            except UsageError:
                context.close()  # nobody else does it if a command cannot begin
                raise

    return click.Option(
        ["--config"],
        metavar="FILE",
        expose_value=False,
        callback=use,
        help="File of settings, instead of ./newsbot.toml or your own.",
    )


def _set_for(context: click.Context, name: str, value: str) -> None:
    """Set an environment variable until the command ends: the processes that it starts have it too."""
    before = os.environ.get(name)
    os.environ[name] = value

    def restore() -> None:
        os.environ.pop(name)
        if before is not None:
            os.environ[name] = before

    context.call_on_close(restore)
