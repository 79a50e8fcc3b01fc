"""`NamedStages`, an item pipeline manager whose exceptions name the stage that failed."""

from __future__ import annotations

from typing import Any

from scrapy.exceptions import DropItem
from scrapy.pipelines import ItemPipelineManager
from scrapy.utils.defer import ensure_awaitable
from sqlalchemy.exc import OperationalError


class StageError(Exception):
    """Raised if a stage fails on an item. The exception of the stage is its `__cause__`."""

    def __init__(self, stage: str) -> None:
        super().__init__(f"the stage {stage} failed")
        self.stage = stage


class NamedStages(ItemPipelineManager):
    """Scrapy's item pipeline manager, with exceptions that name the stage. Set by `ITEM_PROCESSOR`.

    The name of a stage is its attribute `stage`; without one, the name of its class."""

    async def process_item_async(self, item: Any) -> Any:
        """Run all stages; return the item of the last one.

        DropItem and OperationalError of a stage are raised unchanged; any other exception as a StageError."""
        for process_item in self.methods["process_item"]:
            try:
                item = await ensure_awaitable(self._call(process_item, item))
            except (DropItem, OperationalError):
                raise
            except Exception as error:
                owner = getattr(process_item, "__self__", None)
                raise StageError(getattr(owner, "stage", type(owner).__name__)) from error
        return item

    def _call(self, process_item: Any, item: Any) -> Any:
        if process_item in self._mw_methods_requiring_spider:
            return process_item(item, self._spider)
        return process_item(item)
