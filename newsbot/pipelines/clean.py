"""Stage 200: `Clean`, which cleans the values of an article."""

from __future__ import annotations

from newsbot.ingest.envelope import Envelope
from newsbot.pipelines.stage import WorkerStage


class Clean(WorkerStage):
    """Cleans every field, and removes boilerplate that was learnt from other pages of the site."""

    stage = "clean"

    async def process_item(self, envelope: Envelope) -> Envelope:
        """Return the article with clean values."""
        return await self.run(envelope, "clean")
