"""Made-up news sites of a week, and the server that shows them as they are at the time of a fake clock.

Everything follows from a seed: when a site publishes, edits and deletes what, how its feed lists it, and when it fails. Each
site has an address of its own (127.0.1.1 and on); all are served by one process on one port.
"""

from __future__ import annotations

import asyncio
import html
import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cached_property, lru_cache
from hashlib import blake2b
from multiprocessing import get_context
from multiprocessing.connection import Connection
from random import Random
from time import monotonic
from typing import Literal, NamedTuple, Self

MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
HOUR_S, DAY_S = 3_600, 86_400
BACKLOG_DAYS = 2
"""Days before Monday from which the sites have articles when the first run begins."""
UPDATED_SHARE, DELETED_SHARE, PAID_SHARE = 0.03, 0.01, 0.3
NEVER_S = float("inf")

Kind = Literal["rss", "atom", "json", "news", "index", "section", "homepage"]
Trait = Literal[
    "",
    "now",
    "tracking",
    "session",
    "undated",
    "future",
    "moved",
    "moved host",
    "ended",
    "brand",
    "adverts",
    "paid",
]
"""What is odd about a site. `now`: every date of change is that of the request. `tracking`: a parameter that changes, with a
guid. `session`: the same without one. `undated`, `future`: the dates in the feed. `moved`: its feed redirects for good, to
another path or host. `ended`: 410. `brand`: its articles are on another host. `adverts`: its feed also links to a stranger's
busy host. `paid`: some articles are cut."""
Role = Literal["robots", "list", "day", "page", "other"]
"""What was asked for; `day`: a sitemap of one day, which an index names."""
TroubleKind = Literal["5xx", "refused", "robots", "feed 404", "busy 60", "busy 7200", "403", "challenge"]


class Trouble(NamedTuple):
    """What is wrong with a site for some time, in hours since Monday."""

    kind: TroubleKind
    begin_h: float
    end_h: float

    def is_at(self, now_s: float) -> bool:
        """Return whether it is wrong at a time, in seconds since Monday."""
        return self.begin_h * HOUR_S <= now_s < self.end_h * HOUR_S


SHORT_5XX, SHORT_REFUSED = Trouble("5xx", 9, 12), Trouble("refused", 10, 13)
LONG_5XX, LONG_REFUSED = Trouble("5xx", 30, 60), Trouble("refused", 31, 61)
ROBOTS = Trouble("robots", 12, 36)
FEED_404 = Trouble("feed 404", 14, 24)
BUSY, VERY_BUSY = Trouble("busy 60", 10, 24), Trouble("busy 7200", 13, 24)
WALL, CHALLENGE = Trouble("403", 48, 96), Trouble("challenge", 48, 96)
OWN_OUTAGE = Trouble("refused", 5 * 24 + 22.5, 6 * 24 + 0.5)
"""The network of the crawler is down, so that no site can be reached."""
MOVES_H, ENDS_H = 48, 72

