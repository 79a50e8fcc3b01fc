"""A made-up newsroom: sources, stories that several of them tell, people and places, changes, rejects.

The same numbers give the same articles, for tests, screenshots and benchmarks.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from newsbot.cleaning.text_structure import follow_body
from newsbot.extraction.structure.markdown import from_paragraphs, link, links_of
from newsbot.ingest.record import record_reject
from newsbot.items import Article, Entity, EntityType, Mention, Reject
from newsbot.sources.model import Source
from newsbot.store.articles.batch_locks import Incoming, lock_articles
from newsbot.store.articles.writer import save_article
from newsbot.store.crawl.feed_rows import sync_sources
from newsbot.store.crawl.rejects import save_reject
from newsbot.store.database import Database
from newsbot.store.schema.identity import article_keys
from newsbot.store.schema.models import Feed
from newsbot.text import word_count

NOW = datetime(2026, 3, 20, 9, 30, tzinfo=UTC)
BATCH = 100
"""Articles a transaction."""

SOURCES = {
    "harbour-post": "The Harbour Post",
    "northern-ledger": "Northern Ledger",
    "valley-herald": "Valley Herald",
    "city-observer": "City Observer",
    "le-courrier": "Le Courrier du Lac",
    "tagesblatt": "Tagesblatt am Fluss",
    "the-signal": "The Signal",
    "coast-wire": "Coast Wire",
    "market-day": "Market Day",
    "open-field": "Open Field",
}
LANGUAGES = {"le-courrier": "fr", "tagesblatt": "de"}
SECTIONS = ("Politics", "Economy", "City", "World", "Science", "Culture", "Sport")
FIRST = ("Ada", "Jonas", "Mira", "Teo", "Lena", "Omar", "Ines", "Pavel", "Ruth", "Samir", "Nora", "Emil")
LAST = (
    "Kovac",
    "Holt",
    "Brandt",
    "Okoye",
    "Lindqvist",
    "Moreau",
    "Haddad",
    "Silva",
    "Tanaka",
    "Novak",
    "Weir",
)
PLACES = (
    "Lisbon",
    "Nairobi",
    "Oslo",
    "Jakarta",
    "Toronto",
    "Lima",
    "Hamburg",
    "Cairo",
    "Sydney",
    "Osaka",
    "Mumbai",
    "Accra",
    "Warsaw",
    "Santiago",
    "Chicago",
    "Marseille",
)
BODIES = (
    "Harbour Board",
    "Port Workers Union",
    "Ministry of Transport",
    "Central Bank",
    "Green Alliance",
    "City Council",
    "Institute for Rivers",
    "Northern Railways",
    "Court of Audit",
    "Chamber of Trade",
)
TITLES = (
    "{who} promises {number} new jobs as {org} opens {thing} in {where}",
    "{org} delays {thing} in {where} for a third time",
    "What the {thing} in {where} will cost, and who pays",
    "{who} to leave {org} after dispute over {thing}",
    "Residents of {where} take the {thing} to court",
    "{where} votes on {thing}; {org} warns of higher rents",
    "Engineers find cracks in {thing}, {org} orders a second look",
    "{who}: “We will finish the {thing} this year”",
)
THINGS = (
    "tram line",
    "flood barrier",
    "night ferry",
    "solar park",
    "container terminal",
    "rent cap",
    "rail tunnel",
    "drinking-water plan",
    "school reform",
    "bridge toll",
    "wind farm",
    "harbour museum",
)
SENTENCES = (
    "{who} told reporters on {day} that the {thing} would be ready before the end of the year.",
    "The {org} had put the cost at {number} million, a figure that critics in {where} call optimistic.",
    "“Nobody asked the people who live here,” said {other}, who has followed the {thing} from the start.",
    "In {where}, where a similar plan failed four years ago, officials are watching closely.",
    "The {org} did not answer questions about the contract with suppliers in {elsewhere}.",
    "{other} has asked the {rival} to look at the figures again.",
    "It is the first time that {who} has put a date to it.",
)
ASIDES = (
    "work on the second section is to begin in spring",
    "opponents have collected {count} signatures",
    "rain closed the site for {count} days",
    "the tender drew {count} bids",
    "two engineers left in {month}",
    "the old plan had {count} pages",
    "rents nearby rose by {count} per cent",
    "a survey of {count} households found doubts",
    "the night shift was cut in {month}",
    "the first drawings date from {month}",
    "a bank in {town} lent the money",
    "schools in {town} sent letters",
    "the steel came from {town}",
    "divers from {town} inspected the piers",
    "{name} kept the minutes",
    "{name} called it a relief",
    "{name} has left the board",
    "an appeal by {name} is open",
    "insurers asked for {count} more tests",
    "the model stood in the town hall until {month}",
    "a lorry from {town} brought the samples",
    "tickets are to cost {count} cents more",
    "the file was lost between {month} and {day}",
    "neighbours measured the noise for {count} nights",
)
MONTHS = ("January", "February", "April", "June", "September", "October", "November")
LINKS = (
    "Meanwhile",
    "According to the minutes",
    "In a second letter",
    "As reported on {day}",
    "By then",
    "Without much notice",
    "For the time being",
    "On the record",
    "Even so",
    "To the surprise of many",
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


@dataclass(frozen=True, slots=True)
class Newsroom:
    """The size of a made-up newsroom."""

    articles: int = 400
    days: int = 40
    story_share: float = 0.4
    """Share of the articles that report a story which another source has published first."""
    changed: int = 20
    """Number of the newest articles that have changed since they were first seen."""
    seed: int = 7


def fill(database: Database, newsroom: Newsroom = Newsroom()) -> None:
    """Store a whole newsroom: articles, stories, changes, feeds and rejects."""
    with database.write() as session:
        sync_sources(
            session, [_source(key, name) for key, name in SOURCES.items()], now=NOW - timedelta(days=60)
        )
        session.execute(update(Feed).values(last_polled_at=NOW, last_success_at=NOW, last_status=200))
        failing = update(Feed).where(Feed.source == "coast-wire")
        session.execute(failing.values(failure_count=7, last_status=503, last_error="http-503"))
    articles = list(made_up_articles(newsroom))
    for first in range(0, len(articles), BATCH):
        batch = articles[first : first + BATCH]
        with database.write() as session:
            lock_articles(session, [Incoming(article) for article in batch], now=NOW)
            for article in batch:
                _store(session, article)
    _change(database, articles[-2 * newsroom.changed :: 2] if newsroom.changed else [])
    _reject(database)


def sources() -> list[Source]:
    """Return the sources, each with a feed."""
    return [_source(key, name) for key, name in SOURCES.items()]


def _source(key: str, name: str) -> Source:
    home = f"https://{key}.example/"
    return Source(
        key=key, name=name, homepage=home, feeds=(f"{home}news.xml",), language=LANGUAGES.get(key, "en")
    )


def made_up_articles(newsroom: Newsroom) -> Iterator[Article]:
    """Yield articles, oldest first; some repeat a story that another source has just published."""
    chance = random.Random(newsroom.seed)
    keys = list(SOURCES)
    weights = list(accumulate(1 / (rank + 1) for rank in range(len(keys))))
    leader = None
    for number in range(newsroom.articles):
        at = NOW - timedelta(days=newsroom.days) * (1 - (number + 1) / newsroom.articles)
        source = chance.choices(keys, cum_weights=weights)[0]
        if leader is not None and chance.random() < newsroom.story_share and leader.source != source:
            yield _retold(leader, number, source, at, chance)
            continue
        article = _article(number, source, at, chance)
        leader = article if chance.random() < newsroom.story_share else leader
        yield article


def _article(number: int, source: str, at: datetime, chance: random.Random) -> Article:
    who, other = (f"{chance.choice(FIRST)} {_often(LAST, chance)}" for _ in range(2))
    facts = {
        "who": who,
        "other": other,
        "org": _often(BODIES, chance),
        "rival": chance.choice(BODIES),
        "where": _often(PLACES, chance),
        "elsewhere": chance.choice(PLACES),
        "thing": chance.choice(THINGS),
        "day": chance.choice(DAYS),
        "number": chance.randint(3, 900),
    }
    statements = [sentence.format(**facts) for sentence in chance.sample(SENTENCES, 5)]
    sentences = [
        sentence
        for pair in zip(statements, (_aside(chance) for _ in statements), strict=True)
        for sentence in pair
    ]
    sentences += [_aside(chance) for _ in range(5)]
    body = "\n\n".join(" ".join(sentences[i : i + 3]) for i in range(0, len(sentences), 3))
    markdown = from_paragraphs(body.split("\n\n"))
    if linked := LINKED.get(number % 7):
        first, rest = markdown.split(" ", maxsplit=1)
        markdown = f"{link(first, f'https://{linked}/{number}')} {rest}"
    return Article(
        url=f"https://{source}.example/{at:%Y/%m/%d}/{number}",
        source=source,
        title=chance.choice(TITLES).format(**facts),
        description=sentences[0],
        authors=[f"{chance.choice(FIRST)} {chance.choice(LAST)}"],
        published_at=at.replace(microsecond=0),
        language=LANGUAGES.get(source, "en"),
        section=_often(SECTIONS, chance),
        topics=[str(facts["thing"]), str(facts["where"])],
        image_url=f"https://{source}.example/{number}.jpg",
        body_markdown=markdown,
        links=links_of(markdown),
        body=body,
        word_count=word_count(body),
        entity_engine="rules 1",
        entities=entities_of(body, facts),
    )


LINKED = {0: "statistics.example", 2: "centralbank.example", 3: "www.statistics.example"}
"""Sites that articles link to, by the remainder of their numbers."""


def _aside(chance: random.Random) -> str:
    """Return a sentence that hardly ever occurs twice."""
    link = chance.choice(LINKS).format(day=chance.choice(DAYS))
    first, second = (
        template.format(
            count=chance.randint(2, 990),
            month=chance.choice(MONTHS),
            town=chance.choice(PLACES),
            name=f"{chance.choice(FIRST)} {chance.choice(LAST)}",
            day=chance.choice(DAYS),
        )
        for template in chance.sample(ASIDES, 2)
    )
    return f"{link}, {first}, and {second}."


def _retold(leader: Article, number: int, source: str, at: datetime, chance: random.Random) -> Article:
    """Return the article as another source would publish it, slightly changed."""
    ending = f" {SOURCES[source]} has asked the council for comment."
    body = leader.body.replace("would be ready", "is to be ready") + ending
    title = f"{leader.title}{chance.choice(('', ', officials say', ': what is known'))}"
    return _rewritten(
        leader,
        body,
        title=title,
        url=f"https://{source}.example/{at:%Y/%m/%d}/{number}",
        source=source,
        published_at=at.replace(microsecond=0),
        authors=[f"{chance.choice(FIRST)} {chance.choice(LAST)}", *(["AFP"] if number % 7 == 0 else [])],
        language=LANGUAGES.get(source, "en"),
    )


def _rewritten(article: Article, body: str, **given: Any) -> Article:
    """Return an article with another text, and what follows from it."""
    entities = _moved(article.entities, body)
    changed = replace(article, body=body, word_count=word_count(body), entities=entities, **given)
    follow_body(changed)
    return changed


def _often(names: tuple[str, ...], chance: random.Random) -> str:
    """Return one of the names; the first names are far more frequent."""
    return names[min(int(chance.expovariate(1) * len(names) / 3), len(names) - 1)]


def entities_of(body: str, facts: dict[str, object]) -> list[Entity]:
    """Return the people, organisations and places of `facts` that the body mentions."""
    kinds: dict[str, EntityType] = {
        "who": "PER",
        "other": "PER",
        "org": "ORG",
        "rival": "ORG",
        "where": "LOC",
        "elsewhere": "LOC",
    }
    named = {str(facts[fact]): kind for fact, kind in kinds.items()}
    roles = {str(facts["who"]): "Mayor"}
    return _moved([Entity(name=name, type=kind, role=roles.get(name)) for name, kind in named.items()], body)


def _moved(entities: list[Entity], body: str) -> list[Entity]:
    """Return the entities with the spans of their mentions in another body, in its order."""
    found = []
    for entity in entities:
        places = [match.span() for match in re.finditer(re.escape(entity.name), body)]
        mentions = [
            Mention(start=start, end=end, text=entity.name, type=entity.type) for start, end in places
        ]
        if mentions:
            found.append(replace(entity, mentions=mentions))
    return sorted(found, key=lambda entity: entity.mentions[0].start)


def _store(session: Session, article: Article) -> None:
    assert article.published_at is not None
    now = article.published_at + timedelta(minutes=20)
    save_article(session, article, keys=article_keys(article), run_id=None, now=now)


def save(database: Database, article: Article, *, now: datetime = NOW) -> None:
    with database.write() as session:
        save_article(session, article, keys=article_keys(article), run_id=None, now=now)


def _change(database: Database, articles: list[Article]) -> None:
    """Let articles have changed since they were seen first."""
    for article in articles:
        body = article.body.replace(
            "would be ready before the end of the year", "would be ready by early summer"
        )
        save(database, _rewritten(article, body, title=f"{article.title}".replace("this year", "by summer")))
    for hours, ending in enumerate(
        (", again", ", and again", ", for good"), start=1
    ):  # the headline of one, three times
        for article in articles[:1]:
            retitled = replace(
                article, title=f"{article.title}{ending}", modified_at=NOW + timedelta(hours=hours)
            )
            now = NOW + timedelta(hours=hours)
            save(database, retitled, now=now)
    for article, reason in zip(articles[1:3], ("http-404", "paywall"), strict=False):
        reject = Reject(url=article.url, reason=reason, source=article.source)
        with database.write() as session:
            record_reject(session, reject, run_id=None, now=NOW)


def _reject(database: Database) -> None:
    for number, reason in enumerate(("list", "list", "gallery", "paywall", "http-404", "empty", "list")):
        source = list(SOURCES)[number % 3]
        url = f"https://{source}.example/rejected/{number}"
        reject = Reject(url=url, reason=reason, source=source, detail="made up")
        with database.write() as session:
            save_reject(session, reject, run_id=None, now=NOW - timedelta(hours=number))
