"""Changes over HTTP: webhooks, and the bulk API of OpenSearch, for which a fake checks the requests."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from newsbot.outputs.output_protocol import Output, RefusedError, UndeliveredError
from newsbot.outputs.output_table import make_output, read_output_tables
from newsbot.outputs.signatures import read_key, signed_headers
from tests.outputs.changed import changed
from tests.outputs.configured import settings
from tests.outputs.receiver import Received, receiving

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BATCH = [changed(1), changed(2), changed(3, is_deleted=True)]


def output(*, is_private_allowed: bool = True, **table: object) -> Output:
    [found] = read_output_tables([{"name": "copy", **table}]).values()
    configured = settings()
    if not is_private_allowed:
        configured = configured.model_copy(update={"allowed_networks": ()})
    return make_output(found, configured)


# ------------------------------------------------------------------ webhooks


def test_webhook_can_be_verified_by_a_library_of_standard_webhooks() -> None:
    with receiving() as receiver:
        output(kind="webhook", url=receiver.url, secret=SECRET, headers={"X-Team": "news"}).deliver(BATCH)
    [request] = receiver.requests
    found = Webhook(SECRET).verify(request.body, request.headers)
    assert [change["number"] for change in found["changes"]] == [1, 2, 3]
    assert request.headers["webhook-id"] == "copy-1-3"
    assert request.headers["x-team"] == "news"
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(request.body.replace(b"Harbour", b"Airport"), request.headers)


def test_signature_is_that_of_the_specification() -> None:
    """The example of the specification of Standard Webhooks, with its library."""
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    headers = signed_headers(
        b'{"a": 1}', message_id="m", timestamp_s=int(at.timestamp()), key=read_key(SECRET)
    )
    assert headers["webhook-signature"] == Webhook(SECRET).sign("m", at, '{"a": 1}')


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (200, None),
        (204, None),
        (302, UndeliveredError),  # not followed
        (400, RefusedError),
        (401, UndeliveredError),
        (404, UndeliveredError),
        (410, UndeliveredError),
        (413, RefusedError),
        (422, RefusedError),
        (429, UndeliveredError),
        (503, UndeliveredError),
    ],
)
def test_status_says_whether_it_is_refused_or_tried_again(status: int, error: type[Exception] | None) -> None:
    with receiving() as receiver:
        receiver.answer = lambda _: (status, b"")
        webhook = output(kind="webhook", url=receiver.url)
        if error is None:
            webhook.deliver(BATCH)
            return
        with pytest.raises(error, match=f"HTTP {status}"):
            webhook.deliver(BATCH)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254", "10.0.0.1"])
def test_private_address_is_not_connected_to(host: str) -> None:
    with receiving() as receiver:
        url = receiver.url.replace("127.0.0.1", host)
        with pytest.raises(UndeliveredError, match="has no public address; NEWSBOT_ALLOWED_NETWORKS"):
            output(kind="webhook", url=url, is_private_allowed=False).deliver(BATCH)
    assert receiver.requests == []


def test_nobody_listens() -> None:
    with receiving() as receiver:
        pass
    with pytest.raises(UndeliveredError, match="refused"):
        output(kind="webhook", url=receiver.url).deliver(BATCH)


# ------------------------------------------------------------------ OpenSearch


class FakeIndex:
    """A fake of the bulk API: it checks the form of requests and keeps versions as OpenSearch does (`external_gte`)."""

    def __init__(self) -> None:
        self.documents: dict[str, tuple[int, dict[str, Any] | None]] = {}
        self.statuses: dict[str, int] = {}
        """Id -> the status that is answered in place of storing it."""

    def __call__(self, request: Received) -> tuple[int, bytes]:
        assert request.path == "/_bulk"
        assert request.headers["content-type"] == "application/x-ndjson"
        assert request.body.endswith(b"\n")
        lines = iter(request.body.decode().splitlines())
        items = []
        for line in lines:
            [(action, target)] = json.loads(line).items()
            document = json.loads(next(lines)) if action == "index" else None
            items.append({action: {"_id": target["_id"], "status": self._store(action, target, document)}})
        errors = any(next(iter(item.values()))["status"] >= 300 for item in items)
        return 200, json.dumps({"took": 1, "errors": errors, "items": items}).encode()

    def _store(self, action: str, target: dict[str, Any], document: dict[str, Any] | None) -> int:
        assert target["_index"] == "news"
        assert target["version_type"] == "external_gte"
        found = self.documents.get(target["_id"])
        if target["_id"] in self.statuses:
            return self.statuses[target["_id"]]
        if found and found[0] > target["version"]:
            return 409
        self.documents[target["_id"]] = (target["version"], document)
        return 404 if action == "delete" and (found is None or found[1] is None) else 201

    @property
    def titles(self) -> list[str]:
        return [document["title"] for _, document in self.documents.values() if document]


def test_index_has_the_newest_state_whatever_is_delivered_twice_or_late() -> None:
    index = FakeIndex()
    with receiving() as receiver:
        receiver.answer = index
        search = output(kind="opensearch", url=receiver.url.removesuffix("/hook"), index="news")
        old, new = changed(1), replace(changed(1, title="Harbour closed"), number=9)
        for batch in ([old, changed(2)], [new, changed(3, is_deleted=True)], [old, changed(2)], [new]):
            search.deliver(batch)
        assert index.titles == ["Harbour closed", "Harbour opened, part 2"]
        search.deliver([changed(2), replace(changed(2, is_deleted=True), number=12)])
        assert index.titles == ["Harbour closed"]


def test_article_that_cannot_be_indexed_is_refused_alone() -> None:
    index = FakeIndex()
    index.statuses = {"2": 400}
    with receiving() as receiver:
        receiver.answer = index
        search = output(kind="opensearch", url=receiver.url.removesuffix("/hook"), index="news")
        with pytest.raises(RefusedError) as caught:
            search.deliver([changed(1), changed(2), changed(4)])
        assert list(caught.value.reasons or ()) == [2]
        assert len(index.titles) == 2
        index.statuses = {"2": 429}
        with pytest.raises(UndeliveredError):
            search.deliver([changed(1), changed(2)])


@pytest.mark.parametrize("answer", [b"", b"[]", b'{"errors": true, "items": 3}', b"<html>"])
def test_answer_that_is_none_of_the_bulk_api_is_a_failure(answer: bytes) -> None:
    with receiving() as receiver:
        receiver.answer = lambda _: (200, answer)
        search = output(kind="opensearch", url=receiver.url)
        with pytest.raises(UndeliveredError, match="none of the bulk API"):
            search.deliver(BATCH)