PLAN: tuple[tuple[Kind, Trait, Trouble | None], ...] = (
    ("rss", "", None),
    ("atom", "now", None),
    ("json", "", None),
    ("news", "", None),
    ("index", "", None),
    ("section", "", None),
    ("homepage", "", None),
    ("rss", "session", None),
    ("rss", "tracking", None),
    ("news", "now", None),
    ("rss", "moved", None),
    ("rss", "moved host", None),
    ("rss", "ended", None),
    ("rss", "brand", None),
    ("rss", "adverts", None),
    ("rss", "paid", None),
    ("rss", "undated", None),
    ("rss", "future", None),
    ("atom", "", None),
    ("atom", "tracking", None),
    ("atom", "future", None),
    ("json", "undated", None),
    ("json", "session", None),
    ("json", "paid", None),
    ("news", "undated", None),
    ("index", "now", None),
    ("index", "undated", None),
    ("section", "session", None),
    ("section", "brand", None),
    ("homepage", "tracking", None),
    ("rss", "", SHORT_5XX),
    ("atom", "", SHORT_REFUSED),
    ("json", "", LONG_5XX),
    ("news", "", SHORT_5XX),
    ("index", "", LONG_REFUSED),
    ("section", "", SHORT_REFUSED),
    ("homepage", "", LONG_5XX),
    ("rss", "", LONG_REFUSED),
    ("json", "", ROBOTS),
    ("news", "", ROBOTS),
    ("atom", "", FEED_404),
    ("index", "", FEED_404),
    ("rss", "", BUSY),
    ("news", "", BUSY),
    ("atom", "", VERY_BUSY),
    ("section", "", VERY_BUSY),
    ("rss", "", WALL),
    ("news", "", WALL),
    ("atom", "", CHALLENGE),
    ("index", "", CHALLENGE),
)
STRANGER = "127.0.4.1"
"""The host of adverts, which is always busy."""


# ------------------------------------------------------------------ stories


def _words(text: str) -> list[str]:
    return text.split()


_NOUNS = _words(
    """harbour library orchestra railway orchard lighthouse market observatory bridge school hospital theatre museum
factory stadium river forest tunnel station archive brewery chapel castle garden quarry ferry tram depot bakery mill
court council union choir festival survey budget contract petition lawsuit merger strike harvest vaccine satellite glacier
reservoir turbine pipeline warehouse auction lottery parade exhibition renovation election referendum subsidy tariff pension
licence patent census drought flood blizzard earthquake eclipse tournament marathon regatta premiere sculpture manuscript
fresco organ carillon greenhouse vineyard dairy cannery shipyard foundry refinery substation aqueduct canal lock dyke
pier boardwalk promenade arcade carousel cinema studio workshop laboratory clinic pharmacy nursery academy college seminar"""
)
_ADJECTIVES = _words(
    """old new quiet northern southern eastern western narrow flooded restored empty crowded disputed famous
forgotten private public regional coastal wooden granite temporary permanent expensive modest ambitious controversial delayed
annual historic abandoned popular remote central rural urban fragile sturdy hidden ornate plain costly voluntary mandatory"""
)
_VERBS = _words(
    """reopens closes expands shrinks moves wins loses sells buys repairs paints surveys defends rejects approves delays
funds audits restores inspects replaces protects celebrates questions postpones completes abandons renames supports opposes"""
)
_PLACES = _words(
    """Norwich Bergen Porto Lviv Leeds Tampere Ghent Trieste Gdansk Bilbao Cork Aarhus Graz Brno Malmo Nantes Bari Varna
Szeged Tartu Kaunas Liepaja Split Maribor Basel Bremen Utrecht Galway Dundee Swansea Toledo Coimbra Patras Plovdiv Iasi
Oulu Turku Uppsala Odense Rostock Lucerne Namur Arles Siena Lecce Zadar Kosice Lublin Opava Piran"""
)
_FIRST = _words(
    """Ada Ben Clara David Elena Felix Greta Hugo Ida Jonas Karin Leo Mona Nils Olga Pavel Rosa Simon Tara Ugo Vera
Walter Xenia Yann Zoe Anton Bruna Carl Dora Emil"""
)
_LAST = _words(
    """Kovac Lindqvist Moreau Novak Olsen Petrov Quint Rossi Silva Tanaka Ulrich Varga Weber Xanthos Yilmaz Zeman Abbott
Brandt Castro Dubois Eriksen Fischer Garcia Horvat Ivanov Jansen Keller Larsen Marin Nagy"""
)
_SENTENCES = (
    "The {a} {n} of {p} {v} the {a} {n} after {d} months, said {f} {l}, who has known the {n} since {y}.",
    "In {p}, {d} residents asked {f} {l} why the {n} near the {a} {n} was sold for {d} million in {y}. ",
    '"Nobody expected that the {a} {n} would need {d} engineers and a {a} {n}," {f} {l} told visitors from {p}.',
    "A report from {p} counts {d} cases in which a {a} {n} {v} its {n}, and {f} {l} calls the figures of {y} wrong.",
    "Since {y} the {n} has lost {d} percent of its visitors, while the {a} {n} in {p} {v} another {n} this season.",
    "{f} {l} bought the {a} {n} with {d} partners, repaired the {n} and now wants to show it to people in {p}.",
    "Between the {a} {n} and the {n}, workers in {p} found {d} letters that {f} {l} had hidden in {y}.",
    "When the {n} {v} its {a} {n}, the mayor of {p} promised {d} million, of which {f} {l} has seen nothing since {y}.",
    "The court in {p} heard {d} witnesses about the {a} {n}; {f} {l} described how the {n} was closed in {y}.",
    "Whoever visits the {a} {n} near {p} pays {d} crowns, {f} {l} explained, because the {n} {v} the {n} again.",
)


