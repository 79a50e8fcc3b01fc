"""`newsbot history`: how an article changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from newsbot.cli.options import common_options, read_session
from newsbot.cli.output import print_json, printable, say
from newsbot.cli.reading.articles import no_article, other_times
from newsbot.items import utc_text

if TYPE_CHECKING:
    from newsbot.store.queries import Change

CONTEXT_CHARS = 60
"""Number of unchanged characters shown before and after a change."""


@click.command()
@click.argument("article", metavar="ID|URL")
@common_options
def history(article: str, as_json: bool, database: str | None) -> None:
    """Show how an article changed, oldest change first.

    An edit is silent where headline or text changed, and nothing on the page owns up to it: no correction note, no later
    date, no mark of the headline. Every change says which fact decided.

    \b
    Examples:
      newsbot history 31
      newsbot history https://news.example/story --json
    """
    from newsbot.store import queries

    with read_session(database) as session:
        stored, changes = queries.get_article(session, article), queries.history(session, article)
        if stored is None or changes is None:
            raise no_article(article)
        former = queries.former_articles(session, stored.id)
        others = other_times(queries.addresses(session, stored.id), former)
    for change in changes:
        if as_json:
            print_json(queries.revision_json(change))
        else:
            cause = ", by newsbot's rules" if change.by_rules else ", silently" if change.is_silent else ""
            click.secho(f"revision {change.revision}, seen {utc_text(change.changed_at)}{cause}", bold=True)
            _print_reason(change)
            print_changes(change.fields)
    if not changes and not as_json:
        say("it has not changed since it was first seen")
    if not as_json:
        if stored.gone_at is not None:
            click.echo(f"gone: its page was not there any more at {utc_text(stored.gone_at)}")
        for line in others:
            click.echo(line)


def _print_reason(change: Change) -> None:
    """Print the size of a change, and why it is called silent or not."""
    from newsbot.store.queries import explanation

    if change.words_removed or change.words_added:
        click.echo(f"  words: {change.words_removed} removed, {change.words_added} added")
    if reason := explanation(change):
        click.echo(f"  {printable(reason)}")


def print_changes(fields: Mapping[str, tuple[Any, Any]]) -> None:
    """Print the changed fields, one per line."""
    for name, (old, new) in fields.items():
        click.echo(f"  {name}: {_difference(_text(old), _text(new))}")


def _text(value: Any) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def _difference(old: str, new: str) -> str:
    """Return both texts as one: [-removed-] and {+added+}, coloured on a terminal, long unchanged parts shortened."""
    from newsbot.dedupe.revisions import word_diff

    segments = word_diff(old, new)
    shown = []
    for place, segment in enumerate(segments):
        text = printable(segment.text)
        words = text.rstrip()
        space = text[len(words) :] or (" " if segment.text[-1:].isspace() else "")
        if segment.kind == "same":
            shown.append(_shortened(text, is_first=place == 0, is_last=place == len(segments) - 1))
        elif segment.kind == "removed":
            shown.append(click.style(f"[-{words}-]", fg="red") + space)
        else:
            shown.append(click.style(f"{{+{words}+}}", fg="green") + space)
    return "".join(shown)


def _shortened(text: str, *, is_first: bool, is_last: bool) -> str:
    """Shorten unchanged text to the `CONTEXT_CHARS` next to a change."""
    head, tail = "" if is_first else text[:CONTEXT_CHARS], "" if is_last else text[-CONTEXT_CHARS:]
    return text if len(text) <= 2 * CONTEXT_CHARS else f"{head} ... {tail}"
