"""`newsbot sources enable`, `disable` and `tag`: change the TOML of one's own sources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from newsbot.cli.options import Names, SourceKey, common_options_without_database, joined
from newsbot.cli.output import print_json, printable
from newsbot.cli.sources.known import own_files, unknown_source
from newsbot.errors import UsageError

if TYPE_CHECKING:
    from newsbot.sources.model import Source
    from newsbot.sources.toml_edit import Value

F = TypeVar("F", bound=Callable[..., Any])


def _of_sources(command: F) -> F:
    """Add what commands have that edit sources: keys, and whether sources of the catalog are taken over."""
    keys = click.argument("keys", metavar="KEY...", nargs=-1, required=True, type=SourceKey())
    copy = click.option(
        "--copy",
        "is_copied",
        is_flag=True,
        help="Take sources of the shipped catalog into your own folder first.",
    )
    return keys(copy(common_options_without_database(command)))


@click.command()
@_of_sources
def enable(keys: tuple[str, ...], is_copied: bool, as_json: bool) -> None:
    """Crawl sources again.

    \b
    Examples:
      newsbot sources enable bbc guardian
      newsbot sources enable tagesschau --copy
    """
    _edit(keys, lambda _source: {"enabled": True}, is_copied=is_copied, as_json=as_json)


@click.command()
@_of_sources
def disable(keys: tuple[str, ...], is_copied: bool, as_json: bool) -> None:
    """Crawl sources no longer.

    What is stored of them stays.

    \b
    Examples:
      newsbot sources disable bbc
    """
    _edit(keys, lambda _source: {"enabled": False}, is_copied=is_copied, as_json=as_json)


@click.command()
@click.option("--add", "added", type=Names(), multiple=True, callback=joined, metavar="TAG", help="Add it.")
@click.option(
    "--remove", "removed", type=Names(), multiple=True, callback=joined, metavar="TAG", help="Remove it."
)
@_of_sources
def tag(
    keys: tuple[str, ...],
    added: tuple[str, ...],
    removed: tuple[str, ...],
    is_copied: bool,
    as_json: bool,
) -> None:
    """Add tags to sources, or remove some.

    Several tags: with commas, or repeat the option. Articles of sources with a tag are found with `--tag`.

    \b
    Examples:
      newsbot sources tag bbc guardian --add uk,broadsheet
      newsbot sources tag bbc --remove broadsheet
    """
    from newsbot.sources.values import SOURCE_KEYS

    if not added and not removed:
        raise UsageError("nothing to do; accepted: --add TAG, --remove TAG")
    try:
        SOURCE_KEYS["tags"](list(added))
    except ValueError as error:
        raise UsageError(f"--add: {error}") from error

    def values(source: Source) -> dict[str, Value]:
        kept = [tag for tag in dict.fromkeys([*source.tags, *added]) if tag not in removed]
        return {"tags": kept}

    _edit(keys, values, is_copied=is_copied, as_json=as_json)


def _edit(
    keys: tuple[str, ...],
    values_of: Callable[[Source], Mapping[str, Value]],
    *,
    is_copied: bool,
    as_json: bool,
) -> None:
    """Change sources in the files that define them: all of them, or none if there is something wrong with one."""
    from newsbot.jobs.export_formats import atomic_file
    from newsbot.sources.catalog import load_sources
    from newsbot.sources.toml_edit import edit_source

    files, texts, changes = _files(keys, is_copied=is_copied), dict[Path, str](), []
    shipped = load_sources()
    own = own_files().sources
    for key, file in files.items():
        values = dict(values_of(own.get(key) or shipped[key]))
        text = texts.get(file) or (file.read_text(encoding="utf-8") if file.exists() else "")
        texts[file] = edit_source(text if key in own else _with_shipped(text, key), key, values)
        changes.append((key, file, values))
    for file, text in texts.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        with atomic_file(file) as out:
            out.write(text.encode())
    for key, file, values in changes:
        if as_json:
            print_json({"key": key, "file": str(file), **values})
        else:
            said = ", ".join(f"{name} = {_shown(value)}" for name, value in values.items())
            click.echo(printable(f"{key}: {said} in {file}"))


def _files(keys: tuple[str, ...], *, is_copied: bool) -> dict[str, Path]:
    """Return key -> the file that defines the source, or that it is copied to. Raises UsageError."""
    from newsbot.sources.catalog import load_sources

    own, shipped = own_files(), load_sources()
    found: dict[str, Path] = {}
    for key in keys:
        if key not in own.files and key not in shipped:
            raise unknown_source(key, {**own.files, **shipped})
        if own.path is None:
            raise UsageError(
                f"source {key!r} is in the catalog that ships with newsbot, which is not edited; set NEWSBOT_SOURCES to a "
                "folder of your own, and --copy takes the source there"
            )
        if key not in own.files and not is_copied:
            raise UsageError(
                f"source {key!r} is in the catalog that ships with newsbot, not in {own.path}; --copy takes it there"
            )
        found[key] = own.files.get(key) or (own.path if own.path.is_file() else own.path / f"{key}.toml")
    return found


def _with_shipped(text: str, key: str) -> str:
    """Return the text of a file with a source of the shipped catalog at its end."""
    from newsbot.sources.catalog import source_files
    from newsbot.sources.toml_edit import source_text

    shipped = source_text(source_files()[key].read_text(encoding="utf-8"), key)
    return f"{text.rstrip()}\n\n{shipped}" if text.strip() else shipped


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(value) or "none" if isinstance(value, list) else str(value)
