"""`NamedStages`, an item pipeline manager whose exceptions name the stage that failed."""

from __future__ import annotations

from typing import Any

from scrapy.exceptions import DropItem
from scrapy.pipelines import ItemPipelineManager
from scrapy.utils.defer import ensure_awaitable

from newsbot.errors import DatabaseError
from newsbot.ingest.envelope import Envelope
from newsbot.items import Reject


class StageError(Exception):
    """Raised if a stage fails on an item. The exception of the stage is its `__cause__`."""

    def __init__(self, stage: str) -> None:
        super().__init__(f"the stage {stage} failed")
        self.stage = stage


class NamedStages(ItemPipelineManager):
    """Scrapy's item pipeline manager, with exceptions that name the stage. Set by `ITEM_PROCESSOR`.

    The name of a stage is its attribute `stage`; without one, the name of its class. An item that is neither an article
    nor a reject passes stages with this attribute as it is."""

    async def process_item_async(self, item: Any) -> Any:
        """Run all stages; return the item of the last one.

        DropItem and DatabaseError of a stage are raised unchanged; any other exception as a StageError."""
        for process_item in self.methods["process_item"]:
            if not isinstance(item, Envelope | Reject) and hasattr(_owner(process_item), "stage"):
                continue
            try:
                item = await ensure_awaitable(self._call(process_item, item))
            except (DropItem, DatabaseError):
                raise
            except Exception as error:
                owner = _owner(process_item)
                raise StageError(getattr(owner, "stage", type(owner).__name__)) from error
        return item

    def _call(self, process_item: Any, item: Any) -> Any:
        if process_item in self._mw_methods_requiring_spider:
            return process_item(item, self._spider)
        return process_item(item)


def _owner(process_item: Any) -> Any:
    """Return the item pipeline that a method belongs to; None for a function."""
    return getattr(process_item, "__self__", None)