@lru_cache(maxsize=20_000)
def story_texts(number: int) -> tuple[str, str, tuple[str, ...]]:
    """Return title, author and five paragraphs; those of different numbers have hardly a phrase in common."""
    random = Random(number)

    def words(template: str) -> str:
        def word(match: re.Match[str]) -> str:
            lists = {"a": _ADJECTIVES, "n": _NOUNS, "v": _VERBS, "p": _PLACES, "f": _FIRST, "l": _LAST}
            if match[1] == "d":
                return str(random.randint(3, 900))
            return str(random.randint(1700, 2020)) if match[1] == "y" else random.choice(lists[match[1]])

        return re.sub(r"\{(\w)\}", word, template)

    title = words("{a} {n} of {p} {v} the {a} {n}").capitalize()
    order = random.sample(_SENTENCES, 10)
    paragraphs = tuple(" ".join(map(words, order[start : start + 2])) for start in range(0, 10, 2))
    return title, words("{f} {l}"), paragraphs


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An article of a site; times are seconds since Monday."""

    number: int
    """Unique among all sites; it is in the URL."""
    published_s: float
    updated_s: float = NEVER_S
    tells_update: bool = False
    """Whether the page and the feed give the date of the update."""
    deleted_s: float = NEVER_S
    is_paid: bool = False

    @property
    def title(self) -> str:
        """Its headline."""
        return story_texts(self.number)[0]

    @property
    def path(self) -> str:
        """Path of its page."""
        day = moment(self.published_s)
        slug = re.sub(r"[^a-z]+", "-", self.title.lower())
        return f"/{day:%Y/%m/%d}/{slug}-{self.number}"

    def changed_s(self, now_s: float) -> float:
        """Return when it was changed last, as the site says."""
        return self.updated_s if self.tells_update and self.updated_s <= now_s else self.published_s


def moment(since_monday_s: float) -> datetime:
    return MONDAY + timedelta(seconds=since_monday_s)


def number_of(url: str) -> int | None:
    """Return the number of the story at a URL."""
    match = re.search(r"-(\d{6,7})(?:$|[?/])", url)
    return int(match[1]) if match else None


# ------------------------------------------------------------------ sites


@dataclass(frozen=True)
class Site:
    """A site, its stories, and what it answers."""

    place: int
    kind: Kind
    trait: Trait
    trouble: Trouble | None
    per_day: float
    size: int
    """Number of entries that its feed lists."""
    stories: tuple[Story, ...]
    port: int

    @property
    def key(self) -> str:
        """Its key in the catalog."""
        return f"site-{self.place:02}"

    @property
    def name(self) -> str:
        """Its kind and what is special about it."""
        return ", ".join(filter(None, (self.kind, self.trait, self.trouble.kind if self.trouble else "")))

    @property
    def host(self) -> str:
        """The host of its homepage, and of its feed at first."""
        return f"127.0.1.{self.place}"

    @property
    def page_host(self) -> str:
        """The host of its articles."""
        return f"127.0.2.{self.place}" if self.trait == "brand" else self.host

    @property
    def new_host(self) -> str:
        """The host of its feed from Wednesday on."""
        return f"127.0.3.{self.place}" if self.trait == "moved host" else self.host

    @property
    def hosts(self) -> set[str]:
        """All its hosts."""
        return {self.host, self.page_host, self.new_host}

    @property
    def list_path(self) -> str:
        """Path of its feed, sitemap or section page at first."""
        paths = {"index": "/sitemap-index.xml", "news": "/news.xml", "section": "/latest/", "homepage": "/"}
        return paths.get(self.kind, "/feed.json" if self.kind == "json" else "/feed.xml")

    @property
    def new_path(self) -> str:
        """Path of its feed from Wednesday on."""
        return "/news/feed.xml" if self.trait == "moved" else self.list_path

    def role_of(self, address: str) -> Role:
        """Return what a path without its query is."""
        if address == "/robots.txt":
            return "robots"
        if address in (self.list_path, self.new_path):
            return "list"
        if re.fullmatch(r"/sitemap-\d{4}-\d\d-\d\d\.xml", address):
            return "day"
        return "page" if number_of(address) else "other"

    @property
    def toml(self) -> str:
        """Its entry in the catalog."""
        names = {"index": "sitemaps", "news": "sitemaps", "section": "sections", "homepage": ""}
        name, address = names.get(self.kind, "feeds"), f"http://{self.host}:{self.port}"
        listed = f'{name} = ["{address}{self.list_path}"]\n' if name else ""
        hosts = f'hosts = ["{self.page_host}"]\n' if (self.kind, self.trait) == ("section", "brand") else ""
        return f'[[source]]\nkey = "{self.key}"\nhomepage = "{address}/"\n{listed}{hosts}'

    @cached_property
    def times(self) -> list[float]:
        """When its stories were published."""
        return [story.published_s for story in self.stories]

    @cached_property
    def by_number(self) -> dict[int, Story]:
        """Its stories by their number."""
        return {story.number: story for story in self.stories}

    def listed_until_s(self, story: Story) -> float:
        """Return when a story is not listed any more, however that is asked for."""
        later = self.stories.index(story) + self.size
        fallen_s = self.times[later] if self.kind != "index" and later < len(self.stories) else NEVER_S
        return min(fallen_s, ENDS_H * HOUR_S) if self.trait == "ended" else fallen_s

    def listed(self, now_s: float) -> list[Story]:
        """Return the stories that the feed lists, the newest first."""
        known = bisect_right(self.times, now_s)
        return list(self.stories[max(known - self.size, 0) : known][::-1])

    def of_day(self, day: str, now_s: float) -> list[Story]:
        """Return the stories of a day so far."""
        known = self.stories[: bisect_right(self.times, now_s)]
        return [story for story in known if f"{moment(story.published_s):%Y-%m-%d}" == day]

    def link(self, story: Story, now_s: float) -> str:
        """Return the URL by which its feed leads to a story."""
        query = {"tracking": f"?wk={int(now_s * 1000)}", "session": f"?sid={int(now_s * 1000):x}"}.get(
            self.trait, ""
        )
        return f"http://{self.page_host}:{self.port}{story.path}{query}"

    # What it answers

    def list_body(self, now_s: float) -> str:
        """Return its feed, sitemap or section page."""
        stories = self.listed(now_s)
        if self.kind == "index":
            return self._index(now_s)
        made = {"rss": _rss, "atom": _atom, "json": _json_feed, "news": _news_sitemap}.get(
            self.kind, _list_page
        )
        return made(self, stories, now_s)

    def dates(self, story: Story, now_s: float) -> tuple[str | None, str | None]:
        """Return when a story was published and changed, as the feed says."""
        if self.trait == "undated":
            return None, None
        ahead_s = 5 * HOUR_S if self.trait == "future" else 0
        changed_s = now_s if self.trait == "now" else story.changed_s(now_s)
        return moment(story.published_s + ahead_s).isoformat(), moment(changed_s + ahead_s).isoformat()

    def _index(self, now_s: float) -> str:
        days: dict[str, float] = {}
        for story in self.stories[: bisect_right(self.times, now_s)]:
            day = f"{moment(story.published_s):%Y-%m-%d}"
            days[day] = max(days.get(day, -NEVER_S), story.published_s, story.changed_s(now_s))
        lastmods = {day: now_s if self.trait == "now" else changed_s for day, changed_s in days.items()}
        return _sitemap(
            "sitemapindex",
            "sitemap",
            [
                (
                    self.address(f"/sitemap-{day}.xml"),
                    "" if self.trait == "undated" else f"<lastmod>{moment(at).isoformat()}</lastmod>",
                )
                for day, at in lastmods.items()
            ],
        )

    def day_body(self, day: str, now_s: float) -> str:
        """Return the sitemap of a day."""
        return _url_set(self, self.of_day(day, now_s), now_s)

    def address(self, path: str) -> str:
        """Return a URL on its main host."""
        return f"http://{self.host}:{self.port}{path}"


def _rss(site: Site, stories: list[Story], now_s: float) -> str:
    advert = f"<item><title>Win a car today</title><link>http://{STRANGER}:{site.port}/2026/06/01/win-a-car-today-with-us-991</link></item>"
    items = [
        f"<item><title>{html.escape(story.title)}</title><link>{html.escape(site.link(story, now_s))}</link>"
        + (f"<guid isPermaLink='false'>{story.number}</guid>" if site.trait != "session" else "")
        + (
            f"<pubDate>{format_datetime(datetime.fromisoformat(date))}</pubDate>"
            if (date := site.dates(story, now_s)[0])
            else ""
        )
        + f"<description>{html.escape(story_texts(story.number)[2][0])}</description></item>"
        for story in stories
    ]
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>{site.key}</title>'
        f"{''.join(items)}{advert if site.trait == 'adverts' else ''}</channel></rss>"
    )


def _atom(site: Site, stories: list[Story], now_s: float) -> str:
    entries = []
    for story in stories:
        published, changed = site.dates(story, now_s)
        entries.append(
            f"<entry><id>tag:{site.key},{story.number}</id><title>{html.escape(story.title)}</title>"
            f'<link href="{html.escape(site.link(story, now_s))}"/>'
            + (f"<published>{published}</published><updated>{changed}</updated>" if published else "")
            + "</entry>"
        )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{site.key}</title>{"".join(entries)}</feed>'


def _json_feed(site: Site, stories: list[Story], now_s: float) -> str:
    items = []
    for story in stories:
        published, changed = site.dates(story, now_s)
        link = site.link(story, now_s)
        item = {
            "id": link if site.trait == "session" else str(story.number),
            "url": link,
            "title": story.title,
        }
        if published and changed:
            item |= {"date_published": published, "date_modified": changed}
        items.append(item)
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": site.key, "items": items})


def _news_sitemap(site: Site, stories: list[Story], now_s: float) -> str:
    return _url_set(site, stories, now_s, is_news=True)


def _url_set(site: Site, stories: list[Story], now_s: float, *, is_news: bool = False) -> str:
    entries = []
    for story in stories:
        published, changed = site.dates(story, now_s)
        texts = f"<lastmod>{changed}</lastmod>" if changed else ""
        if is_news:
            date = f"<n:publication_date>{published}</n:publication_date>" if published else ""
            texts += f"<n:news>{date}<n:title>{html.escape(story.title)}</n:title></n:news>"
        entries.append((site.link(story, now_s), texts))
    return _sitemap("urlset", "url", entries)


def _sitemap(root: str, name: str, entries: list[tuple[str, str]]) -> str:
    listed = "".join(f"<{name}><loc>{html.escape(url)}</loc>{texts}</{name}>" for url, texts in entries)
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
    return f"<{root} {spaces}>{listed}</{root}>"


def _list_page(site: Site, stories: list[Story], now_s: float) -> str:
    items = "".join(
        f'<li><h3><a href="{html.escape(site.link(story, now_s))}">{html.escape(story.title)}</a></h3></li>'
        for story in stories
    )
    return f"<!doctype html><html><head><title>{site.key}</title></head><body><main><ul>{items}</ul></main></body></html>"


CHALLENGE_PAGE = (
    "<!doctype html><html><head><title>Just a moment...</title></head><body><h1>Checking your browser</h1>"
    "<p>Enable JavaScript and cookies to continue</p></body></html>"
)


def update_of(story: Story) -> str:
    """Return the sentence that an update adds."""
    return f"Later the police of {story_texts(story.number)[1]} corrected the account number {story.number} of the events."


def page_body(site: Site, story: Story, now_s: float) -> str:
    title, author, paragraphs = story_texts(story.number)
    told = moment(story.changed_s(now_s)).isoformat()
    declared = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "author": {"@type": "Person", "name": author},
        "datePublished": moment(story.published_s).isoformat(),
        "dateModified": told,
        **({"isAccessibleForFree": False} if story.is_paid else {}),
    }
    texts = list(paragraphs[:1] if story.is_paid else paragraphs)
    if story.updated_s <= now_s:
        texts[-1] += " " + update_of(story)
    texts += ["Subscribe now to continue reading."] if story.is_paid else []
    body = "".join(f"<p>{html.escape(text)}</p>" for text in texts)
    return (
        f'<!doctype html><html lang="en"><head><title>{html.escape(title)} - {site.key}</title>'
        f'<meta property="og:type" content="article"><meta property="og:title" content="{html.escape(title)}">'
        f'<script type="application/ld+json">{json.dumps(declared)}</script></head>'
        f'<body><nav><a href="/">Home</a></nav><main><article><h1>{html.escape(title)}</h1>'
        f'<p class="byline">By {author}</p>{body}</article></main></body></html>'
    )


# ------------------------------------------------------------------ the week


def make_sites(*, seed: int, number: int, days: float, port: int) -> list[Site]:
    """Return sites of the plan, evenly chosen from it: from one article in three days to 60 a day."""
    rates = [0.33 * (60 / 0.33) ** ((place / max(number - 1, 1)) ** 1.3) for place in range(number)]
    Random(seed).shuffle(rates)
    sites = []
    for place, per_day in enumerate(rates, start=1):
        kind, trait, trouble = PLAN[(place - 1) * len(PLAN) // number]
        random = Random(f"{seed} {place}")
        size = random.randint(10, 50)
        stories = tuple(_stories(random, place, per_day, days, has_paid=trait == "paid"))
        sites.append(Site(place, kind, trait, trouble, per_day, size, stories, port))
    return sites


def _stories(random: Random, place: int, per_day: float, days: float, *, has_paid: bool) -> Iterator[Story]:
    """Yield the stories of a site: most of them in the hours of its newsroom, fewer at night and on weekends."""
    night, opens_h = random.choice((0.05, 0.1, 0.3, 1.0)), random.choice((5, 6, 7, 8, 12))
    at_s, number = -float(BACKLOG_DAYS * DAY_S), 0
    while (at_s := at_s + random.expovariate(per_day * 2 / DAY_S)) < days * DAY_S:
        hour, weekday = moment(at_s).hour, moment(at_s).weekday()
        share = (1.0 if opens_h <= hour < opens_h + 12 else night) * (0.6 if weekday > 4 else 1.0)
        if random.random() > share:
            continue
        is_updated, is_deleted = random.random() < UPDATED_SHARE, random.random() < DELETED_SHARE
        yield Story(
            number=place * 100_000 + number,
            published_s=round(at_s),
            updated_s=round(at_s + random.uniform(0.2, 24) * HOUR_S) if is_updated else NEVER_S,
            tells_update=random.random() < 0.5,
            deleted_s=round(at_s + random.uniform(2, 48) * HOUR_S) if is_deleted else NEVER_S,
            is_paid=has_paid and random.random() < PAID_SHARE,
        )
        number += 1


class Asked(NamedTuple):
    """A request that the server has received."""

    at_s: float
    host: str
    place: int
    """That of the site; 0 for the stranger's host."""
    role: Role
    path: str
    status: int
    wait_s: float = 0.0
    """What it asked for by Retry-After, or a minute for 503 without one."""


