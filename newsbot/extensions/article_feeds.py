"""Feed exports (`-O FILE`, `FEEDS`) of articles: the JSON object of `newsbot extract`, in every format of Scrapy."""

from __future__ import annotations

from typing import Any

from scrapy import Spider
from scrapy.exporters import CsvItemExporter, XmlItemExporter
from scrapy.extensions.feedexport import FeedExporter

from newsbot.ingest.envelope import Envelope
from newsbot.items import article_json
from newsbot.jobs.export_formats import cell


class ArticleFeeds(FeedExporter):
    """Scrapy's feed exporter, with articles in their public JSON form. `fields` of a feed are keys of this form.

    Settings: those of Scrapy's exporter. Items that are no articles are exported as they are."""

    is_complete = False

    async def close_spider(self, spider: Spider) -> None:
        """Complete the feeds, unless a crawl that was ended at once has done so."""
        if not self.is_complete:
            self.is_complete = True
            await super().close_spider(spider)

    def item_scraped(self, item: Any, spider: Spider) -> None:
        """Export an item to every feed."""
        super().item_scraped(article_json(item.article) if isinstance(item, Envelope) else item, spider)


class ArticleCsv(CsvItemExporter):
    """Scrapy's CSV exporter, with the cells of `newsbot export --format csv`."""

    def serialize_field(self, field: Any, name: str, value: Any) -> Any:
        """Return the value of a field as a cell."""
        return cell(value)


class ArticleXml(XmlItemExporter):
    """Scrapy's XML exporter, with an empty element for a value that is not known, where Scrapy writes "None"."""

    def serialize_field(self, field: Any, name: str, value: Any) -> Any:
        """Return the value of a field without None."""
        return _without_none(super().serialize_field(field, name, value))


def _without_none(value: Any) -> Any:
    """Return a JSON value with "" in place of every None."""
    if isinstance(value, dict):
        return {name: _without_none(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_without_none(inner) for inner in value]
    return "" if value is None else value
