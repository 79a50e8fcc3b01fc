"""Read the store: the only module that commands, pages, the API and exports read from."""

from newsbot.store.articles.loading import (
    StoredArticle,
    article_parts,
    article_urls,
    entity_ids,
    get_article,
    load_articles,
    stored_json,
)
from newsbot.store.crawl.source_health import SourceHealth, source_health
from newsbot.store.entities.corrections import all_corrections
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
from newsbot.store.queries.history import Change, count_silent, history
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

__all__ = [
    "MARK_END",
    "MARK_START",
    "WEEK",
    "Change",
    "EntityArticle",
    "EntityCount",
    "EntityDetail",
    "Facets",
    "Filters",
    "FrontierCount",
    "Hit",
    "ListedArticle",
    "Listing",
    "NewestArticle",
    "PlaceCount",
    "PolledFeed",
    "Position",
    "RecordedRun",
    "RisingEntity",
    "RunReport",
    "SearchResult",
    "Sort",
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
    "all_corrections",
    "article_parts",
    "article_urls",
    "biggest_stories",
    "count_silent",
    "countries_of",
    "database_id",
    "entity_detail",
    "entity_ids",
    "feature_collection",
    "find_articles",
    "find_entity",
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
    "rising",
    "run_report",
    "search",
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
