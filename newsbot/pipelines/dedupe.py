"""Stage 300: an article that is stored already, and has not changed, needs no further work."""

from __future__ import annotations

from newsbot.pipelines.stage import WorkerStage


class Dedupe(WorkerStage):
    """Marks unchanged repeats. How they and copies at other addresses are stored is decided when they are."""

    stage = "dedupe"
    worker_stages = ("dedupe",)
