"""Stage 100: `Validate`, which rejects pages that are not articles."""

from __future__ import annotations

from newsbot.extensions.keep_rejects import Rejected
from newsbot.extraction.page_kinds import reject_reason
from newsbot.ingest.envelope import Envelope, rejected
from newsbot.items import Reject


class Validate:
    """Drops pages without an article (rejects of the spider) and pages of another kind: lists, galleries, errors."""

    stage = "validate"
    worker_stages = ("validate",)

    def process_item(self, item: Envelope | Reject) -> Envelope:
        """Return an item that is an article to be stored. Raises Rejected for any other item."""
        if isinstance(item, Reject):
            raise Rejected(item)
        reason = reject_reason(item.article)
        if reason is not None:
            raise Rejected(rejected(item, self.stage, reason))
        return item
