"""Stage 400: people, organisations and places of the body."""

from __future__ import annotations

import logging

from newsbot.entities.engine import engine_label
from newsbot.pipelines.stage import WorkerStage

logger = logging.getLogger(__name__)


class FindEntities(WorkerStage):
    """Has a worker recognise entities, and compute what is stored beside the text, so that fetching goes on."""

    stage = "entities"
    worker_stages = ("entities", "precompute")

    def open_spider(self) -> None:
        """Log once which engine was chosen."""
        engine = self.session.processor.engine
        logger.info("Entities are found by %s (%s for English)", engine.name, engine_label(engine, "en"))
