"""Stage 300: `Dedupe`, which finds articles that are stored already and have not changed."""

from __future__ import annotations

from newsbot.ingest.envelope import Envelope
from newsbot.pipelines.stage import WorkerStage


class Dedupe(WorkerStage):
    """Marks articles that are stored unchanged, so that the stage `entities` skips them.

    Copies at other addresses are recognised by the stage `store`, inside its transaction."""

    stage = "dedupe"

    async def process_item(self, envelope: Envelope) -> Envelope:
        """Set `known_id` if the article is stored unchanged, with entities of today's engine."""
        if self.session.processor.engine.name == "none":  # the look-up could save no work
            return envelope
        return await self.run(envelope, "dedupe")