@dataclass
class Web:
    """All sites, and what they have answered."""

    sites: list[Site]
    asked: list[Asked] = field(default_factory=list)
    busy_since: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.of_host = {host: site for site in self.sites for host in site.hosts}

    def refuses(self, site: Site, now_s: float) -> bool:
        """Return whether no connection to a site is possible."""
        is_down = site.trouble is not None and site.trouble.kind == "refused" and site.trouble.is_at(now_s)
        return is_down or OWN_OUTAGE.is_at(now_s)

    def answer(self, host: str, path: str, etag: str, now_s: float) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body, and record the request."""
        site = self.of_host.get(host)
        if site is None:
            self.asked.append(Asked(now_s, host, 0, "other", path, 429, 600))
            return 429, {"Retry-After": "600"}, b""
        role, status, body, headers = self._answer(site, host, path, now_s)
        content = body.encode()
        if status == 200:
            headers["ETag"] = f'"{blake2b(content, digest_size=8).hexdigest()}"'
            if etag == headers["ETag"]:
                status, content = 304, b""
        wait_s = float(headers.get("Retry-After", 60 if status == 503 else 0))
        self.asked.append(Asked(now_s, host, site.place, role, path, status, wait_s))
        return status, headers, content

    def _answer(
        self, site: Site, host: str, path: str, now_s: float
    ) -> tuple[Role, int, str, dict[str, str]]:
        """Return role, status, body and headers."""
        address = path.partition("?")[0]
        role = site.role_of(address)
        trouble = site.trouble.kind if site.trouble and site.trouble.is_at(now_s) else None
        refusal = self._refusal(site, role, trouble, now_s)
        if refusal:
            return role, *refusal
        if role == "robots":
            return role, 200, "User-agent: *\nDisallow:\n", {}
        if role == "list":
            return role, *self._list(site, host, address, now_s)
        if role == "day":
            day = address.removeprefix("/sitemap-").removesuffix(".xml")
            return role, 200, site.day_body(day, now_s), {"Content-Type": "application/xml"}
        return role, *self._page(site, host, address, trouble, now_s)

    def _refusal(
        self, site: Site, role: Role, trouble: TroubleKind | None, now_s: float
    ) -> tuple[int, str, dict[str, str]] | None:
        """Return what a site in trouble answers instead of what was asked for."""
        if trouble == "5xx":
            return 502, "bad gateway", {}
        if trouble == "robots" and role == "robots":
            return 503, "", {}
        if trouble == "feed 404" and role in ("list", "day"):
            return 404, "not here", {}
        if trouble in ("busy 60", "busy 7200") and role != "robots":
            named = trouble.split()[1]
            if now_s < self.busy_since.setdefault(site.key, now_s) + float(named):
                return 429, "", {"Retry-After": named}
        return None

    def _page(
        self, site: Site, host: str, address: str, trouble: TroubleKind | None, now_s: float
    ) -> tuple[int, str, dict[str, str]]:
        story = site.by_number.get(number_of(address) or 0)
        if story is None or host != site.page_host or not story.published_s <= now_s < story.deleted_s:
            return 404, "not here", {}
        if trouble == "403":
            return 403, "forbidden", {}
        page = CHALLENGE_PAGE if trouble == "challenge" else page_body(site, story, now_s)
        return 200, page, {"Content-Type": "text/html; charset=utf-8"}

    def _list(self, site: Site, host: str, address: str, now_s: float) -> tuple[int, str, dict[str, str]]:
        if site.trait == "ended" and now_s >= ENDS_H * HOUR_S:
            return 410, "gone", {}
        has_moved = site.trait in ("moved", "moved host") and now_s >= MOVES_H * HOUR_S
        if has_moved and (host, address) != (site.new_host, site.new_path):
            return 301, "", {"Location": f"http://{site.new_host}:{site.port}{site.new_path}"}
        kinds = {"json": "application/feed+json", "section": "text/html", "homepage": "text/html"}
        return 200, site.list_body(now_s), {"Content-Type": kinds.get(site.kind, "application/xml")}


# ------------------------------------------------------------------ the server


class _Http(asyncio.Protocol):
    """One connection of HTTP/1.1."""

    def __init__(self, server: _Server) -> None:
        self.server = server
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.host: str = transport.get_extra_info("sockname")[0]

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
            path, *lines = head.decode("latin-1").split("\r\n")
            etag = next(
                (
                    line.partition(":")[2].strip()
                    for line in lines
                    if line.lower().startswith("if-none-match:")
                ),
                "",
            )
            status, headers, body = self.server.web.answer(
                self.host, path.split()[1], etag, self.server.now_s
            )
            told = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            answer = f"HTTP/1.1 {status} Made up\r\n{told}Content-Length: {len(body)}\r\n\r\n"
            self.transport.write(answer.encode() + body)


class _Server:
    """Listens on the addresses of the sites that can be reached, as its owner bids over a pipe."""

    def __init__(self, pipe: Connection) -> None:
        self.pipe = pipe
        self.offset_s = 0.0
        self.listening: dict[str, asyncio.Server] = {}

    @property
    def now_s(self) -> float:
        return monotonic() + self.offset_s

    async def run(self, seed: int, number: int, days: float) -> None:
        loop = asyncio.get_running_loop()
        first = await loop.create_server(lambda: _Http(self), STRANGER, 0)
        self.port: int = first.sockets[0].getsockname()[1]
        self.web = Web(make_sites(seed=seed, number=number, days=days, port=self.port))
        self.pipe.send(self.port)
        while (bid := await loop.run_in_executor(None, self.pipe.recv)) is not None:
            if bid == "asked":
                self.pipe.send(self.web.asked)
                continue
            self.offset_s = bid - monotonic()
            await self._listen()
            self.pipe.send(True)

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        for host, site in self.web.of_host.items():
            is_down = self.web.refuses(site, self.now_s)
            if is_down and host in self.listening:
                self.listening.pop(host).close()
            elif not is_down and host not in self.listening:
                self.listening[host] = await loop.create_server(lambda: _Http(self), host, self.port)


def _serve(pipe: Connection, seed: int, number: int, days: float) -> None:
    asyncio.run(_Server(pipe).run(seed, number, days))


class Serving:
    """The process that serves the sites, seen from outside."""

    def __init__(self, *, seed: int, number: int, days: float) -> None:
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, seed, number, days), daemon=True)
        self._process.start()
        self.sites = make_sites(seed=seed, number=number, days=days, port=self._pipe.recv())

    def set_clock(self, now_s: float) -> None:
        """Set the clock of the sites, in seconds since Monday; it goes on from there."""
        self._pipe.send(now_s)
        self._pipe.recv()

    def asked(self) -> list[Asked]:
        """Return the requests so far."""
        self._pipe.send("asked")
        asked: list[Asked] = self._pipe.recv()
        return asked

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._pipe.send(None)
        self._process.join(10)
