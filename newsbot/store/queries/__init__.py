"""Read the store: the only module that commands, pages, the API and exports read from."""

from newsbot.store.articles.loading import (
    StoredArticle,
    article_parts,
    article_urls,
    entity_ids,
    find_article,
    get_article,
    load_articles,
    stored_json,
)
from newsbot.store.boilerplate.block_lists import (
    BoilerplateCount,
    SourceBlock,
    boilerplate_counts,
    removed_json,
    removed_paragraphs,
    source_blocks,
)
from newsbot.store.crawl.source_health import SourceHealth, source_health
from newsbot.store.entities.corrections import all_corrections
from newsbot.store.queries.addresses import (
    Address,
    FormerArticle,
    addresses,
    addresses_json,
    former_articles,
)
from newsbot.store.queries.corpus import Corpus, count_corpus
from newsbot.store.queries.entity_queries import (
    EntityArticle,
    EntityCount,
    EntityDetail,
    PlaceCount,
    countries_of,
    entity_detail,
    find_entity,
    get_entity,
    top_entities,
    top_places,
)
from newsbot.store.queries.history import Change, count_silent, evidence_json, explanation, history
from newsbot.store.queries.place_features import feature_collection
from newsbot.store.queries.reject_lists import StoredReject, list_conflicts, list_rejects
from newsbot.store.queries.run_reports import RunReport, run_report
from newsbot.store.queries.site_ids import database_id
from newsbot.store.queries.source_overviews import (
    FrontierCount,
    NewestArticle,
    PolledFeed,
    SourceDetail,
    SourceOverview,
    source_detail,
    source_names,
    source_overviews,
)
from newsbot.store.queries.stats import RecordedRun, SourceCount, Stats, stats
from newsbot.store.queries.story_lists import (
    StoryEntry,
    StorySummary,
    biggest_stories,
    list_stories,
    member_json,
    newest_stories,
    story_members,
)
from newsbot.store.queries.trends import WEEK, RisingEntity, newest_at, rising
from newsbot.store.search.filters import Filters, Sort
from newsbot.store.search.listing import (
    Facets,
    ListedArticle,
    Listing,
    SearchResult,
    find_articles,
    list_articles,
)
from newsbot.store.search.ranked import MARK_END, MARK_START, Hit, search
from newsbot.store.search.streams import iter_articles
from newsbot.store.search.summaries import Summary, summaries
from newsbot.store.search.windows import Position
from newsbot.store.vectors.related_articles import RecentVectors, Related, related_articles

__all__ = [
    "MARK_END",
    "MARK_START",
    "WEEK",
    "Address",
    "BoilerplateCount",
    "Change",
    "Corpus",
    "EntityArticle",
    "EntityCount",
    "EntityDetail",
    "Facets",
    "Filters",
    "FormerArticle",
    "FrontierCount",
    "Hit",
    "ListedArticle",
    "Listing",
    "NewestArticle",
    "PlaceCount",
    "PolledFeed",
    "Position",
    "RecentVectors",
    "RecordedRun",
    "Related",
    "RisingEntity",
    "RunReport",
    "SearchResult",
    "Sort",
    "SourceBlock",
    "SourceCount",
    "SourceDetail",
    "SourceHealth",
    "SourceOverview",
    "Stats",
    "StoredArticle",
    "StoredReject",
    "StoryEntry",
    "StorySummary",
    "Summary",
    "addresses",
    "addresses_json",
    "all_corrections",
    "article_parts",
    "article_urls",
    "biggest_stories",
    "boilerplate_counts",
    "count_corpus",
    "count_silent",
    "countries_of",
    "database_id",
    "entity_detail",
    "entity_ids",
    "evidence_json",
    "explanation",
    "feature_collection",
    "find_article",
    "find_articles",
    "find_entity",
    "former_articles",
    "get_article",
    "get_entity",
    "history",
    "iter_articles",
    "list_articles",
    "list_conflicts",
    "list_rejects",
    "list_stories",
    "load_articles",
    "member_json",
    "newest_at",
    "newest_stories",
    "related_articles",
    "removed_json",
    "removed_paragraphs",
    "rising",
    "run_report",
    "search",
    "source_blocks",
    "source_detail",
    "source_health",
    "source_names",
    "source_overviews",
    "stats",
    "stored_json",
    "story_members",
    "summaries",
    "top_entities",
    "top_places",
]
