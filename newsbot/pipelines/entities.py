"""Stage 400: `FindEntities`, which recognises people, organisations and places in the body."""

from __future__ import annotations

import logging

from newsbot.entities.engine import engine_label
from newsbot.pipelines.stage import WorkerStage

logger = logging.getLogger(__name__)


class FindEntities(WorkerStage):
    """Recognises entities, and computes the keys that are stored with the text.

    A worker does both, so that fetching goes on. Setting: `NEWSBOT_ENTITY_ENGINE`."""

    stage = "entities"
    worker_stages = ("entities", "precompute")

    def open_spider(self) -> None:
        """Log the name and the version of the entity engine."""
        engine = self.session.processor.engine
        logger.info("Entities are found by %s (%s for English)", engine.name, engine_label(engine, "en"))
