"""The tables, one class for each. The names are stable, because other programs read the tables.

Times are UTC. A `url_hash` is `identity.url_hash` of the canonical form of the URL in the same row.
"""

from newsbot.store.schema.models.article_rows import (
    IS_STUB,
    ArticleAuthor,
    ArticleLink,
    ArticleRow,
    ArticleSketch,
    ArticleTopic,
    ArticleUrl,
    ArticleVector,
    ArticleWay,
    Author,
    Revision,
    Story,
    Topic,
)
from newsbot.store.schema.models.base import Base
from newsbot.store.schema.models.boilerplate_rows import (
    BoilerplateBlock,
    BoilerplateSite,
    KeptBlock,
    RemovedBlock,
    RemovedText,
)
from newsbot.store.schema.models.change_rows import ChangeRow
from newsbot.store.schema.models.claim_rows import CatalogRow, CatalogSource, HostClaim
from newsbot.store.schema.models.crawl_rows import (
    BackfillPart,
    Feed,
    Fetch,
    FrontierRow,
    Host,
    RejectRow,
    Run,
    Source,
    UrlParameter,
)
from newsbot.store.schema.models.entity_rows import (
    ArticleEntity,
    EntityAlias,
    EntityCorrection,
    EntityDelta,
    EntityRow,
    EntitySum,
    MentionRow,
)
from newsbot.store.schema.models.output_rows import LetterRow, OutputRow, WatchArticle, WatchRow
from newsbot.store.schema.models.retention_rows import PastUrl, PruneMark
from newsbot.store.schema.models.site_rows import SiteRow

__all__ = [
    "IS_STUB",
    "ArticleAuthor",
    "ArticleEntity",
    "ArticleLink",
    "ArticleRow",
    "ArticleSketch",
    "ArticleTopic",
    "ArticleUrl",
    "ArticleVector",
    "ArticleWay",
    "Author",
    "BackfillPart",
    "Base",
    "BoilerplateBlock",
    "BoilerplateSite",
    "CatalogRow",
    "CatalogSource",
    "ChangeRow",
    "EntityAlias",
    "EntityCorrection",
    "EntityDelta",
    "EntityRow",
    "EntitySum",
    "Feed",
    "Fetch",
    "FrontierRow",
    "Host",
    "HostClaim",
    "KeptBlock",
    "LetterRow",
    "MentionRow",
    "OutputRow",
    "PastUrl",
    "PruneMark",
    "RejectRow",
    "RemovedBlock",
    "RemovedText",
    "Revision",
    "Run",
    "SiteRow",
    "Source",
    "Story",
    "Topic",
    "UrlParameter",
    "WatchArticle",
    "WatchRow",
]
