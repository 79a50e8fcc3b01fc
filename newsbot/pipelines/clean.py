"""Stage 200: values as they should be stored, wherever the article came from."""

from __future__ import annotations

from newsbot.pipelines.stage import WorkerStage


class Clean(WorkerStage):
    """Tidies every field, and removes the boilerplate that has been learnt of the site."""

    stage = "clean"
    worker_stages = ("clean",)
