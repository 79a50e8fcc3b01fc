"""`newsbot search` and `newsbot show`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from newsbot.cli.options import common_options, filter_options, limit_option, read_session
from newsbot.cli.output import highlighted, print_json, print_table, print_wrapped, printable, say
from newsbot.cli.structure import LABEL_WIDTH, UNLISTED, print_markdown, print_structure
from newsbot.errors import InputError
from newsbot.items import STUB, Article, local_day, utc_text

if TYPE_CHECKING:
    from newsbot.store.queries import Address, Filters, FormerArticle, Hit, StoredArticle, StoredReject

TYPES = {"PER": "people", "ORG": "organisations", "LOC": "places"}


@click.command()
@click.argument("query", default="")
@filter_options
@click.option("--sort", type=click.Choice(["relevance", "date"]), default="relevance", show_default=True)
@limit_option(20)
@common_options
def search(query: str, as_json: bool, database: str | None, **filters: Any) -> None:
    """Find articles, best first; without a query, the newest ones.

    Words match in all their forms; docs/query-language.md says all that a query may have.

    \b
    Examples:
      newsbot search 'climate "sea level" -football'
      newsbot search 'title:(flood* OR storm) lang:de,fr' --since 30d
      newsbot search protest --tag uk --sort date --json
      newsbot search --source guardian
    """
    from newsbot.store import queries

    if not query.strip():
        _list_newest(queries.Filters(**filters | {"sort": "date"}), as_json=as_json, database=database)
        return
    wanted = queries.Filters(**filters)
    with read_session(database) as session:
        hits = queries.search(session, query, wanted)
        is_full = len(hits) == wanted.limit
        total = queries.count_articles(session, query, wanted) if is_full else len(hits)
        suggestion = None if hits else queries.suggested_query(session, query)
        unknown = queries.unknown_names(session, wanted)
    for hit in hits:
        print_hit(hit, as_json=as_json)
    if total > len(hits):
        say(f"{len(hits):,} of {total:,} articles; --limit shows more")
    if not hits and not as_json:
        say("nothing found")
    for line in unknown:
        say(line)
    if suggestion is not None:
        say(f"did you mean {suggestion}")


def _list_newest(filters: Filters, *, as_json: bool, database: str | None) -> None:
    from newsbot.store.queries import iter_articles, stored_json, unknown_names

    with read_session(database) as session:
        newest = list(iter_articles(session, filters))
        unknown = unknown_names(session, filters)
    if not newest and not as_json:
        say("nothing found")
    for line in unknown:
        say(line)
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
    from newsbot.store.queries import hit_json

    if as_json:
        print_json(hit_json(hit))
        return
    title = highlighted(hit.title_marked or "", is_heading=True)
    print_wrapped(click.style(f"{hit.id}  ", bold=True) + title)
    day = _day(hit.published_at, hit.published_offset_min)
    click.echo(f"    {day}  {printable(hit.source)}  {printable(hit.url)}")
    print_wrapped(_unread(hit.unread_reason) if hit.kind == STUB else highlighted(hit.snippet), indent=4)
    click.echo()


@click.command()
@click.argument("article", metavar="ID|URL")
@click.option(
    "--removed", "with_removed", is_flag=True, help="Show what cleaning removed from its text, too."
)
@click.option("--markdown", "as_markdown", is_flag=True, help="Print only its text, as Markdown.")
@common_options
def show(article: str, with_removed: bool, as_markdown: bool, as_json: bool, database: str | None) -> None:
    """Show one article with everything known of it.

    \b
    Examples:
      newsbot show 31
      newsbot show https://news.example/story --json
      newsbot show 31 --markdown
      newsbot show 31 --removed
    """
    from newsbot.store import queries

    with read_session(database) as session:
        stored = queries.get_article(session, article)
        if stored is None:
            raise no_article(article)
        if as_markdown:
            print_markdown(stored.article)
            return
        urls = queries.article_urls(session, stored.id)
        places = queries.addresses(session, stored.id)
        former = queries.former_articles(session, stored.id)
        conflicts = [] if stored.article.kind == STUB else queries.list_conflicts(session, stored.id)
        removed = queries.removed_json(session, stored.id) if with_removed else []
    known = queries.stored_json(stored) | {"gone_at": utc_text(stored.gone_at)}
    if as_json:
        found = queries.addresses_json(places, former)
        print_json(known | {"urls": urls} | found | ({"removed": removed} if with_removed else {}))
        return
    _print_conflicts(conflicts)
    _print_text(stored)
    _print_known(stored.article, known, urls, other_times(places, former))
    if with_removed:
        _print_removed(removed)


def no_article(article: str) -> InputError:
    """Return the error for what is no article."""
    return InputError(
        f"no article {article!r}; accepted: the id or any URL of a stored article (newsbot search shows both)"
    )


def _print_conflicts(conflicts: Iterable[StoredReject]) -> None:
    for reject in conflicts:
        now = f"{reject.reason}, seen {utc_text(reject.last_seen_at)}; {reject.detail}"
        say(f"its address has something else now: {now}")


def _print_removed(removed: Sequence[Mapping[str, Any]]) -> None:
    """Print what was removed: the number of each paragraph in the full text, its block, and why."""
    click.echo(f"\nremoved: {len(removed)}")
    causes = {"site": "the site repeats it", "phrase": "it invites the reader"}
    for gone in removed:
        place, cause = gone["place"] + 1, causes[gone["by"]]
        click.echo()
        print_wrapped(f"paragraph {place}, block {gone['block']}, {cause}: {printable(gone['text'])}")


def other_times(places: Iterable[Address], former: Iterable[FormerArticle]) -> list[str]:
    """Return a line for every address where an article was, and for every article that was at one of its addresses."""
    return [
        *(
            f"{'was at:':{LABEL_WIDTH}} {printable(place.url)} until {utc_text(place.until)}; article {place.article_id} is there now"
            for place in places
            if place.until
        ),
        *(
            f"{'was here before:':{LABEL_WIDTH}} article {other.id}, until {utc_text(other.until)}: {printable(other.title)}"
            for other in former
        ),
    ]


def _print_text(stored: StoredArticle) -> None:
    """Print the headline and the text."""
    article = stored.article
    print_wrapped(click.style(printable(article.title), bold=True))
    if article.kind == STUB:
        click.echo(f"\nIts page is {_unread(stored.unread_reason)}. The original: {printable(article.url)}")
        return
    for paragraph in article.body.split("\n\n"):
        click.echo()
        print_wrapped(printable(paragraph))


def _print_known(article: Article, known: Mapping[str, Any], urls: list[str], others: list[str]) -> None:
    """Print all but headline and text: the fields, the addresses, the structure, the names by type."""
    click.echo()
    for name, value in known.items():
        if name not in (*UNLISTED, "title") and value not in (None, []):
            shown = ", ".join(value) if isinstance(value, list) else value
            click.echo(f"{name + ':':{LABEL_WIDTH}} {printable(shown)}")
    print_provenance(known["provenance"])
    for url in urls:
        click.echo(f"{'also at:':{LABEL_WIDTH}} {printable(url)}")
    for line in others:
        click.echo(line)
    print_structure(article)
    for heading, names in _names_by_type(article).items():
        print_wrapped(f"{heading + ':':{LABEL_WIDTH}} {', '.join(names)}")


def _names_by_type(article: Article) -> dict[str, list[str]]:
    """Return heading -> the names that an article mentions, each with its number of mentions and its role."""
    found: dict[str, list[str]] = defaultdict(list)
    for entity in article.entities:
        role = f", {printable(entity.role)}" if entity.role else ""
        found[TYPES[entity.type]].append(f"{printable(entity.name)} ({len(entity.mentions)}{role})")
    return {TYPES[kind]: found[TYPES[kind]] for kind in TYPES if TYPES[kind] in found}


def print_provenance(provenance: Mapping[str, Any]) -> None:
    """Print where the values of an article come from, one a line; the rules of its fields on one line."""
    rules = ", ".join(f"{field}: {rule}" for field, rule in provenance["rules"].items())
    warc = ", ".join(str(value) for value in (provenance["warc"] or {}).values() if value is not None)
    for name, value in {**provenance, "rules": rules, "warc": warc}.items():
        if value:
            click.echo(f"{name + ':':{LABEL_WIDTH}} {printable(value)}")
