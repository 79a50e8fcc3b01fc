"""`newsbot init`: makes a folder to begin with."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from newsbot.cli.config_option import config_option
from newsbot.cli.options import SourceKey
from newsbot.configuration.accepted_values import contact as read_contact
from newsbot.errors import UsageError


@click.command()
@click.argument("folder", default=".", metavar="[DIR]", type=click.Path(path_type=Path))
@click.option("--contact", metavar="TEXT", help="A page or a mail address of yours, for the user agent.")
@click.option(
    "--source",
    "keys",
    type=SourceKey(),
    multiple=True,
    metavar="KEY",
    help="A source of the catalog. Repeat it for several.",
)
@click.option("--plugin", metavar="NAME", help="Make a Python package with plugins in DIR/NAME instead.")
def init(folder: Path, contact: str | None, keys: tuple[str, ...], plugin: str | None) -> None:
    """Make a folder to begin with: settings, sources and database.

    They are newsbot.toml, sources/ and newsbot.db. DIR is the current folder if it is left out. Nothing is overwritten.
    Without --source there is one source as an example. With --plugin, the folder is that of a package with an engine, a
    stage, an output, an extractor and a source.

    \b
    Examples:
      newsbot init
      newsbot init desk --contact desk@news.example --source bbc --source dw-english
      newsbot init --plugin newsbot-mine
    """
    if plugin is not None:
        if contact is not None or keys:
            raise click.UsageError("--plugin takes neither --contact nor --source")
        _make_plugin(folder, plugin)
        return
    from newsbot.jobs.new_folder import make_folder

    address = _checked(_asked() if contact is None else contact)
    make_folder(folder, contact=address, keys=keys)
    click.echo(f"made {click.format_filename(folder / 'newsbot.toml')}, sources and the database", err=True)
    if not address:
        click.echo("no contact is set: name a page or mail address of yours in newsbot.toml", err=True)
    click.echo("next:", err=True)
    for command in next_commands(folder):
        click.echo(f"    {command}")


def _make_plugin(folder: Path, name: str) -> None:
    from newsbot.templates.plugin_project import write_plugin

    for path in write_plugin(folder, name):
        click.echo(f"made {click.format_filename(path)}", err=True)
    click.echo("next:", err=True)
    for command in (f"cd {shlex.quote(str(folder / name))}", "pip install -e '.[test]'", "pytest"):
        click.echo(f"    {command}")


init.params.append(config_option(is_checked=False))


def next_commands(folder: Path) -> list[str]:
    """Return what to do next, as a shell takes it."""
    first = [] if folder.resolve() == Path.cwd().resolve() else [f"cd {shlex.quote(str(folder))}"]
    return [*first, "newsbot crawl", "newsbot stats", "newsbot serve"][:3]


def _asked() -> str:
    """Return what the user says at a terminal; nothing if there is none."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return ""
    question = "A page or mail address of yours, which sites see in the user agent (empty: none)"
    return str(click.prompt(question, default="", show_default=False, err=True))


def _checked(contact: str) -> str:
    try:
        return read_contact(contact)
    except ValueError:
        raise UsageError(
            f"--contact is {contact!r}; accepted: the address of a page, or a mail address"
        ) from None
