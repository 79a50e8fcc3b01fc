"""Stage 100: only articles go on; everything else is rejected with its reason."""

from __future__ import annotations

from newsbot.extensions.keep_rejects import Rejected
from newsbot.extraction.page_kinds import reject_reason
from newsbot.ingest.envelope import Envelope, rejected
from newsbot.items import Reject


class Validate:
    """Drops what is not an article."""

    stage = "validate"
    worker_stages = ("validate",)

    def process_item(self, item: Envelope | Reject) -> Envelope:
        """Return an article that can be stored; raise Rejected for any other item."""
        if isinstance(item, Reject):
            raise Rejected(item)
        reason = reject_reason(item.article)
        if reason is not None:
            raise Rejected(rejected(item, self.stage, reason))
        return item
