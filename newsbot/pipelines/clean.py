"""Stage 200: `Clean`, which cleans the values of an article."""

from __future__ import annotations

from newsbot.pipelines.stage import WorkerStage


class Clean(WorkerStage):
    """Cleans every field, and removes boilerplate that was learnt from other pages of the site."""

    stage = "clean"
    worker_stages = ("clean",)
