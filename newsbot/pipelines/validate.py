"""Stage 100: only articles go on; everything else is rejected with its reason."""

from __future__ import annotations

from newsbot.extensions.keep_rejects import Rejected
from newsbot.extraction.page_kinds import reject_reason
from newsbot.items import Article, Reject


class Validate:
    """Drops what is not an article."""

    def process_item(self, item: Article | Reject) -> Article:
        """Return an article that can be stored; raise Rejected for any other item."""
        if isinstance(item, Reject):
            raise Rejected(item)
        reason = reject_reason(item)
        if reason is not None:
            raise Rejected(
                Reject(
                    url=item.url, source=item.source, reason=reason, stage="validate", fetched=item.fetched
                )
            )
        return item
