"""Stage 300: `Dedupe`, which finds articles that are stored already and have not changed."""

from __future__ import annotations

from newsbot.pipelines.stage import WorkerStage


class Dedupe(WorkerStage):
    """Marks articles that are stored unchanged, so that the stage `entities` skips them.

    Copies at other addresses are recognised by the stage `store`, inside its transaction."""

    stage = "dedupe"
    worker_stages = ("dedupe",)
