"""Stage 100: `Validate`, which rejects pages that are not articles."""

from __future__ import annotations

from newsbot.extensions.keep_rejects import Rejected
from newsbot.ingest.envelope import Envelope
from newsbot.items import Reject
from newsbot.pipelines.stage import WorkerStage


class Validate(WorkerStage):
    """Drops pages without an article (rejects of the spider) and pages of another kind: lists, galleries, errors."""

    stage = "validate"
    worker_stages = ("validate",)

    async def process_item(self, item: Envelope | Reject) -> Envelope:
        """Return an item that is an article to be stored. Raises Rejected for any other item."""
        if isinstance(item, Reject):
            raise Rejected(item)
        return await super().process_item(item)
