"""The columns of tables, which are there in a table without rows, too: those of blank results."""

from __future__ import annotations

from datetime import UTC, datetime

from newsbot.items import Article
from newsbot.store.queries import Hit, LoggedChange, StoredArticle, change_json, hit_json, stored_json

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
HIT_COLUMNS = tuple(
    hit_json(
        Hit(
            id=0,
            title=None,
            url="",
            source=None,
            language=None,
            kind="article",
            published_at=None,
            published_offset_min=None,
            score=0,
            snippet="",
            title_marked=None,
            unread_reason=None,
        )
    )
)
ARTICLE_COLUMNS = tuple(
    stored_json(
        StoredArticle(
            id=0,
            article=Article(url=""),
            story_id=None,
            agency=None,
            duplicate_of=None,
            duplicate_kind=None,
            first_seen_at=_NEVER,
            last_seen_at=_NEVER,
            gone_at=None,
            revision=0,
        )
    )
)
CHANGE_COLUMNS = tuple(
    change_json(
        LoggedChange(
            number=0,
            cursor="0",
            change="new",
            changed_at=_NEVER,
            run_id=None,
            revision=None,
            fields=[],
            is_silent=None,
            reason=None,
            title=None,
            article_id=0,
            article=None,
        )
    )
)
