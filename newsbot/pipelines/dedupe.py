"""Stage 300: an article that is stored already, and has not changed, needs no further work."""

from __future__ import annotations

from newsbot.ingest.envelope import Envelope
from newsbot.pipelines.stage import WorkerStage


class Dedupe(WorkerStage):
    """Marks unchanged repeats. How they and copies at other addresses are stored is decided when they are."""

    stage = "dedupe"

    async def process_item(self, envelope: Envelope) -> Envelope:
        """Set `known_id` if this article, with entities found by today's engine, is stored."""
        if self.session.processor.engine.name == "none":  # there is no work that the look-up could save
            return envelope
        return await self.run(envelope, "dedupe")
