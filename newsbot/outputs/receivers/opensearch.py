"""Articles in an index of OpenSearch or Elasticsearch: the index holds every article as it is now.

The id of a document is that of the article, its version the number of the change (`external_gte`): whatever is delivered
twice, or late, the newest state stays."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from newsbot.outputs.http_post import PostError, post
from newsbot.outputs.matching_table import HttpUrl
from newsbot.outputs.output_protocol import RefusedError, UndeliveredError
from newsbot.outputs.output_table import OutputTable
from newsbot.outputs.receivers.webhooks import check
from newsbot.settings import Configuration
from newsbot.store.queries import LoggedChange

_CONFLICT, _NOT_FOUND = 409, 404


class OpenSearchTable(OutputTable):
    """An `[[output]]` table of the kind `opensearch`."""

    url: HttpUrl
    index: Annotated[
        str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,254}$", description="a name in lower-case letters")
    ] = "newsbot"
    headers: Annotated[dict[str, str], Field(description="a table of texts", default_factory=dict)]


class OpenSearch:
    """Sends articles with the bulk API. The server may have a private address, as databases have."""

    Table = OpenSearchTable

    def __init__(self, table: OpenSearchTable, settings: Configuration) -> None:
        del settings
        self._table = table

    def deliver(self, batch: Sequence[LoggedChange]) -> None:
        """Index the articles of changes, and delete those that were deleted."""
        last = {change.article_id: change for change in batch}
        body = b"".join(line + b"\n" for change in last.values() for line in self._lines(change))
        headers = {"Content-Type": "application/x-ndjson", **self._table.headers}
        try:
            answer = post(f"{self._table.url.rstrip('/')}/_bulk", body, headers, networks=None)
        except PostError as error:
            raise UndeliveredError(str(error)) from error
        check(answer)
        _check_items(answer.body, list(last.values()))

    def _lines(self, change: LoggedChange) -> list[bytes]:
        """Return the lines of a bulk request for a change."""
        target = {
            "_index": self._table.index,
            "_id": str(change.article_id),
            "version": change.number,
            "version_type": "external_gte",
        }
        if change.article is None:
            return [_line({"delete": target})]
        return [_line({"index": target}), _line(change.article | {"change_number": change.number})]

    def close(self) -> None:
        """Do nothing: every batch has a connection of its own."""


def _line(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=str).encode(errors="replace")


def _check_items(body: bytes, sent: Sequence[LoggedChange]) -> None:
    """Raise UndeliveredError if the server was too busy for an article, RefusedError for those that it cannot index."""
    try:
        answer = json.loads(body)
        results = [next(iter(item.values())) for item in answer["items"]] if answer["errors"] else []
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UndeliveredError("the answer is none of the bulk API") from error
    refused = {}
    for change, result in zip(sent, results, strict=False):
        status = int(result.get("status", 0))
        if status == _CONFLICT or status < 400 or (status == _NOT_FOUND and change.article is None):
            continue  # it has a newer state already, or is deleted already
        reason = f"HTTP {status}: {json.dumps(result.get('error'))[:300]}"
        if status != 400:
            raise UndeliveredError(reason)
        refused[change.number] = reason
    if refused:
        raise RefusedError(f"{len(refused)} articles cannot be indexed", refused)
