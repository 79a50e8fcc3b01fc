"""`newsbot search`, `show` and `history`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import click

from newsbot.cli.options import database_option, filter_options, json_option, limit_option, read_session
from newsbot.cli.output import highlighted, print_json, print_table, printable
from newsbot.cli.structure import UNLISTED, print_markdown, print_structure
from newsbot.dedupe.revisions import word_diff
from newsbot.errors import InputError
from newsbot.items import STUB, local_day, utc_text
from newsbot.store.queries import (
    Address,
    Change,
    Filters,
    FormerArticle,
    Hit,
    StoredArticle,
    addresses,
    addresses_json,
    article_urls,
    count_articles,
    evidence_json,
    explanation,
    former_articles,
    get_article,
    hit_json,
    iter_articles,
    list_conflicts,
    removed_json,
    stored_json,
    suggested_query,
)
from newsbot.store.queries import (
    history as changes_of,
)
from newsbot.store.queries import (
    search as find,
)

CONTEXT_CHARS = 60
"""Number of unchanged characters shown before and after a change."""


@click.command()
@click.argument("query", default="")
@filter_options
@click.option("--sort", type=click.Choice(["relevance", "date"]), default="relevance", show_default=True)
@limit_option(20)
@json_option
@database_option
def search(query: str, as_json: bool, database: str | None, **filters: Any) -> None:
    """Find articles, best first; without a query, the newest ones.

    \b
    newsbot search 'climate "sea level" -football'     all words, a phrase, without
    newsbot search 'title:(flood* OR storm) NEAR/5 …'  see docs/query-language.md
    newsbot search 'protest lang:de,fr author:holt'
    """
    if not query.strip():
        _list_newest(Filters(**filters | {"sort": "date"}), as_json=as_json, database=database)
        return
    with read_session(database) as session:
        hits = find(session, query, Filters(**filters))
        total = (
            count_articles(session, query, Filters(**filters)) if len(hits) == filters["limit"] else len(hits)
        )
        suggestion = None if hits else suggested_query(session, query)
    for hit in hits:
        print_hit(hit, as_json=as_json)
    if total > len(hits):
        click.echo(f"newsbot: {len(hits):,} of {total:,} articles; --limit shows more", err=True)
    if not hits and not as_json:
        click.echo("newsbot: nothing found", err=True)
    if suggestion is not None:
        click.echo(f"newsbot: did you mean {printable(suggestion)}", err=True)


def _list_newest(filters: Filters, *, as_json: bool, database: str | None) -> None:
    with read_session(database) as session:
        newest = list(iter_articles(session, filters))
    if as_json:
        for stored in newest:
            print_json(stored_json(stored))
        return
    rows = [
        (
            stored.id,
            _day(stored.article.published_at, stored.article.published_offset_min),
            stored.article.source,
            _unread(stored.unread_reason) if stored.article.kind == STUB else None,
            stored.article.title,
        )
        for stored in newest
    ]
    print_table(("id", "date", "source", "", "title"), rows)


def _unread(reason: str | None) -> str:
    """Return the mark of a stub in lists: why its text is not here."""
    return f"not readable here: {reason}" if reason else "not readable here"


def _day(published_at: datetime | None, offset_min: int | None) -> str:
    return local_day(published_at, offset_min).isoformat() if published_at else "no date"


def print_hit(hit: Hit, *, as_json: bool) -> None:
    """Print one search result."""
    if as_json:
        print_json(hit_json(hit))
        return
    click.echo(click.style(f"{hit.id}  ", bold=True) + highlighted(hit.title_marked or "", is_heading=True))
    click.echo(
        f"    {_day(hit.published_at, hit.published_offset_min)}  {printable(hit.source)}  {printable(hit.url)}"
    )
    click.echo(f"    {_unread(hit.unread_reason) if hit.kind == STUB else highlighted(hit.snippet)}\n")


@click.command()
@click.argument("article", metavar="ID|URL")
@click.option(
    "--removed", "with_removed", is_flag=True, help="Show what cleaning removed from its text, too."
)
@click.option("--markdown", "as_markdown", is_flag=True, help="Print only its text, as Markdown.")
@json_option
@database_option
def show(article: str, with_removed: bool, as_markdown: bool, as_json: bool, database: str | None) -> None:
    """Show one article with everything known of it."""
    with read_session(database) as session:
        stored = get_article(session, article)
        if stored is None:
            raise InputError(f"no article {article!r}; accepted: the id or any URL of a stored article")
        if as_markdown:
            print_markdown(stored.article)
            return
        urls = article_urls(session, stored.id)
        places, former = addresses(session, stored.id), former_articles(session, stored.id)
        conflicts = [] if stored.article.kind == STUB else list_conflicts(session, stored.id)
        removed = removed_json(session, stored.id) if with_removed else []
    known = stored_json(stored) | {"gone_at": utc_text(stored.gone_at)}
    if as_json:
        found = addresses_json(places, former)
        print_json(known | {"urls": urls} | found | ({"removed": removed} if with_removed else {}))
        return
    for reject in conflicts:
        now = f"{reject.reason}, seen {utc_text(reject.last_seen_at)}; {printable(reject.detail)}"
        click.echo(f"newsbot: its address has something else now: {now}", err=True)
    _print_article(stored, known, urls, _other_times(places, former))
    if with_removed:
        _print_removed(removed)


def _print_removed(removed: Sequence[Mapping[str, Any]]) -> None:
    """Print what was removed: the number of each paragraph in the full text, its block, and why."""
    click.echo(f"\nremoved: {len(removed)}")
    causes = {"site": "the site repeats it", "phrase": "it invites the reader"}
    for gone in removed:
        place, cause = gone["place"] + 1, causes[gone["by"]]
        click.echo(f"\nparagraph {place}, block {gone['block']}, {cause}: {printable(gone['text'])}")


def _other_times(places: Iterable[Address], former: Iterable[FormerArticle]) -> list[str]:
    """Return a line for every address where an article was, and for every article that was at one of its addresses."""
    return [
        *(
            f"{'was at:':16} {printable(place.url)} until {utc_text(place.until)}; article {place.article_id} is there now"
            for place in places
            if place.until
        ),
        *(
            f"{'was here before:':16} article {other.id}, until {utc_text(other.until)}: {printable(other.title)}"
            for other in former
        ),
    ]


def _print_article(
    stored: StoredArticle, known: Mapping[str, Any], urls: list[str], other_times: list[str]
) -> None:
    for name, value in known.items():
        if name not in (*UNLISTED, "title") and value not in (None, []):
            shown = ", ".join(value) if isinstance(value, list) else value
            click.echo(f"{name + ':':16} {printable(shown)}")
    print_provenance(known["provenance"])
    for url in urls:
        click.echo(f"{'also at:':16} {printable(url)}")
    for line in other_times:
        click.echo(line)
    print_structure(stored.article, 16)
    for entity in stored.article.entities:
        role = f", {entity.role}" if entity.role else ""
        click.echo(
            f"{'mentions:':16} {printable(entity.name)} ({entity.type}{printable(role)}) x{len(entity.mentions)}"
        )
    click.secho(f"\n{printable(stored.article.title)}", bold=True)
    if stored.article.kind == STUB:
        click.echo(
            f"\nIts page is {_unread(stored.unread_reason)}. The original: {printable(stored.article.url)}"
        )
        return
    for paragraph in stored.article.body.split("\n\n"):
        click.echo(f"\n{printable(paragraph)}")


def print_provenance(provenance: Mapping[str, Any]) -> None:
    """Print where the values of an article come from, one a line; the rules of its fields on one line."""
    rules = ", ".join(f"{field}: {rule}" for field, rule in provenance["rules"].items())
    warc = ", ".join(str(value) for value in (provenance["warc"] or {}).values() if value is not None)
    for name, value in {**provenance, "rules": rules, "warc": warc}.items():
        if value:
            click.echo(f"{name + ':':18} {printable(value)}")


@click.command()
@click.argument("article", metavar="ID|URL")
@json_option
@database_option
def history(article: str, as_json: bool, database: str | None) -> None:
    """Show how an article changed, oldest change first.

    An edit is silent where headline or text changed, and nothing on the page owns up to it: no correction note, no later
    date, no mark of the headline. Every change says which fact decided.
    """
    with read_session(database) as session:
        stored, changes = get_article(session, article), changes_of(session, article)
        if stored is None or changes is None:
            raise InputError(f"no article {article!r}; accepted: the id or any URL of a stored article")
        other_times = _other_times(addresses(session, stored.id), former_articles(session, stored.id))
    for change in changes:
        if as_json:
            fields = {name: {"before": old, "after": new} for name, (old, new) in change.fields.items()}
            print_json(
                {
                    "revision": change.revision,
                    "changed_at": utc_text(change.changed_at),
                    "by_rules": change.by_rules,
                    "is_silent": change.is_silent,
                    "evidence": evidence_json(change),
                    "fields": fields,
                }
            )
        else:
            cause = ", by newsbot's rules" if change.by_rules else ", silently" if change.is_silent else ""
            click.secho(f"revision {change.revision}, seen {utc_text(change.changed_at)}{cause}", bold=True)
            print_reason(change)
            print_changes(change.fields)
    if not changes and not as_json:
        click.echo("newsbot: it has not changed since it was first seen", err=True)
    if not as_json:
        for line in other_times:
            click.echo(line)


def print_reason(change: Change) -> None:
    """Print the size of a change, and why it is called silent or not."""
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
